"""Models to choose from: bundled, from files, from a library or in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from vision.classification import Classifier
from vision.engine import ComputeChoice, Engine
from vision.formats.labels import Labels
from vision.formats.reader import parse_model
from vision.kinds import FOREIGN_SUFFIXES
from vision.models.recognition import AUTOMATIC
from vision.networks.predictor import Predictor
from vision.pictures.preprocessing import Preprocessing
from vision.result import Task

_MODEL_SUFFIXES: Final = frozenset([".onnx", ".tflite", ".caffemodel", *FOREIGN_SUFFIXES])


@dataclass(frozen=True)
class ModelChoice:
    """A model that the user can choose.

    Attributes
    ----------
    key
        Stable identifier.
    name
        Name shown to the user.
    model, prototxt, labels
        Files of the model; all ``None`` for a bundled model.
    compute
        Device to use.
    load
        Loads the model instead of reading `model` (for a library's model or one in memory), or
        ``None``.
    task
        Task of the bundled model, if there are no files.
    read_as
        How to read its output, as chosen by the user.
    version
        Distinguishes models from `load` that have the same name.
    threshold
        Minimum probability for being sure; ``None`` leaves it to the user.
    """

    key: str
    name: str
    model: Path | None = None
    prototxt: Path | None = None
    labels: Path | None = None
    load: Callable[[ComputeChoice], Predictor] | None = field(default=None, compare=False)
    compute: ComputeChoice = ComputeChoice.AUTO
    version: str = ""
    task: Task = Task.CLASSIFICATION
    read_as: str = AUTOMATIC
    threshold: float | None = None


def choice_from_files(key: str, name: str, paths: Iterable[Path | str]) -> ModelChoice | None:
    """Return the model made of some files, or ``None`` if none of them is a model.

    A Caffe model's other half and a labels file are searched for in the same folder.

    Parameters
    ----------
    key, name
        As in `ModelChoice`; an empty name means the stem of the file name.
    paths
        Files in any order: the model, a Caffe model's ``.prototxt``, labels in a ``.txt``.
    """
    files = list(map(Path, paths))
    model = next((path for path in files if path.suffix.lower() in _MODEL_SUFFIXES), None)
    prototxt = next((path for path in files if path.suffix.lower() == ".prototxt"), None)
    labels = next((path for path in files if path.suffix.lower() == ".txt"), None)
    if model is None and prototxt is not None:
        model = _find_companion(prototxt, ".caffemodel")
    if model is None:
        return None
    if model.suffix.lower() == ".caffemodel":
        prototxt = prototxt or _find_companion(model, ".prototxt")
        labels = labels or _existing(model.with_name("synset_words.txt"))
    labels = labels or _existing(model.with_suffix(".txt"))
    return ModelChoice(key, name or model.stem, model, prototxt, labels)


def _find_companion(path: Path, suffix: str) -> Path | None:
    """Return the file of the same name with `suffix`, or the folder's only one, or None."""
    same = path.with_suffix(suffix)
    if same.is_file():
        return same
    found = sorted(path.parent.glob(f"*{suffix}"))
    return found[0] if len(found) == 1 else None


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def grey_preprocessing(size_wh: tuple[int, int], white: float) -> Preprocessing:
    """Return the preprocessing to grey for a network from Build.

    Grey levels 0 to 255 are scaled to the values of its training data: a light shape on a dark
    background, as in Digits and in MNIST.

    Parameters
    ----------
    size_wh
        Width and height of the network's pictures, in pixels.
    white
        Value of white in the training data.
    """
    return Preprocessing(size_wh=size_wh, scale=white / 255, channels=1)


def choice_from_onnx(
    key: str,
    name: str,
    onnx: bytes,
    class_names: tuple[str, ...],
    preprocessing: Preprocessing,
) -> ModelChoice:
    """Return a network in memory as a choice.

    Parameters
    ----------
    onnx
        Content of an ONNX file.
    class_names
        Labels of the scores.
    """

    def load(compute: ComputeChoice) -> Classifier:
        # What this program exports itself needs no trial.
        file = replace(parse_model(onnx, name), trusted=True, known_to_run=True)
        engine = Engine(file, compute)
        return Classifier(engine, preprocessing, Labels(class_names, name))

    version = hashlib.sha256(onnx).hexdigest()
    return ModelChoice(key, name, load=load, version=version)
