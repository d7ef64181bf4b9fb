"""What a screen reader sees of the window: every control, unit, edge, point, curve and box."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QComboBox, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.controls import control_widgets
from gui.settings import ASSETS
from gui.spoken import signs_in_words
from gui.widgets.fields import NumberCombo
from gui.window import GlassnetWindow
from model.experiment import GateData, PlaneData
from tests.gui.build_tab.looking import bench
from tests.gui.finding import find
from vision.result import Task

NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


def walked(top: QAccessibleInterface) -> Iterator[tuple[QAccessibleInterface, QObject | None]]:
    """Yield every object below one, depth first, and the widget that it stands for."""
    for index in range(top.childCount()):
        child = top.child(index)
        if child is None or child.state().invisible:
            continue
        parent = child.parent()
        assert parent is not None
        yield child, child.object()
        yield from walked(child)


def tree_of(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def drawn_in(widget: QWidget) -> list[str]:
    """Return the names of what is drawn in a widget; each has its place within it."""
    top = tree_of(widget)
    names = []
    for index in range(top.childCount()):
        part = top.child(index)
        if part.object() is None:
            assert part.parent() is top
            assert top.indexOfChild(part) == index
            assert part.rect().isValid()
            names.append(part.text(NAME))
    return names


@pytest.fixture
def tab(window: GlassnetWindow) -> BuildTab:
    return bench(window)


@pytest.mark.parametrize("page", ["build", "teach", "vision"])
def test_every_visible_control_is_in_the_tree_with_its_name(
    window: GlassnetWindow, tab: BuildTab, page: str
) -> None:
    if page != "build":
        window.show_tab(window.VISION if page == "vision" else window.TEACH)
    seen = {thing: part for part, thing in walked(tree_of(window)) if thing is not None}
    visible = [widget for widget in control_widgets(window) if widget.isVisible()]
    assert len(visible) > 15
    assert [widget.objectName() for widget in visible if widget not in seen] == []
    wrong = [widget.objectName() for widget in visible if not says_name(seen[widget], widget)]
    assert wrong == []


def says_name(part: QAccessibleInterface, widget: QWidget) -> bool:
    """Tell whether a control's name is heard, its signs in words.

    Of tabs it is the one in front, and each of them is a child. A number that is in no list of
    choices comes after the name.
    """
    if isinstance(widget, QTabBar):
        return part.text(NAME) == widget.tabText(widget.currentIndex())
    name = signs_in_words(widget.accessibleName())
    if isinstance(widget, QComboBox) and widget.currentIndex() < 0:
        return part.text(NAME) == f"{name}: {widget.currentText()}"
    return part.text(NAME) == name


def test_a_page_is_named_and_not_read_out(window: GlassnetWindow, tab: BuildTab) -> None:
    assert tree_of(window.pages).role() == QAccessible.Role.Client
    for index in (window.BUILD, window.TEACH, window.VISION):
        page = tree_of(window.show_tab(index))
        assert page.text(NAME) == window.header.tabs.tabText(index)
        assert len(page.text(DESCRIPTION)) > 20


def test_a_card_that_is_clicked_is_a_button(window: GlassnetWindow, qtbot: QtBot) -> None:
    window.show_tab(window.BUILD)
    build = window.build_tab
    card = tree_of(build.first_run.cards[0])
    actions = card.actionInterface()
    assert card.role() == QAccessible.Role.PushButton
    assert actions.pressAction() in actions.actionNames()
    actions.doAction(actions.pressAction())
    assert window.learn.state.progress is not None


def test_what_the_arrow_keys_choose_in_a_closed_list_is_heard(
    window: GlassnetWindow, tab: BuildTab, said: list[str], qtbot: QtBot
) -> None:
    combo = find(tab, QComboBox, "optimiser")
    part = tree_of(combo)
    assert (part.text(NAME), part.text(QAccessible.Text.Value)) == ("Optimiser", "SGD")
    combo.setFocus()
    qtbot.waitUntil(combo.hasFocus)
    said.clear()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert said[:1] == ["Momentum"]
    choices = part.child(0)
    assert choices is not None
    combo.view().setCurrentIndex(combo.model().index(0, 0))  # as a list that Escape has left
    selected = tree_of(combo).child(0)
    assert selected is not None
    assert combo.view().currentIndex().row() == combo.currentIndex() > 0


def test_a_number_that_is_in_no_list_is_heard(tab: BuildTab) -> None:
    combo = find(tab, NumberCombo, "learning_rate")
    part = tree_of(combo)
    combo.number.show_value(0.3)
    assert part.text(NAME) == "Learning rate"
    combo.number.show_value(0.5)
    assert part.text(NAME) == "Learning rate: 0.5"
    assert part.childCount() == 2
    field = part.child(1)
    assert field.object() is combo.lineEdit()
    assert field.text(NAME) == "Learning rate"
    assert part.indexOfChild(field) == 1


def test_a_list_of_choices_is_opened_by_a_screen_reader(tab: BuildTab, qtbot: QtBot) -> None:
    combo = find(tab, QComboBox, "optimiser")
    part = tree_of(combo)
    assert part.role() == QAccessible.Role.ComboBox
    assert part.text(QAccessible.Text.Value) == combo.currentText()
    assert not part.state().expanded
    actions = part.actionInterface()
    actions.doAction(actions.showMenuAction())
    qtbot.waitUntil(combo.view().isVisible)
    assert part.state().expanded
    choices = part.child(0)
    assert part.indexOfChild(choices) == 0
    assert choices.childCount() == combo.count()
    actions.doAction(actions.showMenuAction())
    qtbot.waitUntil(lambda: not combo.view().isVisible())


def test_a_switch_is_switched_by_a_screen_reader(tab: BuildTab, qtbot: QtBot) -> None:
    button = find(tab, QToolButton, "microscope_open")
    part = tree_of(button)
    assert (part.role(), part.state().checked) == (QAccessible.Role.CheckBox, False)
    assert part.text(NAME) == "Microscope"
    actions = part.actionInterface()
    actions.doAction(actions.toggleAction())
    qtbot.waitUntil(lambda: tab.model.state.selection.part is not None)
    assert part.state().checked


def test_a_menu_is_opened_by_a_screen_reader(window: GlassnetWindow, qtbot: QtBot) -> None:
    button = window.header.help_button
    actions = tree_of(button).actionInterface()
    menu = button.menu()
    actions.doAction(actions.showMenuAction())
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_every_unit_edge_and_bias_is_named(tab: BuildTab) -> None:
    tab.model.choose_data(GateData("xor"))
    names = drawn_in(tab.workbench.canvas.view)
    assert len(names) == (2 + 4 + 1) + (2 * 4 + 4 * 1) + (4 + 1)  # units, edges, biases
    assert len(set(names)) == len(names)
    assert names[0].startswith("x 1, input")
    assert any(name.startswith("h 1, ") for name in names)
    assert any(name.startswith("b to h 1, ") for name in names)


def test_the_unit_that_the_keyboard_is_on_is_told(tab: BuildTab, qtbot: QtBot) -> None:
    view = tab.workbench.canvas.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    focused = tree_of(view).focusChild()
    assert focused.state().focused
    before = focused.text(NAME)
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    focused = tree_of(view).focusChild()
    assert focused.text(NAME) != before


def test_what_is_gone_is_invalid(tab: BuildTab) -> None:
    top = tree_of(tab.workbench.canvas.view)
    last = top.child(top.childCount() - 1)
    assert last.isValid()
    tab.model.remove_layer(0)
    assert not last.isValid()
    assert last.text(NAME) == ""


def test_every_point_of_the_map_is_named(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(PlaneData("circle"))
    plane = tab.workbench.output.map
    qtbot.waitUntil(lambda: plane.layer.points is not None and len(plane.layer.points.x) > 4)
    names = drawn_in(plane)
    assert len(names) == len(plane.layer.points.x)
    assert names[0].startswith("x 1 ")


def test_a_curve_tells_its_latest_loss(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.step(whole_epoch=True)
    qtbot.waitUntil(lambda: tab.model.state.epoch == 1 and tab.model.is_idle)

    def is_told() -> None:
        (name,) = drawn_in(tab.workbench.loss.plot)
        assert name.startswith("Training loss: 0.")
        assert name.endswith("at epoch 1")

    qtbot.waitUntil(is_told)


def test_label_and_boxes_of_the_stage_are_named(window: GlassnetWindow, qtbot: QtBot) -> None:
    window.show_tab(window.VISION)
    tab = window.vision_tab
    window.open_path(ASSETS / "images" / "coffee.png")
    view = tab.stage.view
    qtbot.waitUntil(lambda: any("espresso" in name for name in drawn_in(view)), timeout=30_000)
    tab.model.choose_task(Task.DETECTION)
    qtbot.waitUntil(lambda: any("cup" in name for name in drawn_in(view)), timeout=30_000)


def test_a_deleted_widget_takes_what_is_drawn_in_it_along(tab: BuildTab) -> None:
    view = tab.workbench.canvas.view
    part = tree_of(view).child(tree_of(view).childCount() - 1)
    assert part.isValid()
    number = QAccessible.uniqueId(part)
    assert QAccessible.accessibleInterface(number) is not None
    view.setParent(None)
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert QAccessible.accessibleInterface(number) is None
