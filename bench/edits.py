"""How long an edit holds the window: with a million rows, with pictures, and with four rows."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from bench.experiments import picture_experiment
from bench.harness import Row
from bench.large_window import idx_files
from bench.window_alive import (
    Lateness,
    build_tab,
    make_bench_application,
    open_window,
    run_for,
)
from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.data.derived import Feature
from model.defaults import default_experiment
from model.edits import tables
from model.edits.network import with_units
from model.experiment import (
    CsvData,
    Experiment,
    GateData,
    IdxData,
    StopSpec,
    TruthTableData,
)
from model.files import write_experiment
from model.initialisers import initialise
from model.places import UnitAt, WeightAt

__all__ = ["measure_long"]

LONG_BUDGET_S = 1000
_ROUNDS = 2
_REST_S, _LIMIT_S = 0.1, 1.5
_ROWS, _DIFFERENT_ROWS = 1_000_000, 10_000
_COLUMNS = ("a", "b", "c", "d", "e", "f")

_Edit = tuple[str, Callable[[], object]]


class _Held(NamedTuple):
    """How long the event loop stood still, and how long its thread computed meanwhile, ms."""

    ms: float
    computed_ms: float


def _million_rows(folder: Path) -> CsvData:
    """Write a table that says whether a * b is positive; some rows stand in it many times."""
    x = np.random.default_rng(0).integers(-999, 1000, (_DIFFERENT_ROWS, len(_COLUMNS)))
    table = np.column_stack([x, x[:, :2].prod(axis=1) > 0])
    lines = "".join(",".join(map(str, row)) + "\n" for row in table.tolist())
    path = folder / "million.csv"
    path.write_text(",".join((*_COLUMNS, "y")) + "\n" + lines * (_ROWS // _DIFFERENT_ROWS))
    return CsvData(str(path), features=_COLUMNS, targets=("y",))


def _network_edits(window: GlassnetWindow) -> Iterator[_Edit]:
    """Yield what is done to the drawing and to the headers over it."""
    bench, act = _bench(window), window.all_actions
    model = bench.model
    yield "add layer", act["add_layer"].trigger
    yield "add layer before the first", bench.canvas.headers.adders[0].click
    yield "remove layer", act["remove_layer"].trigger
    yield "remove first layer", partial(model.remove_layer, 0)
    header = bench.canvas.headers.headers[0]
    yield "one unit more", header.more.click
    yield "one unit fewer", header.fewer.click
    yield "twelve units", partial(header.units.entered.emit, 12.0)
    yield "remove a unit", partial(model.remove_units, [UnitAt(0, 1)])
    yield "activation", partial(header.activation.chosen.emit, "sigmoid")
    yield "bias off", partial(model.set_bias, 0, False)
    yield "drop-out", partial(model.set_dropout, 0, 0.2)
    yield "weight", partial(model.set_weights, {WeightAt(0, 0, 0): 0.5}, "bench")
    yield "pin", partial(model.toggle_pins, [WeightAt(0, 0, 0)])
    yield "look at round weights", partial(model.preview_rounding, 0.5)
    yield "keep round weights", partial(model.keep_rounded, "Round")


def _setting_edits(window: GlassnetWindow) -> Iterator[_Edit]:
    """Yield what is set in the training bar and behind More."""
    bar = _bench(window).bar
    yield "new start", bar.dice.click
    yield "seed", partial(bar.seed.entered.emit, 7.0)
    yield "reset", bar.reset_button.click
    yield "learning rate", partial(bar.rate.number.entered.emit, 0.07)
    yield "batch size", partial(bar.batch.number.entered.emit, 32.0)
    yield "optimiser", partial(bar.optimiser.chosen.emit, "momentum")
    yield "loss", partial(bar.loss.chosen.emit, "squared")
    yield "regularisation", partial(bar.regularisation.chosen.emit, "l2")
    yield "initialiser", partial(bar.initialiser.chosen.emit, "lecun")
    yield "schedule", partial(bar.more.schedule.chosen.emit, "cosine")
    yield "single precision", bar.more.single_precision.click
    yield "shuffle", bar.more.shuffle.click
    yield "stop rule", partial(bar.more.numbers["stop_epochs"].entered.emit, 500.0)


def _data_edits(window: GlassnetWindow) -> Iterator[_Edit]:
    """Yield what is done to the data; what a kind of data has not is left out."""
    bench = _bench(window)
    model, foot, canvas = bench.model, bench.data.foot, bench.canvas
    data = model.shown.data
    yield "split", partial(foot.split.slider.setValue, 50)
    yield "split by class", foot.split.by_class.click
    if isinstance(data, CsvData):
        yield "scaling", partial(bench.data.samples.scaling.chosen.emit, "min_max")
    if not isinstance(data, IdxData):
        yield "open the choice of inputs", canvas.headers.features.click
        feature = Feature("product", 0, 1)
        yield "derived input on", partial(model.toggle_feature, feature)
        yield "derived input off", partial(model.toggle_feature, feature)
        yield "close the choice of inputs", canvas.headers.features.click
    if isinstance(data, GateData):
        yield from _small_data_edits(window)
    yield "other data", partial(model.choose_data, GateData("and"))


def _small_data_edits(window: GlassnetWindow) -> Iterator[_Edit]:
    """Yield what is done to a table's cells, to points, and to data that an article is about."""
    bench, act = _bench(window), window.all_actions
    model, foot = bench.model, bench.data.foot

    def on_table(edit: Callable[[TruthTableData], TruthTableData]) -> None:
        model.edit_data(tables.recognised(edit(bench.data.table.model.table)), "Table")

    yield "target", partial(on_table, partial(tables.with_target, row=1, output=0, value=0.0))
    yield "free target", partial(on_table, partial(tables.with_target, row=1, output=0, value=None))
    typed = partial(tables.with_input_value, row=1, column=0, value=0.5)
    yield "value of a cell", partial(on_table, typed)
    yield "add row", bench.data.table.add_button.click
    yield "remove row", partial(on_table, partial(tables.with_row_removed, row=4))
    yield "add output", partial(on_table, tables.with_output_added)
    yield "add input", partial(on_table, tables.with_input_added)
    yield "copies", partial(foot.copies.slider.setValue, 9)
    yield "noise", partial(foot.noise.slider.setValue, 9)
    yield "spiral", act["data_plane_spiral"].trigger
    yield "points by hand", act["data_points"].trigger
    yield "add point", partial(model.add_point, 0.3, 0.3, 1)
    yield "move point", partial(model.move_point, 0, 0.4, 0.5)
    yield "erase point", partial(model.erase_point, 0)
    yield "Titanic", act["data_table_titanic"].trigger
    yield "recipe as published", act["recipe_as_published"].trigger
    yield "recipe as corrected", act["recipe_as_corrected"].trigger


def _looks(window: GlassnetWindow) -> Iterator[_Edit]:
    """Yield what changes no experiment, but what is seen of it."""
    bench, act = _bench(window), window.all_actions
    model = bench.model
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    yield "another row", partial(model.choose_row, 2)
    yield "a unit", partial(model.choose_unit, UnitAt(0, 0))
    yield "no unit", partial(model.choose_unit, None)
    yield "microscope", act["microscope"].trigger
    yield "microscope on", act["microscope_on"].trigger
    yield "weight under the microscope", partial(model.set_weights, {WeightAt(0, 0, 1): 0.3}, "")
    yield "close the microscope", act["microscope"].trigger
    for view in ("hidden", "lottery", "landscape", "weights"):
        yield f"view {view}", act[f"view_{view}"].trigger
        yield f"weight beside {view}", partial(model.set_weights, {WeightAt(0, 0, 1): 0.4}, view)
    yield "theme", act["theme"].trigger
    yield "theme back", act["theme"].trigger
    yield "Turkish", partial(choose_language, app, "tr")
    yield "English", partial(choose_language, app, "en")
    yield "tab Vision", act["tab_vision"].trigger
    yield "tab Build", act["tab_build"].trigger


def _bench(window: GlassnetWindow) -> Workbench:
    return build_tab(window).workbench


class _Bench:
    """Make edits in one window, and note how long each held it."""

    def __init__(self, window: GlassnetWindow, file: Path) -> None:
        self._window, self._file = window, file
        self._model = _bench(window).model
        self.edits: dict[str, _Held] = {}
        self.looks: dict[str, _Held] = {}

    def go_round(self) -> None:
        """Make every edit once, undo it and redo it; begin with the file."""
        window, stack = self._window, self._window.document.undo_stack
        stack.setClean()
        self._note("open the file", partial(window.open_path, self._file), self.edits)
        for edits in (_network_edits, _setting_edits, _looks, _data_edits):
            into = self.looks if edits is _looks else self.edits
            for name, do in edits(window):
                before = stack.index()
                self._note(name, do, into)
                if stack.index() > before:
                    self._note(f"undo {name}", window.all_actions["undo"].trigger, into)
                    self._note(f"redo {name}", window.all_actions["redo"].trigger, into)

    def _note(self, name: str, do: Callable[[], object], into: dict[str, _Held]) -> None:
        held, best = self._held(do), into.get(name)
        into[name] = held if best is None else min(held, best)

    def _held(self, do: Callable[[], object]) -> _Held:
        """Return how long the event loop stood still at most for an edit and what it brings."""
        lateness = Lateness()
        lateness.start()
        QTimer.singleShot(0, do)
        run_for(_REST_S)
        run_for(_LIMIT_S, until=self._is_at_rest)
        lateness.stop()
        return _Held(max(lateness.late_ms), max(lateness.computed_ms))

    def _is_at_rest(self) -> bool:
        return self._model.is_idle and self._model.insight.is_idle


def _worst(name: str, experiment: Experiment, folder: Path, goal: str) -> Iterator[Row]:
    """Make each edit several times; yield the worst of those that are each the best of theirs.

    What changes no experiment has a row of its own: a theme dresses every widget anew.
    """
    file = folder / f"{name}.glassnet"
    write_experiment(initialise(experiment), file)
    with open_window(experiment) as window:
        window.tab(window.VISION)  # made by the first click on it
        bench = _Bench(window, file)
        for _ in range(_ROUNDS):
            bench.go_round()
    for what, held_by in (("edit", bench.edits), ("look", bench.looks)):
        by_length = sorted(held_by.items(), key=lambda pair: pair[1], reverse=True)
        lines = [f"{held.ms:6.0f} {held.computed_ms:6.0f}  {edit}" for edit, held in by_length]
        print(f"bench: ms by {what}, and computed, {name}:", *lines, sep="\n", file=sys.stderr)
        yield Row.alone(f"longest {what}, {name}", by_length[0][1].ms, goal=goal, unit="ms")


def measure_long() -> Iterator[Row]:
    """Measure each in a window of its own."""
    _app = make_bench_application()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        xor = with_units(default_experiment(GateData("xor")), 0, 8)
        yield from _worst("XOR 2-8-1", xor, folder, "<= 16")
        table = default_experiment(_million_rows(folder))
        yield from _worst("a million rows", table, folder, "<= 50")
        pictures = IdxData(*idx_files(np.random.default_rng(0), folder))
        shape = picture_experiment(pictures, 0, StopSpec())
        yield from _worst("60,000 pictures as Fashion-MNIST's", shape, folder, "<= 50")
