"""Writes the network, its drawing or its predictions to other kinds of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from foundation.tables import csv_bytes
from foundation.text import mark, tr, tr_context, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.state import BuildState
from gui.format import show_integer, show_number, with_power_of_ten
from gui.plots.epoch_plot import EpochPlot
from gui.settings import language
from gui.widgets.dialogs import as_file_name, ask_to_save
from gui.workers import TaskQueue
from model.data.cache import dataset_of
from model.data.dataset import Dataset, labels
from model.data.derived import derive
from model.data.scaling import shortest_unscaled, to_data_units
from model.errors import ModelError
from model.experiment import Experiment, FloatArray
from model.export.run_back import RoundTrip
from model.files import write_bytes
from model.metrics import decide, decision_threshold
from model.network import Network

_KINDS = {
    "onnx": (".onnx", mark("Export as ONNX")),
    "numpy": (".py", mark("Export as NumPy script")),
    "pytorch": (".py", mark("Export as PyTorch script")),
    "notebook": (".ipynb", mark("Export as notebook")),
    "svg": (".svg", mark("Export the drawing as SVG")),
    "png": (".png", mark("Export the drawing as PNG")),
    "csv": (".csv", mark("Export the predictions")),
    "worksheet": (".pdf", mark("Print as a worksheet")),
    "blank": (".pdf", mark("Print as a worksheet with empty fields")),
}
MAX_COMPARED = 2_000_000
"""Maximum number of values passed to OpenCV to compare its outputs."""


class Exporter(QObject):
    """Asks for a file, writes it, and reports the result.

    Thread
    ------
    GUI thread; large data are written out on a worker.
    """

    def __init__(
        self, model: BuildModel, canvas: NetworkPanel, plot: EpochPlot, window: QWidget
    ) -> None:
        super().__init__(window)
        self._model, self._canvas, self._plot, self._window = model, canvas, plot, window
        self._queue = TaskQueue(model.fail, self)

    def ask(self, kind: str, title: str) -> None:
        """Let the user choose a file for the network as `kind`, proposing `title`."""
        suffix, question = _KINDS[kind]
        name = f"{as_file_name(title)}{suffix}"
        ask_to_save(self._window, tr(question), name, lambda path: self.write(kind, path))

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being written."""
        return self._queue.is_idle

    def write(self, kind: str, path: Path) -> None:
        """Write the state shown to `path`; drawings immediately, others on a worker."""
        canvas = self._canvas
        drawings: dict[str, Callable[[Path], None]] = {
            "svg": canvas.render_svg,
            "png": canvas.render_png,
            "worksheet": partial(self._print, is_blank=False),
            "blank": partial(self._print, is_blank=True),
        }
        if kind not in drawings:
            self._queue.add(
                self._work(kind, path),
                lambda trip: self._model.report_export(
                    path, self._comparison_text(trip, kind), kind
                ),
            )
            return
        try:
            drawings[kind](path)
        except ModelError as error:
            self._model.fail(error)
        else:
            self._model.report_export(path, kind=kind)

    def _print(self, path: Path, *, is_blank: bool) -> None:
        from gui.build_tab.worksheet import state_as_pdf

        state, experiment = self._model.state, self._model.displayed_experiment()
        pdf = state_as_pdf(
            state, experiment, self._canvas, self._plot, path.stem, is_blank=is_blank
        )
        write_bytes(path, pdf)

    def _work(self, kind: str, path: Path) -> Callable[[], RoundTrip | None]:
        """Return a function that writes the network in its current state."""
        experiment, state = self._model.displayed_experiment(), self._model.state
        spoken = language()

        def work() -> RoundTrip | None:
            from model import export
            from model.export.notebook import LANGUAGES

            if kind == "csv":
                write_bytes(path, csv_bytes(predictions(state)))
                return None
            dataset = dataset_of(experiment)
            if kind == "numpy":
                return export.export_numpy(experiment, path, dataset)
            if kind == "pytorch":
                return export.export_pytorch(experiment, path, dataset)
            if kind == "notebook":
                prose = spoken if spoken in LANGUAGES else "en"
                return export.export_notebook(experiment, path, dataset, language=prose)
            export.export_onnx(experiment, path, dataset)
            return round_trip(path, experiment, dataset)

        return work

    def _comparison_text(self, trip: RoundTrip | None, kind: str) -> str:
        """Describe the result of running the file."""
        if trip is None:
            untried = tr("It was not run here: PyTorch is not installed beside Glassnet.")
            return untried if kind == "pytorch" else ""
        text = {
            "onnx": tr("Run by OpenCV on {rows}, its answers differ by at most {n}."),
            "pytorch": tr("Run by PyTorch on {rows}, its answers differ by at most {n}."),
        }.get(kind, tr("Run on {rows}, its answers differ by at most {n}."))
        rows = tr_plural("1 row", "{n} rows", trip.rows, n=show_integer(trip.rows))
        return text.format(rows=rows, n=with_power_of_ten(show_number(trip.difference, 2)))


def round_trip(path: Path, experiment: Experiment, dataset: Dataset) -> RoundTrip:
    """Run an exported file with OpenCV on the data's rows, and compare the outputs.

    Inputs and outputs are in the units of the data, as in the file.

    Raises
    ------
    VisionError
        OpenCV cannot run the file.
    """
    from vision.engine import predict_rows  # late: OpenCV takes a third of the start

    columns = dataset.columns
    most = max(MAX_COMPARED // max(dataset.inputs, columns.inputs), 1)
    rows = np.concatenate([columns.x_train[:most], columns.x_test[:most]])[:most]
    answers = Network.of(experiment).forward(derive(dataset.features, rows))
    own = to_data_units(answers, dataset.y_offset, dataset.y_spread)
    apart = np.abs(
        predict_rows(path, to_data_units(rows, columns.x_offset, columns.x_spread)) - own
    )
    return RoundTrip(len(rows), float(apart.max()))


def predictions(state: BuildState) -> Iterator[list[str]]:
    """Yield the column names, then each row's number, inputs, targets and outputs.

    Rows are numbered from 1 as in the table or file, counting omitted ones. Scaled columns,
    targets and the outputs of a regression are in the units of the table. Numbers have a decimal
    point in every language, and enough digits to be read back exactly. A masked target is an empty
    cell.
    """
    dataset, columns = state.dataset, state.dataset.columns
    output, wanted = tr("{name} (output)"), tr("{name} (target)")
    head = [tr("row"), tr("set")]
    head += columns.feature_names
    head += [text.format(name=name) for text in (wanted, output) for name in dataset.target_names]
    if dataset.task in ("binary", "multiclass"):
        head += [tr("target"), tr("prediction")]
    yield head
    train, test = tr_context("Predictions", "train"), tr("test")
    first, second = dataset.row_numbers
    for name, numbers, x, y, mask in (
        (train, first, columns.x_train, dataset.y_train, dataset.mask_train),
        (test, second, columns.x_test, dataset.y_test, dataset.mask_test),
    ):
        if len(x) == 0:
            continue
        answers = state.network.forward(derive(dataset.features, x))
        counts = np.ones(y.shape, np.bool_) if mask is None else mask > 0.0
        words = _class_names(state, dataset, y, answers, counts)
        for number, row, truth, answer, word, count in zip(
            numbers, x, y, answers, words, counts, strict=True
        ):
            # Row by row: large data are not copied.
            read = _in_table_units(row, columns.x_offset, columns.x_spread)
            targets = _in_table_units(truth, dataset.y_offset, dataset.y_spread)
            asked = [repr(t) if counted else "" for t, counted in zip(targets, count, strict=True)]
            own = to_data_units(answer, dataset.y_offset, dataset.y_spread).tolist()
            yield [str(number), name, *map(repr, read), *asked, *map(repr, own), *word]


def _in_table_units(
    values: FloatArray, offset: FloatArray | None, spread: FloatArray | None
) -> list[float]:
    """Return a row's values, shape (columns,), in the units of the table."""
    if offset is None or spread is None:
        return [float(value) for value in values]
    parts = zip(values.tolist(), offset.tolist(), spread.tolist(), strict=True)
    return [shortest_unscaled(*part) for part in parts]


def _class_names(
    state: BuildState, dataset: Dataset, y: FloatArray, answers: FloatArray, counts: np.ndarray
) -> list[list[str]]:
    """Return the target and answer class names of each row, if there are any."""
    if dataset.task not in ("binary", "multiclass"):
        return [[] for _ in y]
    threshold = decision_threshold(state.experiment)
    guesses = np.asarray(decide(answers, dataset.task, threshold)).reshape(len(y))
    undecided = tr("undecided")
    names = (*dataset.class_names, undecided)  # a guess of -1
    return [
        [names[int(a)] if is_asked else "", names[int(b)]]
        for a, b, is_asked in zip(labels(y), guesses, counts.any(axis=1), strict=True)
    ]
