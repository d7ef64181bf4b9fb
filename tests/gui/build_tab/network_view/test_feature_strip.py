"""Inputs to tick: over the drawing, while it trains, in tables, and in what follows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.names import unit_name
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.settings import choose_language
from model.data import named_data
from model.edits.features import with_features
from model.experiment import CsvData
from model.places import INPUTS, UnitAt
from tests.gui.build_tab.reading_hands import press, settle, texts, undo
from tests.gui.finding import find


def ticked(bench: Workbench) -> list[str]:
    """Return the names of the inputs that are ticked."""
    strip = find(bench, QWidget, "feature_strip")
    tiles = strip.findChildren(QAbstractButton)
    return [tile.accessibleName() for tile in tiles if tile.isChecked() and tile.isVisible()]


def names(bench: Workbench) -> list[str]:
    """Return the names of the inputs on the drawing."""
    state = bench.model.state
    network = state.experiment.network
    return [unit_name(UnitAt(INPUTS, i), network, state.dataset) for i in range(network.inputs)]


def choose(bench: Workbench, name: str, text: str) -> None:
    combo = find(bench, QComboBox, name)
    assert combo.findText(text) >= 0
    combo.setCurrentIndex(combo.findText(text))


def test_each_tick_is_a_step_of_the_document(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument
) -> None:
    before = document.experiment
    press(bench, "features_open")
    press(bench, "feature_product_0_1")
    press(bench, "feature_column_1")
    assert document.experiment.features == ("x1", "x1*x2")
    assert names(bench) == ticked(bench) == ["x₁", "x₁·x₂"]
    assert texts(document) == ["Take out input x₂"]
    undo(tab)
    undo(tab)
    assert document.experiment == before
    assert ticked(bench) == ["x₁", "x₂"]


def test_every_unit_still_has_its_map(bench: Workbench) -> None:
    press(bench, "features_open")
    press(bench, "feature_square_0")
    state = bench.model.state
    assert state.maps is not None
    points = np.array([[state.plane[0], state.plane[2]]])
    x = np.column_stack([points, points[:, 0] ** 2])
    (_, hidden), (_, output) = state.network.activations(x)
    np.testing.assert_allclose(state.maps[0][:, 0, 0], hidden[0])
    np.testing.assert_allclose(state.maps[1][:, 0, 0], output[0])


def test_a_tick_while_it_trains_goes_on_with_the_weights_it_has(
    bench: Workbench, endless: ExperimentDocument, qtbot: QtBot
) -> None:
    press(bench, "features_open")
    bench.model.train()
    qtbot.waitUntil(lambda: bench.model.state.epoch > 20, timeout=20_000)
    press(bench, "feature_product_0_1")
    qtbot.waitUntil(
        lambda: bench.model.is_training and bench.model.state.experiment.network.inputs == 3,
        timeout=20_000,
    )
    first = endless.experiment.network.layers[0].weights
    assert first is not None
    assert first.shape == (3, 4)
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=20_000)
    assert texts(endless)[0].startswith("Training, ")


def test_columns_of_a_table_are_squared_and_multiplied(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(named_data("iris"))
    press(bench, "features_open")
    choose(bench, "feature_first", "petal length (cm)")
    choose(bench, "feature_second", "× sepal length (cm)")
    press(bench, "feature_add")
    choose(bench, "feature_first", "petal width (cm)")
    choose(bench, "feature_second", "squared")
    press(bench, "feature_add")
    experiment = bench.model.state.experiment
    assert experiment.features == (
        "sepal_length_cm",
        "sepal_width_cm",
        "petal_length_cm",
        "petal_width_cm",
        "sepal_length_cm*petal_length_cm",
        "petal_width_cm^2",
    )
    assert names(bench)[4:] == ["sepal length·petal length", "petal width²"]
    qtbot.waitUntil(lambda: ticked(bench) == names(bench))
    press(bench, "feature_product_0_2")
    assert names(bench)[4:] == ["petal width²"]
    strip = find(bench, QWidget, "feature_strip")
    assert strip.findChild(QAbstractButton, "feature_product_0_2") is not None, "to be ticked again"


def test_names_are_in_the_language_in_use(
    bench: Workbench, qapp: QApplication, qtbot: QtBot
) -> None:
    bench.model.choose_data(named_data("iris"))
    press(bench, "features_open")
    choose(bench, "feature_second", "sine")
    press(bench, "feature_add")
    choose_language(qapp, "tr")
    bench.model.retranslate()
    assert names(bench)[4] == "sin(çanak yaprak boyu)"
    qtbot.waitUntil(lambda: ticked(bench) == names(bench))
    assert bench.model.state.experiment.features[4] == "sin(sepal_length_cm)"
    press(bench, "feature_sine_0")
    assert bench.model.state.experiment.features == ()


def test_pictures_offer_no_inputs_to_choose(bench: Workbench) -> None:
    press(bench, "features_open")
    bench.model.choose_data(named_data("digits"))
    button = find(bench, QToolButton, "features_open")
    strip = find(bench, QWidget, "feature_strip")
    assert not button.isVisible()
    assert not strip.isVisible()
    bench.model.choose_data(named_data("xor"))
    assert button.isVisible()


def test_a_table_of_too_many_columns_says_so(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    head = ",".join(f"c{n}" for n in range(65)) + ",y"
    rows = (",".join(str((n * row) % 7) for n in range(65)) + f",{row % 2}" for row in range(9))
    path.write_text("\n".join((head, *rows)) + "\n")
    bench.model.choose_data(CsvData(str(path), scaling="none"))
    press(bench, "features_open")
    limit = find(bench, QLabel, "feature_limit")
    assert limit.isVisible()
    assert "64 columns at most" in limit.text()


@pytest.fixture
def derived(bench: Workbench) -> Workbench:
    """Return the workbench with Iris and inputs derived from its scaled columns."""
    bench.model.choose_data(named_data("iris"))
    terms = ("petal_length_cm", "petal_length_cm*petal_width_cm", "sin(sepal_width_cm)")
    bench.model.edit("inputs", lambda experiment: with_features(experiment, terms))
    return bench


def test_only_columns_are_typed_and_the_answer_is_the_networks(
    derived: Workbench, qtbot: QtBot
) -> None:
    press(derived, "probe_toggle")
    typed = QRegularExpression(r"probe_input_\d+")
    qtbot.waitUntil(lambda: len(derived.findChildren(QLineEdit, typed)) == 4)
    fields = sorted(derived.findChildren(QLineEdit, typed), key=lambda field: field.objectName())
    state = derived.model.state
    for field, value in zip(fields, ("5.1", "3.5", "1.4", "0.2"), strict=True):
        field.setText(value)
    columns = state.dataset.columns
    assert columns.x_offset is not None
    assert columns.x_spread is not None
    _, sw, pl, pw = (np.array([5.1, 3.5, 1.4, 0.2]) - columns.x_offset) / columns.x_spread
    outputs = state.network.forward(np.array([[pl, pl * pw, np.sin(sw)]]))
    assert find(derived, QLabel, "probe_answer").text().startswith(f"{outputs.max():.3f}")


def test_a_large_table_is_read_once_and_its_inputs_are_derived_on_the_worker(
    bench: Workbench, qtbot: QtBot, table: CsvData, document: ExperimentDocument
) -> None:
    bench.model.choose_data(table)
    settle(qtbot, bench)
    columns = bench.model.state.dataset
    press(bench, "features_open")
    choose(bench, "feature_second", "squared")
    press(bench, "feature_add")
    settle(qtbot, bench)
    state = bench.model.state
    assert state.data.is_ready
    assert state.dataset.inputs == columns.inputs + 1
    assert state.dataset.columns.x_train is columns.x_train
    assert document.experiment.network.inputs == columns.inputs + 1


def test_tiles_are_reached_and_ticked_by_keys(bench: Workbench) -> None:
    press(bench, "features_open")
    tile = find(bench, QAbstractButton, "feature_square_1")
    tile.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(tile, Qt.Key.Key_Space)
    assert names(bench) == ["x₁", "x₂", "x₂²"]
