"""What a training has reached is saved, or asked about, while it is still under way."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt, QThread
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.experiment import StopSpec
from model.files import read_experiment

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
    discard = window.findChild(QPushButton, "unsaved_discard")
    assert discard is not None
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
    (thread,) = tab.model.findChildren(QThread)
    assert thread.wait(10_000), "it ends while the event loop has not heard of it"
    assert tab.model.is_training
    window.files.save()
    qtbot.waitUntil((tmp_path / "xor.glassnet").exists)
    qtbot.waitUntil(lambda: tab.model.is_idle)
    assert read_experiment(tmp_path / "xor.glassnet") == document.experiment
    assert document.experiment.progress is not None
    assert document.experiment.progress.epoch == 3
