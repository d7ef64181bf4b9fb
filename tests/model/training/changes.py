"""Changes of the settings during a training."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from model.training import SetSettings, Trainer


def changed_settings(trainer: Trainer, **changes: Any) -> SetSettings:
    """Return the message that changes data, split or network, or the training's settings."""
    own = trainer.learner.settings
    others = {name: changes.pop(name) for name in ("data", "split", "network") if name in changes}
    return SetSettings(replace(own, training=replace(own.training, **changes), **others))
