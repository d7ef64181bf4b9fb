"""An article's recipe by clicking: as published and corrected, its numbers in the window."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.plots.epoch_plot import run_name
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import DataSpec, GateData, PlaneData, StopSpec, TableData
from model.recipes import VERSIONS, Version
from tests.gui.build_tab.looking import resize
from tests.gui.texts import cut_texts
from tests.tiers import thorough

ASKED = np.array([[1, 0, 0, 1], [0, 0, 1, 0], [1, 0, 1, 0]], float)
OR, SYMPTOMS = GateData("or"), TableData("symptoms")


def choose(bench: Workbench, qtbot: QtBot, version: Version) -> None:
    button = bench.bar.version.button(VERSIONS.index(version))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def train(bench: Workbench, qtbot: QtBot) -> None:
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.model.is_idle, timeout=60_000)
    assert bench.model.state.epoch == 10_000


def printed(values: np.ndarray, digits: int) -> list[float]:
    return [round(float(v), digits) for v in values.ravel()]


@pytest.mark.parametrize(
    ("version", "other", "weights", "bias"),
    [
        ("published", "corrected", [7.009, 7.010], -3.149),
        ("corrected", "article", [5.365, 5.366], -2.428),
    ],
)
def test_or_as_the_article_has_it(
    bench: Workbench,
    qtbot: QtBot,
    version: Version,
    other: str,
    weights: list[float],
    bias: float,
) -> None:
    bench.model.choose_data(OR)
    choose(bench, qtbot, version)
    state = bench.model.state
    assert printed(state.network.weights[0], 6) == [0.1, 0.2]
    assert printed(state.network.biases[0], 6) == [0.3]
    assert state.version == version
    train(bench, qtbot)
    state = bench.model.state
    assert printed(state.network.weights[0], 3) == weights
    assert printed(state.network.biases[0], 3) == [bias]
    assert [(run_name(run), run.epochs[-1], run.visible) for run in state.run.earlier] == [
        (other, 10_000, True)
    ]


def test_reset_goes_back_to_the_articles_first_weights(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(OR)
    choose(bench, qtbot, "corrected")
    train(bench, qtbot)
    assert "first weights" in bench.recipe.text.text()
    qtbot.mouseClick(bench.bar.reset_button, Qt.MouseButton.LeftButton)
    state = bench.model.state
    assert (state.epoch, state.version) == (0, "corrected")
    assert printed(state.network.weights[0], 6) == [0.1, 0.2]
    assert printed(state.network.biases[0], 6) == [0.3]


def test_other_first_weights_are_not_said_to_be_the_articles(
    bench: Workbench, qtbot: QtBot
) -> None:
    bench.model.choose_data(OR)
    choose(bench, qtbot, "corrected")
    qtbot.mouseClick(bench.bar.dice, Qt.MouseButton.LeftButton)
    assert bench.model.state.version is None
    assert bench.bar.version.current == -1
    assert not bench.recipe.isVisible()
    train(bench, qtbot)
    assert bench.model.state.version is None
    assert not bench.recipe.isVisible()
    choose(bench, qtbot, "corrected")
    assert bench.bar.version.current == VERSIONS.index("corrected")


def test_both_curves_are_there_once_when_both_were_trained(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(OR)
    choose(bench, qtbot, "published")
    train(bench, qtbot)
    choose(bench, qtbot, "corrected")
    train(bench, qtbot)
    assert [run_name(run) for run in bench.model.state.run.earlier] == ["article"]
    bench.model.document.undo_stack.undo()
    bench.model.document.undo_stack.undo()
    assert bench.model.state.version == "published"


def test_without_a_bias_zero_stays_a_half(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(OR)
    choose(bench, qtbot, "published")
    bench.model.set_bias(0, on=False)
    assert bench.model.state.version == "published"
    train(bench, qtbot)
    outputs = bench.model.state.table_outputs
    assert outputs is not None
    assert outputs[0] == 0.5
    assert printed(outputs[1:3], 3) == [0.990, 0.990]
    assert "Without a bias a row of zeros is answered by 0.5" in bench.recipe.text.text()


def test_row_six_of_the_symptoms_is_seen_and_mended(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(SYMPTOMS)
    choose(bench, qtbot, "published")
    assert bench.data.rows.currentWidget() is bench.data.table
    assert "Row 6 contradicts row 3" in bench.recipe.text.text()
    train(bench, qtbot)
    assert printed(bench.model.state.network.forward(ASKED), 4) == [0.9992, 0.0430, 0.9991]
    view = bench.data.table.view
    index = view.model().index(5, 0)
    assert index.data() == "0"
    view.scrollTo(index)
    at = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    editor = view.findChild(QLineEdit, "table_input_editor")
    qtbot.keyClicks(editor, "1")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: index.data() == "1", timeout=2000)
    assert bench.model.state.version == "published"
    assert "contradicts" not in bench.recipe.text.text()
    choose(bench, qtbot, "corrected")
    train(bench, qtbot)
    assert printed(bench.model.state.network.forward(ASKED), 4) == [0.9818, 0.0298, 0.9779]
    choose(bench, qtbot, "published")
    train(bench, qtbot)
    assert printed(bench.model.state.network.forward(ASKED), 4) == [0.9966, 0.0059, 0.9949]


def test_the_quadrants_come_with_their_weights(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(PlaneData("quadrants"))
    choose(bench, qtbot, "published")
    near = bench.model.state.network.forward(np.array([[0.1, 0.1]]))
    assert round(1.0 - 2.0 * float(near[0, 0]), 2) == -0.44
    assert "2a − 1 is −0.44" in bench.recipe.text.text()
    assert bench.model.state.run.earlier == ()


def test_the_titanics_pass_and_its_people(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(TableData("titanic"))
    assert "141 / 145" in bench.data.samples.people.text()
    choose(bench, qtbot, "published")
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.model.is_idle, timeout=60_000)
    assert bench.model.state.epoch == 1
    data = bench.model.state.dataset
    right = float(np.mean((data.x_test[:, 1] == 1.0) == (data.y_test[:, 0] == 1.0)))
    assert f"{100 * right:.1f}% of the test rows" in bench.recipe.text.text()
    assert [run_name(run) for run in bench.model.state.run.earlier] == ["corrected"]


@pytest.mark.parametrize("data", [OR, PlaneData("quadrants")], ids=str)
def test_other_data_end_training_by_a_rule_of_their_own(
    bench: Workbench, qtbot: QtBot, data: DataSpec
) -> None:
    model, other = bench.model, GateData("and")
    model.choose_data(data)
    choose(bench, qtbot, "published")
    model.choose_data(other)
    training = model.state.experiment.training
    assert training.stop == default_experiment(other).training.stop
    own = replace(training, stop=replace(training.stop, epochs=77))
    model.set_training(own, "Stop")
    model.choose_data(GateData("or"))
    assert model.state.experiment.training.stop == own.stop, "a person's own rule stays"


def test_a_mistake_in_force_is_said_and_can_be_switched_off(bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(GateData("and"))
    bench.bar.more.open_under(bench.bar.more_button, bench.bar.more.schedule)
    box = bench.bar.more.slope_at_a
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert bench.model.state.experiment.training.slope_at == "a"
    assert bench.recipe.isVisible()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert not bench.recipe.isVisible()
    bench.bar.more.hide()


@pytest.mark.parametrize("language", [thorough("en"), "tr"])
@pytest.mark.parametrize("size", [(1024, 680), thorough((1440, 900))])
@pytest.mark.parametrize(
    "data", [OR, SYMPTOMS, PlaneData("quadrants"), TableData("titanic")], ids=str
)
def test_nothing_is_cut(
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    data: DataSpec,
    size: tuple[int, int],
    language: str,
    qapp: QApplication,
) -> None:
    resize(window, qtbot, *size)
    choose_language(qapp, language)
    bench.model.choose_data(data)
    for version in VERSIONS:
        bench.model.choose_version(version)
        resize(window, qtbot, *size)
        assert cut_texts(bench.recipe) == []
        assert cut_texts(bench.bar.version) == []
        assert bench.recipe.height() <= 52
        if size[0] == 1440:
            assert bench.bar.version.isVisible()
    labels = bench.recipe.findChildren(QLabel)
    assert all(label.text() for label in labels)


def test_a_recipe_ends_the_training_under_way(bench: Workbench, qtbot: QtBot) -> None:
    stop = replace(bench.model.state.experiment.training, stop=StopSpec())
    bench.model.set_training(stop, "no stop")
    qtbot.mouseClick(bench.bar.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.model.state.epoch > 100, timeout=20_000)
    choose(bench, qtbot, "published")
    qtbot.waitUntil(lambda: bench.model.is_idle, timeout=60_000)
    assert bench.model.state.version == "published"
    assert bench.model.state.epoch == 0
    assert "corrected" in [run_name(run) for run in bench.model.state.run.earlier]
    bench.model.document.undo_stack.undo()
    assert bench.model.state.version is None
    assert bench.bar.version.current == -1
