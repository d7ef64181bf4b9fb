"""Open any model a person points at: the bundled one, a described one, or a bare file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from vision.classification import Classifier
from vision.engine import ComputeChoice, Engine
from vision.labels import Labels, read_labels
from vision.manifest import ASSETS, ModelManifest, bundled_manifest, read_manifest
from vision.model_files import ModelFile, ModelFormat, read_model_file
from vision.onnx_structure import OnnxStructure, Shape
from vision.preprocessing import Preprocessing

CAFFE_TUTORIAL: Final = Preprocessing(size_wh=(224, 224), mean=(104.0, 117.0, 123.0))
"""What the tutorial gives its GoogLeNet: BGR, the mean of ImageNet's pictures, squashed."""

IMAGENET_RGB: Final = Preprocessing(
    mean=(123.675, 116.28, 103.53),
    scale=1 / 255,
    std=(0.229, 0.224, 0.225),
    swap_rb=True,
    crop=True,
)
"""What most ONNX classifiers trained on ImageNet take: RGB, standardised, centre crop."""


def open_classifier(
    model: Path | str | None = None,
    prototxt: Path | str | None = None,
    labels: Path | str | None = None,
    choice: ComputeChoice = ComputeChoice.AUTO,
    preprocessing: Preprocessing | None = None,
) -> Classifier:
    """Load a model for classification.

    Parameters
    ----------
    model
        A model file, or None for the bundled classifier. A manifest beside it (same name,
        ``.json``) says how to use it; without one the preprocessing is guessed by
        `suggest_preprocessing`.
    prototxt
        The text half of a Caffe model.
    labels
        A labels file; without one, the manifest's, ImageNet's names for 1000 classes,
        or numbers.
    choice
        What to compute with.
    preprocessing
        Used in place of what the manifest or the guess says.

    Raises
    ------
    VisionError
        Whatever is wrong with the files.
    """
    given = None if labels is None else read_labels(labels)
    if model is None:
        folder = ASSETS / "models"
        bundled = bundled_manifest()
        manifest: ModelManifest | None = bundled
        file = read_model_file(folder / bundled.file, sha256=bundled.sha256)
    else:
        manifest = manifest_beside(Path(model), prototxt)
        file = read_model_file(model, prototxt)
        folder = Path(model).parent
    engine = Engine(file, choice)
    given = given or labels_for(file, manifest, folder)
    if manifest is not None:
        settings = preprocessing or manifest.preprocessing
        return Classifier(engine, settings, given, manifest.softmax_needed, manifest)
    settings = preprocessing or suggest_preprocessing(file)
    return Classifier(engine, settings, given, softmax_needed(file.structure))


def suggest_preprocessing(file: ModelFile) -> Preprocessing:
    """Guess how a picture becomes the input of a model without a description.

    Notes
    -----
    The size and the number of channels come from the input's shape. A Caffe model is given
    the tutorial's BGR mean; any other one what ImageNet models usually take; a model of one
    channel plain grey values. The guess is shown to the person, who can change it.
    """
    width, height, channels = input_sides(file)
    if channels == 1:
        return Preprocessing(size_wh=(width, height), channels=1)
    usual = CAFFE_TUTORIAL if file.format is ModelFormat.CAFFE else IMAGENET_RGB
    return replace(usual, size_wh=(width, height))


def input_sides(file: ModelFile) -> tuple[int, int, int]:
    """Return (width, height, channels) of a model's input; 224, 224 and 3 where it is free."""
    structure = file.structure
    shape: Shape | None = file.tflite_input
    if structure is not None and structure.inputs:
        shape = structure.inputs[0].shape
    if shape is None or len(shape) != 4:
        return 224, 224, 3
    _, channels, height, width = shape

    def number(side: int | str | None, default: int) -> int:
        return side if isinstance(side, int) and 1 <= side <= 4096 else default

    return number(width, 224), number(height, 224), 1 if channels == 1 else 3


def softmax_needed(structure: OnnxStructure | None) -> bool | None:
    """Tell from the last operator whether the scores still need softmax; None if unclear."""
    if structure is None or len(structure.outputs) != 1 or not structure.producers:
        return None
    last = next(iter(structure.producers.values()))
    if last == "Softmax":
        return False
    return True if last in ("Gemm", "MatMul", "Add", "Conv") else None


def manifest_beside(model: Path, prototxt: Path | str | None = None) -> ModelManifest | None:
    """Return the manifest with a model's name beside it, or None if there is none.

    Raises
    ------
    VisionError
        manifest_damaged or preprocessing_invalid.
    """
    beside = model.with_suffix(".json")
    if prototxt is not None or not beside.is_file():
        return None
    return read_manifest(beside)


def labels_for(file: ModelFile, manifest: ModelManifest | None, folder: Path) -> Labels | None:
    """Return the labels that a model brings, or ImageNet's if it has just 1000 scores.

    Raises
    ------
    VisionError
        If the manifest's labels file cannot be read.
    """
    if manifest is not None:
        return read_labels(folder / manifest.labels_file) if manifest.labels_file else None
    structure = file.structure
    if structure is None or len(structure.outputs) != 1:
        return None
    if 1000 not in (structure.outputs[0].shape or ()):
        return None
    return read_labels(ASSETS / "models" / bundled_manifest().labels_file)
