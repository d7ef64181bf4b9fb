"""Training of a head on image features.

Free of Qt: ``main.py teach`` and the tab share it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from model.data import Dataset
from model.data.files.idx import write_idx
from model.defaults import matching_initialiser
from model.edits.network import MAX_UNITS
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
from model.network import Network
from model.training import Snapshot, Trainer
from model.training.runs import past_trained
from vision.errors import Fault, VisionError
from vision.files import unwritable_error
from vision.teaching.collection import Collection, free_name, require_teachable
from vision.teaching.features import NO_AUGMENTATION, Augmentation, Features
from vision.teaching.splitting import split

FEATURES = 1280
"""Number of features per image: outputs of the backbone, inputs of the head."""

MAX_EPOCHS = 1_000_000
MAX_RATE = 10.0
MAX_HIDDEN = 2
"""Maximum number of hidden layers."""

Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TeachSettings:
    """The settings of the head's training.

    The settings of the held-out images belong to the collection.

    Attributes
    ----------
    epochs
        Number of passes over the training images, at least 1.
    rate
        Learning rate of Adam.
    hidden
        Units of each hidden layer, from none to two layers.
    dropout
        Dropout rate of the hidden units, 0 to below 1.
    l2
        L2 penalty on the weights.
    augmentation
        Augmented copies to train on.
    threshold
        Best probability below which the answer is "unknown"; None uses the calibrated threshold.
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
    """The network trained on the features.

    Attributes
    ----------
    experiment
        An ordinary experiment with weights. It names its data but does not hold them: `taught_data`
        returns the rows, `for_build` writes them to files.
    keys
        Class key of each output.
    learned
        Hashes of all images that the weights have learned from; none of them can test the head.
    lesson
        Key of the last training, see `training_key`; empty before.
    """

    experiment: Experiment
    keys: tuple[int, ...]
    learned: frozenset[str] = frozenset()
    lesson: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The class names of the outputs."""
        data = self.experiment.data
        assert isinstance(data, IdxData)
        return data.names

    def named(self, collection: Collection) -> Head:
        """Return the head with its classes' current names.

        A class that is gone keeps its name, with a number if another class has that name now.
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
        """The number of hidden units in all layers."""
        return sum(layer.units for layer in self.experiment.network.layers[:-1])

    def probabilities(self, rows: npt.NDArray[np.float32]) -> Probabilities:
        """Return the probabilities (N, classes) for features (N, 1280)."""
        network = Network.of(self.experiment)
        return np.asarray(network.forward(np.asarray(rows, np.float64)), np.float64)


@dataclass(frozen=True, eq=False)
class TaughtData:
    """The rows of a head, and the images they belong to.

    Attributes
    ----------
    dataset
        Features and one target column per class, float32; held-out images are the test rows.
    train, test
        Hash and class key of each row's image; augmented copies have those of their image.
    """

    dataset: Dataset
    train: tuple[tuple[str, int], ...]
    test: tuple[tuple[str, int], ...]


def start_head(
    collection: Collection, settings: TeachSettings, previous: Head | None = None
) -> Head:
    """Return a head to train: a new one, or one continuing `previous`.

    Parameters
    ----------
    collection
        The classes become the outputs, the seed becomes the experiment's.
    previous
        Head to continue from, if it has the same hidden layers and has learned from no image that
        is held out now. Outputs are matched to classes by key, so adding, removing or reordering
        classes keeps the weights of the others.

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
    if previous is None or not _can_continue(previous, experiment, collection):
        return Head(experiment, keys)
    return Head(_with_previous_weights(experiment, keys, previous), keys, previous.learned)


def has_learned_held_out(head: Head, collection: Collection) -> bool:
    """Return whether a head has learned from images that are held out now."""
    return not head.learned.isdisjoint(split(collection))


def training_key(collection: Collection, settings: TeachSettings) -> str:
    """Return a short hash of everything that a head's weights depend on.

    Class names, class colours and the threshold do not change it.
    """
    words = []
    for one in collection.classes:
        words.append(f"class {one.key}")
        words += [f"{picture.sha256} {picture.burst}" for picture in one.pictures]
    words.append(f"{collection.hold_out} {collection.seed} {replace(settings, threshold=None)}")
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def taught_data(collection: Collection, features: Features, head: Head) -> TaughtData:
    """Return the training and test rows of a head.

    Held-out images that the head has learned from are left out, since they test nothing.

    Raises
    ------
    VisionError
        teach_no_rows if a class has no readable image to train on.
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
    """Train a head for its number of epochs, or until stopped.

    To plot the training, use a `model.training.Trainer` with ``head.experiment`` and
    ``data.dataset`` instead.
    """
    trainer = Trainer(head.experiment, data.dataset)
    trainer.run(should_stop, publish)
    return head_after_training(head, trainer, data)


def head_after_training(head: Head, trainer: Trainer, data: TaughtData, lesson: str = "") -> Head:
    """Return a head with a trainer's weights and losses, after training on `data`."""
    learned = head.learned.union(sha256 for sha256, _ in data.train)
    reached = trainer.experiment()
    past = past_trained(trainer.history, msgspec.UNSET, reached.data)
    return Head(with_past(reached, past), head.keys, learned, lesson)


class _StoredHead(msgspec.Struct):
    """A head as stored in a project."""

    classes: tuple[int, ...]
    experiment: dict[str, Any]
    learned: list[str]
    lesson: str


def stored_head(head: Head) -> dict[str, Any]:
    """Return a head as a JSON document, for a project.

    The optimiser's averages are omitted: they are twice as large as the weights, and the next
    training starts without them.
    """
    experiment, progress = head.experiment, head.experiment.progress
    if progress is not None:
        bare = msgspec.structs.replace(progress, slots=(), order=None, batch=0)
        experiment = msgspec.structs.replace(experiment, progress=bare)
    content = msgspec.json.decode(encode(experiment))
    stored = _StoredHead(head.keys, content, sorted(head.learned), head.lesson)
    return dict(msgspec.to_builtins(stored))


def read_head(stored: Mapping[str, Any]) -> Head:
    """Return the head written by `stored_head`.

    Raises
    ------
    ModelError
        As `model.files.decode`; file.invalid if the document is not a head.
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
    """Return settings as a JSON document for a project."""
    stored: dict[str, Any] = msgspec.to_builtins(settings)
    return stored


def read_settings(stored: Mapping[str, Any]) -> TeachSettings:
    """Return settings written by `stored_settings`, with defaults for unusable ones."""
    try:
        settings = msgspec.convert(dict(stored), TeachSettings)
    except msgspec.ValidationError:
        return TeachSettings()
    is_usable = (
        1 <= settings.epochs <= MAX_EPOCHS
        and 0 < settings.rate <= MAX_RATE
        and len(settings.hidden) <= MAX_HIDDEN
        and all(1 <= units <= MAX_UNITS for units in settings.hidden)
        and 0 <= settings.dropout < 1
        and 0 <= settings.l2 < math.inf
        and (settings.threshold is None or 0 <= settings.threshold <= 1)
    )
    return settings if is_usable else TeachSettings()


def for_build(head: Head, data: TaughtData, folder: Path) -> Experiment:
    """Write a head's rows into a folder; return the experiment that reads them.

    The folder is created if it is missing; existing files with these names are replaced.

    Raises
    ------
    VisionError
        file_unwritable if the folder cannot be created.
    ModelError
        file.unwritable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable_error(folder, error) from error
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


def _can_continue(previous: Head, experiment: Experiment, collection: Collection) -> bool:
    old, new = previous.experiment.network.layers, experiment.network.layers
    has_same_layers = [layer.units for layer in old[:-1]] == [layer.units for layer in new[:-1]]
    return has_same_layers and not has_learned_held_out(previous, collection)


def _with_previous_weights(
    experiment: Experiment, keys: tuple[int, ...], previous: Head
) -> Experiment:
    """Return the experiment with a previous head's weights, its outputs reordered by class."""
    old = previous.experiment.network.layers
    new = experiment.network.layers
    layers = [
        msgspec.structs.replace(layer, weights=learned.weights, biases=learned.biases)
        for layer, learned in zip(new[:-1], old[:-1], strict=True)
    ]
    last = new[-1]
    weights, biases = (array.copy() for array in last.weights_and_biases)
    old_weights, old_biases = initialise(previous.experiment).network.layers[-1].weights_and_biases
    for place, key in enumerate(keys):
        if key in previous.keys:
            was = previous.keys.index(key)
            weights[:, place], biases[place] = old_weights[:, was], old_biases[was]
    layers.append(msgspec.structs.replace(last, weights=weights, biases=biases))
    network = msgspec.structs.replace(experiment.network, layers=tuple(layers))
    return msgspec.structs.replace(experiment, network=network)
