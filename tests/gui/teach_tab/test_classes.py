"""Classes and their images: made, named, coloured, moved, removed; each is a step of undo."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, Qt, QUrl
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

from gui.plots.legend import ClassMark
from gui.settings import choose_language
from gui.teach_tab.class_card import ClassCard
from gui.teach_tab.samples import mime_of
from gui.teach_tab.tab import TeachTab
from gui.window import GlassnetWindow
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import PATIENT_MS, at_rest, dialog, import_now, import_report
from tests.gui.told import last_told
from tests.vision.picture_files import png_that_ended_opencv

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


def test_a_class_is_added_and_named_in_place(tab: TeachTab, qtbot: QtBot) -> None:
    qtbot.mouseClick(child(tab, QWidget, "add_class"), LEFT)
    field = child(tab, QLineEdit, "class_0_name_field")
    qtbot.waitUntil(field.hasFocus)
    assert field.selectedText() == "Class 1"
    qtbot.keyClicks(field, "kalem")
    qtbot.keyClick(field, KEY.Key_Return)
    assert names(tab) == ("kalem",)
    assert child(tab, QLabel, "class_0_name").text() == "kalem"
    qtbot.mouseClick(child(tab, QWidget, "class_0_rename"), LEFT)
    qtbot.keyClicks(field, "bardak")
    qtbot.keyClick(field, KEY.Key_Escape)
    assert names(tab) == ("kalem",)
    undo(tab)
    assert names(tab) == ("Class 1",)
    undo(tab)
    assert names(tab) == ()
    assert not tab.findChildren(ClassCard) or not child(tab, ClassCard, "class_0").isVisible()


def test_a_class_is_named_by_composed_letters(tab: TeachTab, qtbot: QtBot) -> None:
    qtbot.mouseClick(child(tab, QWidget, "add_class"), LEFT)
    field = child(tab, QLineEdit, "class_0_name_field")
    qtbot.waitUntil(field.hasFocus)
    for composing, composed in (("˙", "İ"), ("s", "ş"), ("´", "ı"), ("ˆ", "â"), ("g", "ğ")):
        QGuiApplication.sendEvent(field, QInputMethodEvent(composing, []))
        committed = QInputMethodEvent()
        committed.setCommitString(composed)
        QGuiApplication.sendEvent(field, committed)
    qtbot.keyClick(field, KEY.Key_Return)
    assert names(tab) == ("İşıâğ",)


def stops_from(first: QWidget, count: int) -> list[str]:
    """Return the names of a control and of those that Tab comes to after it."""
    found, widget = [first.objectName()], first.nextInFocusChain()
    while len(found) < count and widget is not first:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget.objectName())
        widget = widget.nextInFocusChain()
    return found


def test_tab_walks_card_by_card(tab: TeachTab, drawn: Path, qtbot: QtBot) -> None:
    import_now(tab, drawn, qtbot)
    parts = ("rename", "menu", "thumbnails", "add", "record")

    def wanted(*keys: int) -> list[str]:
        cards = [f"class_{key}_{part}" for key in keys for part in parts]
        return ["import_folder", *cards, "add_class", "recording_settings", "add_nothing_class"]

    first = child(tab, QWidget, "import_folder")
    # A layout shows what was put into it only when Qt has its next turn.
    qtbot.waitUntil(child(tab, ClassCard, "class_2").isVisible)
    assert stops_from(first, 19) == wanted(0, 1, 2)
    tab.model.move_class(2, 0)
    assert stops_from(first, 19) == wanted(2, 0, 1)
    tab.model.add_class()
    tab.model.remove_class(0)
    qtbot.waitUntil(child(tab, ClassCard, "class_3").isVisible)
    assert stops_from(first, 18) == [
        name for name in wanted(2, 1, 3) if name != "class_3_thumbnails"
    ]


def test_a_name_that_is_taken_is_refused_with_a_sentence(tab: TeachTab) -> None:
    tab.model.add_class("Cup")
    key = tab.model.add_class("Pen")
    assert key is not None
    tab.model.rename_class(key, "cup")
    assert names(tab) == ("Cup", "Pen")
    assert "There is a class Cup already" in last_told(tab.model.messages)


def test_nothing_is_proposed_once_there_are_two_classes(tab: TeachTab, qtbot: QtBot) -> None:
    button = child(tab, QPushButton, "add_nothing_class")
    tab.model.add_class("Cup")
    assert not button.isVisible()
    tab.model.add_class("Pen")
    qtbot.mouseClick(button, LEFT)
    assert names(tab) == ("Cup", "Pen", "Nothing")
    assert not button.isVisible()


def test_colour_place_and_removal_are_undone(tab: TeachTab, drawn: Path, qtbot: QtBot) -> None:
    import_now(tab, drawn, qtbot)
    tab.model.recolour_class(0, 5)
    tab.model.move_class(0, 2)
    assert names(tab) == ("stars", "stripes", "discs")
    tab.model.remove_class(2)
    assert names(tab) == ("stars", "discs")
    undo(tab)
    assert names(tab) == ("stars", "stripes", "discs")
    assert counts(tab) == [6, 6, 6]
    undo(tab)
    undo(tab)
    assert [one.colour for one in tab.model.state.collection.classes] == [0, 1, 2]


def menu_action(tab: TeachTab, key: int, name: str) -> QAction:
    find(tab.window(), QMenu, f"class_{key}_menu_list").aboutToShow.emit()
    return find(tab.window(), QAction, f"class_{key}_{name}")


def test_a_class_is_left_out_and_takes_part_again(tab: TeachTab, drawn: Path, qtbot: QtBot) -> None:
    import_now(tab, drawn, qtbot)
    card, count = child(tab, ClassCard, "class_0"), child(tab, QLabel, "class_0_count")
    whole = child(tab, QWidget, "class_0_thumbnails").grab().toImage()
    action = menu_action(tab, 0, "leave_out")
    assert action.text() == "Leave out of training"
    action.trigger()
    assert [one.is_left_out for one in tab.model.state.collection.classes] == [True, False, False]
    assert count.text() == "left out", "a word, not a colour alone"
    assert card.accessibleName() == "discs, left out of training"
    assert child(tab, QWidget, "class_0_thumbnails").grab().toImage() != whole
    assert tab.model.document.undo_stack.undoText() == "Leave discs out of training"
    assert menu_action(tab, 0, "leave_out").text() == "Take part again"
    undo(tab)
    assert count.text() == "6 images"
    assert card.accessibleName() == "discs"
    for _ in range(2):
        menu_action(tab, 0, "leave_out").trigger()
    assert not tab.model.state.collection.classes[0].is_left_out
    assert tab.model.document.undo_stack.undoText() == "Let discs take part again"


def test_an_import_says_what_is_odd_and_joins_a_slip(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    shutil.copytree(drawn / "stars", drawn / "star")
    (drawn / "star" / "000.png").write_bytes(b"no picture at all")
    (drawn / "star" / "001.png").write_bytes((drawn / "star" / "002.png").read_bytes())
    for number in range(3, 6):
        (drawn / "star" / f"00{number}.png").unlink()
    tab.model.import_folder(drawn)
    import_report(tab, qtbot)
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
    assert "“star” and “stars”" in child(tab, QLabel, "near_names_0").text()
    qtbot.mouseClick(child(tab, QPushButton, "near_names_join_0"), LEFT)
    assert names(tab) == ("discs", "stars", "stripes")
    qtbot.mouseClick(child(tab, QPushButton, "import_report_undo"), LEFT)
    assert names(tab) == ()
    tab.model.document.undo_stack.redo()
    assert names(tab) == ("discs", "star", "stars", "stripes")


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("tr", ("Cumba", "Çam", "kavak", "Şimşir", "zeytin")),
        ("en", ("Çam", "Cumba", "kavak", "Şimşir", "zeytin")),
        ("tr", ("Çam 2", "Çam 10", "kavak")),
    ],
)
def test_a_folders_classes_stand_in_the_order_of_the_language(
    qapp: QApplication,
    tab: TeachTab,
    drawn: Path,
    qtbot: QtBot,
    language: str,
    order: tuple[str, ...],
) -> None:
    folder = drawn.parent / "trees"
    for name in order:
        shutil.copytree(drawn / "stars", folder / name)
    choose_language(qapp, language)
    tab.model.import_folder(folder)
    qtbot.waitUntil(lambda: len(names(tab)) == len(order), timeout=PATIENT_MS)
    choose_language(qapp, "en")
    assert names(tab) == order


def test_a_folder_imported_again_is_said_to_bring_nothing_new(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    tab.model.import_folder(drawn)
    qtbot.waitUntil(lambda: child(tab, QLabel, "message_text").isVisible(), timeout=PATIENT_MS)
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


def test_an_import_marks_each_class_as_its_card_does(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    tab.model.add_class("cups")
    tab.model.import_folder(drawn)
    report = import_report(tab, qtbot)
    marks = [mark.kind for mark in report.findChildren(ClassMark)]
    assert marks == [one.colour for one in tab.model.state.collection.classes[1:]]


def test_files_that_are_no_pictures_are_listed_and_the_rest_stays(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    bad = [drawn / f"{letter}.png" for letter in "abcde"]
    for path in bad:
        path.write_bytes(b"\x89PNG\r\n\x1a\n no more")
    key = tab.model.add_class("all")
    assert key is not None
    tab.model.add_files(key, [*bad, *sorted((drawn / "discs").iterdir())])
    at_rest(tab, qtbot)
    assert counts(tab) == [6]
    shown = tab.model.messages.shown
    assert shown is not None
    said = "5 files are no images that can be read: a.png, b.png, c.png and 2 more. The rest"
    assert shown.sentence().startswith(said)
    tab.model.add_files(key, sorted((drawn / "discs").iterdir()))
    at_rest(tab, qtbot)
    assert counts(tab) == [6]
    assert shown is not tab.model.messages.shown


def test_a_damaged_animation_does_not_end_the_window(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    (drawn / "discs" / "a.png").write_bytes(png_that_ended_opencv())
    key = tab.model.add_class("all")
    assert key is not None
    tab.model.add_files(key, sorted((drawn / "discs").iterdir()))
    at_rest(tab, qtbot)
    assert counts(tab) == [7]


def test_a_folder_that_holds_no_classes_is_refused(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    tab.model.import_folder(drawn / "discs")
    at_rest(tab, qtbot)
    assert "fewer than 2 folders" in last_told(tab.model.messages)
    assert names(tab) == ()


def test_frames_of_a_video_are_samples_of_one_burst(
    tab: TeachTab, tmp_path: Path, qtbot: QtBot
) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 20, (320, 240))
    for frame in range(60):
        page = np.full((240, 320, 3), 4 * frame, np.uint8)
        writer.write(page)
    writer.release()
    key = tab.model.add_class("clip")
    assert key is not None
    tab.model.add_files(key, [clip])
    at_rest(tab, qtbot)
    pictures = tab.model.state.pictures_of(key)
    assert 10 <= len(pictures) <= 15, "5 a second of 3 seconds"
    assert len({picture.burst for picture in pictures}) == 1
    assert all(picture.packed for picture in pictures)


def test_an_image_is_pasted_into_the_class_with_the_keyboard(tab: TeachTab, qtbot: QtBot) -> None:
    tab.model.add_class("Cup")
    tab.model.add_class("Pen")
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    child(tab, QWidget, "class_1_add").setFocus()
    qtbot.keyClick(tab.window().focusWidget(), KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert counts(tab) == [0, 1]
    assert tab.model.state.pictures_of(1)[0].name == "Pasted image"


def test_pictures_are_dropped_on_a_card_and_dragged_to_another(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    first, second = tab.model.add_class("first"), tab.model.add_class("second")
    assert first is not None
    assert second is not None
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (drawn / "discs").iterdir()])
    drop(tab.classes.card(first), mime)
    at_rest(tab, qtbot)
    assert counts(tab) == [6, 0]
    hashes = [picture.sha256 for picture in tab.model.state.pictures_of(first)[:2]]
    drop(tab.classes.card(second), mime_of(first, hashes))
    assert counts(tab) == [4, 2]
    undo(tab)
    assert counts(tab) == [6, 0]


def drop(card: ClassCard, mime: QMimeData) -> None:
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        mime,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    card.dropEvent(event)
    assert event.isAccepted()


def test_chosen_pictures_are_removed_and_moved_by_keyboard(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    strip = child(tab, QWidget, "class_0_thumbnails")
    strip.setFocus()
    qtbot.keyClick(strip, KEY.Key_Right)
    qtbot.keyClick(strip, KEY.Key_Delete)
    assert counts(tab) == [5, 6, 6]
    qtbot.keyClick(strip, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog(tab, "class_pictures_dialog") is not None)
    view = child(tab, QListView, "class_pictures")
    view.setFocus()
    view.selectAll()
    assert child(tab, QPushButton, "pictures_remove").isEnabled()
    qtbot.keyClick(view, KEY.Key_Delete)
    assert counts(tab) == [0, 6, 6]
    undo(tab)
    assert counts(tab) == [5, 6, 6]
    assert view.model().rowCount() == 5
    tab.model.remove_class(0)
    assert dialog(tab, "class_pictures_dialog") is None, "its class is gone"


def test_the_window_of_all_pictures_follows_the_language_and_goes_with_its_tab(
    tab: TeachTab, window: GlassnetWindow, drawn: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    import_now(tab, drawn, qtbot)
    strip = child(tab, QWidget, "class_0_thumbnails")
    strip.setFocus()
    qtbot.keyClick(strip, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog(tab, "class_pictures_dialog") is not None)
    count = child(tab, QLabel, "class_pictures_count")
    assert count.text() == "6 images"
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: count.text() == "6 görüntü")
    choose_language(qapp, "en")
    window.show_tab(window.BUILD)
    assert dialog(tab, "class_pictures_dialog") is None


@pytest.mark.parametrize("width", [1024, 1440])
def test_no_button_of_a_card_is_cut(
    tab: TeachTab, drawn: Path, qtbot: QtBot, width: int, language: str
) -> None:
    tab.window().resize(width, 700)
    import_now(tab, drawn, qtbot)
    card = tab.classes.card(0)
    qtbot.waitUntil(lambda: card.geometry().right() < tab.classes.width())
    for name in ("class_0_add", "class_0_record", "import_folder", "add_nothing_class"):
        button = child(tab, QPushButton, name)
        qtbot.waitUntil(lambda b=button: b.width() >= b.minimumSizeHint().width())  # type: ignore[misc]  # a lambda's default has no type


def test_a_long_name_has_what_the_count_leaves(tab: TeachTab, drawn: Path, qtbot: QtBot) -> None:
    import_now(tab, drawn, qtbot)
    long = "photographs of the star that we cut out of paper"
    tab.model.rename_class(1, long)
    card = tab.classes.card(1)
    shown, count = card.name, child(tab, QLabel, "class_1_count")
    qtbot.waitUntil(lambda: shown.width() > 100)
    assert (shown.text(), shown.toolTip()) == (long, long)
    assert shown.width() < shown.sizeHint().width()
    assert count.width() >= count.sizeHint().width()
    assert shown.geometry().right() < count.geometry().left()
    short = tab.classes.card(0).name
    assert short.width() == short.sizeHint().width()


def test_no_line_of_an_imports_notes_is_cut(
    tab: TeachTab, drawn: Path, qtbot: QtBot, language: str
) -> None:
    for number in range(1, 6):
        (drawn / "stars" / f"00{number}.png").unlink()
    shutil.copy(drawn / "discs" / "000.png", drawn / "stripes" / "disc.png")
    shutil.copy(drawn / "discs" / "001.png", drawn / "loose.png")
    (drawn / "discs" / "002.png").write_bytes(b"no picture at all")
    for name in ("cats", "dogs", "cups", "pens", "keys", "star"):
        shutil.copytree(drawn / "stripes", drawn / name)
    (drawn / "empty").mkdir()
    (drawn / "cats" / "inner").mkdir()
    shutil.copy(drawn / "loose.png", drawn / "cats" / "inner")
    shutil.copy(drawn / "loose.png", drawn / "discs" / "again.png")
    tab.model.import_folder(drawn)
    report = import_report(tab, qtbot)
    qtbot.waitExposed(report)
    QCoreApplication.processEvents()
    layout = report.layout()
    assert layout is not None
    assert report.height() >= layout.totalHeightForWidth(report.width())


def drop_beside(tab: TeachTab, paths: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab.dropEvent(QDropEvent(QPointF(2, 2), Qt.DropAction.CopyAction, mime, left, none))


def test_a_paste_or_drop_beside_the_cards_is_one_step(
    tab: TeachTab, window: GlassnetWindow, drawn: Path, qtbot: QtBot
) -> None:
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    window.all_actions["teach_paste"].trigger()
    drop_beside(tab, sorted((drawn / "discs").iterdir()))
    qtbot.waitUntil(lambda: len(tab.model.state.collection.classes) == 2, timeout=PATIENT_MS)
    assert [len(one.pictures) for one in tab.model.state.collection.classes] == [1, 6]
    tab.model.document.undo_stack.undo()
    assert tab.model.state.collection.names == ("Class 1",)
    tab.model.document.undo_stack.undo()
    assert tab.model.state.collection.classes == ()


def test_a_paste_or_drop_of_nothing_leaves_no_class(
    tab: TeachTab, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().clear()
    window.all_actions["teach_paste"].trigger()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"words")
    tab.model.messages.clear()
    drop_beside(tab, [broken])
    qtbot.waitUntil(lambda: tab.model.messages.shown is not None, timeout=PATIENT_MS)
    assert tab.model.state.collection.classes == ()
    assert not tab.model.document.undo_stack.canUndo()
