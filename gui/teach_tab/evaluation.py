"""The evaluation of a head on held-out pictures, and when its answer is unknown."""

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
"""Of the pictures that are learned from: the points of a learning curve."""

KEPT_SHARE = 0.95
"""Of the right answers that the threshold for "unknown" lets pass."""

LEAST_CALIBRATED = 10
"""Right answers on held-out pictures; from fewer no threshold is read off."""

FEW_CALIBRATED = 40
"""Below so many right answers the user is told how few there are: one is 2.5 % or more of them."""

UNCALIBRATED = 0.5
"""The threshold where there are too few held-out pictures."""

NEARLY_THE_SAME = 0.93
"""The least cosine similarity of the features of two pictures that are nearly the same.

They are also a third as far from each other as from any picture of another class, or less.

Measured against the most similar other picture: of 194 pictures of animals and plants none reaches
.83, and of 800 garments in 28 x 28 grey pixels 2 % reach .93. Of overlapping parts of one
photograph a third do where their sides are .3 to .6 of its own, two thirds at .5 to .8, and nearly
all copies do that are mirrored, half as large or JPEGs of low quality.
"""

MOST_REPEATED = 0.1
"""The share of the held-out pictures up to which such repeats hardly change the accuracy."""

_BLOCK = 512


@dataclass(frozen=True, eq=False)
class Prediction:
    """The head's answer for one held-out picture.

    Attributes
    ----------
    truth
        The key of the class that it is in.
    guess
        The key of the most probable class; None where two are equally probable.
    probabilities
        One a class, in the order of the head.
    is_repeat
        Whether it is nearly the same as a training picture of its class.
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
    """The evaluation of a head on pictures that it has not learned from.

    Attributes
    ----------
    keys, names
        Of the classes, in the order of the head's outputs.
    predictions
        One for each held-out picture.
    by_size
        The keys of the classes that can still be meant, the one most common in training first.
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
        """The accuracy of always naming the most common class; NaN as `accuracy`."""
        right = sum(one.truth in self.by_size[:1] for one in self.predictions)
        return right / self.held_out if self.held_out else float("nan")

    @cached_property
    def confusion(self) -> npt.NDArray[np.intp]:
        """Counts (true class, predicted class), with another column if some are undecided."""
        places: dict[int | None, int] = {key: place for place, key in enumerate(self.keys)}
        answers = np.array([places.get(one.guess, -1) for one in self.predictions], np.intp)
        truth = np.array([places[one.truth] for one in self.predictions], np.intp)
        return confusion(answers, truth, len(self.keys))

    def judged_by(self, collection: Collection) -> Evaluation:
        """Return the evaluation by the pictures' present classes.

        Left out are those that were removed, or moved to a class that the head does not know, or
        to one where they are held out already.
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
        """The number of held-out pictures."""
        return len(self.predictions)

    @property
    def undecided(self) -> int:
        """The number of pictures with several equally probable classes."""
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
        """The number of held-out pictures nearly equal to a training picture."""
        return sum(one.is_repeat for one in self.predictions)

    @property
    def is_of_repeats(self) -> bool:
        """Whether so many pictures nearly repeat others that the accuracy says little."""
        return self.near_duplicates > MOST_REPEATED * self.held_out

    @property
    def mistakes(self) -> tuple[Prediction, ...]:
        """The wrong answers, the most confident first."""
        wrong = [
            one for one in self.predictions if one.guess is not None and one.guess != one.truth
        ]
        return tuple(sorted(wrong, key=lambda one: -one.confidence))

    def cell(self, truth: int, guess: int | None) -> tuple[Prediction, ...]:
        """Return the predictions in one cell of the matrix, by the keys of its classes."""
        return tuple(one for one in self.predictions if (one.truth, one.guess) == (truth, guess))


@dataclass(frozen=True)
class Threshold:
    """The probability below which an answer is "unknown", and how many answers it refuses.

    Attributes
    ----------
    value
        0 to 1.
    kept, right
        Of the right answers on held-out pictures, how many reach it, of how many.
    refused, wrong
        Of the wrong ones, how many do not, of how many.
    is_calibrated
        False where there were too few held-out pictures to read it off; it is one half then.
    """

    value: float
    kept: int
    right: int
    refused: int
    wrong: int
    is_calibrated: bool

    @property
    def rests_on_few(self) -> bool:
        """Whether it was calibrated, but on so few pictures that one more may move it far."""
        return self.is_calibrated and self.right < FEW_CALIBRATED


@dataclass(frozen=True)
class LearningPoint:
    """The accuracy of a head trained on part of the pictures.

    Attributes
    ----------
    pictures
        How many it learned from.
    right, held_out
        How many held-out pictures it gets right, of how many.
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
        """As `Evaluation.interval`."""
        return _interval(self.right, self.held_out)


def _interval(right: int, held_out: int) -> tuple[float, float]:
    from model.training.ensemble.lottery import (
        wilson_interval,  # late: loads what trains many at once
    )

    return wilson_interval(right, held_out)


def evaluate(head: Head, data: TaughtData) -> Evaluation:
    """Evaluate a head on the held-out pictures."""
    dataset = data.dataset
    outputs = head.probabilities(dataset.x_test)
    answers = decide(outputs, "multiclass") if len(outputs) else np.zeros(0, np.intp)
    predictions = tuple(
        Prediction(sha256, key, None if answer < 0 else head.keys[answer], row, is_repeat)
        for (sha256, key), answer, row, is_repeat in zip(
            data.test,
            answers.tolist(),
            outputs,
            _repeats(dataset),
            strict=True,
        )
    )
    learned, held = dataset.y_train.sum(axis=0), dataset.y_test.sum(axis=0)
    by_size = tuple(head.keys[place] for place in np.lexsort((-held, -learned)).tolist())
    return Evaluation(head.keys, head.names, predictions, by_size)


def _repeats(dataset: Dataset) -> list[bool]:
    """Return which test rows nearly equal a training row of their class.

    Where other classes are as near, all pictures are alike, as those of digits are.
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
    It is the largest threshold that 95 % of the right answers on held-out pictures reach.
    """
    right = np.array([one.confidence for one in evaluation.predictions if one.guess == one.truth])
    wrong = np.array([one.confidence for one in evaluation.predictions if one.guess != one.truth])
    value, is_calibrated = UNCALIBRATED, len(right) >= LEAST_CALIBRATED
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
    """Train new heads on growing parts of the pictures, each tested on the same held-out ones.

    Returns
    -------
    A point for each of `CURVE_SHARES` that gives another number of pictures, or None if it was
    stopped or nothing is held out.
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
        part = _part(data, shuffled, share)
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
    """Write the head's answers for the held-out pictures as a table, one row each.

    Parameters
    ----------
    pictures
        By hash, for their names.
    threshold
        Below which best probability an answer is not sure. It counts as right or wrong all the
        same, as it does in the accuracy.

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


def _part(data: TaughtData, pictures: Mapping[int, list[str]], share: float) -> TaughtData:
    """Return the rows of the first share of each class's pictures, at least one."""
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
