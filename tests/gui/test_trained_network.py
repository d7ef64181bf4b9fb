"""A network that was trained elsewhere opens in the window, and every weight can be touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS
from gui.window import GlassnetWindow
from model.experiment import TableData, TruthTableData
from model.places import WeightAt
from tests.gui.finding import find

FOREIGN = Path(__file__).parents[1] / "model" / "importing" / "foreign"


def opened(qtbot: QtBot, window: GlassnetWindow, path: Path) -> str:
    """Open a file and return what the message says of it."""
    window.open_path(path)
    qtbot.waitUntil(lambda: path.name in window.message_bar.text.text())
    return window.message_bar.text.text()


def test_what_scikit_learn_trained_is_an_experiment_like_any_other(
    qtbot: QtBot, window: GlassnetWindow
) -> None:
    path = FOREIGN / "sklearn_iris.onnx"
    window.show_tab(window.VISION)
    said = opened(qtbot, window, path)
    assert said.startswith("sklearn_iris.onnx is open. ONNX’s own evaluator, on 50 rows, answers")
    assert "Left out behind its answers: ArgMax, ZipMap." in said
    tab = window.build_tab
    assert window.pages.currentWidget() is tab
    assert tab.title() == "sklearn_iris"
    assert window.files.recent.paths()[0] == path
    model = tab.model
    assert model.state.dataset.target_names == ("setosa", "versicolor", "virginica")
    assert model.state.snapshot.train_loss == pytest.approx(0.0, abs=1e-12)
    assert not window.document.is_worth_asking
    model.set_weights({WeightAt(0, 0, 0): 3.0}, "drag")
    assert model.state.snapshot.train_loss > 1e-4
    model.open_microscope()
    assert model.state.selection.part is not None


def test_it_stays_on_data_that_are_chosen_afterwards_and_a_misfit_is_said(
    qtbot: QtBot, window: GlassnetWindow
) -> None:
    opened(qtbot, window, FOREIGN / "sklearn_iris.onnx")
    model, first = window.build_tab.model, window.document.experiment
    assert model.choose_data(TableData("iris"))
    experiment = window.document.experiment
    assert isinstance(experiment.data, TableData)
    assert (experiment.data.name, experiment.title) == ("iris", "sklearn_iris")
    assert experiment.training.loss == "categorical_cross_entropy"
    assert model.state.snapshot.test_accuracy > 0.8
    sizes = [layer.units for layer in experiment.network.layers]
    assert sizes == [layer.units for layer in first.network.layers]
    assert model.choose_data(TableData("iris", "standard"))
    assert "scaled in another way" in window.message_bar.text.text()
    assert model.state.snapshot.test_accuracy > 0.8
    assert model.choose_data(TableData("digits"))
    said = window.message_bar.text.text()
    assert "sklearn_iris does not fit these data: another network took its place" in said
    assert window.document.experiment.network.inputs == 64
    window.document.undo_stack.undo()
    assert model.state.snapshot.test_accuracy > 0.8
    assert [layer.units for layer in window.document.experiment.network.layers] == sizes


def test_what_build_lacks_is_said_and_the_network_on_show_stays(
    qtbot: QtBot, window: GlassnetWindow
) -> None:
    before = window.document.experiment
    said = opened(qtbot, window, FOREIGN / "pytorch_gelu_old.onnx")
    assert "Gelu (/1/Gelu): none of Build's layers and activations" in said
    assert window.document.experiment is before


def test_only_networks_of_rows_are_for_build(window: GlassnetWindow) -> None:
    tab = window.build_tab
    assert tab.opens(FOREIGN / "keras_plain.onnx")
    assert not tab.opens(FOREIGN / "pytorch_pictures_new.onnx")
    (classifier, *_) = sorted((ASSETS / "models").glob("*.onnx"))
    assert not tab.opens(classifier)


def test_a_network_of_pictures_without_convolutions_is_chosen_in_the_menu(
    qtbot: QtBot, window: GlassnetWindow
) -> None:
    window.all_actions["file_network"].trigger()
    dialog = find(window, QFileDialog, "network_dialog")
    dialog.fileSelected.emit(str(FOREIGN / "pytorch_pictures_new.onnx"))
    dialog.close()
    qtbot.waitUntil(lambda: window.document.experiment.title == "pytorch_pictures_new")
    experiment = window.document.experiment
    assert (experiment.network.inputs, len(experiment.network.layers)) == (16, 2)
    assert isinstance(experiment.data, TruthTableData)


def test_a_pickle_is_not_read_and_the_way_out_can_be_copied(
    window: GlassnetWindow, tmp_path: Path
) -> None:
    path = tmp_path / "model.joblib"
    path.write_bytes(b"\x80\x04.")
    window.open_path(path)
    assert "model.joblib is a pickle" in window.message_bar.text.text()
    find(window.message_bar, QPushButton, "message_remedy").click()
    copied = QApplication.clipboard().text()
    assert copied.startswith("from skl2onnx import to_onnx")
    assert len(copied.splitlines()) == 3
