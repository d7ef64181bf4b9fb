"""A network of Build's as a model that Vision can use."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from gui.vision_tab.session import ModelChoice
from vision.classification import Classifier
from vision.engine import ComputeChoice, Engine
from vision.labels import Labels
from vision.model_files import parse_model
from vision.preprocessing import Preprocessing

if TYPE_CHECKING:
    from model.export import PictureModel

__all__ = ["BUILD", "choice_from_build"]

BUILD = "build"


def choice_from_build(network: PictureModel, name: str) -> ModelChoice:
    """Return a network as a choice of the shelf.

    Pictures become grey, and their levels of 0 to 255 those of the data it learned from: a light
    shape on a dark ground, as in Digits and in MNIST.
    """

    def load(compute: ComputeChoice) -> Classifier:
        preprocessing = Preprocessing(
            size_wh=network.size_wh, scale=network.white / 255, channels=1
        )
        # What we export ourselves needs no trial.
        file = replace(parse_model(network.onnx, name), trusted=True, known_to_run=True)
        engine = Engine(file, compute)
        return Classifier(engine, preprocessing, Labels(network.class_names, name))

    version = hashlib.sha256(network.onnx).hexdigest()
    return ModelChoice(BUILD, name, load=load, version=version)
