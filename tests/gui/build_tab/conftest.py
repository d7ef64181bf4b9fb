"""A document with XOR, its training, and the whole Build tab in a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.settings import settings
from gui.window import GlassnetWindow
from model.data import cache as datasets
from model.data.files.reading import forget_files
from model.defaults import default_experiment
from model.experiment import CsvData, StopSpec
from tests.gui.build_tab.large_tables import LARGE_ROWS, TABLE_ROWS, write_table
from tests.gui.build_tab.reading_hands import settle


@pytest.fixture
def document(qtbot: QtBot) -> ExperimentDocument:
    return ExperimentDocument(default_experiment())


@pytest.fixture
def endless(document: ExperimentDocument) -> ExperimentDocument:
    """Let the document train until it is paused."""
    training = replace(document.experiment.training, stop=StopSpec())
    document.edit("no stop", replace(document.experiment, training=training))
    return document


@pytest.fixture
def controller(qtbot: QtBot, document: ExperimentDocument) -> Iterator[BuildModel]:
    controller = BuildModel(document)
    controller.set_speed(None)
    yield controller
    controller.request_close()
    qtbot.waitUntil(lambda: controller.is_idle, timeout=60_000)


@pytest.fixture
def build_model(qtbot: QtBot, document: ExperimentDocument) -> Iterator[BuildModel]:
    """Return what a panel alone knows."""
    model = BuildModel(document)
    yield model
    model.request_close()
    model.insight.request_close()
    qtbot.waitUntil(lambda: model.is_idle and model.insight.is_idle, timeout=60_000)


@pytest.fixture
def window(
    request: pytest.FixtureRequest, qtbot: QtBot, document: ExperimentDocument
) -> Iterator[GlassnetWindow]:
    if "bench" in request.fixturenames:  # then nobody looks at the first page
        settings().setValue("first_run_left", True)
    window = GlassnetWindow(document)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.mouseMove(window, QPoint(1, 1))  # a test before has left it somewhere
    yield window
    document.undo_stack.setClean()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    window.deleteLater()


@pytest.fixture
def tab(window: GlassnetWindow) -> BuildTab:
    tab = window.tab(window.BUILD)
    assert isinstance(tab, BuildTab)
    return tab


@pytest.fixture
def bench(tab: BuildTab) -> Workbench:
    """Return the workbench, shown, at full speed."""
    tab.show_all_panels()
    tab.model.set_speed(None)
    return tab.workbench


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> CsvData:
    """Return a table just large enough to be read on the worker."""
    data = write_table(tmp_path_factory.mktemp("large") / "large.csv", LARGE_ROWS)
    assert Path(data.path).stat().st_size > datasets.AT_ONCE_BYTES
    return data


@pytest.fixture
def nothing_read_before() -> Iterator[None]:
    """Let a test read its files itself."""
    datasets.forget_datasets()
    forget_files()
    yield
    datasets.forget_datasets()
    forget_files()


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> CsvData:
    """Return a table that is read on the worker in a moment."""
    data = write_table(tmp_path_factory.mktemp("reading") / "table.csv", TABLE_ROWS)
    assert Path(data.path).stat().st_size > datasets.AT_ONCE_BYTES
    return data


@pytest.fixture
def learns_from_table(
    bench: Workbench,
    document: ExperimentDocument,
    qtbot: QtBot,
    table: CsvData,
    nothing_read_before: None,
) -> None:
    """Let the document learn from the table, by one step."""
    bench.model.choose_data(table)
    settle(qtbot, bench)
    assert document.experiment.data == table
    assert document.undo_stack.count() == 1
