"""The words for optimisers, losses, initialisers and schedules, in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

__all__ = [
    "REGULARISATIONS",
    "initialiser_names",
    "loss_formulas",
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


def loss_formulas() -> list[str]:
    """Return what each of ``model.experiment.LOSSES`` is for one output, in their order."""
    translate = QCoreApplication.translate
    return [
        "½ (a − t)²",
        "|a − t|",
        translate("Choices", "½ (a − t)² where |a − t| ≤ 1, else |a − t| − ½"),
        "−t ln p − (1 − t) ln(1 − p), p = σ(z)",
        "−t ln p, p = softmax(z)",
        translate("Choices", "max(0, 1 − s a), s = 1 for class 1, else −1"),
        translate("Choices", "1 for each mistake of a step unit; of other outputs max(0, −s a)"),
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
