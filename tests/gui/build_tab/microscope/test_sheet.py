"""The sheet itself: where it stands, how it opens and closes, what it lights."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPropertyAnimation, Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.panel import WIDTH_PX, Microscope
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.settings import settings
from gui.window import GlassnetWindow
from model.experiment import TableData
from model.insight.step.walk import Part
from model.places import UnitAt, WeightAt
from tests.gui.build_tab.looking import resize
from tests.gui.build_tab.microscope.reading import table_row, text
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find


def press(tab: BuildTab, qtbot: QtBot, key: Qt.Key, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(tab, key, modifier)


def test_m_opens_it_in_the_place_of_output_and_closes_it(
    tab: BuildTab, bench: Workbench, qtbot: QtBot
) -> None:
    output = bench.output
    width = bench.canvas.width()
    assert output.isVisible()
    press(tab, qtbot, Qt.Key.Key_M)
    assert bench.microscope.isVisible()
    assert not output.isVisible()
    frame = bench.microscope.parentWidget()
    assert isinstance(frame, QWidget)
    qtbot.waitUntil(lambda: frame.width() == WIDTH_PX)
    qtbot.waitUntil(lambda: bench.canvas.width() < width)
    press(tab, qtbot, Qt.Key.Key_M)
    assert not bench.microscope.isVisible()
    assert output.isVisible()
    qtbot.waitUntil(lambda: bench.canvas.width() == width)


def test_escape_and_the_cross_close_it(
    scope: Microscope, tab: BuildTab, bench: Workbench, qtbot: QtBot
) -> None:
    press(tab, qtbot, Qt.Key.Key_Escape)
    assert not scope.isVisible()
    bench.model.open_microscope()
    scope.close_button.setFocus()
    qtbot.mouseClick(scope.close_button, Qt.MouseButton.LeftButton)
    assert not scope.isVisible()
    assert not scope.hasFocus()
    assert bench.model.state.selection.part is None


def test_n_goes_on_and_shift_n_back(
    scope: Microscope, tab: BuildTab, bench: Workbench, qtbot: QtBot
) -> None:
    assert text(scope, "heading") == "Step 4 of 8: weighted sum"
    press(tab, qtbot, Qt.Key.Key_N)
    assert text(scope, "heading") == "Step 4 of 8: activation"
    press(tab, qtbot, Qt.Key.Key_N)
    assert text(scope, "title") == "Microscope · h₂"
    assert bench.model.state.selection.unit == UnitAt(0, 1)
    press(tab, qtbot, Qt.Key.Key_N, shift=True)
    press(tab, qtbot, Qt.Key.Key_N, shift=True)
    assert text(scope, "title") == "Microscope · h₁"
    assert text(scope, "heading") == "Step 4 of 8: weighted sum"


def test_what_a_part_is_about_is_lit_on_the_drawing(scope: Microscope, bench: Workbench) -> None:
    scene = bench.canvas.scene
    bench.model.examine(UnitAt(0, 0), Part.SUM)
    assert scene.edges[0].marks.hovered == {(0, 0), (1, 0)}
    assert scene.units[UnitAt(0, 0)].marks.lit
    bench.model.examine(UnitAt(0, 0), Part.BLAME)
    assert scene.edges[0].marks.hovered == set()
    assert scene.edges[1].marks.hovered == {(0, 0)}
    bench.model.examine(WeightAt(0, 1, 0), Part.UPDATE)
    assert scene.edges[0].marks.hovered == {(1, 0)}
    bench.model.close_microscope()
    assert scene.edges[0].marks.hovered == {(0, 0), (1, 0)}  # of the unit that is still chosen
    bench.model.choose_unit(None)
    assert scene.edges[0].marks.hovered == set()


def test_a_click_on_a_unit_or_a_weight_turns_it_there(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    view = bench.canvas.view
    QApplication.processEvents()
    left = Qt.MouseButton.LeftButton
    for _ in range(2):  # a second click does not put it away
        qtbot.mouseClick(view.viewport(), left, pos=view.viewport_point(UnitAt(0, 2)))
        assert text(scope, "title") == "Microscope · h₃"
    at = WeightAt(1, 1, 0)
    qtbot.mouseClick(view.viewport(), left, pos=view.viewport_point(at))
    assert text(scope, "title") == "Microscope · ŷ"
    assert bench.model.state.selection.weight == at


def test_the_row_is_the_one_of_all_panels(
    scope: Microscope, bench: Workbench, qtbot: QtBot
) -> None:
    combo = scope.rows.combo
    assert combo.currentText() == "Row (1, 1) · target 0"
    bench.model.hover_row(1)
    assert combo.currentText() == "Row (0, 1) · target 1"
    bench.model.hover_row(-1)
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert bench.model.state.row == 2
    assert "·1 + " in text(scope, "sum_2")


def test_tab_goes_from_the_head_to_the_foot(scope: Microscope, qtbot: QtBot) -> None:
    scope.window().activateWindow()
    scope.rows.combo.setFocus()
    qtbot.waitUntil(scope.rows.combo.hasFocus)
    names = []
    while (focused := QApplication.focusWidget()) is not None and scope.isAncestorOf(focused):
        names.append(focused.objectName().removeprefix("microscope_"))
        assert len(names) < 30
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    # Of the steps Tab comes to the present one; arrows go to the others.
    assert names == [
        *("row", "copy", "close", "step_4", "row_alone", "weights_table", "back", "next")
    ]
    scope.steps.group.button(4).setFocus()
    qtbot.keyClick(scope.steps.group.button(4), Qt.Key.Key_Up)
    assert text(scope, "heading") == "Step 3 of 8: weights"


def test_the_editor_of_a_weight_leads_to_how_it_changes(bench: Workbench, qtbot: QtBot) -> None:
    at, view = WeightAt(0, 1, 2), bench.canvas.view
    bench.window().activateWindow()
    spot = view.mapFromScene(bench.canvas.scene.edges[0].point(1, 2, 0.2))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(bench.canvas.editor.spin.hasFocus)
    assert bench.canvas.editor.target == at
    qtbot.keyClicks(bench.canvas.editor.spin, "1.25")
    qtbot.mouseClick(find(bench.canvas, QToolButton, "weight_examine"), Qt.MouseButton.LeftButton)
    assert not bench.canvas.editor.isVisible()
    scope = bench.microscope
    assert text(scope, "heading") == "Step 6 of 8: new weights"
    assert table_row(scope, "w₂")[0] == 1.25
    table = scope.update_card.table
    assert table.currentRow() == 1
    assert view.isVisible()


def test_from_the_first_page_all_panels_come_with_it(
    window: GlassnetWindow, tab: BuildTab, qtbot: QtBot
) -> None:
    assert tab.first_run is not None
    tab.model.open_microscope(WeightAt(1, 2, 0))
    assert tab.first_run is None
    scope = tab.workbench.microscope
    qtbot.waitUntil(scope.isVisible)
    assert text(scope, "title") == "Microscope · ŷ"
    assert text(scope, "heading") == "Step 6 of 8: new weights"
    assert scope.update_card.table.currentRow() == 2


@pytest.mark.parametrize("size", [(1024, 680), (1440, 900)])
def test_it_stands_beside_the_drawing_and_covers_nothing(
    scope: Microscope, window: GlassnetWindow, bench: Workbench, qtbot: QtBot, size: tuple[int, int]
) -> None:
    for _ in range(3):
        bench.model.add_layer(1)
    resize(window, qtbot, *size)
    arrangement, view = bench.arrangement, bench.canvas.view
    left = scope.mapTo(arrangement, QPoint()).x()
    assert left + scope.width() == arrangement.width()
    assert scope.minimumSizeHint().width() <= scope.width() <= WIDTH_PX
    for panel in (bench.canvas, bench.dock):
        assert panel.mapTo(arrangement, QPoint()).x() + panel.width() <= left
    for at in (UnitAt(4, 0), UnitAt(0, 0), UnitAt(4, 0)):
        bench.model.examine(at)
        QApplication.processEvents()
        spot = view.viewport().mapTo(arrangement, view.viewport_point(at))
        assert arrangement.childAt(spot) is view.viewport()
        assert spot.x() < left - 20
    bench.model.close_microscope()
    QApplication.processEvents()
    assert view.viewport().width() == view.width()


def test_the_current_part_is_in_sight(scope: Microscope, bench: Workbench) -> None:
    for part in (Part.PREDICT, Part.INPUTS, Part.UPDATE, Part.SUM):
        bench.model.examine(UnitAt(0, 1), part)
        QApplication.processEvents()
        card = next(card for card in scope.cards if card.part is part)
        assert card.visibleRegion().boundingRect() == card.rect()
    bench.model.examine(UnitAt(-1, 1))
    assert text(scope, "heading") == "Step 1 of 8: inputs"
    assert "x₂" in text(scope, "inputs_values")


def test_of_many_rows_a_number_is_typed(scope: Microscope, bench: Workbench, qtbot: QtBot) -> None:
    bench.model.choose_data(TableData("iris", "standard"))
    bench.model.choose_row(-1)
    number = scope.rows.number
    settle(qtbot, bench)
    assert number.text() == "No row"
    assert number.isVisible()
    assert not scope.rows.combo.isVisible()
    number.setFocus()
    for typed in ("120", "1"):
        number.selectAll()
        qtbot.keyClicks(number, typed)
        qtbot.keyClick(number, Qt.Key.Key_Return)
        row = int(typed) - 1
        assert bench.model.state.row == row
        target = text(scope, "predict_hint")
        assert number.text() == f"Row {typed} · {target}"
    number.stepDown()
    assert bench.model.state.row == 0
    assert "scaled" in text(scope, "inputs_values")


def test_it_comes_in_from_the_right_unless_motion_is_unwanted(
    bench: Workbench, qtbot: QtBot
) -> None:
    settings().setValue("reduced_motion", False)
    bench.model.open_microscope(UnitAt(0, 0))
    scope, motions = bench.microscope, bench.arrangement.findChildren(QPropertyAnimation)
    (motion,) = [each for each in motions if each.targetObject() is scope]
    assert motion.startValue().x() > motion.endValue().x()
    qtbot.waitUntil(lambda: motion.state() is QPropertyAnimation.State.Stopped, timeout=5000)
    assert scope.pos() == motion.endValue()
    bench.model.close_microscope()
    settings().setValue("reduced_motion", True)
    bench.model.open_microscope(UnitAt(0, 0))
    assert bench.arrangement.findChildren(QPropertyAnimation) == []
