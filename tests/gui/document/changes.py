"""One weight that tests change, and read back from a file; answers to questions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from model.edits import network as edits
from model.files import read_experiment
from tests.gui.finding import find

PATIENT_MS = 60_000


def change(document: ExperimentDocument, value: float = 1.5) -> None:
    """Give the first weight a value, as an edit that can be undone."""
    document.edit("weight", edits.with_weight(document.experiment, 0, 0, 0, value))


def weight(path: Path) -> float:
    """Return the first weight of an experiment's file."""
    weights = read_experiment(path).network.layers[0].weights
    return float(weights[0, 0])


def question(qtbot: QtBot, window: QWidget, name: str) -> QDialog:
    """Wait for a question and return its dialog."""
    qtbot.waitUntil(lambda: window.findChild(QDialog, name) is not None, timeout=PATIENT_MS)
    return find(window, QDialog, name)


def answer(qtbot: QtBot, window: QWidget, name: str, button: str) -> None:
    """Press a button of a question and wait until it has closed."""
    dialog = question(qtbot, window, name)
    qtbot.mouseClick(find(dialog, QPushButton, button), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(QDialog, name) is not dialog, timeout=PATIENT_MS)
