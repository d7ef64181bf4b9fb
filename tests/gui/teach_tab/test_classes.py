"""Classes and their images: made, named, coloured, moved, removed; each is a step of undo."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent, QGuiApplication, QImage, QInputMethodEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.teach_tab.class_card import ClassCard
from gui.teach_tab.samples import samples_as_mime
from gui.teach_tab.tab import TeachTab
from gui.window import GlassnetWindow
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import at_rest, dialog, import_now, import_report
from tests.gui.told import last_told
from tests.vision.picture_files import damaged_png

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key


def names(tab: TeachTab) -> tuple[str, ...]:
    return tab.model.state.collection.names


def counts(tab: TeachTab) -> list[int]:
    return [len(one.pictures) for one in tab.model.state.collection.classes]


def child[W: QWidget](tab: TeachTab, kind: type[W], name: str) -> W:
    found = tab.window().findChildren(kind, name)
    assert found, name
    return next((one for one in found if one.isVisible()), found[-1])


def undo(tab: TeachTab) -> None:
    QGuiApplication.processEvents()
    tab.model.document.undo_stack.undo()


def test_a_class_is_added_and_named_in_place_by_composed_letters(
    tab: TeachTab, qtbot: QtBot
) -> None:
    qtbot.mouseClick(child(tab, QWidget, "add_class"), LEFT)
    field = child(tab, QLineEdit, "class_0_name_field")
    qtbot.waitUntil(field.hasFocus)
    assert field.selectedText() == "Class 1"
    for composing, composed in (("˙", "İ"), ("s", "ş"), ("´", "ı"), ("ˆ", "â"), ("g", "ğ")):
        QGuiApplication.sendEvent(field, QInputMethodEvent(composing, []))
        committed = QInputMethodEvent()
        committed.setCommitString(composed)
        QGuiApplication.sendEvent(field, committed)
    qtbot.keyClick(field, KEY.Key_Return)
    assert names(tab) == ("İşıâğ",)
    assert child(tab, QLabel, "class_0_name").text() == "İşıâğ"
    qtbot.mouseClick(child(tab, QWidget, "class_0_rename"), LEFT)
    qtbot.keyClicks(field, "bardak")
    qtbot.keyClick(field, KEY.Key_Escape)
    assert names(tab) == ("İşıâğ",)
    tab.model.rename_class(tab.model.add_class("Pen"), "İşıâğ")
    assert names(tab) == ("İşıâğ", "Pen")
    assert "There is a class İşıâğ already" in last_told(tab.model.messages)
    undo(tab)
    undo(tab)
    assert names(tab) == ("Class 1",)
    undo(tab)
    assert names(tab) == ()


def stops_from(first: QWidget, count: int) -> list[str]:
    """Return the names of a control and of those that Tab comes to after it."""
    found, widget = [first.objectName()], first.nextInFocusChain()
    while len(found) < count and widget is not first:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget.objectName())
        widget = widget.nextInFocusChain()
    return found


def test_tab_walks_card_by_card(imported: TeachTab, qtbot: QtBot) -> None:
    parts = ("rename", "menu", "thumbnails", "add", "record")
    first = child(imported, QWidget, "import_folder")
    # A layout shows what was put into it only when Qt has its next turn.
    qtbot.waitUntil(child(imported, ClassCard, "class_2").isVisible)
    imported.model.move_class(2, 0)
    cards = [f"class_{key}_{part}" for key in (2, 0, 1) for part in parts]
    after = ["add_class", "recording_settings", "add_nothing_class"]
    assert stops_from(first, 19) == ["import_folder", *cards, *after]


def test_nothing_is_proposed_once_there_are_two_classes(tab: TeachTab, qtbot: QtBot) -> None:
    button = child(tab, QPushButton, "add_nothing_class")
    tab.model.add_class("Cup")
    assert not button.isVisible()
    tab.model.add_class("Pen")
    qtbot.mouseClick(button, LEFT)
    assert names(tab) == ("Cup", "Pen", "Nothing")
    assert not button.isVisible()


def menu_action(tab: TeachTab, key: int, name: str) -> QAction:
    menu = find(tab.window(), QMenu, f"class_{key}_menu_list")
    menu.aboutToShow.emit()
    return find(menu, QAction, f"class_{key}_{name}")


def test_the_menu_of_a_class_leaves_it_out_colours_moves_and_removes_it(imported: TeachTab) -> None:
    card, count = child(imported, ClassCard, "class_0"), child(imported, QLabel, "class_0_count")
    action = menu_action(imported, 0, "leave_out")
    assert action.text() == "Leave out of training"
    action.trigger()
    assert [one.is_left_out for one in imported.model.state.collection.classes] == [
        True,
        False,
        False,
    ]
    assert count.text() == "left out", "a word, not a colour alone"
    assert card.accessibleName() == "discs, left out of training"
    assert imported.model.document.undo_stack.undoText() == "Leave discs out of training"
    action = menu_action(imported, 0, "leave_out")
    assert action.text() == "Take part again"
    action.trigger()
    assert not imported.model.state.collection.classes[0].is_left_out
    assert (count.text(), card.accessibleName()) == ("6 images", "discs")
    assert imported.model.document.undo_stack.undoText() == "Let discs take part again"
    menu_action(imported, 0, "colour_5").trigger()
    menu_action(imported, 0, "down").trigger()
    menu_action(imported, 0, "remove").trigger()
    assert names(imported) == ("stars", "stripes")
    undo(imported)
    assert names(imported) == ("stars", "discs", "stripes")
    assert imported.model.state.collection.classes[1].colour == 5
    undo(imported)
    undo(imported)
    assert [one.colour for one in imported.model.state.collection.classes] == [0, 1, 2]


def test_an_import_says_what_is_odd_and_joins_a_slip(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    tab.model.add_class("cups")
    shutil.copytree(drawn / "stars", drawn / "star")
    (drawn / "star" / "000.png").write_bytes(b"no picture at all")
    (drawn / "star" / "001.png").write_bytes((drawn / "star" / "002.png").read_bytes())
    for number in range(3, 6):
        (drawn / "star" / f"00{number}.png").unlink()
    tab.model.import_folder(drawn)
    counts_list = find(import_report(tab, qtbot), QListWidget, "import_report_counts")
    counted = [counts_list.item(row).text() for row in range(counts_list.count())]
    assert counted == ["discs: 6", "star: 1", "stars: 6", "stripes: 6"]
    assert child(tab, QLabel, "import_report_title").text() == (
        "4 classes with 19 images were imported."
    )
    said = child(tab, QLabel, "import_report_text").text()
    assert "1 image lay twice in a class; it counts once." in said
    assert "more than one class" in said
    assert "6.0 times as many" in said
    listed = child(tab, QListWidget, "import_report_unreadable")
    assert listed.count() == 1
    assert listed.item(0).text().startswith("000.png")
    assert "Are “star” and “stars” one class?" in said
    qtbot.mouseClick(child(tab, QPushButton, "import_report_undo"), LEFT)
    assert names(tab) == ("cups",)
    tab.model.document.undo_stack.redo()
    assert names(tab) == ("cups", "discs", "star", "stars", "stripes")


def test_a_folders_classes_stand_in_the_order_of_the_language(
    qapp: QApplication, tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    order = ("Cumba", "Çam 2", "Çam 10", "kavak", "Şimşir", "zeytin")
    for name in order:
        shutil.copytree(drawn / "stars", drawn.parent / "trees" / name)
    choose_language(qapp, "tr")
    tab.model.import_folder(drawn.parent / "trees")
    qtbot.waitUntil(lambda: len(names(tab)) == len(order))
    choose_language(qapp, "en")
    assert names(tab) == order


def test_a_folder_imported_again_is_said_to_bring_nothing_new(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    tab.model.import_folder(drawn)
    qtbot.waitUntil(lambda: child(tab, QLabel, "message_text").isVisible())
    message = child(tab, QLabel, "message_text")
    assert message.text() == "18 of the images were in the class already; each counts once."
    # A report would offer to undo the import, and take back the step before.
    assert dialog(tab, "import_report") is None
    assert tab.model.document.undo_stack.index() == 1
    new = [drawn / "discs" / f"{name}.png" for name in ("new", "newer")]
    for path, old in zip(new, ("stars", "stripes"), strict=True):
        path.write_bytes((drawn / old / "000.png").read_bytes())
    tab.model.import_folder(drawn)
    import_report(tab, qtbot)
    title = child(tab, QLabel, "import_report_title").text()
    assert title == "1 class with 2 images was imported."
    said = child(tab, QLabel, "import_report_text").text()
    assert said.startswith("18 more images were in their class already; each counts once.")


def test_files_that_are_no_pictures_are_listed_and_the_rest_stays(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    for letter in "abcde":
        (drawn / "discs" / f"{letter}.png").write_bytes(b"\x89PNG\r\n\x1a\n no more")
    # It has ended other programs that use OpenCV.
    (drawn / "discs" / "f.png").write_bytes(damaged_png())
    key = tab.model.add_class("all")
    tab.model.add_files(key, sorted((drawn / "discs").iterdir()))
    at_rest(tab, qtbot)
    assert counts(tab) == [7]
    said = "5 files are no images that can be read: a.png, b.png, c.png and 2 more. The rest"
    assert last_told(tab.model.messages).startswith(said)


def test_frames_of_a_video_are_samples_of_one_burst(
    tab: TeachTab, tmp_path: Path, qtbot: QtBot
) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 20, (320, 240))
    for frame in range(60):
        writer.write(np.full((240, 320, 3), 4 * frame, np.uint8))
    writer.release()
    tab.model.add_files(None, [clip])
    at_rest(tab, qtbot)
    pictures = tab.model.state.collection.classes[0].pictures
    assert 10 <= len(pictures) <= 15, "5 a second of 3 seconds"
    assert len({picture.burst for picture in pictures}) == 1
    assert all(picture.packed for picture in pictures)


def drop(target: ClassCard | TeachTab, mime: QMimeData) -> None:
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(2, 2), copy, mime, LEFT, none)
    target.dropEvent(event)
    assert event.isAccepted()


def files(paths: Iterable[Path]) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(paths)])
    return mime


def test_pictures_are_dropped_on_a_card_and_dragged_to_another(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    first, second = tab.model.add_class("first"), tab.model.add_class("second")
    drop(tab.classes.card(first), files((drawn / "discs").iterdir()))
    at_rest(tab, qtbot)
    assert counts(tab) == [6, 0]
    hashes = [picture.sha256 for picture in tab.model.state.pictures_of(first)[:2]]
    drop(tab.classes.card(second), samples_as_mime(first, hashes))
    assert counts(tab) == [4, 2]
    undo(tab)
    assert counts(tab) == [6, 0]


def test_chosen_pictures_are_removed_by_keyboard(
    imported: TeachTab, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    strip = child(imported, QWidget, "class_0_thumbnails")
    strip.setFocus()
    qtbot.keyClick(strip, KEY.Key_Right)
    qtbot.keyClick(strip, KEY.Key_Delete)
    assert counts(imported) == [5, 6, 6]
    qtbot.keyClick(strip, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog(imported, "class_pictures_dialog") is not None)
    view, count = (
        child(imported, QListView, "class_pictures"),
        child(imported, QLabel, "class_pictures_count"),
    )
    assert count.text() == "5 images"
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: count.text() == "5 görüntü")
    view.setFocus()
    view.selectAll()
    assert child(imported, QPushButton, "pictures_remove").isEnabled()
    qtbot.keyClick(view, KEY.Key_Delete)
    assert counts(imported) == [0, 6, 6]
    undo(imported)
    assert counts(imported) == [5, 6, 6]
    assert view.model().rowCount() == 5
    imported.model.remove_class(0)
    assert dialog(imported, "class_pictures_dialog") is None, "its class is gone"
    imported.classes.card(1).open_pictures()
    window.show_tab(window.BUILD)
    assert dialog(imported, "class_pictures_dialog") is None, "its tab is not in front"


def test_an_image_is_pasted_into_the_class_with_the_keyboard_or_a_new_one(
    tab: TeachTab, window: GlassnetWindow, drawn: Path, qtbot: QtBot
) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    window.all_actions["teach_paste"].trigger()
    assert names(tab) == ("Class 1",)
    undo(tab)
    assert names(tab) == ()
    tab.model.add_class("Cup")
    pen = tab.model.add_class("Pen")
    child(tab, QWidget, f"class_{pen}_add").setFocus()
    qtbot.keyClick(window.focusWidget(), KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert counts(tab) == [0, 1]
    assert tab.model.state.pictures_of(pen)[0].name == "Pasted image"
    drop(tab, files((drawn / "discs").iterdir()))
    qtbot.waitUntil(lambda: counts(tab) == [0, 1, 6])
    undo(tab)
    assert counts(tab) == [0, 1]


def test_a_paste_or_drop_of_nothing_leaves_no_class(
    tab: TeachTab, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().clear()
    window.all_actions["teach_paste"].trigger()
    assert "no image on the clipboard" in last_told(tab.model.messages)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"words")
    drop(tab, files([broken]))
    qtbot.waitUntil(lambda: "broken.png" in last_told(tab.model.messages))
    assert names(tab) == ()
    assert not tab.model.document.undo_stack.canUndo()
