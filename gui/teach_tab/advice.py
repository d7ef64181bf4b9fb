"""Advice on improving the head, as text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from foundation.text import tr, tr_plural
from gui.format import show_fixed, show_integer
from gui.teach_tab.evaluation import Evaluation
from gui.teach_tab.state import HeadRun, TeachState
from vision.teaching.collection import IMBALANCE_WARNING, imbalance, in_several_classes

FEW = 40
"""Number of images below which a class is small."""

_LATE, _RISE, _FALL = 0.25, 1.05, 0.99


@dataclass(frozen=True)
class Advice:
    """A finding and its remedy."""

    title: str
    text: str


def advice_on(state: TeachState) -> Advice | None:
    """Return the most helpful advice, ``None`` if there is none."""
    judged = state.evaluation
    if judged is None or state.is_training:
        return None
    return (
        _advise_on_indistinct_classes(judged)
        or _advise_on_shared_images(state)
        or _advise_on_near_duplicates(judged)
        or _advise_on_imbalance(state)
        or _advise_on_small_classes(state, judged)
        or _advise_on_rising_loss(state.run)
        or _advise_on_falling_loss(state.run)
    )


def _advise_on_indistinct_classes(judged: Evaluation) -> Advice | None:
    """Advise if at least half of the head's answers are undecided."""
    if not judged.undecided or 2 * judged.undecided < judged.held_out:
        return None
    text = tr(
        "The head finds nothing that tells them apart. Add images that differ, or join the "
        "classes.",
    )
    return Advice(tr("The classes look alike."), text)


def _advise_on_near_duplicates(judged: Evaluation) -> Advice | None:
    """Advise if many held-out images nearly repeat training images."""
    if not judged.has_many_near_duplicates:
        return None
    text = tr(
        "Too many held-out images are nearly the same as training images, as parts of one "
        "photograph or images of one scene are. Add images of other things and places.",
    )
    return Advice(tr("The accuracy says little about new images."), text)


def _advise_on_shared_images(state: TeachState) -> Advice | None:
    """Advise if two classes share images."""
    pairs = Counter(keys[:2] for keys in in_several_classes(state.collection.included).values())
    if not pairs:
        return None
    [((first, second), count)] = pairs.most_common(1)
    return Advice(
        tr("Two classes share images."),
        tr_plural(
            "1 image is both in “{first}” and in “{second}”: the head cannot be right about it "
            "twice. Leave it in one of them.",
            "{n} images are both in “{first}” and in “{second}”: the head cannot be right about "
            "them twice. Leave each in one of them.",
            count,
            n=show_integer(count),
            first=state.collection.of(first).name,
            second=state.collection.of(second).name,
        ),
    )


def _advise_on_small_classes(state: TeachState, judged: Evaluation) -> Advice | None:
    """Advise adding images to small classes, those with mistakes first."""
    classes = {one.key: one for one in state.collection.included.classes}
    if not classes or min(len(one.pictures) for one in classes.values()) >= FEW:
        return None
    rights, totals = judged.confusion.diagonal(), judged.confusion.sum(axis=1)
    shares = {
        key: right / total
        for key, right, total in zip(judged.keys, rights, totals, strict=True)
        if key in classes and right < total
    }
    keys = sorted(shares, key=lambda key: shares[key])[:2]
    if not keys:
        keys = [min(classes, key=lambda key: len(classes[key].pictures))]
    first, *second = (f"“{classes[key].name}”" for key in keys)
    text = tr("More of {first}, against other backgrounds, will help most.", first=first)
    if second:
        text = tr(
            "More of {first} and {second}, against other backgrounds, will help most.",
            first=first,
            second=second[0],
        )
    return Advice(tr("Few images per class."), text)


def _advise_on_imbalance(state: TeachState) -> Advice | None:
    classes = [one for one in state.collection.included.classes if one.pictures]
    times = imbalance(state.collection.included)
    if len(classes) < 2 or times < IMBALANCE_WARNING:
        return None
    most = max(classes, key=lambda one: len(one.pictures))
    least = min(classes, key=lambda one: len(one.pictures))
    return Advice(
        tr("Uneven classes."),
        tr(
            "“{most}” has {times} times as many images as “{least}” ({many} and {few}): the head "
            "leans to it. Add to “{least}”.",
            most=most.name,
            least=least.name,
            times=show_fixed(times, 1),
            many=show_integer(len(most.pictures)),
            few=show_integer(len(least.pictures)),
        ),
    )


def _advise_on_rising_loss(run: HeadRun | None) -> Advice | None:
    losses = _validation_losses(run)
    if len(losses) < 8:
        return None
    best = int(losses.argmin())
    if best >= len(losses) - 2 or losses[-1] < _RISE * losses[best]:
        return None
    return Advice(
        tr("The validation loss rises."),
        tr(
            "Since epoch {epoch} it learns its images by heart. Train for {epoch} epochs, or set "
            "drop-out or L2 higher under More.",
            epoch=show_integer(best),
        ),
    )


def _advise_on_falling_loss(run: HeadRun | None) -> Advice | None:
    losses = _validation_losses(run)
    if run is None or len(losses) < 8 or not run.is_whole:
        return None
    late = losses[-max(2, round(_LATE * len(losses))) :]
    if late[-1] > _FALL * late[0] or late[-1] > losses.min() * 1.001:
        return None
    return Advice(
        tr("The validation loss is still falling."),
        tr("A few more epochs may help."),
    )


def _validation_losses(run: HeadRun | None) -> np.ndarray:
    losses = np.array(() if run is None else run.validation_loss, np.float64)
    return losses if np.isfinite(losses).all() else np.zeros(0)
