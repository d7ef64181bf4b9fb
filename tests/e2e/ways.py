"""The two ways a person has: each trial is made by mouse and by keys."""

from __future__ import annotations

import pytest

__all__ = ["both"]

both = pytest.mark.parametrize("by_keys", [False, True], ids=["mouse", "keys"])
"""For a trial that takes ``by_keys``."""
