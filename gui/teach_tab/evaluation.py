"""The evaluation of a head on held-out images, and the "unknown" threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from foundation.tables import csv_bytes
from foundation.text import tr
from gui.teach_tab.teaching import (
    Head,
    Probabilities,
    TaughtData,
    TeachSettings,
    start_head,
    taught_data,
    train_head,
)
from model.data import Dataset
from model.metrics import confusion, decide
from vision.teaching.collection import Collection, Picture
from vision.teaching.features import Features

CURVE_SHARES = (0.125, 0.25, 0.5, 1.0)
"""Shares of the training images used for the points of a learning curve."""

KEPT_SHARE = 0.95
"""Share of the right answers that reach the threshold for "unknown"."""

MIN_CALIBRATED = 10
"""Minimum number of right answers on held-out images for a calibration."""

FEW_CALIBRATED = 40
"""Number of right answers below which the user is warned.

Below it, a single answer is more than 2.5 % of them.
"""

UNCALIBRATED = 0.5
"""The threshold if there are too few right answers for a calibration."""

NEARLY_THE_SAME = 0.93
"""Minimum cosine similarity of the features of near-duplicate images.

They must also be less than a third as far apart as from any image of another class.

Measured against the most similar other image: of 194 pictures of animals and plants none reaches
.83, and of 800 garments in 28 x 28 grey pixels 2 % reach .93. Of overlapping parts of one
photograph a third reach it if their sides are .3 to .6 of the photograph's, two thirds at .5 to .8;
so do nearly all copies that are mirrored, half as large or JPEGs of low quality.
"""

MAX_REPEATED = 0.1
"""Maximum share of near-duplicates among held-out images that hardly changes the accuracy."""

_BLOCK = 512


@dataclass(frozen=True, eq=False)
class Prediction:
    """The head's answer for one held-out image.

    Attributes
    ----------
    truth
        Key of the image's class.
    guess
        Key of the most probable class; None if several are equally probable.
    probabilities
        Probability of each class, in the head's order.
    is_repeat
        Whether the image is nearly the same as a training image of its class.
    """

    sha256: str
    truth: int
    guess: int | None
    probabilities: Probabilities
    is_repeat: bool = False

    @property
    def confidence(self) -> float:
        """The probability of the most probable class."""
        return float(self.probabilities.max())


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The evaluation of a head on images that it has not learned from.

    Attributes
    ----------
    keys, names
        Keys and names of the classes, in the order of the head's outputs.
    predictions
        One prediction per held-out image.
    by_size
        Keys of the existing classes, the one with the most training images first.
    """

    keys: tuple[int, ...]
    names: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    by_size: tuple[int, ...]

    @cached_property
    def right(self) -> int:
        """The number of right answers; an undecided one is not right."""
        return sum(one.guess == one.truth for one in self.predictions)

    @cached_property
    def baseline(self) -> float:
        """The accuracy of always naming the most common class; NaN like `accuracy`."""
        right = sum(one.truth in self.by_size[:1] for one in self.predictions)
        return right / self.held_out if self.held_out else float("nan")

    @cached_property
    def confusion(self) -> npt.NDArray[np.intp]:
        """Counts by true and predicted class; undecided answers have an extra column."""
        places: dict[int | None, int] = {key: place for place, key in enumerate(self.keys)}
        answers = np.array([places.get(one.guess, -1) for one in self.predictions], np.intp)
        truth = np.array([places[one.truth] for one in self.predictions], np.intp)
        return confusion(answers, truth, len(self.keys))

    def for_current_classes(self, collection: Collection) -> Evaluation:
        """Return the evaluation for the images' current classes.

        Images are left out if they were removed, moved to a class unknown to the head, or moved to
        a class where they are held out already.
        """
        classes = {
            one.key: {picture.sha256 for picture in one.pictures} for one in collection.classes
        }
        known = [key for key in self.keys if key in classes]
        judged = {(each.sha256, each.truth) for each in self.predictions}
        predictions = []
        for each in self.predictions:
            homes = [key for key in known if each.sha256 in classes[key]]
            new = [key for key in homes if (each.sha256, key) not in judged]
            if each.truth in homes:
                predictions.append(each)
            elif new:
                judged.add((each.sha256, new[0]))
                predictions.append(replace(each, truth=new[0]))
        by_size = tuple(key for key in self.by_size if key in classes)
        if predictions == list(self.predictions) and by_size == self.by_size:
            return self
        return replace(self, predictions=tuple(predictions), by_size=by_size)

    @property
    def held_out(self) -> int:
        """The number of held-out images."""
        return len(self.predictions)

    @property
    def undecided(self) -> int:
        """The number of images with several equally probable classes."""
        return sum(one.guess is None for one in self.predictions)

    @property
    def accuracy(self) -> float:
        """The share of right answers; NaN if nothing was held out."""
        return self.right / self.held_out if self.held_out else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy (Wilson)."""
        return _interval(self.right, self.held_out) if self.held_out else (0.0, 1.0)

    @cached_property
    def near_duplicates(self) -> int:
        """The number of held-out images that nearly equal a training image."""
        return sum(one.is_repeat for one in self.predictions)

    @property
    def has_many_near_duplicates(self) -> bool:
        """Whether too many images are near-duplicates for the accuracy to say much."""
        return self.near_duplicates > MAX_REPEATED * self.held_out

    @property
    def mistakes(self) -> tuple[Prediction, ...]:
        """The wrong answers, the most confident first."""
        wrong = [
            one for one in self.predictions if one.guess is not None and one.guess != one.truth
        ]
        return tuple(sorted(wrong, key=lambda one: -one.confidence))

    def cell(self, truth: int, guess: int | None) -> tuple[Prediction, ...]:
        """Return the predictions in a cell of the matrix, given the class keys."""
        return tuple(one for one in self.predictions if (one.truth, one.guess) == (truth, guess))


@dataclass(frozen=True)
class Threshold:
    """The probability below which an answer is "unknown", and its effect.

    Attributes
    ----------
    value
        Threshold, 0 to 1.
    kept, right
        Number of right answers on held-out images that reach the threshold, and in total.
    refused, wrong
        Number of wrong or undecided answers below the threshold, and in total.
    is_calibrated
        False if there were too few right answers for a calibration; the threshold is then one half.
    """

    value: float
    kept: int
    right: int
    refused: int
    wrong: int
    is_calibrated: bool

    @property
    def is_from_few_images(self) -> bool:
        """Whether it was calibrated on so few images that it may change."""
        return self.is_calibrated and self.right < FEW_CALIBRATED


@dataclass(frozen=True)
class LearningPoint:
    """The accuracy of a head trained on part of the images.

    Attributes
    ----------
    pictures
        Number of training images.
    right, held_out
        Number of right answers on held-out images, and of all held-out images.
    """

    pictures: int
    right: int
    held_out: int

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.right / self.held_out

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy (Wilson)."""
        return _interval(self.right, self.held_out)


def _interval(right: int, held_out: int) -> tuple[float, float]:
    from model.training.ensemble.lottery import (
        wilson_interval,  # late: loads what trains many at once
    )

    return wilson_interval(right, held_out)


def evaluate(head: Head, data: TaughtData) -> Evaluation:
    """Evaluate a head on the held-out images."""
    dataset = data.dataset
    outputs = head.probabilities(dataset.x_test)
    answers = decide(outputs, "multiclass") if len(outputs) else np.zeros(0, np.intp)
    predictions = tuple(
        Prediction(sha256, key, None if answer < 0 else head.keys[answer], row, is_repeat)
        for (sha256, key), answer, row, is_repeat in zip(
            data.test,
            answers.tolist(),
            outputs,
            _find_near_duplicates(dataset),
            strict=True,
        )
    )
    learned, held = dataset.y_train.sum(axis=0), dataset.y_test.sum(axis=0)
    by_size = tuple(head.keys[place] for place in np.lexsort((-held, -learned)).tolist())
    return Evaluation(head.keys, head.names, predictions, by_size)


def _find_near_duplicates(dataset: Dataset) -> list[bool]:
    """Return whether each test row nearly equals a training row of its class.

    That row must also be less than a third as far away as any row of another class: in some data,
    such as digits, all images are similar.
    """
    learned, classes = _unit(dataset.x_train).T, dataset.y_train.argmax(axis=1)
    found: list[bool] = []
    for start in range(0, len(dataset.x_test), _BLOCK):
        part = slice(start, start + _BLOCK)
        similarities = _unit(dataset.x_test[part]) @ learned
        is_own = classes == dataset.y_test[part].argmax(axis=1)[:, None]
        own, other = (
            similarities.max(axis=1, initial=-1.0, where=where) for where in (is_own, ~is_own)
        )
        found += ((own >= NEARLY_THE_SAME) & (1.0 - own < (1.0 - other) / 3.0)).tolist()
    return found


def _unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


def unknown_threshold(evaluation: Evaluation) -> Threshold:
    """Calibrate the probability below which an answer should be "unknown".

    Notes
    -----
    The largest threshold that 95 % of the right answers on held-out images reach, rounded down to
    three decimals; `UNCALIBRATED` if there are fewer than `MIN_CALIBRATED` right answers.
    """
    right = np.array([one.confidence for one in evaluation.predictions if one.guess == one.truth])
    wrong = np.array([one.confidence for one in evaluation.predictions if one.guess != one.truth])
    value, is_calibrated = UNCALIBRATED, len(right) >= MIN_CALIBRATED
    if is_calibrated:
        below = int(len(right) * (1 - KEPT_SHARE) + 1e-9)
        # Rounded down, so that the number on show keeps as many.
        value = float(np.floor(np.sort(right)[below] * 1000) / 1000)
    return Threshold(
        value=value,
        kept=int((right >= value).sum()),
        right=len(right),
        refused=int((wrong < value).sum()),
        wrong=len(wrong),
        is_calibrated=is_calibrated,
    )


def learning_curve(
    collection: Collection,
    features: Features,
    settings: TeachSettings,
    should_stop: Callable[[], bool],
    publish: Callable[[tuple[LearningPoint, ...]], None],
) -> tuple[LearningPoint, ...] | None:
    """Measure the accuracy of new heads trained on growing parts of the images.

    All are tested on the same held-out images.

    Returns
    -------
    One point for each of `CURVE_SHARES` with a different number of images; None if stopped or if
    nothing is held out.
    """
    head = start_head(collection, settings)
    data = taught_data(collection, features, head)
    if not data.test:
        return None
    order = np.random.default_rng(collection.seed).permutation(len(data.train))
    shuffled: dict[int, list[str]] = {}
    for sha256, key in dict.fromkeys(data.train[row] for row in order):
        shuffled.setdefault(key, []).append(sha256)
    points: list[LearningPoint] = []
    for share in CURVE_SHARES:
        part = _training_subset(data, shuffled, share)
        count = len(set(part.train))
        if points and count == points[-1].pictures:
            continue
        reached = train_head(head, part, should_stop)
        if should_stop():
            return None
        judged = evaluate(reached, part)
        points.append(LearningPoint(count, judged.right, judged.held_out))
        publish(tuple(points))
    return tuple(points)


def write_predictions_csv(
    path: Path,
    evaluation: Evaluation,
    pictures: Mapping[str, Picture],
    threshold: float,
) -> None:
    """Write the head's answers for the held-out images as a table.

    Parameters
    ----------
    pictures
        Images by hash, for their names.
    threshold
        Answers with a lower best probability are marked as not sure. They are still marked right
        or wrong, as in the accuracy.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    from vision.files import write_file

    names = dict(zip(evaluation.keys, evaluation.names, strict=True))
    columns = (tr("image"), tr("class"), tr("answer"), tr("right"), tr("sure"))
    rows: list[list[object]] = [[*columns, *evaluation.names]]
    for one in evaluation.predictions:
        picture = pictures.get(one.sha256)
        shown = one.sha256 if picture is None else str(picture.path or picture.name)
        answer = "" if one.guess is None else names[one.guess]
        right, sure = int(one.guess == one.truth), int(one.confidence >= threshold)
        scores = [f"{p:.6f}" for p in one.probabilities]
        rows.append([shown, names[one.truth], answer, right, sure, *scores])
    write_file(path, csv_bytes(rows))


def _training_subset(
    data: TaughtData, pictures: Mapping[int, list[str]], share: float
) -> TaughtData:
    """Return the data with a share of each class's training images.

    At least one image per class is kept.
    """
    chosen = {
        (sha256, key)
        for key, own in pictures.items()
        for sha256 in own[: max(1, round(share * len(own)))]
    }
    rows = [row for row, picture in enumerate(data.train) if picture in chosen]
    dataset = replace(
        data.dataset, x_train=data.dataset.x_train[rows], y_train=data.dataset.y_train[rows]
    )
    return replace(data, dataset=dataset, train=tuple(data.train[row] for row in rows))
