"""Projects: saved, opened, recovered, asked about; what the window does with their files."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.document.recovery import Autosave, offer_recovery
from gui.teach_tab.project_files import PROJECTS
from gui.teach_tab.tab import TeachTab
from gui.teach_tab.teach_model import TeachModel
from gui.window import GlassnetWindow
from model.edits import network as edits
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import at_rest, import_now, import_report, train_now
from tests.gui.told import last_told
from vision.pictures.preprocessing import Preprocessing
from vision.teaching.collection import Collection
from vision.teaching.project import write_project

LEFT = Qt.MouseButton.LeftButton


def answer(window: QWidget, qtbot: QtBot, question: str, name: str) -> None:
    """Press a button of a question."""

    def box() -> QDialog | None:
        found = window.findChildren(QDialog, question)
        return next((one for one in found if one.isVisible()), None)

    qtbot.waitUntil(lambda: box() is not None)
    shown = box()
    assert shown is not None
    qtbot.mouseClick(find(shown, QPushButton, name), LEFT)


def save_to(tab: TeachTab, path: Path, qtbot: QtBot) -> None:
    tab.model.document.file.path = path
    tab.files.save()
    qtbot.waitUntil(lambda: path.exists() and not tab.model.document.is_modified, timeout=5000)


def test_a_head_of_another_network_is_left_out_and_said(
    taught: TeachTab, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    project = taught.model.project()()
    for name, changed in (
        ("network", replace(project, backbone="0" * 64)),
        ("preprocessing", replace(project, preprocessing=Preprocessing())),
    ):
        path = tmp_path / f"{name}.glassteach"
        write_project(changed, path)
        taught.model.document.load(Collection(), None)
        window.session.teach_files.open_path(path)
        qtbot.waitUntil(lambda path=path: taught.model.state.path == path)  # type: ignore[misc]  # a lambda's default has no type
        assert taught.model.state.head is None
        assert len(taught.model.state.collection.classes) == 3
        assert "another network" in last_told(taught.model.messages)


def test_a_project_comes_back_with_its_head_and_its_judgement(
    taught: TeachTab, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path, before = tmp_path / "mine.glassteach", taught.model.state
    assert taught.title() == "Untitled classes •"
    save_to(taught, path, qtbot)
    assert taught.title() == "mine"
    assert path in window.files.recent.paths()
    window.all_actions["file_new"].trigger()
    assert taught.model.state.collection.classes == ()
    assert taught.model.state.head is None
    window.show_tab(window.BUILD)
    window.open_path(path)
    assert window.header.tabs.currentIndex() == window.TEACH
    qtbot.waitUntil(lambda: taught.model.state.evaluation is not None)
    after = taught.model.state
    assert after.collection == before.collection
    assert after.evaluation.right == before.evaluation.right
    assert not after.is_stale
    assert not taught.model.document.is_modified
    unhurried = replace(before.run, seconds=0.0, epochs_per_second=0.0)
    assert asdict(after.run) == asdict(unhurried)
    assert find(taught, QLabel, "teach_loss_value_train").text() != "–"
    (tmp_path / "bad.glassteach").write_bytes(b"PK\x03\x04 but no more")
    window.open_path(tmp_path / "bad.glassteach")
    qtbot.waitUntil(lambda: taught.model.messages.shown is not None)
    assert taught.model.state.path == path


def test_a_project_that_was_changed_since_training_says_so_and_tests_on_nothing_learned(
    taught: TeachTab, window: GlassnetWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    taught.model.set_hold_out(0.0)
    train_now(taught, qtbot)
    taught.model.set_hold_out(0.3)
    assert taught.model.state.is_stale
    save_to(taught, tmp_path / "mine.glassteach", qtbot)
    window.all_actions["file_new"].trigger()
    window.open_path(tmp_path / "mine.glassteach")
    qtbot.waitUntil(lambda: taught.model.state.evaluation is not None)
    after = taught.model.state
    assert after.is_stale
    assert after.evaluation.held_out == 0


def test_pictures_that_were_moved_are_said_and_stay_in_their_class(
    tab: TeachTab, drawn: Path, tmp_path: Path, window: GlassnetWindow, qtbot: QtBot
) -> None:
    import_now(tab, drawn, qtbot)
    save_to(tab, tmp_path / "p.glassteach", qtbot)
    (drawn / "discs" / "000.png").unlink()
    window.open_path(tmp_path / "p.glassteach")
    qtbot.waitUntil(
        lambda: "The image 000.png is not where it was" in last_told(tab.model.messages)
    )
    assert [len(one.pictures) for one in tab.model.state.collection.classes] == [6, 6, 6]
    train_now(tab, qtbot)
    assert tab.model.state.head is not None
    assert tab.model.messages.shown is not None


def test_a_new_project_knows_nothing_of_a_training_that_was_under_way(
    imported: TeachTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    imported.model.train()
    imported.model.document.undo_stack.undo()  # there is nothing to ask about
    window.all_actions["file_new"].trigger()
    at_rest(imported, qtbot)
    assert imported.model.state.head is None
    assert not imported.model.document.is_modified


def test_a_training_that_follows_begins_while_a_person_is_asked(
    taught: TeachTab, drawn: Path, tmp_path: Path, window: GlassnetWindow, qtbot: QtBot
) -> None:
    path = tmp_path / "mine.glassteach"
    write_project(taught.model.project()(), path)
    window.open_path(path)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "unsaved_dialog") is not None)
    taught.model.train_from_scratch()  # as it would by itself a moment after the last change
    answer(window, qtbot, "unsaved_dialog", "unsaved_discard")
    qtbot.waitUntil(lambda: taught.model.state.path == path)
    at_rest(taught, qtbot)
    assert taught.model.state.evaluation is not None
    assert not taught.model.document.is_modified


def test_closing_asks_about_unsaved_classes(
    imported: TeachTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    window.close()
    answer(window, qtbot, "unsaved_dialog", "unsaved_cancel")
    assert window.isVisible()
    train_now(imported, qtbot)  # all goes on after a close that was taken back
    window.close()
    answer(window, qtbot, "unsaved_dialog", "unsaved_discard")
    qtbot.waitUntil(lambda: not window.isVisible())


def test_undo_follows_the_tab_in_front(imported: TeachTab, window: GlassnetWindow) -> None:
    assert "Import drawn" in window.all_actions["undo"].toolTip()
    window.show_tab(window.BUILD)
    assert not window.all_actions["undo"].isEnabled()
    window.show_tab(window.TEACH)
    window.all_actions["undo"].trigger()
    assert imported.model.state.collection.classes == ()


def test_a_folder_of_class_folders_asks_where_to(
    drawn: Path, window: GlassnetWindow, qtbot: QtBot
) -> None:
    window.open_path(drawn)
    answer(window, qtbot, "class_folder_dialog", "class_folder_teach")
    tab = window.tab(window.TEACH)
    assert isinstance(tab, TeachTab)
    report = import_report(tab, qtbot)
    assert tab.model.state.collection.names == ("discs", "stars", "stripes")
    report.accept()
    window.open_path(drawn)
    answer(window, qtbot, "class_folder_dialog", "class_folder_vision")
    assert window.header.tabs.currentIndex() == window.VISION
    at_rest(tab, qtbot)


def test_a_copy_stays_whose_head_cannot_be_read(
    taught: TeachTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    project = taught.model.project()()
    taught.model.document.load(Collection(), None)
    autosave = window.session.teach_autosave
    qtbot.waitUntil(lambda: autosave.is_idle, timeout=5000)  # of what was taught so far
    copy = autosave.folder / "left.glassteach"
    copy.parent.mkdir(parents=True, exist_ok=True)
    write_project(replace(project, head={"experiment": {"schema_version": 99}}), copy)
    [left] = autosave.orphans()
    offer_recovery(autosave, left, window, window.session.teach_files)
    answer(window, qtbot, "recovery_dialog", "recovery_recover")
    assert taught.model.messages.shown is not None
    assert autosave.is_idle, "there is nothing to be copied in its place"
    assert copy.exists()


def test_a_new_window_tells_of_classes_that_a_crash_left(
    own_folders: Path, closed_window: GlassnetWindow, qtbot: QtBot
) -> None:
    window = closed_window
    lost, model = TeachModel(parent=window), window.session.teach
    lost.add_class("kalem")
    folder = window.session.teach_autosave.folder
    before = Autosave(lost.document, lost.project, folder=folder, kept_as=PROJECTS)
    before.save_now()
    qtbot.waitUntil(lambda: before.is_idle, timeout=5000)
    before.copy.with_suffix(".lock").unlink()  # as when its process has died
    (folder / "newer.glassteach").write_bytes(b"PK")  # hides no other copy
    window.show()
    messages = window.session.messages
    qtbot.waitUntil(lambda: "classes in Teach" in last_told(messages))
    messages.shown.remedy[1]()
    assert window.header.tabs.currentIndex() == window.TEACH
    assert messages.shown is None, "Teach offers them itself"
    answer(window, qtbot, "recovery_dialog", "recovery_recover")
    assert model.state.collection.names == ("kalem",)
    assert model.document.is_modified
    qtbot.waitUntil(lambda: not before.copy.exists(), timeout=5000)


def test_the_first_page_leads_to_teach(window: GlassnetWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(window, QPushButton, "teach_own_images"), LEFT)
    assert window.header.tabs.currentIndex() == window.TEACH


def test_of_two_documents_it_is_asked_one_after_the_other(
    tab: TeachTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    tab.model.add_class("kalem")
    experiment = window.document.experiment
    window.document.edit("weight", edits.with_weight(experiment, 0, 0, 0, 1.25))
    window.close()
    answer(window, qtbot, "unsaved_dialog", "unsaved_discard")
    qtbot.waitUntil(
        lambda: any(
            label.text() == "Save the classes of Teach?"
            for label in window.findChildren(QLabel, "unsaved_dialog_text")
        )
    )
    answer(window, qtbot, "unsaved_dialog", "unsaved_cancel")
    assert window.isVisible()
    assert tab.model.state.collection.names == ("kalem",)
