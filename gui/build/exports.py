"""Write the network, its drawing or its predictions to a file of another kind."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.build.canvas import NetworkCanvas
from gui.build.state import BuildState
from gui.build.training_controller import TrainingController
from gui.file_dialogs import ask_to_save
from gui.sentences import sentence_of
from model.data.dataset import Dataset, labels
from model.errors import ModelError
from model.experiment import FloatArray
from model.files import write_bytes
from model.metrics import decide, decision_threshold

__all__ = ["Exporter", "predictions_csv"]

SUFFIXES = {"onnx": ".onnx", "numpy": ".py", "svg": ".svg", "png": ".png", "csv": ".csv"}


class Exporter(QObject):
    """Ask where to write, write, and say how it went.

    Signals
    -------
    exported(Path)
        The file is there.
    failed(str, str)
        A sentence and details.
    """

    exported = Signal(object)
    failed = Signal(str, str)

    def __init__(
        self, controller: TrainingController, canvas: NetworkCanvas, window: QWidget
    ) -> None:
        super().__init__(window)
        self._controller, self._canvas, self._window = controller, canvas, window

    def ask(self, kind: str) -> None:
        """Let the person choose where to write the network as `kind`."""
        titles = {
            "onnx": self.tr("Export as ONNX"),
            "numpy": self.tr("Export as NumPy script"),
            "svg": self.tr("Export the drawing as SVG"),
            "png": self.tr("Export the drawing as PNG"),
            "csv": self.tr("Export the predictions"),
        }
        name = f"network{SUFFIXES[kind]}"
        ask_to_save(self._window, titles[kind], name, lambda path: self.write(kind, path))

    def write(self, kind: str, path: Path) -> bool:
        """Write what is shown now to `path`; tell whether it worked."""
        try:
            self._write(kind, path)
        except (ModelError, OSError) as error:
            self.failed.emit(sentence_of(error), "")
            return False
        self.exported.emit(path)
        return True

    def _write(self, kind: str, path: Path) -> None:
        experiment = self._controller.present()
        if kind == "onnx":
            from model.export import export_onnx

            export_onnx(experiment, path)
        elif kind == "numpy":
            from model.export import export_numpy

            export_numpy(experiment, path)
        elif kind == "svg":
            self._canvas.render_svg(path)
        elif kind == "png":
            self._canvas.render_png(path, 2.0)
        else:
            write_bytes(path, predictions_csv(self._controller.state).encode("utf-8"))


def predictions_csv(state: BuildState) -> str:
    """Return every row with its inputs, what is wanted, and what the network answers.

    Numbers have a decimal point whatever the language, and as many digits as they need to be read
    back exactly.
    """
    dataset = state.dataset
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    outputs = [f"{name} (output)" for name in dataset.target_names]
    wanted = [f"{name} (target)" for name in dataset.target_names]
    decided = ["target", "prediction"] if dataset.task in ("binary", "multiclass") else []
    writer.writerow(["set", *dataset.feature_names, *wanted, *outputs, *decided])
    for name, x, y in (
        ("train", dataset.x_train, dataset.y_train),
        ("test", dataset.x_test, dataset.y_test),
    ):
        if len(x) == 0:
            continue
        answers = state.network.forward(x)
        words = _words(state, dataset, y, answers)
        for row, truth, answer, word in zip(x, y, answers, words, strict=True):
            numbers = (repr(float(v)) for v in (*row, *truth, *answer))
            writer.writerow([name, *numbers, *word])
    return target.getvalue()


def _words(
    state: BuildState, dataset: Dataset, y: FloatArray, answers: FloatArray
) -> list[list[str]]:
    """Return the names of the wanted and the answered class of each row, where there are any."""
    if dataset.task not in ("binary", "multiclass"):
        return [[] for _ in y]
    threshold = decision_threshold(state.experiment)
    guesses = np.asarray(decide(answers, dataset.task, threshold)).reshape(len(y))
    names = dataset.class_names
    return [[names[int(a)], names[int(b)]] for a, b in zip(labels(y), guesses, strict=True)]
