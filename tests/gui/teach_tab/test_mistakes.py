"""The mistakes on held-out images: the matrix opens them, and they can be mended there."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.teach_tab.advice import advice_on
from gui.teach_tab.confusion_panel import MistakeRow
from gui.teach_tab.picture_viewer import PictureViewer
from gui.teach_tab.samples import ClassPicturesDialog
from gui.teach_tab.tab import TeachTab
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import at_rest, dialog, import_now, train_now
from tests.gui.told import last_told

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def mistaken(tab: TeachTab, drawn: Path, qtbot: QtBot) -> TeachTab:
    """Return the tab with a head that takes a held-out image for the class that it was moved from.

    The image is in the wrong class; the head, which has not learned from it, says the right one.
    """
    import_now(tab, drawn, qtbot)
    model = tab.model
    first, second, *_ = model.state.collection.classes
    for picture in first.pictures:
        model.move_pictures([picture.sha256], first.key, second.key)
        if picture.sha256 in model.state.held_out:
            break
        model.document.undo_stack.undo()
    train_now(tab, qtbot)
    judged = model.state.evaluation
    assert [(one.truth, one.guess) for one in judged.mistakes] == [(second.key, first.key)]
    return tab


def rows(tab: TeachTab) -> list[MistakeRow]:
    return [row for row in tab.right.confusion.rows if row.isVisible()]


def entry(menu: QMenu | None, name: str) -> QAction:
    """Return an entry of a menu that is about to open."""
    menu.aboutToShow.emit()
    return next(action for action in menu.actions() if action.objectName() == name)


def opened(tab: TeachTab) -> PictureViewer:
    found = dialog(tab, "picture_viewer")
    assert isinstance(found, PictureViewer)
    return found


def open_cell(tab: TeachTab, qtbot: QtBot, row: int, column: int) -> PictureViewer:
    grid = tab.right.confusion.grid
    qtbot.mouseClick(grid, LEFT, pos=grid.rect_of((row, column)).center())
    return opened(tab)


def counted(tab: TeachTab, row: int, column: int) -> int:
    """Return how many images a cell of the matrix says are in it."""
    return int(tab.right.confusion.grid.words_of((row, column)).split()[0])


def test_a_mistake_is_counted_named_and_removed(
    mistaken: TeachTab, qapp: QApplication, qtbot: QtBot
) -> None:
    (row,) = rows(mistaken)
    assert row.accessibleName().startswith("stars taken for discs, ")
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: row.accessibleName().startswith("stars → discs sanıldı, "))
    choose_language(qapp, "en")
    right = counted(mistaken, 1, 1)
    assert (counted(mistaken, 1, 0), right > 0) == (1, True)
    qtbot.mouseClick(row.remove_button, LEFT)
    assert not rows(mistaken)
    assert (counted(mistaken, 1, 0), counted(mistaken, 1, 1)) == (0, right)
    mistaken.model.document.undo_stack.undo()
    assert len(rows(mistaken)) == 1


@pytest.mark.thorough
def test_a_cell_opens_its_images_with_a_map_of_any_class(mistaken: TeachTab, qtbot: QtBot) -> None:
    viewer = open_cell(mistaken, qtbot, 1, 0)
    explainer = mistaken.model.explainer

    def explained(index: int) -> bool:
        found = explainer.state.explanation
        return found is not None and found.map.finished and found.map.class_index == index

    qtbot.waitUntil(lambda: explained(0))  # the head says discs
    assert viewer.bars.rows[0].share is not None
    assert viewer.bars.rows[0].share > 0.5
    viewer.class_box.setFocus()
    qtbot.keyClick(viewer.class_box, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: explained(2))
    qtbot.keyClick(viewer.class_box, Qt.Key.Key_Home)
    assert explainer.state.explanation is None


def test_the_viewer_goes_through_the_images_and_undoes_a_removal(
    mistaken: TeachTab, qtbot: QtBot
) -> None:
    viewer = open_cell(mistaken, qtbot, 2, 2)
    where = find(viewer, QLabel, "viewer_where")
    assert viewer.windowTitle().startswith("stripes: ")
    assert where.text().startswith("1 of 2: ")
    qtbot.mouseClick(viewer.next_button, LEFT)
    assert where.text().startswith("2 of 2: ")
    assert not viewer.next_button.isEnabled()
    qtbot.mouseClick(viewer.remove_button, LEFT)
    assert where.text().startswith("1 of 1: ")
    qtbot.waitUntil(viewer.isActiveWindow)
    qtbot.keyClick(viewer, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert where.text().startswith("1 of 2: ")
    assert len(mistaken.model.state.pictures_of(2)) == 6
    for _ in range(2):
        qtbot.mouseClick(viewer.remove_button, LEFT)
    assert not viewer.isVisible()
    assert len(mistaken.model.state.pictures_of(2)) == 4


def test_any_image_of_a_class_is_shown_large_once_the_head_is_trained(
    imported: TeachTab, qtbot: QtBot
) -> None:
    one = imported.model.state.collection.classes[2]
    imported.classes.card(one.key).open_pictures()
    view = dialog(imported, "class_pictures_dialog", ClassPicturesDialog).view
    place = view.visualRect(view.model().index(1, 0)).center()
    view.setCurrentIndex(view.model().index(1, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert dialog(imported, "picture_viewer") is None
    assert "Train the head first" in last_told(imported.model.messages)
    train_now(imported, qtbot)
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=place)
    viewer = opened(imported)
    assert viewer.windowTitle() == f"stripes: {one.pictures[1].name}"
    qtbot.waitUntil(lambda: len(viewer.bars.rows) == 3)
    assert viewer.previous_button.isEnabled()


def test_without_a_mistake_the_panel_says_so(taught: TeachTab) -> None:
    judged = taught.model.state.evaluation
    assert not judged.mistakes
    assert not rows(taught)
    assert "No held-out image" in taught.right.confusion.note.text()


def test_classes_that_look_alike_are_undecided_and_said(
    tab: TeachTab, tmp_path: Path, qtbot: QtBot
) -> None:
    """Two classes of the same pixels in different files."""
    _, data = cv2.imencode(".png", np.full((40, 40, 3), 90, np.uint8))
    for name in ("one", "other"):
        (tmp_path / "alike" / name).mkdir(parents=True)
        for place in range(6):
            path = tmp_path / "alike" / name / f"{place}.png"
            path.write_bytes(data.tobytes() + f"{name} {place}".encode())
    import_now(tab, tmp_path / "alike", qtbot)
    train_now(tab, qtbot)
    judged, panel = tab.model.state.evaluation, tab.right.confusion
    assert judged.undecided == judged.held_out == 4
    assert [counted(tab, row, 2) for row in range(2)] == [2, 2]
    assert panel.note.text().startswith("Undecided on 4 of 4 held-out images")
    assert advice_on(tab.model.state).title == "The classes look alike."
    assert open_cell(tab, qtbot, 0, 2).windowTitle().startswith("one: ")


def test_an_image_in_two_classes_is_told_before_all_else(taught: TeachTab, qtbot: QtBot) -> None:
    model = taught.model
    first, second, *_ = model.state.collection.classes
    assert advice_on(model.state).title == "The accuracy says little about new images."
    model.add_files(second.key, [first.pictures[0].path])
    at_rest(taught, qtbot)
    wanted = f"1 image is both in “{first.name}” and in “{second.name}”:"
    assert advice_on(model.state).text.startswith(wanted)
