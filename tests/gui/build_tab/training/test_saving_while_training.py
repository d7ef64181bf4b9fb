"""What a training has reached is saved, or asked about, while it is still under way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt, QThread
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.edits import network as edits
from model.experiment import GateData, StopSpec, with_past
from model.files import read_experiment
from tests.gui.finding import find

LEFT = Qt.MouseButton.LeftButton


def test_what_a_training_has_reached_is_asked_about_before_another_document_comes(
    qtbot: QtBot,
    window: GlassnetWindow,
    tab: BuildTab,
    bench: Workbench,
    endless: ExperimentDocument,
    tmp_path: Path,
) -> None:
    document = endless
    document.mark_saved(tmp_path / "xor.glassnet")
    tab.model.train()
    qtbot.waitUntil(lambda: tab.model.state.epoch > 2)
    for _ in range(2):
        window.files.new()
    qtbot.waitUntil(lambda: window.findChild(QDialog, "unsaved_dialog") is not None)
    assert len(window.findChildren(QDialog, "unsaved_dialog")) == 1
    assert document.path is not None
    progress = document.experiment.progress
    assert progress is not None
    assert progress.epoch > 2, "Save keeps what was reached"
    discard = find(window, QPushButton, "unsaved_discard")
    qtbot.mouseClick(discard, LEFT)
    assert document.path is None


def test_saving_keeps_what_a_training_has_reached_and_lets_it_go_on(
    qtbot: QtBot,
    window: GlassnetWindow,
    tab: BuildTab,
    bench: Workbench,
    endless: ExperimentDocument,
    tmp_path: Path,
) -> None:
    document = endless
    path, controller = tmp_path / "xor.glassnet", tab.model
    document.mark_saved(path)
    controller.train()
    qtbot.waitUntil(lambda: controller.state.epoch > 2)
    window.files.save()
    qtbot.waitUntil(path.exists)
    saved = read_experiment(path)
    assert saved.progress is not None
    assert saved.progress.epoch > 2
    qtbot.waitUntil(lambda: controller.is_training)
    qtbot.waitUntil(lambda: controller.state.epoch > saved.progress.epoch)
    controller.pause()
    qtbot.waitUntil(lambda: controller.is_idle)
    assert document.is_modified
    history = controller.state.run.history
    assert history is not None
    assert history.restore(saved.progress.epoch).network == saved.network


def test_saving_does_not_go_on_after_a_training_that_ended_by_itself(
    qtbot: QtBot,
    window: GlassnetWindow,
    tab: BuildTab,
    bench: Workbench,
    document: ExperimentDocument,
    tmp_path: Path,
) -> None:
    training = replace(document.experiment.training, stop=StopSpec(epochs=3))
    document.edit("three epochs", replace(document.experiment, training=training))
    document.mark_saved(tmp_path / "xor.glassnet")
    tab.model.train()
    *_, thread = tab.model.training.controller.findChildren(QThread)  # others are at their end
    assert thread.wait(10_000), "it ends while the event loop has not heard of it"
    assert tab.model.is_training
    window.files.save()
    qtbot.waitUntil((tmp_path / "xor.glassnet").exists)
    qtbot.waitUntil(lambda: tab.model.is_idle)
    assert with_past(read_experiment(tmp_path / "xor.glassnet"), None) == document.experiment
    assert document.experiment.progress is not None
    assert document.experiment.progress.epoch == 3


def take_units(document: ExperimentDocument) -> None:
    document.undo_stack.undo()


def add_layer(document: ExperimentDocument) -> None:
    document.edit("layer", edits.with_layer_added(document.experiment, 1))


@pytest.mark.parametrize("change", [take_units, add_layer])
def test_a_change_that_ends_the_training_is_in_the_file_that_is_saved_then(
    qtbot: QtBot,
    window: GlassnetWindow,
    tab: BuildTab,
    bench: Workbench,
    endless: ExperimentDocument,
    tmp_path: Path,
    change: Callable[[ExperimentDocument], None],
) -> None:
    document, path = endless, tmp_path / "xor.glassnet"
    document.edit("units", edits.with_units(document.experiment, 0, 7))
    document.mark_saved(path)
    tab.model.train()
    qtbot.waitUntil(lambda: tab.model.state.epoch > 2)
    window.files.save()
    change(document)
    qtbot.waitUntil(path.exists)
    assert with_past(read_experiment(path), None) == document.experiment
    assert not document.is_modified, "the step counts before the file is written"
    assert not tab.model.is_training


def test_a_document_that_comes_before_the_save_is_not_written_to_the_old_ones_file(
    qtbot: QtBot,
    window: GlassnetWindow,
    tab: BuildTab,
    bench: Workbench,
    endless: ExperimentDocument,
    tmp_path: Path,
) -> None:
    document, path = endless, tmp_path / "xor.glassnet"
    document.mark_saved(path)
    tab.model.train()
    qtbot.waitUntil(lambda: tab.model.state.epoch > 2)
    window.files.save()
    document.load(default_experiment(GateData("nor")), None)
    qtbot.waitUntil(lambda: tab.model.is_idle)
    tab.model.while_paused(lambda: None)
    QApplication.processEvents()
    assert not path.exists()
    assert document.path is None


def begin(qtbot: QtBot, controller: BuildModel) -> None:
    controller.train()
    qtbot.waitUntil(lambda: controller.state.running and controller.state.epoch > 2)


def test_training_goes_on_after_two_quick_saves(
    qtbot: QtBot, controller: BuildModel, endless: ExperimentDocument
) -> None:
    begin(qtbot, controller)
    done: list[int] = []
    for number in (1, 2):
        controller.while_paused(lambda number=number: done.append(number))  # type: ignore[misc]
    qtbot.waitUntil(lambda: bool(done))
    assert done == [2], "the last of them"
    assert controller.is_training


def test_training_does_not_go_on_after_a_save_if_it_is_paused_meanwhile(
    qtbot: QtBot, controller: BuildModel, endless: ExperimentDocument
) -> None:
    begin(qtbot, controller)
    done: list[int] = []
    controller.while_paused(lambda: done.append(1))
    controller.toggle_training()
    qtbot.waitUntil(lambda: bool(done))
    assert not controller.is_training
