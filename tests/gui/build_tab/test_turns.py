"""In a run, and after a large edit, every part has its turn; an edit is told once."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.truth_table_model import Kind
from gui.build_tab.panel_scheduler import PanelScheduler
from gui.build_tab.state import BuildState
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.format import show_fixed, show_integer
from model.experiment import GateData, TableData
from tests.gui.finding import find


class _Stage:
    """A clock that is set by hand, and parts that take as long to draw as they are told."""

    def __init__(self, **costs_s: float) -> None:
        self.now = 0.0
        self.shown: list[str] = []
        self.rounds_s: list[float] = []
        self.costs_s = costs_s
        self.turns = PanelScheduler(
            [self._part(name) for name in costs_s], self._hold, lambda: self.now
        )

    def _part(self, name: str) -> Callable[[], None]:
        def show() -> None:
            self.shown.append(name)
            self.now += self.costs_s[name]

        return show

    def _hold(self, drawn: Callable[[float], None]) -> None:
        self._held = self.now, drawn

    def frames(self, count: int) -> list[list[str]]:
        """Let frames of a run pass and return what was shown between them."""
        return [self.frame() for _ in range(count)]

    def frame(self) -> list[str]:
        """Let a frame pass, and show what is due after it."""
        self.now += 0.016
        self.shown.clear()
        if self.turns.begin_round():
            self.rounds_s.append(self.now)
        self.turns.show_next()
        if self.shown:
            since, drawn = self._held
            drawn(self.now - since)
        return list(self.shown)


@pytest.mark.parametrize("cost_s", [0.0, 0.0002, 0.001])
def test_what_is_read_changes_ten_times_a_second(cost_s: float) -> None:
    stage = _Stage(a=cost_s, b=cost_s, c=cost_s)
    stage.frames(625)
    assert 98 <= len(stage.rounds_s) / stage.now * 10.0 <= 101
    pauses_s = [b - a for a, b in itertools.pairwise(stage.rounds_s)]
    assert 0.1 - 2 * 0.016 < min(pauses_s) <= max(pauses_s) < 0.1 + 2 * 0.016


def test_in_a_run_all_that_is_written_is_of_one_snapshot(
    bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    bench.model.choose_row(1)
    bench.model.open_microscope()
    known: list[BuildState] = []
    seen: list[list[str]] = []
    wanted: list[list[str]] = []

    def compare() -> None:
        """Compare all parts, each of which has had its turn, with the state they began with."""
        if known:
            (state,) = known
            outputs = state.network.forward(state.dataset.columns.table_x)[:, 0]
            answers = [show_fixed(float(value), 3) for value in outputs]
            epoch = show_integer(state.epoch)
            wanted.append([epoch, f"epoch {epoch}", *answers])
            seen.append(written(bench))
        known[:] = [bench.model.state]

    bench.reading_changed.connect(compare)
    bench.model.train()
    qtbot.waitUntil(lambda: len(seen) >= 8, timeout=60_000)
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=20_000)
    assert seen[1:] == wanted[1:]  # the first began before anything had been learned
    assert len({row[0] for row in seen[1:]}) > 3


def written(bench: Workbench) -> list[str]:
    """Return the epochs of the loss and the microscope, and the answers of the truth table."""
    model = bench.data.table.model
    column = next(c for c in range(model.columnCount()) if model.kind(c)[0] is Kind.PREDICTION)
    return [
        find(bench, QLineEdit, "epoch_box").text(),
        find(bench, QLabel, "microscope_epoch").text(),
        *(model.index(row, column).data() for row in range(model.rowCount())),
    ]


def test_a_network_drawn_anew_has_a_turn_to_itself_and_the_rows_that_are_edited(
    bench: Workbench, qtbot: QtBot
) -> None:
    baseline = find(bench, QLabel, "baseline")
    assert bench.is_up_to_date
    bench.model.choose_data(TableData("iris"))
    assert bench.data.samples.isVisible()
    assert "50" in baseline.text()
    assert not bench.is_up_to_date
    qtbot.waitUntil(lambda: bench.is_up_to_date)
    assert "33" in baseline.text()


def test_what_leaves_the_drawing_as_it_is_is_shown_at_once(bench: Workbench) -> None:
    baseline = find(bench, QLabel, "baseline")
    bench.model.choose_data(GateData("and"))
    assert "75" in baseline.text()
    assert bench.is_up_to_date
