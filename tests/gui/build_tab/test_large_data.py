"""Large files of data: read while the window stays alive, given up on a click."""

from __future__ import annotations

import threading
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from gui.build_tab.state import Activity
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from model.data import cache as datasets
from model.data.files.reading import forget_files
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import CsvData, GateData
from model.files import experiment_in, write_experiment
from model.initialisers import initialise
from tests.gui.build_tab.large_tables import write_table
from tests.gui.finding import find
from tests.gui.threads_seen import threads_seen
from tests.gui.told import told

ROWS = 1_000_000
BEAT_MS = 5

pytestmark = [pytest.mark.usefixtures("nothing_read_before"), pytest.mark.thorough]


class Heart(QObject):
    """Count how often and how late the event loop answers.

    Attributes
    ----------
    beats, latest_s
        How many times it has answered; the longest time between two answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.beats, self.latest_s = 0, 0.0
        self._at = perf_counter()
        timer = QTimer(self)
        timer.setInterval(BEAT_MS)
        timer.timeout.connect(self._on_timeout)
        timer.start()

    def _on_timeout(self) -> None:
        now = perf_counter()
        self.beats += 1
        self.latest_s, self._at = max(self.latest_s, now - self._at), now


@pytest.fixture(scope="session")
def million(tmp_path_factory: pytest.TempPathFactory) -> CsvData:
    return write_table(tmp_path_factory.mktemp("large") / "million.csv", ROWS)


@pytest.fixture
def experiment_on_a_million(million: CsvData) -> Path:
    """Return an experiment's file; its table has not been read since."""
    path = Path(million.path).with_name("million.glassnet")
    write_experiment(default_experiment(million), path)
    datasets.forget_datasets()
    forget_files()
    return path


def test_a_million_rows_are_read_while_the_window_answers(
    tab: BuildTab,
    bench: Workbench,
    document: ExperimentDocument,
    qtbot: QtBot,
    experiment_on_a_million: Path,
) -> None:
    bar = find(bench, QProgressBar, "loading_bar")
    shares: list[int] = []
    bar.valueChanged.connect(shares.append)
    heart, started, model = Heart(), perf_counter(), bench.model
    tab.open_path(experiment_on_a_million)
    assert document.path == experiment_on_a_million, "what it holds is there at once"
    assert model.state.data.share is not None, "its rows are not"
    qtbot.waitUntil(bar.isVisible, timeout=10_000)
    qtbot.waitUntil(lambda: model.derived.is_idle, timeout=120_000)
    # However slow the machine is, the event loop has its turn while the worker reads.
    assert heart.beats >= len(shares) >= 10
    assert heart.latest_s < 0.25 * (perf_counter() - started)
    dataset = model.state.dataset
    assert len(dataset.x_train) + len(dataset.x_test) == ROWS
    assert shares == sorted(shares)
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_a_large_experiment_is_read_on_the_worker(
    tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    tab.show_all_panels()
    path = tmp_path / "wide.glassnet"
    wide = edits.with_layer_added(edits.with_units(default_experiment(), 0, 200), 1, 200)
    write_experiment(initialise(wide), path)
    assert path.stat().st_size > datasets.AT_ONCE_BYTES
    with threads_seen(experiment_in) as threads:
        tab.open_path(path)
        qtbot.waitUntil(lambda: document.path == path, timeout=120_000)
    assert threads
    assert threading.get_ident() not in threads
    assert document.experiment.network.layers[0].units == 200


def test_undo_to_a_file_that_is_gone_says_so_and_redo_leaves_it(
    tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    tab.show_all_panels()
    stack = document.undo_stack
    data = write_table(tmp_path / "küçük.csv", 100)
    tab.model.choose_data(data)
    assert document.experiment.data == data
    Path(data.path).unlink()
    tab.model.choose_data(GateData("and"))
    stack.undo()
    assert document.experiment.data == data, "what was read is still known"
    assert tab.model.state.data.is_ready
    stack.redo()
    datasets.forget_datasets()
    with told(qtbot, tab.model.messages) as failed:
        stack.undo()
    assert "küçük.csv" in failed[0]
    assert document.experiment.data == data
    assert tab.model.state.data.error is not None
    stack.redo()
    assert tab.model.state.data.is_ready


@pytest.mark.parametrize("pauses", [False, True])
def test_a_press_on_train_while_a_new_start_is_read_trains_the_new_start(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot, large: CsvData, pauses: bool
) -> None:
    controller = bench.model
    bench.model.choose_data(large)
    qtbot.waitUntil(lambda: document.experiment.data == large, timeout=120_000)
    qtbot.waitUntil(lambda: controller.is_idle, timeout=20_000)
    controller.new_start(7)
    assert controller.state.data.share is not None, "another seed splits the rows anew"
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    assert controller.is_about_to_train
    assert not controller.is_training, "not the start before"
    if pauses:
        qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
        assert not controller.is_about_to_train
    qtbot.waitUntil(lambda: controller.state.data.is_ready, timeout=120_000)
    if not pauses:
        qtbot.waitUntil(lambda: controller.is_training, timeout=20_000)
        assert document.undo_stack.count() == 2, "nothing was trained before"
        controller.pause()
    qtbot.waitUntil(lambda: controller.is_idle, timeout=20_000)
    assert not controller.is_training


def test_reading_that_is_given_up_begins_no_training(
    bench: Workbench, document: ExperimentDocument, qtbot: QtBot, large: CsvData
) -> None:
    controller = bench.model
    controller.choose_data(large)
    controller.new_start(7)
    controller.train()
    assert controller.is_about_to_train
    controller.stop_waiting()
    assert not controller.is_about_to_train
    assert controller.state.activity is Activity.REST, "the button offers Train again"
    qtbot.waitUntil(lambda: controller.is_idle, timeout=20_000)
    assert document.experiment.seed == 7
    controller.train()
    qtbot.waitUntil(lambda: controller.is_training, timeout=20_000)
    controller.pause()
    qtbot.waitUntil(lambda: controller.is_idle, timeout=20_000)
