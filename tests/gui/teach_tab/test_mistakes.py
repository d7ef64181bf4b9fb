"""The mistakes on held-out images: the matrix opens them, and they can be mended there."""

from __future__ import annotations

from collections.abc import Callable
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
from gui.teach_tab.class_card import ClassCard
from gui.teach_tab.confusion_panel import MistakeRow
from gui.teach_tab.picture_viewer import PictureViewer, viewer_of
from gui.teach_tab.samples import ClassPicturesDialog
from gui.teach_tab.tab import TeachTab
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import PATIENT_MS, at_rest, dialog, import_now, train_now
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
    assert judged is not None
    assert [(one.truth, one.guess) for one in judged.mistakes] == [(second.key, first.key)]
    return tab


def rows(tab: TeachTab) -> list[MistakeRow]:
    return [row for row in tab.right.confusion.rows if row.isVisible()]


def entry(menu: QMenu | None, name: str) -> QAction:
    """Return an entry of a menu that is about to open."""
    assert menu is not None
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


def counted_in_all(tab: TeachTab) -> int:
    return sum(counted(tab, *cell) for cell in tab.right.confusion.grid.accessible_items())


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds, timeout=PATIENT_MS)


def test_the_matrix_counts_and_the_list_names_the_mistake(mistaken: TeachTab) -> None:
    assert counted(mistaken, 1, 0) == 1
    assert counted_in_all(mistaken) == len(mistaken.model.state.held_out)
    (row,) = rows(mistaken)
    assert row.accessibleName().startswith("stars taken for discs, ")


def test_turkish_names_the_guess_before_its_verb(
    mistaken: TeachTab, qapp: QApplication, qtbot: QtBot
) -> None:
    (row,) = rows(mistaken)
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: row.accessibleName().startswith("stars → discs sanıldı, "))


def test_a_mistake_is_moved_to_where_it_belongs(mistaken: TeachTab, qtbot: QtBot) -> None:
    (row,) = rows(mistaken)
    first, *_ = mistaken.model.state.collection.classes
    entry(row.move_button.menu(), f"move_to_{first.key}").trigger()
    assert not rows(mistaken)
    assert len(mistaken.model.state.pictures_of(first.key)) == 6
    assert mistaken.model.state.is_stale
    moved = mistaken.model.state.evaluation
    assert moved is not None
    assert moved.right == moved.held_out
    assert counted(mistaken, 1, 0) == 0
    train_now(mistaken, qtbot)
    judged = mistaken.model.state.evaluation
    assert judged is not None
    assert judged.right == judged.held_out
    assert counted(mistaken, 1, 0) == 0


def test_a_mistake_is_removed_and_taken_back(mistaken: TeachTab, qtbot: QtBot) -> None:
    (row,) = rows(mistaken)
    whole = counted_in_all(mistaken)
    qtbot.mouseClick(row.remove_button, LEFT)
    assert not rows(mistaken)
    assert counted_in_all(mistaken) == whole - 1
    mistaken.model.document.undo_stack.undo()
    assert len(rows(mistaken)) == 1
    assert counted_in_all(mistaken) == whole


@pytest.mark.thorough
def test_a_cell_opens_its_images_with_a_map_of_any_class(mistaken: TeachTab, qtbot: QtBot) -> None:
    viewer = open_cell(mistaken, qtbot, 1, 0)
    explainer = mistaken.model.explainer

    def explained(index: int) -> bool:
        found = explainer.state.explanation
        return found is not None and found.map.finished and found.map.class_index == index

    until(qtbot, lambda: explained(0))  # the head says discs
    assert viewer.bars.rows[0].share is not None
    assert viewer.bars.rows[0].share > 0.5
    viewer.class_box.setFocus()
    qtbot.keyClick(viewer.class_box, Qt.Key.Key_End)
    until(qtbot, lambda: explained(2))
    qtbot.keyClick(viewer.class_box, Qt.Key.Key_Home)
    assert explainer.state.explanation is None


def test_a_removal_in_the_viewer_is_undone_there(taught: TeachTab, qtbot: QtBot) -> None:
    viewer = viewer_of(taught.model, taught.window())
    key = taught.model.state.collection.classes[0].key
    pictures = [one.sha256 for one in taught.model.state.pictures_of(key)]
    viewer.open_pictures([(key, sha256) for sha256 in pictures], 1)
    qtbot.mouseClick(viewer.remove_button, LEFT)
    where = find(viewer, QLabel, "viewer_where")
    assert where.text().startswith("2 of 5: ")
    until(qtbot, viewer.isActiveWindow)
    qtbot.keyClick(viewer, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [one.sha256 for one in taught.model.state.pictures_of(key)] == pictures
    assert where.text().startswith("3 of 6: ")
    qtbot.mouseClick(viewer.previous_button, LEFT)
    assert where.text().startswith("2 of 6: ")


def test_the_viewer_goes_through_the_images_and_follows_a_removal(
    mistaken: TeachTab, qtbot: QtBot
) -> None:
    assert counted(mistaken, 2, 2) == 2
    viewer = open_cell(mistaken, qtbot, 2, 2)
    assert viewer.windowTitle().startswith("stripes: ")
    first = viewer.windowTitle()
    qtbot.mouseClick(viewer.next_button, LEFT)
    assert viewer.windowTitle() != first
    assert not viewer.next_button.isEnabled()
    qtbot.mouseClick(viewer.remove_button, LEFT)
    assert viewer.windowTitle() == first
    qtbot.mouseClick(viewer.remove_button, LEFT)
    assert not viewer.isVisible()
    assert len(mistaken.model.state.pictures_of(2)) == 4


def test_a_mistake_opens_by_its_picture_and_moves_from_the_viewer(
    mistaken: TeachTab, qtbot: QtBot
) -> None:
    (row,) = rows(mistaken)
    qtbot.mouseClick(row.thumbnail, LEFT)
    viewer = opened(mistaken)
    first, *_ = mistaken.model.state.collection.classes
    entry(viewer.move_button.menu(), f"move_to_{first.key}").trigger()
    assert not viewer.isVisible()
    assert len(mistaken.model.state.pictures_of(first.key)) == 6


def test_any_image_of_a_class_is_shown_large(taught: TeachTab, qtbot: QtBot) -> None:
    one = taught.model.state.collection.classes[2]
    card = next(card for card in taught.findChildren(ClassCard) if card.key == one.key)
    card.open_pictures()
    pictures = dialog(taught, "class_pictures_dialog")
    assert isinstance(pictures, ClassPicturesDialog)
    view = pictures.view
    place = view.visualRect(view.model().index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=place)
    viewer = opened(taught)
    assert viewer.windowTitle() == f"stripes: {one.pictures[1].name}"
    until(qtbot, lambda: len(viewer.bars.rows) == 3)
    assert viewer.previous_button.isEnabled()


def test_before_the_first_training_no_image_is_judged(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    one = tab.model.state.collection.classes[0]
    viewer_of(tab.model, tab.window()).open_pictures([(one.key, one.pictures[0].sha256)])
    assert dialog(tab, "picture_viewer") is None
    assert "Train the head first" in last_told(tab.model.messages)


def test_without_a_mistake_the_panel_says_so(taught: TeachTab) -> None:
    judged = taught.model.state.evaluation
    assert judged is not None
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
    judged = tab.model.state.evaluation
    assert judged is not None
    assert judged.undecided == judged.held_out == 4
    panel = tab.right.confusion
    assert [counted(tab, row, 2) for row in range(2)] == [2, 2]
    assert panel.note.text().startswith("Undecided on 4 of 4 held-out images")
    advice = advice_on(tab.model.state)
    assert advice is not None
    assert advice.title == "The classes look alike."
    viewer = open_cell(tab, qtbot, 0, 2)
    assert viewer.windowTitle().startswith("one: ")


def test_an_image_in_two_classes_is_told_before_all_else(taught: TeachTab, qtbot: QtBot) -> None:
    model = taught.model
    first, second, *_ = model.state.collection.classes
    advice = advice_on(model.state)
    assert advice is not None
    assert advice.title == "The accuracy says little about new images."
    path = first.pictures[0].path
    assert path is not None
    model.add_files(second.key, [path])
    at_rest(taught, qtbot)
    advice = advice_on(model.state)
    assert advice is not None
    assert advice.text.startswith(f"1 image is both in “{first.name}” and in “{second.name}”:")
    model.remove_pictures(second.key, [first.pictures[0].sha256])
    advice = advice_on(model.state)
    assert advice is not None
    assert advice.title == "The accuracy says little about new images."
