"""The cards of activations and losses: opened by mouse and keys, true, live, closed again."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.function_cards.formulas import loss_definition
from gui.build_tab.function_cards.words import activation_words, loss_words
from gui.build_tab.names import activation_names, loss_names
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.settings import choose_language
from gui.spoken import signs_in_words
from gui.widgets.info_card import InfoCard
from gui.widgets.latex import LatexLabel
from gui.window import GlassnetWindow
from model.activations import activate, derivative
from model.experiment import ACTIVATIONS, LOSSES, TruthTableData
from model.places import UnitAt
from tests.gui.build_tab.looking import resize
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find
from tests.gui.texts import overlaps

ACTIVATION, LOSS = "activation_card", "loss_card"
INFO = {ACTIVATION: "layer_0_activation_info", LOSS: "loss_info"}
CONTROL = {ACTIVATION: "layer_0_activation", LOSS: "loss"}

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(autouse=True)
def ready(bench: Workbench, window: GlassnetWindow, qtbot: QtBot) -> None:
    """Make the cards, as happens soon after the start, and let the first page be gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    bench.prepare()
    bench.model.choose_row(1)
    window.activateWindow()


def card_of(window: GlassnetWindow, name: str) -> InfoCard:
    return find(window, InfoCard, name)


def text(window: GlassnetWindow, name: str) -> str:
    return find(window, QLabel, name).text()


def in_window(window: GlassnetWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def open_by_click(window: GlassnetWindow, qtbot: QtBot, name: str) -> InfoCard:
    qtbot.mouseClick(find(window, QToolButton, INFO[name]), Qt.MouseButton.LeftButton)
    card = card_of(window, name)
    assert card.isVisible()
    return card


@pytest.mark.parametrize("name", [ACTIVATION, LOSS])
@pytest.mark.parametrize("size", [(1024, 680), (1440, 900)])
def test_a_click_opens_it_beside_the_control_and_inside_the_window(
    window: GlassnetWindow,
    qtbot: QtBot,
    name: str,
    size: tuple[int, int],
    language: str,
) -> None:
    resize(window, qtbot, *size)
    card = open_by_click(window, qtbot, name)
    for other in (INFO[name], CONTROL[name]):
        assert not card.geometry().intersects(in_window(window, find(window, QWidget, other)))
    assert window.rect().contains(card.geometry())
    for label in card.findChildren(QLabel):
        assert label.sizeHint().width() <= label.width() or label.wordWrap(), label.objectName()
        assert label.heightForWidth(label.width()) <= label.height(), label.objectName()


@pytest.mark.usefixtures("dressed")
def test_what_needs_more_lines_in_another_language_has_them(
    window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    card = open_by_click(window, qtbot, LOSS)
    before = card.height()
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: before < card.height() == card.heightForWidth(card.width()))
    assert overlaps(card) == []
    assert window.rect().contains(card.geometry())


@pytest.mark.parametrize("name", [ACTIVATION, LOSS])
def test_esc_the_button_again_and_its_own_button_close_it(
    window: GlassnetWindow, qtbot: QtBot, name: str
) -> None:
    card = open_by_click(window, qtbot, name)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not card.isVisible()
    open_by_click(window, qtbot, name)
    qtbot.mouseClick(find(window, QToolButton, INFO[name]), Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    open_by_click(window, qtbot, name)
    close = find(window, QToolButton, f"{name}_close")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not card.isVisible()


@pytest.mark.parametrize("name", [ACTIVATION, LOSS])
def test_by_keyboard_it_takes_the_focus_and_gives_it_back(
    window: GlassnetWindow, qtbot: QtBot, name: str
) -> None:
    control = find(window, QComboBox, CONTROL[name])
    control.setFocus(Qt.FocusReason.OtherFocusReason)
    info = find(window, QToolButton, INFO[name])
    for _ in range(3):
        if not info.hasFocus():
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert info.hasFocus()
    qtbot.keyClick(info, Qt.Key.Key_Space)
    card = card_of(window, name)
    assert card.isVisible()
    assert card.hasFocus()
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()
    assert info.hasFocus()


@pytest.mark.parametrize("name", [ACTIVATION, LOSS])
def test_it_opens_where_tab_comes_to_the_choice_and_goes_with_it(
    window: GlassnetWindow, qtbot: QtBot, name: str
) -> None:
    control, card = find(window, QComboBox, CONTROL[name]), card_of(window, name)
    control.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(card.isVisible)
    assert control.hasFocus()
    control.clearFocus()
    qtbot.waitUntil(lambda: not card.isVisible())


@pytest.mark.parametrize("name", [ACTIVATION, LOSS])
def test_each_entry_of_the_open_list_is_explained_beside_the_list(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench, name: str
) -> None:
    control, card = find(window, QComboBox, CONTROL[name]), card_of(window, name)
    before = bench.model.state.experiment
    control.showPopup()
    view = control.view()
    qtbot.waitUntil(view.isVisible)
    seen = set()
    for index in range(control.count()):
        spot = view.visualRect(control.model().index(index, 0)).center()
        qtbot.mouseMove(view.viewport(), spot)
        qtbot.waitUntil(
            lambda index=index: text(window, f"{name}_title") == control.itemText(index)  # type: ignore[misc]  # a lambda's default has no type
        )
        seen.add(text(window, f"{name}_words"))
        listing = view.window()
        at = QRect(window.mapFromGlobal(listing.mapToGlobal(QPoint())), listing.size())
        assert not card.geometry().intersects(at)
    assert len(seen) == control.count()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not card.isVisible())
    assert bench.model.state.experiment is before


def test_the_menu_of_a_layer_explains_its_entries_and_the_activation(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    card = card_of(window, ACTIVATION)
    menu = find(window, QToolButton, "layer_0_menu").menu()
    assert isinstance(menu, QMenu)
    (sub,) = [a.menu() for a in menu.actions() if a.menu() and a.text() == "Activation"]
    assert isinstance(sub, QMenu)
    sub.popup(window.mapToGlobal(QPoint(500, 160)))
    qtbot.keyClick(sub, Qt.Key.Key_Down)
    assert card.isVisible()
    assert text(window, f"{ACTIVATION}_title") == activation_names()[ACTIVATIONS[0]]
    qtbot.keyClick(sub, Qt.Key.Key_Escape)
    assert not card.isVisible()
    (about,) = [a for a in menu.actions() if a.objectName() == "layer_0_about"]
    about.trigger()
    assert card.isVisible()
    assert text(window, f"{ACTIVATION}_title") == "Tanh"


def test_the_numbers_are_the_chosen_unit_s(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    bench.model.choose_unit(UnitAt(0, 2))
    open_by_click(window, qtbot, ACTIVATION)
    for activation in ACTIVATIONS:
        if activation == "softmax":
            continue
        bench.model.set_activation(0, activation)
        values = bench.model.state.row_values
        assert values is not None
        z = values[0][0]
        a, slope = activate(activation, z)[2], derivative(activation, z)[2]
        wanted = f"h₃, row 2: z {z[2]:.3f}, a {a:.3f}, slope {slope:.3f}".replace("-", "−")
        assert text(window, f"{ACTIVATION}_present") == wanted
        curve = find(window, QWidget, f"{ACTIVATION}_curve")
        assert curve.accessibleName() == wanted


def test_without_a_chosen_unit_all_of_the_layer_are_told(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    bench.model.set_activation(0, "step")
    open_by_click(window, qtbot, ACTIVATION)
    assert text(window, f"{ACTIVATION}_present") == "Row 2: 4 units, 4 of them where it is flat"
    bench.model.choose_row(-1)
    assert text(window, f"{ACTIVATION}_present") == "Choose a row to see where its z lies."


def test_free_targets_cost_nothing(window: GlassnetWindow, qtbot: QtBot, bench: Workbench) -> None:
    rows = tuple((float(a), float(b)) for a in (0, 1) for b in (0, 1))
    targets = ((0.0, 1.0), (1.0, None), (1.0, 0.0), (None, None))
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("p", "q"), rows, targets))
    bench.model.choose_row(1)
    open_by_click(window, qtbot, LOSS)
    assert bench.model.state.row_values is not None
    answer = float(bench.model.state.row_values[-1][1][0])
    shown = text(window, f"{LOSS}_present")
    assert shown.startswith("Row 2: 1 of 2 outputs have a target, loss ")
    assert float(shown.rpartition(" ")[2]) == pytest.approx(-math.log(answer), rel=5e-3)
    bench.model.choose_row(3)
    settle(qtbot, bench)
    assert text(window, f"{LOSS}_present") == "Row 4 has no target (don't care), so no loss."
    bench.model.choose_row(0)
    assert "losses of 2 outputs" in text(window, f"{LOSS}_present")


def test_a_target_that_a_loss_cannot_measure_is_said(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    bench.model.choose_data(TruthTableData(("x1", "x2"), ("y",), ((0.0, 1.0),), ((2.5,),)))
    bench.model.choose_row(0)
    control = find(window, QComboBox, CONTROL[LOSS])
    control.showPopup()
    view = control.view()
    qtbot.waitUntil(view.isVisible)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    for _ in range(LOSSES.index("binary_cross_entropy")):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    said = "Row 1: it cannot measure a target of 2.5."
    qtbot.waitUntil(lambda: text(window, f"{LOSS}_present") == said)


def test_the_numbers_follow_while_it_trains_and_the_card_stays(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench, endless: ExperimentDocument
) -> None:
    bench.model.choose_unit(UnitAt(0, 0))
    card = open_by_click(window, qtbot, ACTIVATION)
    seen: set[str] = set()

    def has_moved() -> bool:
        seen.add(text(window, f"{ACTIVATION}_present"))
        return len(seen) > 5

    bench.model.toggle_training()
    qtbot.waitUntil(has_moved, timeout=20_000)
    bench.model.toggle_training()
    qtbot.waitUntil(lambda: bench.model.is_idle, timeout=20_000)
    assert card.isVisible()
    values = bench.model.state.row_values
    assert values is not None
    z = f"z {values[0][0][0]:.3f}".replace("-", "−")
    qtbot.waitUntil(lambda: z in text(window, f"{ACTIVATION}_present"))


def test_it_follows_the_choice_and_goes_with_its_layer(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    card = open_by_click(window, qtbot, ACTIVATION)
    bench.model.set_activation(0, "relu")
    assert text(window, f"{ACTIVATION}_title") == "ReLU"
    bench.model.remove_layer(0)
    qtbot.waitUntil(
        lambda: not card.isVisible() or "Sigmoid" in text(window, f"{ACTIVATION}_title")
    )


def test_a_screen_reader_is_told_of_the_numbers_as_they_are(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    bench.model.choose_row(1)
    bench.model.choose_unit(UnitAt(0, 2))
    card = open_by_click(window, qtbot, ACTIVATION)
    before = find(window, QLabel, f"{ACTIVATION}_present").accessibleName()
    bench.model.set_activation(0, "relu")
    said = find(window, QLabel, f"{ACTIVATION}_present").accessibleName()
    assert said != before
    assert f" {said} " in card.accessibleDescription()


def test_every_activation_is_explained(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench, language: str
) -> None:
    for activation in ACTIVATIONS:
        layer = 1 if activation == "softmax" else 0
        bench.model.set_activation(layer, activation)
        info = find(window, QToolButton, f"layer_{layer}_activation_info")
        qtbot.mouseClick(info, Qt.MouseButton.LeftButton)
        card = card_of(window, ACTIVATION)
        assert text(window, f"{ACTIVATION}_title") == activation_names()[activation]
        words = activation_words(activation)
        assert "{" not in words
        assert card.accessibleDescription().endswith(signs_in_words(words))
        for part in ("formula", "slope"):
            formula = find(window, LatexLabel, f"{ACTIVATION}_{part}")
            assert formula.is_set
            assert formula.accessibleName()
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert not card.isVisible()


def test_every_loss_is_explained_with_how_it_is_summed_up(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench, language: str
) -> None:
    reduction = {
        "en": "Mean over the rows of a step, summed over the outputs.",
        "tr": "Adımdaki satırlar üzerinden ortalama, çıktılar üzerinden toplam alınır.",
    }[language]
    for loss in LOSSES:
        training = bench.model.state.experiment.training
        bench.model.set_training(replace(training, loss=loss), "Loss")
        card = open_by_click(window, qtbot, LOSS)
        assert text(window, f"{LOSS}_title") == loss_names()[loss]
        assert reduction in text(window, f"{LOSS}_words")
        assert "{" not in loss_words(loss, "sigmoid")
        assert find(window, LatexLabel, f"{LOSS}_formula").is_set
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert not card.isVisible()


def test_cross_entropy_of_another_output_says_what_it_reads(
    window: GlassnetWindow, qtbot: QtBot, bench: Workbench
) -> None:
    def words() -> str:
        return text(window, f"{LOSS}_words").replace("\N{NO-BREAK SPACE}", " ")

    def choose_cross_entropy() -> None:
        training = bench.model.document.experiment.training
        bench.model.set_training(replace(training, loss="binary_cross_entropy"), "Loss")

    choose_cross_entropy()
    open_by_click(window, qtbot, LOSS)
    assert "The slope of the sigmoid cancels: with p = σ(z)" in words()
    bench.model.set_activation(1, "tanh")
    choose_cross_entropy()
    assert "cancels" not in words()
    assert "p = σ(a), and p − t goes back to a" in words()
    assert loss_definition("binary_cross_entropy", "tanh").slope == r"\frac{dL}{da} = p - t"
    assert find(window, LatexLabel, f"{LOSS}_slope").is_set
    row = bench.model.chosen_row
    bench.model.choose_row(-1)
    curve = find(window, QWidget, f"{LOSS}_curve")
    assert curve.accessibleName().startswith("━━ target 1")  # and not what makes it coloured
    bench.model.choose_row(row)
    assert find(window, QLabel, f"{LOSS}_present").isVisible()
    training = bench.model.document.experiment.training
    bench.model.set_training(replace(training, loss="categorical_cross_entropy"), "Loss")
    assert not find(window, QLabel, f"{LOSS}_present").isVisible()  # no empty line
