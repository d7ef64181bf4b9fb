"""What composes pictures and the network: features in, a trained head and its judgement out.

Without Qt, so that ``main.py teach`` and the tab do the same.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from model.data import Dataset
from model.data.idx import write_idx
from model.defaults import matching_initialiser
from model.errors import ModelError
from model.experiment import (
    Experiment,
    IdxData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    SplitSpec,
    StopSpec,
    TrainingSpec,
    with_past,
)
from model.files import decode, encode
from model.initialisers import initialise
from model.metrics import confusion, decide
from model.network import Network
from model.training import Snapshot, Trainer
from model.training.runs import past_trained
from vision.errors import Fault, VisionError
from vision.files import unwritable
from vision.teaching.collection import Collection, Picture, free_name, require_teachable
from vision.teaching.features import NO_AUGMENTATION, Augmentation, Features
from vision.teaching.splitting import split

FEATURES = 1280
"""Values that the backbone gives of a picture: the inputs of the head."""

CURVE_SHARES = (0.125, 0.25, 0.5, 1.0)
"""Of the pictures that are learned from: the points of a learning curve."""

KEPT_SHARE = 0.95
"""Of the right answers that the threshold for "unknown" lets pass."""

LEAST_CALIBRATED = 10
"""Right answers on held-out pictures; from fewer no threshold is read off."""

UNCALIBRATED = 0.5
"""The threshold where there are too few held-out pictures."""

MOST_EPOCHS = 1_000_000
MOST_RATE = 10.0
MOST_HIDDEN = 2
"""Hidden layers."""

MOST_UNITS = 1024
"""Of a hidden layer."""

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TeachSettings:
    """How the head learns. What is held out is the collection's.

    Attributes
    ----------
    epochs
        How often all pictures are gone through, at least 1.
    rate
        Adam's learning rate.
    hidden
        Units of the hidden layers: none to two.
    dropout
        Share of the hidden units left out while training, 0 to below 1.
    l2
        Penalty on the weights.
    augmentation
        Which changed copies are learned from too.
    threshold
        Below which best probability the answer is "unknown"; None takes the calibrated one.
    """

    epochs: int = 100
    rate: float = 0.001
    hidden: tuple[int, ...] = ()
    dropout: float = 0.0
    l2: float = 0.001
    augmentation: Augmentation = NO_AUGMENTATION
    threshold: float | None = None


@dataclass(frozen=True, eq=False)
class Head:
    """What learns on top of the features.

    Attributes
    ----------
    experiment
        An ordinary one, weights included; its data are named, not held: `taught_data` makes the
        rows, `for_build` writes them beside.
    keys
        The class of each output, by its key.
    learned
        The hashes of all pictures that its weights have learned from: none of them can test it.
    lesson
        What it was taught last, see `lesson_of`; empty before.
    """

    experiment: Experiment
    keys: tuple[int, ...]
    learned: frozenset[str] = frozenset()
    lesson: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What the outputs' classes were called when it was made."""
        data = self.experiment.data
        assert isinstance(data, IdxData)
        return data.names

    def named(self, collection: Collection) -> Head:
        """Return it with its outputs called as their classes are now.

        A class that is gone keeps its name, with a number where another has that name now.
        """
        present = {one.key: one.name for one in collection.classes}
        used = list(present.values())
        names = []
        for key, name in zip(self.keys, self.names, strict=True):
            if key not in present:
                used.append(free_name(name, used))
            names.append(present.get(key, used[-1]))
        data = msgspec.structs.replace(self.experiment.data, names=tuple(names))
        return replace(self, experiment=msgspec.structs.replace(self.experiment, data=data))

    @property
    def hidden_units(self) -> int:
        """How many units its hidden layers have together."""
        return sum(layer.units for layer in self.experiment.network.layers[:-1])

    def probabilities(self, rows: npt.NDArray[np.float32]) -> Probabilities:
        """Return the probabilities (N, classes) for features (N, 1280)."""
        network = Network.of(self.experiment)
        return np.asarray(network.forward(np.asarray(rows, np.float64)), np.float64)


@dataclass(frozen=True, eq=False)
class TaughtData:
    """The rows that a head learns from, and which pictures they are.

    Attributes
    ----------
    dataset
        Features and one column a class, float32; held-out pictures are its test rows.
    train, test
        Hash and class key of the picture behind each row; changed copies have their picture's.
    """

    dataset: Dataset
    train: tuple[tuple[str, int], ...]
    test: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the head says of one held-out picture.

    Attributes
    ----------
    truth
        The key of the class that it is in.
    guess
        The key of the most probable class; None where two are equally probable.
    probabilities
        One a class, in the order of the head.
    """

    sha256: str
    truth: int
    guess: int | None
    probabilities: Probabilities

    @property
    def confidence(self) -> float:
        """The probability of the most probable class."""
        return float(self.probabilities.max())


@dataclass(frozen=True)
class ClassAccuracy:
    """How many of one class's held-out pictures are recognised.

    Attributes
    ----------
    right, total
        How many of how many; of a class whose pictures were all recorded in one go the total is 0.
    """

    key: int
    right: int
    total: int


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How good a head is on pictures that it has not learned from.

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
        """How many are right; one that is undecided is not."""
        return sum(one.guess == one.truth for one in self.predictions)

    @cached_property
    def baseline(self) -> float:
        """The share that always naming the most common class gets right; NaN as `accuracy`."""
        right = sum(one.truth in self.by_size[:1] for one in self.predictions)
        return right / self.held_out if self.held_out else float("nan")

    @cached_property
    def confusion(self) -> npt.NDArray[np.intp]:
        """Counts (truth, guess); one more column where some are undecided."""
        places: dict[int | None, int] = {key: place for place, key in enumerate(self.keys)}
        answers = np.array([places.get(one.guess, -1) for one in self.predictions], np.intp)
        truth = np.array([places[one.truth] for one in self.predictions], np.intp)
        return confusion(answers, truth, len(self.keys))

    @cached_property
    def per_class(self) -> tuple[ClassAccuracy, ...]:
        """In the order of the classes."""
        rights, counts = self.confusion.diagonal(), self.confusion.sum(axis=1)
        return tuple(map(ClassAccuracy, self.keys, rights.tolist(), counts.tolist()))

    def judged_by(self, collection: Collection) -> Evaluation:
        """Return it by the classes that the pictures are in now.

        Those that were removed, or moved to a class that the head does not know, are left out.
        """
        homes: dict[str, set[int]] = {}
        for one in collection.classes:
            for picture in one.pictures if one.key in self.keys else ():
                homes.setdefault(picture.sha256, set()).add(one.key)
        left, moved = [], []
        for each in self.predictions:
            keys = homes.get(each.sha256, set())
            if each.truth in keys:
                keys.remove(each.truth)
                left.append(each)
            else:
                moved.append(each)
        kept = {one.key for one in collection.classes}
        by_size = tuple(key for key in self.by_size if key in kept)
        if not moved and by_size == self.by_size:
            return self
        left += [
            replace(each, truth=homes[each.sha256].pop())
            for each in moved
            if homes.get(each.sha256)
        ]
        return replace(self, predictions=tuple(left), by_size=by_size)

    @property
    def held_out(self) -> int:
        """How many pictures were held out."""
        return len(self.predictions)

    @property
    def undecided(self) -> int:
        """Of how many several classes are equally probable."""
        return sum(one.guess is None for one in self.predictions)

    @property
    def accuracy(self) -> float:
        """The share that is right; NaN where nothing was held out."""
        return self.right / self.held_out if self.held_out else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of all such pictures lies with 95 % confidence (Wilson's interval)."""
        return _interval(self.right, self.held_out) if self.held_out else (0.0, 1.0)

    @property
    def mistakes(self) -> tuple[Prediction, ...]:
        """The wrong ones, the most confident first."""
        wrong = [
            one for one in self.predictions if one.guess is not None and one.guess != one.truth
        ]
        return tuple(sorted(wrong, key=lambda one: -one.confidence))

    def cell(self, truth: int, guess: int | None) -> tuple[Prediction, ...]:
        """Return the predictions of one cell of the matrix, by the keys of its classes."""
        return tuple(one for one in self.predictions if (one.truth, one.guess) == (truth, guess))


@dataclass(frozen=True)
class Threshold:
    """Below which best probability an answer is "unknown", and how that was found.

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


@dataclass(frozen=True)
class LearningPoint:
    """How good a head is that learned from part of the pictures.

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
        """The share that is right."""
        return self.right / self.held_out

    @property
    def interval(self) -> tuple[float, float]:
        """As `Evaluation.interval`."""
        return _interval(self.right, self.held_out)


def _interval(right: int, held_out: int) -> tuple[float, float]:
    from model.training.lottery import wilson_interval  # late: loads what trains many at once

    return wilson_interval(right, held_out)


def start_head(
    collection: Collection, settings: TeachSettings, previous: Head | None = None
) -> Head:
    """Return a head for the classes: a new one, or `previous` with what it has learned.

    Parameters
    ----------
    collection
        Its classes with pictures become the outputs; its seed is the experiment's.
    previous
        A head to go on from, where its hidden layers are the same and it has learned nothing that
        is held out now: outputs follow their classes by key, so that added, removed and reordered
        ones cost nothing that was learned of the others.

    Raises
    ------
    VisionError
        As `vision.teaching.collection.require_teachable`.
    """
    require_teachable(collection)
    keys = tuple(one.key for one in collection.classes)
    hidden = [LayerSpec(units, "relu", dropout=settings.dropout) for units in settings.hidden]
    # Without hidden layers little noise to begin with is better: few pictures do not outweigh it.
    initial = matching_initialiser("relu") if hidden else InitialiserSpec("xavier", scale=0.1)
    experiment = Experiment(
        data=IdxData("", "", names=collection.names),
        split=SplitSpec(),
        network=NetworkSpec(FEATURES, (*hidden, LayerSpec(len(keys), "softmax"))),
        training=TrainingSpec(
            loss="categorical_cross_entropy",
            optimiser=OptimiserSpec("adam"),
            learning_rate=settings.rate,
            batch_size=32,
            l2=settings.l2,
            initialiser=initial,
            stop=StopSpec(epochs=settings.epochs),
            dtype="float32",
        ),
        seed=collection.seed,
    )
    experiment = initialise(experiment)
    if previous is None or not _can_go_on(previous, experiment, collection):
        return Head(experiment, keys)
    return Head(_with_learned(experiment, keys, previous), keys, previous.learned)


def has_learned_the_test(head: Head, collection: Collection) -> bool:
    """Tell whether pictures that a head has learned from are held out now."""
    return not head.learned.isdisjoint(split(collection))


def lesson_of(collection: Collection, settings: TeachSettings) -> str:
    """Return a short name for all that a head's weights depend on.

    Names and colours of classes and the threshold can change without it.
    """
    words = []
    for one in collection.classes:
        words.append(f"class {one.key}")
        words += [f"{picture.sha256} {picture.burst}" for picture in one.pictures]
    words.append(f"{collection.hold_out} {collection.seed} {replace(settings, threshold=None)}")
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def taught_data(collection: Collection, features: Features, head: Head) -> TaughtData:
    """Return the rows that a head learns from and is tested on.

    A held-out picture that it has learned from all the same tests nothing and is left out.

    Raises
    ------
    VisionError
        teach_no_rows where a class has no picture that can be read among those to learn from.
    """
    held = split(collection)
    classes = {one.key: one for one in collection.classes}
    train: list[tuple[str, int]] = []
    test: list[tuple[str, int]] = []
    x_train: list[npt.NDArray[np.float32]] = []
    x_test: list[npt.NDArray[np.float32]] = []
    for key in head.keys:
        before = len(train)
        for picture in classes[key].pictures:
            row = features.rows.get(picture.sha256)
            if row is None:  # it could not be read
                continue
            if picture.sha256 in held:
                if picture.sha256 not in head.learned:
                    test.append((picture.sha256, key))
                    x_test.append(row)
            else:
                copies = features.copies.get(picture.sha256, ())
                train += [(picture.sha256, key)] * (1 + len(copies))
                x_train += [row, *copies]
        if len(train) == before:
            raise VisionError(Fault.TEACH_NO_ROWS, name=classes[key].name)
    places = {key: place for place, key in enumerate(head.keys)}
    one_hot = np.eye(len(places), dtype=np.float32)

    def targets(rows: Sequence[tuple[str, int]]) -> npt.NDArray[np.float32]:
        return one_hot[[places[key] for _, key in rows]] if rows else one_hot[:0]

    dataset = Dataset(
        x_train=np.stack(x_train),
        y_train=targets(train),
        x_test=np.stack(x_test) if x_test else np.zeros((0, FEATURES), np.float32),
        y_test=targets(test),
        feature_names=tuple(f"p{place}" for place in range(FEATURES)),
        target_names=head.names,
        class_names=head.names,
        task="multiclass",
    )
    return TaughtData(dataset, tuple(train), tuple(test))


def train_head(
    head: Head,
    data: TaughtData,
    should_stop: Callable[[], bool] = lambda: False,
    publish: Callable[[Snapshot], None] = lambda snapshot: None,
) -> Head:
    """Train a head to its number of epochs, or until it is stopped, and return what was reached.

    Whoever shows plots makes the `model.Trainer` of ``head.experiment`` and ``data.dataset``.
    """
    trainer = Trainer(head.experiment, data.dataset)
    trainer.run(should_stop, publish)
    return trained(head, trainer, data)


def trained(head: Head, trainer: Trainer, data: TaughtData, lesson: str = "") -> Head:
    """Return a head with what a trainer has reached on its rows, and the losses on the way."""
    learned = head.learned.union(sha256 for sha256, _ in data.train)
    reached = trainer.experiment()
    past = past_trained(trainer.history, msgspec.UNSET, reached.data)
    return Head(with_past(reached, past), head.keys, learned, lesson)


def evaluate(head: Head, data: TaughtData) -> Evaluation:
    """Judge a head by the held-out pictures."""
    dataset = data.dataset
    outputs = head.probabilities(dataset.x_test)
    answers = decide(outputs, "multiclass") if len(outputs) else np.zeros(0, np.intp)
    predictions = tuple(
        Prediction(sha256, key, None if answer < 0 else head.keys[answer], row)
        for (sha256, key), answer, row in zip(data.test, answers.tolist(), outputs, strict=True)
    )
    learned, held = dataset.y_train.sum(axis=0), dataset.y_test.sum(axis=0)
    by_size = tuple(head.keys[place] for place in np.lexsort((-held, -learned)).tolist())
    return Evaluation(head.keys, head.names, predictions, by_size)


def unknown_threshold(evaluation: Evaluation) -> Threshold:
    """Read off below which best probability an answer had better be "unknown".

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
    publish: Callable[[LearningPoint], None],
) -> tuple[LearningPoint, ...] | None:
    """Train new heads on ever more of the pictures and test each on the same held-out ones.

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
    points: list[LearningPoint] = []
    for share in CURVE_SHARES:
        rows = _share_of_each(data, head.keys, order, share)
        part = _part(data, rows)
        count = len(set(part.train))
        if points and count == points[-1].pictures:
            continue
        reached = train_head(head, part, should_stop)
        if should_stop():
            return None
        judged = evaluate(reached, part)
        points.append(LearningPoint(count, judged.right, judged.held_out))
        publish(points[-1])
    return tuple(points)


class _StoredHead(msgspec.Struct):
    """A head as a project keeps it."""

    classes: tuple[int, ...]
    experiment: dict[str, Any]
    learned: list[str]
    lesson: str


def stored_head(head: Head) -> dict[str, Any]:
    """Return a head as a JSON document, for a project.

    The optimiser's averages are left out, which are twice as large as the weights and begin anew.
    """
    experiment, progress = head.experiment, head.experiment.progress
    if progress is not None:
        bare = msgspec.structs.replace(progress, slots=(), order=None, batch=0)
        experiment = msgspec.structs.replace(experiment, progress=bare)
    content = msgspec.json.decode(encode(experiment))
    stored = _StoredHead(head.keys, content, sorted(head.learned), head.lesson)
    return dict(msgspec.to_builtins(stored))


def read_head(stored: Mapping[str, Any]) -> Head:
    """Return the head that `stored_head` wrote.

    Raises
    ------
    ModelError
        As `model.files.decode`; file.invalid where it is no head.
    """
    experiment = decode(msgspec.json.encode(stored.get("experiment")))
    data, network = experiment.data, experiment.network
    try:
        found = msgspec.convert(dict(stored), _StoredHead)
    except msgspec.ValidationError:
        found = None
    if (
        found is None
        or not isinstance(data, IdxData)
        or network.inputs != FEATURES
        or not network.layers[-1].units == len(found.classes) == len(data.names)
        or len(set(found.classes)) < len(found.classes)
    ):
        raise ModelError(
            "file.invalid",
            "The experiment is damaged at {path}: {fault}. Open another copy of it.",
            path="head",
            fault="it does not fit its classes",
        )
    return Head(experiment, found.classes, frozenset(found.learned), found.lesson)


def stored_settings(settings: TeachSettings) -> dict[str, Any]:
    """Return settings as a JSON document, for a project."""
    stored: dict[str, Any] = msgspec.to_builtins(settings)
    return stored


def read_settings(stored: Mapping[str, Any]) -> TeachSettings:
    """Return the settings that `stored_settings` wrote; what cannot be used is as usual."""
    try:
        settings = msgspec.convert(dict(stored), TeachSettings)
    except msgspec.ValidationError:
        return TeachSettings()
    is_usable = (
        1 <= settings.epochs <= MOST_EPOCHS
        and 0 < settings.rate <= MOST_RATE
        and len(settings.hidden) <= MOST_HIDDEN
        and all(1 <= units <= MOST_UNITS for units in settings.hidden)
        and 0 <= settings.dropout < 1
        and 0 <= settings.l2 < math.inf
        and (settings.threshold is None or 0 <= settings.threshold <= 1)
    )
    return settings if is_usable else TeachSettings()


def for_build(head: Head, data: TaughtData, folder: Path) -> Experiment:
    """Write a head's rows into a folder and return the experiment that reads them from there.

    The folder is made where it is not there; files of these names in it are replaced.

    Raises
    ------
    VisionError
        file_unwritable, where the folder cannot be made.
    ModelError
        file.unwritable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    dataset = data.dataset
    parts = {
        "images": ("train-features.idx", dataset.x_train),
        "labels": ("train-classes.idx", dataset.y_train.argmax(axis=1).astype(np.uint8)),
        "test_images": ("test-features.idx", dataset.x_test),
        "test_labels": ("test-classes.idx", dataset.y_test.argmax(axis=1).astype(np.uint8)),
    }
    if not data.test:
        del parts["test_images"], parts["test_labels"]
    paths = {}
    for part, (name, values) in parts.items():
        write_idx(folder / name, values)
        paths[part] = str(folder / name)
    own = msgspec.structs.replace(head.experiment.data, **paths)
    return msgspec.structs.replace(head.experiment, data=own)


def write_predictions_csv(
    path: Path, evaluation: Evaluation, pictures: Mapping[str, Picture], threshold: float = 0.0
) -> None:
    """Write what the head says of the held-out pictures as a table, one row each.

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
    from vision.batch import write_table

    names = dict(zip(evaluation.keys, evaluation.names, strict=True))
    rows: list[list[object]] = [["picture", "class", "answer", "right", "sure", *evaluation.names]]
    for one in evaluation.predictions:
        picture = pictures.get(one.sha256)
        shown = one.sha256 if picture is None else str(picture.path or picture.name)
        answer = "" if one.guess is None else names[one.guess]
        right, sure = int(one.guess == one.truth), int(one.confidence >= threshold)
        scores = [f"{p:.6f}" for p in one.probabilities]
        rows.append([shown, names[one.truth], answer, right, sure, *scores])
    write_table(path, rows)


def _can_go_on(previous: Head, experiment: Experiment, collection: Collection) -> bool:
    old, new = previous.experiment.network.layers, experiment.network.layers
    has_same_layers = [layer.units for layer in old[:-1]] == [layer.units for layer in new[:-1]]
    return has_same_layers and not has_learned_the_test(previous, collection)


def _with_learned(experiment: Experiment, keys: tuple[int, ...], previous: Head) -> Experiment:
    """Return the experiment with the previous head's weights, its outputs put in order by class."""
    old = previous.experiment.network.layers
    new = experiment.network.layers
    layers = [
        msgspec.structs.replace(layer, weights=learned.weights, biases=learned.biases)
        for layer, learned in zip(new[:-1], old[:-1], strict=True)
    ]
    last = new[-1]
    weights, biases = (array.copy() for array in last.drawn)
    old_weights, old_biases = initialise(previous.experiment).network.layers[-1].drawn
    for place, key in enumerate(keys):
        if key in previous.keys:
            was = previous.keys.index(key)
            weights[:, place], biases[place] = old_weights[:, was], old_biases[was]
    layers.append(msgspec.structs.replace(last, weights=weights, biases=biases))
    network = msgspec.structs.replace(experiment.network, layers=tuple(layers))
    return msgspec.structs.replace(experiment, network=network)


def _share_of_each(
    data: TaughtData, keys: tuple[int, ...], order: npt.NDArray[np.intp], share: float
) -> list[int]:
    """Return the rows of a share of each class's pictures, at least one, by an order."""
    rows: list[int] = []
    for key in keys:
        pictures = list(
            dict.fromkeys(data.train[row][0] for row in order if data.train[row][1] == key)
        )
        some = set(pictures[: max(1, round(share * len(pictures)))])
        rows += [
            row for row, (sha256, own) in enumerate(data.train) if own == key and sha256 in some
        ]
    return rows


def _part(data: TaughtData, rows: list[int]) -> TaughtData:
    dataset = replace(
        data.dataset, x_train=data.dataset.x_train[rows], y_train=data.dataset.y_train[rows]
    )
    return replace(data, dataset=dataset, train=tuple(data.train[row] for row in rows))
