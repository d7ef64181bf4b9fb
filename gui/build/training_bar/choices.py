"""The words for optimisers, losses, initialisers and schedules, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

__all__ = [
    "REGULARISATIONS",
    "initialiser_names",
    "loss_names",
    "optimiser_names",
    "regularisation_names",
    "schedule_names",
]

REGULARISATIONS = ("none", "l1", "l2", "both")


def optimiser_names() -> list[str]:
    """Return what each of ``model.experiment.OPTIMISERS`` is called, in their order."""
    translate = QCoreApplication.translate
    return [
        translate("Choices", "Perceptron"),
        "SGD",
        translate("Choices", "Momentum"),
        "Nesterov",
        "RMSProp",
        "Adam",
        "AdamW",
    ]


def loss_names() -> list[str]:
    """Return what each of ``model.experiment.LOSSES`` is called, in their order."""
    translate = QCoreApplication.translate
    return [
        translate("Choices", "Squared"),
        translate("Choices", "Absolute"),
        "Huber",
        translate("Choices", "Cross-entropy"),
        translate("Choices", "Cross-entropy, classes"),
        translate("Choices", "Hinge"),
        translate("Choices", "Perceptron"),
    ]


def initialiser_names() -> list[str]:
    """Return what each of ``model.experiment.INITIALISERS`` is called, in their order."""
    translate = QCoreApplication.translate
    return [
        translate("Choices", "Zeros"),
        translate("Choices", "Constant"),
        translate("Choices", "Uniform"),
        translate("Choices", "Normal"),
        "Xavier",
        "He",
        "LeCun",
    ]


def schedule_names() -> list[str]:
    """Return what each of ``model.experiment.SCHEDULES`` is called, in their order."""
    translate = QCoreApplication.translate
    return [
        translate("Choices", "Constant"),
        translate("Choices", "Steps"),
        translate("Choices", "Cosine"),
    ]


def regularisation_names() -> list[str]:
    """Return what each of `REGULARISATIONS` is called."""
    translate = QCoreApplication.translate
    return [translate("Choices", "None"), "L1", "L2", "L1 + L2"]
