"""The seed lottery: really trained starts on a real worker, shown and opened."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.lottery_view import MAX_SEEDS
from gui.build_tab.dock.panel import DockPanel
from gui.build_tab.state import InsightView
from gui.build_tab.workbench import Workbench
from gui.format import show_integer
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import Experiment, LayerSpec, NetworkSpec, PlaneData, StopSpec, TableData
from model.initialisers import initialise
from model.network import Network
from model.training.ensemble.lottery import Lottery, draw_lottery
from tests.gui.build_tab.looking import resize
from tests.gui.finding import find
from tests.gui.told import told


def xor(epochs: int = 400, hidden: int = 2, dropout: float = 0.0) -> Experiment:
    start = Experiment()
    layers = (LayerSpec(hidden, "tanh", dropout=dropout), LayerSpec(1, "sigmoid"))
    optimiser = replace(start.training.optimiser, name="adam")
    return replace(
        start,
        network=NetworkSpec(2, layers),
        training=replace(
            start.training,
            stop=StopSpec(epochs=epochs),
            learning_rate=0.05,
            optimiser=optimiser,
        ),
    )


@pytest.fixture
def dock(build_model: BuildModel, qtbot: QtBot) -> DockPanel:
    build_model.document.load(initialise(xor()), None)
    result = DockPanel(build_model)
    build_model.state_changed.connect(result.show_state)
    qtbot.addWidget(result)
    result.resize(292, 282)
    result.show()
    result.choose("lottery")
    return result


def draw(dock: DockPanel, model: BuildModel, qtbot: QtBot) -> Lottery:
    """Press the button, and return the outcome once it is shown."""
    before = model.state.insight.lottery
    button = (
        dock.lottery.view.start if dock.lottery.view.start.isVisible() else dock.lottery.view.again
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text().startswith(("Stop", "Durdur"))
    qtbot.waitUntil(lambda: model.state.insight.lottery_share is None, timeout=60_000)
    drawn = model.state.insight.lottery
    assert drawn is not None
    assert drawn is not before
    return drawn


def test_drawing_shows_how_many_got_there_and_opens_a_stuck_one(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    result = draw(dock, build_model, qtbot)
    solved = int(result.solved.sum())
    assert 0 < solved < 100
    assert find(dock, QLabel, "lottery_solved").text() == f"{solved}/100"
    qtbot.mouseClick(dock.lottery.view.open_stuck, Qt.MouseButton.LeftButton)
    experiment = build_model.document.experiment
    assert experiment.seed == int(result.seeds[~result.solved][0])
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    answers = Network(experiment.network).forward(x)[:, 0] > 0.5
    assert answers.tolist() != [False, True, True, False]


def test_stopping_ends_the_work_and_closing_waits_for_it(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    build_model.document.load(initialise(xor(10_000_000)), None)
    qtbot.mouseClick(dock.lottery.view.start, Qt.MouseButton.LeftButton)
    assert dock.lottery.view.start.text() == "Stop"
    qtbot.mouseClick(dock.lottery.view.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Draw" in dock.lottery.view.again.text())
    assert build_model.state.insight.lottery_share is None
    qtbot.mouseClick(dock.lottery.view.again, Qt.MouseButton.LeftButton)
    build_model.insight.request_close()
    qtbot.waitUntil(lambda: build_model.insight.is_idle)
    assert build_model.state.insight.lottery_share is None


def test_a_regression_reaches_an_r_squared(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    made = default_experiment(PlaneData("regression_plane", points=40))
    training = replace(made.training, stop=StopSpec(epochs=20))
    build_model.document.load(initialise(replace(made, training=training)), None)
    result = draw(dock, build_model, qtbot)
    assert result.threshold == 0.95
    assert find(dock, QLabel, "lottery_of").text() == "seeds reach an R² of 0.95"


def test_the_accuracy_on_test_rows_stands_beside_what_can_be_guessed_and_reached(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    tests, sweep = (find(dock, QToolButton, f"lottery_of_{name}") for name in ("tests", "sweep"))
    assert not tests.isEnabled(), "XOR keeps no row back"
    made = default_experiment(TableData("titanic"))
    training = replace(made.training, stop=StopSpec(epochs=2), batch_size=0)
    build_model.document.load(initialise(replace(made, training=training)), None)
    scores = draw(dock, build_model, qtbot).held_out
    assert scores is not None
    line = find(dock, QLabel, "lottery_of")
    assert line.text() == "reach 78.6%, the ceiling"
    qtbot.mouseClick(tests, Qt.MouseButton.LeftButton)
    low, high = 100 * scores.values.min(), 100 * scores.values.max()
    assert find(dock, QLabel, "lottery_solved").text() == f"{100 * scores.values.mean():.1f}%"
    assert line.text() == f"mean, {low:.1f}% to {high:.1f}%"
    lines = find(dock, QLabel, "lottery_lines").text()
    assert f"baseline {100 * scores.baseline:.1f}%" in lines
    assert f"ceiling {100 * scores.ceiling:.1f}%" in lines
    assert dock.lottery.view.histogram.isVisible()
    build_model.document.load(initialise(xor()), None)
    assert not tests.isEnabled()
    assert not dock.lottery.view.histogram.isVisible()
    assert not sweep.isChecked()


def test_a_lottery_of_a_network_that_is_gone_is_not_shown(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    build_model.document.load(initialise(xor(10_000_000)), None)
    qtbot.mouseClick(dock.lottery.view.start, Qt.MouseButton.LeftButton)
    build_model.set_units(0, 3)
    qtbot.waitUntil(lambda: build_model.insight.is_idle)
    assert build_model.state.insight.lottery is None
    assert dock.lottery.view.start.isVisible()
    assert "Draw" in dock.lottery.view.start.text()


def test_what_cannot_be_drawn_is_reported(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    build_model.document.load(initialise(xor(dropout=0.5)), None)
    with told(qtbot, build_model.messages) as failed:
        qtbot.mouseClick(dock.lottery.view.start, Qt.MouseButton.LeftButton)
    assert "drop-out" in failed[0].lower()
    assert build_model.insight.is_idle
    assert "Draw" in dock.lottery.view.start.text()


@pytest.fixture
def drawn(dock: DockPanel, build_model: BuildModel, qtbot: QtBot) -> Lottery:
    """Draw a hundred seeds and return their outcome."""
    return draw(dock, build_model, qtbot)


def test_the_arrows_walk_from_the_best_seed_to_the_worst_and_enter_opens_one(
    dock: DockPanel, build_model: BuildModel, drawn: Lottery, qtbot: QtBot
) -> None:
    last = [losses[np.isfinite(losses)][-1] for losses in drawn.losses]
    by_loss = [int(drawn.seeds[index]) for index in np.argsort(last, kind="stable")]
    plot = dock.lottery.view.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    line = find(dock, QLabel, "lottery_of")
    assert line.text().startswith(f"seed {by_loss[0]}: loss ")
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert line.text().startswith(f"seed {by_loss[-1]}: loss ")
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    for _ in range(3):
        qtbot.keyClick(plot, Qt.Key.Key_Up)
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert line.text().startswith(f"seed {by_loss[2]}: loss ")
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert build_model.document.experiment.seed == by_loss[2]
    dock.lottery.view.again.setFocus()
    assert line.text() == "seeds solve XOR"


def type_number(field: QLineEdit, text: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_any_number_of_seeds_can_be_drawn_and_the_next_draw_goes_on_after_them(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    build_model.document.load(initialise(xor(20)), None)
    field, figure = find(dock, QLineEdit, "lottery_seeds"), dock.lottery.view
    for text, first, number in (("250", 0, 250), ("30", 250, 30)):
        type_number(field, text, qtbot)
        assert draw(dock, build_model, qtbot).seeds.tolist() == list(range(first, first + number))
        assert find(dock, QLabel, "lottery_solved").text().endswith(f"/{number}")
        assert field.isVisible()
        assert field.text() == text
    build_model.set_units(0, 3)
    assert field.isVisible()
    assert field.text() == "30"
    assert "30" in figure.start.text()


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("size", [(1366, 768), (1440, 900)])
def test_another_number_can_be_drawn_in_the_dock_of_a_usual_laptop(
    window: GlassnetWindow,
    bench: Workbench,
    qapp: QApplication,
    qtbot: QtBot,
    size: tuple[int, int],
    language: str,
) -> None:
    choose_language(qapp, language)
    resize(window, qtbot, *size)
    dock, model = bench.dock, bench.model
    model.document.load(initialise(xor(20)), None)
    dock.choose("lottery")
    field, view = find(dock, QLineEdit, "lottery_seeds"), dock.lottery.view
    for text in ("20", "30"):
        type_number(field, text, qtbot)
        assert len(draw(dock, model, qtbot).seeds) == int(text)
        qtbot.waitUntil(field.isVisible)
        assert view.again.accessibleName() == {"en": "Draw again", "tr": "Yeniden çek"}[language]
        buttons = (view.again, view.open_stuck)
        qtbot.waitUntil(
            lambda b=buttons: all(each.width() >= each.sizeHint().width() for each in b)  # type: ignore[misc]  # a lambda's default has no type
        )
        assert view.open_stuck.geometry().right() < view.width()


def test_a_number_that_cannot_be_drawn_is_put_back_and_it_is_said_why(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    field = find(dock, QLineEdit, "lottery_seeds")
    for text in ("0", str(MAX_SEEDS + 1), "-4", "2.5", "many"):
        with told(qtbot, build_model.messages) as failed:
            type_number(field, text, qtbot)
        assert failed == [
            f"A lottery takes 1 to {show_integer(MAX_SEEDS)} seeds, not “{text}”. It stays at 100."
        ]
        assert field.text() == "100"
    assert f"1 to {MAX_SEEDS // 1000}" in field.toolTip()


def test_thousands_of_seeds_are_drawn_like_a_hundred(
    dock: DockPanel, build_model: BuildModel, qtbot: QtBot
) -> None:
    def curves(number: int) -> int:
        view = InsightView(lottery=draw_lottery(xor(30), range(number)))
        dock.show_state(dataclasses.replace(build_model.state, insight=view))
        drawn, paper = QBuffer(), QSvgGenerator()
        paper.setOutputDevice(drawn)
        painter = QPainter(paper)
        dock.lottery.view.plot.scene().render(painter)
        painter.end()
        return drawn.data().count(b"<polyline")

    # All 3,000 curves would take thirty times as long as a hundred.
    assert 60 < curves(100) < curves(3000) < 150
