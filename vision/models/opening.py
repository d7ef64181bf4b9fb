"""Opens any model: a bundled one, one with a manifest, or a bare file."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from foundation.text import Text
from vision.classification import Classifier
from vision.engine import ComputeChoice, Engine, Outputs
from vision.errors import Fault, VisionError
from vision.files import lies_in
from vision.formats.labels import Labels, read_labels, translatable
from vision.formats.manifest import (
    ASSETS,
    ModelManifest,
    bundled_manifest,
    is_manifest,
    read_manifest,
)
from vision.formats.model_file import ModelFile, ModelFormat
from vision.formats.onnx.check import scales_pixels
from vision.formats.onnx.structure import INTEGER_TYPES, OnnxStructure, Shape
from vision.formats.reader import read_model_file
from vision.heads.kind import HEADS, Head, Recognition, decode
from vision.models.recognition import recognise
from vision.networks.detector import Detector
from vision.networks.predictor import Predictor
from vision.networks.segmenter import PEOPLE, Segmenter
from vision.pictures.preprocessing import SSD_RGB, UNIT_RGB, Preprocessing
from vision.reasons import sides_text
from vision.result import Task

CAFFE_TUTORIAL: Final = Preprocessing(size_wh=(224, 224), mean=(104.0, 117.0, 123.0))
"""Preprocessing of the tutorial's GoogLeNet: BGR, ImageNet's mean, squashed."""

IMAGENET_RGB: Final = Preprocessing(
    mean=(123.675, 116.28, 103.53),
    scale=1 / 255,
    std=(0.229, 0.224, 0.225),
    swap_rb=True,
    crop=True,
)
"""Usual preprocessing of ONNX classifiers for ImageNet: RGB, standardised, centre crop."""

_INT8: Final = 3
"""ONNX element type of signed bytes."""

_DETECTOR_LABELS: Final = {20: "voc_labels.txt", 21: "voc_labels.txt", 80: "coco_labels.txt"}
"""Labels files by number of classes, with or without the background."""


_TASK_WORDS: Final = {
    Task.CLASSIFICATION: Text("a model that names pictures"),
    Task.DETECTION: Text("a model that finds objects"),
    Task.MASK: Text("a network that cuts out"),
}
"""Descriptions of models by task."""

_TASKS_WITHOUT_HEAD: Final = {
    "classification": Task.CLASSIFICATION,
    "digits": Task.CLASSIFICATION,
    "mask": Task.MASK,
}
"""Tasks without a head, by their name in manifests."""

_DETECTORS: Final = Text("a detector with the head of SSD, YOLO or Caffe's DetectionOutput")


def open_predictor(
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    compute: ComputeChoice = ComputeChoice.AUTO,
    preprocessing: Preprocessing | None = None,
    task: Task = Task.CLASSIFICATION,
) -> Predictor:
    """Load a model for any task.

    Parameters
    ----------
    model
        A model file, or None for the bundled one for `task`. A manifest in the same folder (same
        name, ``.json``) describes how to use it; without one, its task and preprocessing are
        derived from its outputs.
    prototxt
        The text file of a Caffe model.
    labels
        A labels file; if None, the manifest's labels, default names for this number of classes, or
        numbers.
    compute
        Device to use.
    preprocessing
        Overrides the manifest's or the guessed preprocessing.
    task
        Task of the bundled model.

    Returns
    -------
    Classifier, Detector or Segmenter
        Depending on the model's outputs, whatever `task` is.

    Raises
    ------
    VisionError
        Any error of the files; model_other_task for a network of another kind.
    """
    given = None if labels is None else read_labels(labels)
    if model is None:
        return open_bundled(task, compute, given, preprocessing)
    manifest = find_manifest(Path(model), prototxt)
    engine = Engine(read_model_file(model, prototxt), compute)
    return make_predictor(engine, manifest, Path(model).parent, given, preprocessing)


def open_bundled(
    task: Task,
    compute: ComputeChoice = ComputeChoice.AUTO,
    labels: Labels | None = None,
    preprocessing: Preprocessing | None = None,
) -> Predictor:
    """Load the bundled model for a task.

    Raises
    ------
    VisionError
        model_changed, if its file does not have the expected hash; labels_mismatch.
    """
    manifest, folder = bundled_manifest(task), ASSETS / "models"
    file = read_model_file(folder / manifest.file, sha256=manifest.sha256)
    engine = Engine(file, compute)
    if labels is None and manifest.labels_file:
        labels = translatable(read_labels(folder / manifest.labels_file))
    elif labels is None and task is Task.MASK:
        labels = PEOPLE
    return make_predictor(engine, manifest, folder, labels, preprocessing)


def open_classifier(
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    compute: ComputeChoice = ComputeChoice.AUTO,
    preprocessing: Preprocessing | None = None,
) -> Classifier:
    """Load a model for classification, by default the bundled one.

    Parameters
    ----------
    model, prototxt, labels, compute, preprocessing
        As in `open_predictor`.

    Raises
    ------
    VisionError
        Any error of the files; model_other_task for a model with another task.
    """
    found = open_predictor(model, prototxt, labels, compute, preprocessing)
    if isinstance(found, Classifier):
        return found
    raise other_task_error(found)


def open_detector(
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    compute: ComputeChoice = ComputeChoice.AUTO,
    preprocessing: Preprocessing | None = None,
) -> Detector:
    """Load a detector, by default the bundled one.

    Parameters
    ----------
    model, prototxt, labels, compute, preprocessing
        As in `open_predictor`.

    Raises
    ------
    VisionError
        Any error of the files; model_other_task for a model with another task.
    """
    found = open_predictor(model, prototxt, labels, compute, preprocessing, Task.DETECTION)
    if isinstance(found, Detector):
        return found
    raise other_task_error(found, _DETECTORS)


def open_segmenter(
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    compute: ComputeChoice = ComputeChoice.AUTO,
    preprocessing: Preprocessing | None = None,
) -> Segmenter:
    """Load a segmenter, by default the bundled one for people.

    Parameters
    ----------
    model, prototxt, labels, compute, preprocessing
        As in `open_predictor`.

    Raises
    ------
    VisionError
        Any error of the files; model_other_task for a model with another task.
    """
    found = open_predictor(model, prototxt, labels, compute, preprocessing, Task.MASK)
    if isinstance(found, Segmenter):
        return found
    raise other_task_error(found, _TASK_WORDS[Task.MASK])


def other_task_error(
    found: Predictor, wanted: Text = _TASK_WORDS[Task.CLASSIFICATION]
) -> VisionError:
    """Return the error for a model whose task is not the required one."""
    kind = _TASK_WORDS[found.task]
    return VisionError(Fault.MODEL_OTHER_TASK, file=found.engine.name, kind=kind, wanted=wanted)


def make_predictor(
    engine: Engine,
    manifest: ModelManifest | None,
    folder: Path,
    labels: Labels | None = None,
    preprocessing: Preprocessing | None = None,
    recognition: Recognition | None = None,
) -> Predictor:
    """Return a loaded network ready for use, by its manifest or by recognition.

    Parameters
    ----------
    engine
        The network.
    manifest, folder
        Its description, and the folder of the files that this refers to.
    labels, preprocessing
        Override those of the description or the guess.
    recognition
        Result of recognition, if already known.

    Raises
    ------
    VisionError
        model_other_task, if it cannot be used for pictures here; model_forward; or an error of its
        labels.
    """
    file = engine.file
    if manifest is not None and recognition is None:
        recognition = recognition_from_manifest(manifest)
    if recognition is None:
        recognition = recognise_network(engine, labels)
    if recognition.task is None:
        wanted = Text("a model that names pictures, finds objects or cuts people out")
        raise VisionError(
            Fault.MODEL_OTHER_TASK, file=file.name, kind=recognition.kind, wanted=wanted
        )
    known = None if manifest is None else manifest.preprocessing
    known = known or stored_preprocessing(file)
    settings = preprocessing or known or suggest_preprocessing(file, recognition)
    if recognition.task is Task.MASK:
        if labels is None and manifest is not None:
            labels = labels_for(file, manifest, folder)
        return Segmenter(engine, settings, labels, manifest)
    if recognition.head is not None:
        named = labels or labels_for(file, manifest, folder)
        if named is None and (said := _names_from_metadata(file)):
            named = Labels(said, file.name)
        if named is None:
            named = _default_labels(recognition.head, engine)
        return Detector(engine, settings, recognition.head, named, manifest)
    named = labels or labels_for(file, manifest, folder)
    needed = softmax_needed(file.structure)
    if manifest is not None and needed is not False:  # what ends in softmax needs none
        needed = manifest.softmax_needed
    return Classifier(engine, settings, named, needed, manifest)


def recognition_from_manifest(manifest: ModelManifest) -> Recognition | None:
    """Return a manifest's description of the outputs, or None if it has none."""
    said = Text("its description says so")
    task = _TASKS_WITHOUT_HEAD.get(manifest.task)
    if task is not None:
        return Recognition(task, _TASK_WORDS[task], said)
    if manifest.head is None:
        return None
    return Recognition(Task.DETECTION, _TASK_WORDS[Task.DETECTION], said, manifest.head)


def recognise_network(engine: Engine, labels: Labels | None = None) -> Recognition:
    """Recognise a network's task from its outputs for a black picture.

    Labels, given or from the file, help to distinguish scores from features.

    Raises
    ------
    VisionError
        model_forward.
    """
    if engine.input_shape is not None and not takes_picture(engine.input_shape):
        sides = sides_text(engine.input_shape)
        kind = Text("a network that takes {shape} and not a batch of one picture", shape=sides)
        return Recognition(None, kind, kind)
    if engine.input_shape is None:
        # What it gives for a picture of some other size says nothing.
        unknown = Text("its file does not say what it takes")
        return Recognition(Task.CLASSIFICATION, _TASK_WORDS[Task.CLASSIFICATION], unknown)
    file = engine.file
    size_wh = input_size(file)[:2]
    named = labels or labels_for(file, None, Path())
    classes = 0 if named is None else len(named)
    return recognise(run_on_black_picture(engine), size_wh, file.head, file.structure, classes)


def takes_picture(shape: Shape | None) -> bool:
    """Return whether an input takes a single picture, grey or in colour."""
    if shape is None:
        return True
    if len(shape) != 4:
        return False
    batch, channels = (side if isinstance(side, int) else 0 for side in shape[:2])
    return batch <= 1 and (channels <= 0 or channels in (1, 3))


def run_on_black_picture(engine: Engine) -> Outputs:
    """Return a network's outputs for a black picture of its input size.

    Raises
    ------
    VisionError
        model_forward.
    """
    width, height, channels = input_size(engine.file)
    return engine.forward(np.zeros((1, channels, height, width), np.float32))


def _default_labels(head: Head, engine: Engine) -> Labels | None:
    try:
        size_wh = input_size(engine.file)[:2]
        classes = decode(head, run_on_black_picture(engine), size_wh, floor=1.0).classes
    except (ValueError, KeyError):
        return None
    name = _DETECTOR_LABELS.get(classes)
    return None if name is None else translatable(read_labels(ASSETS / "models" / name))


def suggest_preprocessing(file: ModelFile, recognition: Recognition | None = None) -> Preprocessing:
    """Guess the preprocessing of a model without a manifest.

    Notes
    -----
    The size and the number of channels come from the input's shape. A Caffe model gets the
    tutorial's BGR mean, any other one the usual preprocessing of ImageNet models, and a model with
    one channel plain grey values. Detectors and segmenters get the preprocessing of their head, and
    models with integer inputs the unscaled pixels, minus 128 for signed bytes. A network that first
    divides by about 255, or subtracts a mean of that size, gets unscaled pixels too. The guess is
    shown to the user, who can change it.
    """
    width, height, channels = input_size(file)
    middle = 128.0 if file.element == _INT8 else 0.0
    if channels == 1:
        return Preprocessing(size_wh=(width, height), mean=(middle,) * 3, channels=1)
    usual = CAFFE_TUTORIAL if file.format is ModelFormat.CAFFE else IMAGENET_RGB
    if file.structure.yolo_task == "classify":
        usual = replace(UNIT_RGB, crop=True)  # so a YOLO says what it is
    if recognition is not None and recognition.task is Task.MASK:
        usual = UNIT_RGB
    elif recognition is not None and recognition.head is not None:
        usual = _default_for_head(file, recognition.head.kind)
    if file.element in INTEGER_TYPES or _scales_pixels(file):
        usual = replace(usual, mean=(middle,) * 3, scale=1.0, std=(1.0, 1.0, 1.0))
    return replace(usual, size_wh=(width, height))


def _scales_pixels(file: ModelFile) -> bool:
    if file.format is ModelFormat.CAFFE or file.must_stay_on_disk:
        return False
    try:
        return scales_pixels(file.data)
    except (ValueError, LookupError, TypeError):
        # A damaged graph, of which opening it says more.
        return False


def stored_preprocessing(file: ModelFile) -> Preprocessing | None:
    """Return the preprocessing stored in a model file, or None.

    A quantised TFLite file declares it by the scale of its input. In ONNX metadata it is
    `Preprocessing` as JSON under ``preprocessing``, as written by Teach; other content is ignored.
    """
    if file.preprocessing is not None:
        return file.preprocessing
    said = file.structure.metadata.get("preprocessing", "")
    try:
        return msgspec.json.decode(said, type=Preprocessing)
    except (msgspec.DecodeError, VisionError, RecursionError):
        return None


def _default_for_head(file: ModelFile, kind: str) -> Preprocessing:
    if file.format is ModelFormat.CAFFE:
        # VGG's SSD divides by the length of its features, and is trained on ImageNet's mean.
        is_vgg = "ReduceSum" in file.structure.operators
        return CAFFE_TUTORIAL if is_vgg else replace(SSD_RGB, swap_rb=False)
    return HEADS[kind].preprocessing


def input_size(file: ModelFile) -> tuple[int, int, int]:
    """Return (width, height, channels) of a model's input, with defaults for free axes."""
    inputs = file.structure.inputs
    shape = inputs[0].shape if inputs else None
    if shape is None or len(shape) != 4:
        return 224, 224, 3
    _, channels, height, width = shape

    def number(side: int | str | None, default: int) -> int:
        return side if isinstance(side, int) and 1 <= side <= 4096 else default

    usual_w, usual_h = _size_from_metadata(file.structure.metadata)
    return number(width, usual_w), number(height, usual_h), 1 if channels == 1 else 3


def _size_from_metadata(said: Mapping[str, str]) -> tuple[int, int]:
    """Return the training size in YOLO's metadata, "[height, width]", or a default.

    Version 5 stores the stride of its last grid instead of a size; its size is 640 x 640.
    """
    found = re.fullmatch(r"\[(\d{1,4}), (\d{1,4})\]", said.get("imgsz", ""))
    if found is not None:
        return int(found[2]), int(found[1])
    return (640, 640) if {"stride", "names"} <= said.keys() else (224, 224)


def softmax_needed(structure: OnnxStructure) -> bool | None:
    """Return whether the scores need softmax, by the last operator; None if unclear.

    The outputs of a sigmoid are probabilities too, independent of each other.
    """
    if len(structure.outputs) != 1 or not structure.producers:
        return None
    last = next(iter(structure.producers.values()))
    if last in ("Softmax", "Sigmoid"):
        return False
    return True if last in ("Gemm", "MatMul", "Add", "Conv") else None


def find_manifest(model: Path, prototxt: Path | str | None = None) -> ModelManifest | None:
    """Return the manifest in a model's folder, named after the model, or None.

    A file of that name with other content, such as a table of results, is ignored.

    Raises
    ------
    VisionError
        manifest_damaged or preprocessing_invalid.
    """
    beside = model.with_suffix(".json")
    if prototxt is not None or not beside.is_file():
        return None
    return read_manifest(beside) if is_manifest(beside) else None


def _names_from_metadata(file: ModelFile) -> tuple[str, ...]:
    """Return the class names in YOLO's metadata, "{0: 'ant', 1: 'bee'}" or a list."""
    said = file.structure.metadata.get("names", "")
    try:
        names = ast.literal_eval(said)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ()
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or list(names) != list(range(len(names))):
        return ()
    return tuple(" ".join(str(name).split()) for name in names.values())


def labels_for(file: ModelFile, manifest: ModelManifest | None, folder: Path) -> Labels | None:
    """Return a model's own labels, or ImageNet's for exactly 1000 scores.

    They come from its manifest or its metadata: under ``classes``, one per line, or under ``names``
    as written by YOLO.

    Raises
    ------
    VisionError
        labels_outside, or an error of the manifest's labels file.
    """
    if manifest is not None and manifest.labels_file:
        if not lies_in(manifest.labels_file, folder):
            raise VisionError(Fault.LABELS_OUTSIDE, file=manifest.labels_file)
        return read_labels(folder / manifest.labels_file)
    if manifest is not None and manifest.task != Task.CLASSIFICATION:
        return None
    structure = file.structure
    if len(structure.outputs) != 1:
        return None
    names = tuple(structure.metadata.get("classes", "").split("\n"))
    names = names if names[0] else _names_from_metadata(file)
    if names and (structure.outputs[0].shape or (0,))[-1] == len(names):
        return Labels(names, file.name)
    if 1000 not in (structure.outputs[0].shape or ()):
        return None
    return read_labels(ASSETS / "models" / bundled_manifest().labels_file)
