"""What a screen reader sees of the window: every control and whatever is drawn, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.row_list import SampleGrid
from gui.build_tab.dock.weights_view import WeightsView
from gui.build_tab.output_panel.hull_drawing import HullDrawing
from gui.build_tab.tab import BuildTab
from gui.controls import control_widgets
from gui.settings import ASSETS
from gui.spoken import signs_in_words
from gui.widgets.fields import NumberCombo
from gui.widgets.slider import Slider
from gui.window import GlassnetWindow
from model.experiment import GateData, PlaneData, TableData
from model.places import WeightAt
from tests.gui.build_tab.looking import bench
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find
from vision.result import Task

NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description
Role = QAccessible.Role
PATIENT_MS = 30_000


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
    assert tree_of(window.pages).role() == Role.Client
    for index in (window.BUILD, window.TEACH, window.VISION):
        page = tree_of(window.show_tab(index))
        assert page.text(NAME) == window.header.tabs.tabText(index)
        assert len(page.text(DESCRIPTION)) > 20


def test_a_card_that_is_clicked_is_a_button(window: GlassnetWindow, qtbot: QtBot) -> None:
    window.show_tab(window.BUILD)
    build = window.build_tab
    card = tree_of(build.first_run.cards[0])
    actions = card.actionInterface()
    assert card.role() == Role.PushButton
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
    assert part.role() == Role.ComboBox
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
    assert (part.role(), part.state().checked) == (Role.CheckBox, False)
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


# -- Drawings in words ----------------------------------------------------------------------------


def seen(widget: QWidget) -> str:
    """Return a drawing's description; it is a picture with a name."""
    part = tree_of(widget)
    assert part.role() == Role.Graphic
    assert part.text(NAME)
    return part.text(DESCRIPTION)


def test_a_slider_says_what_is_chosen_as_it_is_written(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(PlaneData("circle"))
    noise = find(tab, Slider, "noise")
    qtbot.waitUntil(noise.isVisible)
    noise.setValue(12)
    assert tree_of(noise).text(NAME) == "Noise"
    scatter = "Scatter of the points: standard deviation 0.06"
    assert tree_of(noise).text(DESCRIPTION) == scatter
    assert tree_of(noise).text(QAccessible.Text.Value) == "0.12"
    worth = tree_of(noise).valueInterface()
    assert (worth.currentValue(), worth.maximumValue(), worth.minimumStepSize()) == (
        0.12,
        0.5,
        0.01,
    )
    worth.setCurrentValue(0.3)
    assert noise.value() == 30
    assert tree_of(noise).textInterface() is None
    assert tree_of(noise).actionInterface() is not None
    split = find(tab, Slider, "split")
    assert tree_of(split).text(DESCRIPTION) == "200 train, 50 test. Share of the rows to train on"


def test_the_loss_curves_say_how_they_run(tab: BuildTab, qtbot: QtBot) -> None:
    plot = tab.workbench.loss.plot
    assert seen(plot) == "No curve yet."
    for epoch in (1, 2):
        tab.model.step(whole_epoch=True)
        qtbot.waitUntil(lambda e=epoch: tab.model.state.epoch == e and tab.model.is_idle)  # type: ignore[misc]  # a lambda's default has no type
    first, last, *_ = re.findall(r"0\.\d+", seen(plot))
    assert re.fullmatch(
        rf"Training loss from {first} to {last}, lowest 0\.\d+ at epoch [012]\.", seen(plot)
    )
    _, latest = plot.accessible_items()[0][1:]
    assert float(last) == pytest.approx(latest, rel=1e-2)


def test_the_decision_map_says_what_is_answered_where(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(GateData("and"))
    tab.model.remove_layer(0)
    settle(qtbot, tab.workbench)
    weigh(tab, 0.0, 0.0, 5.0)
    assert seen(tab.workbench.output.map) == "1 over 100% of the plane."
    weigh(tab, 1.0, 0.0, -0.5)
    low, high = (float(s) for s in re.findall(r"(\d+)%", seen(tab.workbench.output.map)))
    assert low + high == 100.0
    assert low == pytest.approx(50.0, abs=2.0)  # a column of the map more or less


def test_a_regression_says_from_what_to_what_it_answers(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(PlaneData("regression_plane"))
    find(tab, QAbstractButton, "output_view_map").click()
    said = re.compile(r"Over the plane it answers (minus )?[\d.]+ to (minus )?[\d.]+\.")
    qtbot.waitUntil(lambda: said.fullmatch(seen(tab.workbench.output.map)) is not None)


def test_the_histograms_say_how_weights_are_spread(tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(GateData("and"))
    tab.model.remove_layer(0)
    settle(qtbot, tab.workbench)
    weigh(tab, 0.5, -1.0, 0.0)
    said = seen(find(tab, WeightsView, "weights_view"))
    found = re.fullmatch(
        r"Output, 2, sigma 0\.75: between minus 1\.\d+ and 0\.\d+, most from .+ to .+\.", said
    )
    assert found is not None, said


def test_the_hulls_say_whether_they_meet(tab: BuildTab, qtbot: QtBot) -> None:
    drawing = find(tab.workbench.output.verdict, HullDrawing, "hull_drawing")
    for gate, said in (
        ("xor", "2 points of one class, 2 of the other. Their hulls meet."),
        ("and", "3 points of one class, 1 of the other. A border parts them."),
    ):
        tab.model.choose_data(GateData(gate))
        qtbot.waitUntil(lambda s=said: seen(drawing) == s)  # type: ignore[misc]  # a lambda's default has no type


def test_the_samples_are_heard_one_by_one(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    tab.model.choose_data(TableData("digits"))
    grid = find(tab, SampleGrid, "sample_grid")
    qtbot.waitUntil(lambda: tree_of(grid).childCount() > 0, timeout=PATIENT_MS)
    first, second = (tree_of(grid).child(place) for place in (0, 1))
    assert second is not None
    assert re.fullmatch(r"row \d+: \d, (answered rightly|taken for \d)", first.text(NAME))
    window.activateWindow()
    grid.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(grid.hasFocus)
    tab.model.choose_row(-1)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(second.state().focused))
    assert tree_of(grid).focusChild() is second


def test_the_column_of_ticks_has_a_heading_to_be_heard(tab: BuildTab) -> None:
    heads = tab.workbench.data.table.model
    role = Qt.ItemDataRole.AccessibleTextRole
    last = heads.columnCount() - 1
    assert heads.headerData(last, Qt.Orientation.Horizontal, role) == "Right or wrong"
    assert heads.headerData(last, Qt.Orientation.Horizontal) == ""


ORNAMENTS = {"Badge", "ClassMark", "LineSwatch"}
"""What is painted beside words that say the same."""


@pytest.mark.parametrize(
    "data", [GateData("xor"), PlaneData("regression_plane"), TableData("iris")]
)
def test_whatever_is_painted_is_named_and_says_what_is_seen(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot, data: GateData | PlaneData | TableData
) -> None:
    tab.model.choose_data(data)
    tab.workbench.create_lazy_views()
    tab.model.open_microscope()
    qtbot.waitUntil(tab.workbench.microscope.isVisible)
    for number in (window.BUILD, window.TEACH, window.VISION):
        window.show_tab(number)
        painted = [each for each in window.findChildren(QWidget) if is_painted(each)]
        assert painted
        nameless = {type(each).__name__ for each in painted if not tree_of(each).text(NAME)}
        assert nameless <= ORNAMENTS


def is_painted(widget: QWidget) -> bool:
    """Tell whether a class of ours paints all of a widget that is in sight and has something."""
    kinds = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("gui.")]
    is_ours = any("paintEvent" in vars(kind) for kind in kinds)
    is_shown = widget.isVisible() and widget.objectName() != "status_figures"  # empty at first
    return is_ours and is_shown and not isinstance(widget, QAbstractButton | QLabel)


def weigh(tab: BuildTab, *values: float) -> None:
    """Type the first unit's weights and bias."""
    tab.model.set_weights({WeightAt(0, row, 0): value for row, value in enumerate(values)}, "")
