"""How long an edit holds the window, with a million rows and with pictures as many as Fashion's."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QTimer

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
from gui.build_tab.build_model import BuildModel
from model.defaults import default_experiment
from model.edits.features import with_feature_toggled
from model.experiment import CsvData, Experiment, GateData, IdxData, OptimiserSpec, StopSpec
from model.places import WeightAt

__all__ = ["measure_long"]

LONG_BUDGET_S = 150
_ROUNDS = 3
_REST_S, _LIMIT_S = 0.1, 20.0
_ROWS, _DIFFERENT_ROWS = 1_000_000, 10_000
_COLUMNS = ("a", "b", "c", "d", "e", "f")


def _million_rows(folder: Path) -> CsvData:
    """Write a table that says whether a * b is positive; some rows stand in it many times."""
    x = np.random.default_rng(0).integers(-999, 1000, (_DIFFERENT_ROWS, len(_COLUMNS)))
    table = np.column_stack([x, x[:, :2].prod(axis=1) > 0])
    lines = "".join(",".join(map(str, row)) + "\n" for row in table.tolist())
    path = folder / "million.csv"
    path.write_text(",".join((*_COLUMNS, "y")) + "\n" + lines * (_ROWS // _DIFFERENT_ROWS))
    return CsvData(str(path), features=_COLUMNS, targets=("y",))


def _edits_of(model: BuildModel) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield edits by name, each to be made once the one before has come to rest."""
    undo, redo = model.document.undo_stack.undo, model.document.undo_stack.redo
    shown = model.shown
    yield "add layer", partial(model.add_layer, 1)
    yield "undo", undo
    yield "redo", redo
    yield "remove layer", partial(model.remove_layer, 1)
    yield "add unit", partial(model.set_units, 0, shown.network.layers[0].units + 1)
    yield "activation", partial(model.set_activation, 0, "tanh")
    yield "weight", partial(model.set_weights, {WeightAt(0, 0, 0): 0.5}, "bench")
    yield "new start", model.new_start
    split = replace(model.shown.split, test_fraction=0.5)
    yield "split", partial(model.set_split, split, "Split", "")
    optimiser = OptimiserSpec("momentum")
    yield (
        "optimiser",
        partial(
            model.set_training, replace(model.shown.training, optimiser=optimiser), "Optimiser"
        ),
    )
    if isinstance(shown.data, CsvData):
        scaled = replace(shown.data, scaling="min_max")
        yield "scaling", partial(model.edit_data, scaled, "Scaling")
        toggle = partial(with_feature_toggled, term="a*b")
        yield "derived input", partial(model.edit, "Input", toggle)
    yield "other data", partial(model.choose_data, GateData("and"))
    yield "back to its data", undo


def _held_ms(do: Callable[[], object], model: BuildModel) -> float:
    """Return how long the event loop stood still at most for an edit, and for what it brings."""
    lateness = Lateness()
    lateness.start()
    QTimer.singleShot(0, do)
    run_for(_REST_S)
    run_for(_LIMIT_S, until=lambda: model.is_idle and model.insight.is_idle)
    lateness.stop()
    return max(lateness.late_ms)


def _worst(name: str, experiment: Experiment) -> Row:
    """Make each edit several times; return the worst of those that are each the best of theirs."""
    held: dict[str, float] = {}
    with open_window(experiment) as window:
        model = build_tab(window).model
        run_for(_LIMIT_S, until=lambda: model.is_idle and model.insight.is_idle)
        for _ in range(_ROUNDS):
            for edit, do in _edits_of(model):
                held[edit] = min(_held_ms(do, model), held.get(edit, float("inf")))
            model.document.undo_stack.setIndex(0)
            run_for(_LIMIT_S, until=lambda: model.is_idle and model.insight.is_idle)
    told = ", ".join(f"{edit} {ms:.0f}" for edit, ms in held.items())
    print(f"bench: ms by edit, {name}: {told}", file=sys.stderr)
    return Row.alone(f"worst edit, {name}", max(held.values()), goal="<= 50", unit="ms")


def measure_long() -> Iterator[Row]:
    """Measure each in a window of its own."""
    _app = make_bench_application()
    with tempfile.TemporaryDirectory() as folder:
        table = _million_rows(Path(folder))
        yield _worst("a million rows", default_experiment(table))
        pictures = IdxData(*idx_files(np.random.default_rng(0), Path(folder)))
        shape = picture_experiment(pictures, 0, StopSpec())
        yield _worst("pictures as Fashion-MNIST", shape)
