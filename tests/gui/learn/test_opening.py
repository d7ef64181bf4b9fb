"""Lessons and challenges from files: opened, or refused with file, line and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import GateData
from tests.gui.learn.learner import Learner
from tests.gui.told import last_told

CHALLENGE = {
    "schema_version": 1,
    "title": "AND with little",
    "title_tr": "Az ile AND",
    "text": "No hidden unit is needed.",
    "data": {"kind": "gate", "name": "and"},
    "most_hidden_units": 0,
    "conditions": [{"code": "open", "has": ["lottery"]}],
}


def drop(target: QWidget, path: Path) -> None:
    """Drag a file or folder over a widget and let it go."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    where, action = QPointF(target.rect().center()), Qt.DropAction.CopyAction
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(where, action, mime, button, keys))
    QApplication.sendEvent(target, QDropEvent(where, action, mime, button, keys))


@pytest.mark.parametrize(
    ("tab", "file"),
    [
        (GlassnetWindow.BUILD, "lesson.json"),
        (GlassnetWindow.TEACH, ""),
        (GlassnetWindow.VISION, ""),
    ],
)
def test_a_dropped_folder_or_its_file_opens_as_a_lesson(
    learner: Learner, lesson: Path, tab: int, file: str
) -> None:
    drop(learner.window.show_tab(tab), lesson / file)
    assert learner.find("lesson_title", QLabel).text() == "Two weights"
    assert learner.tab.isVisible()


def test_only_work_of_ones_own_is_asked_about(learner: Learner, lesson: Path) -> None:
    window = learner.window

    def asks() -> bool:
        return window.findChild(QDialog, "unsaved_dialog") is not None

    window.learn.sign("Ada")
    window.open_path(lesson)
    assert learner.find("lesson_title", QLabel).text() == "Two weights"
    learner.model.add_layer(1)
    assert not asks()
    window.learn.open_by_id("eight_steps")
    assert not asks()
    assert learner.says("lesson_title") != "Two weights"
    window.learn.leave()
    learner.model.add_layer(0)
    window.open_path(lesson)
    assert asks()
    learner.click("unsaved_discard")
    learner.wait(lambda: learner.says("lesson_title") == "Two weights")


def said_of(learner: Learner, lesson: Path, file: str, old: str, new: str) -> str:
    """Return what the window says of a lesson with a fault, which is mended again."""
    path = lesson / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    learner.window.session.messages.clear()
    learner.window.open_path(lesson)
    path.write_text(text, encoding="utf-8")
    return last_told(learner.window.session.messages)


def test_what_is_wrong_with_a_lesson_is_said_in_turkish(
    qapp: QApplication, learner: Learner, lesson: Path
) -> None:
    choose_language(qapp, "tr")
    for file, old, new, said in (
        ("lesson.json", '"learning_rate"', '"learnig_rate"', "En yakını learning_rate"),
        ("lesson.json", '"show": "new_start"', '"show": "new_strat"', "En yakını new_start"),
        ("lesson.json", '"tr"]', '"tr"],', "Virgülü silin"),
        ("lesson.json", '"choices": 2', '"choices": "two"', ", bir tam sayı olmalı"),
        ("en.md", "{b:1.h1}", "\\bta {b:1.h1}", r"\bta formüllerde bilinmiyor"),
        ("en.md", "term:bias", "term:biass", "var olmayan bir yere gidiyor"),
    ):
        sentence = said_of(learner, lesson, file, old, new)
        assert f"{file}, " in sentence
        assert ". satır:" in sentence
        assert said in sentence
        assert learner.window.learn.state.progress is None


def test_a_challenge_is_checked_as_the_network_changes(learner: Learner, tmp_path: Path) -> None:
    path = tmp_path / "challenge.json"
    path.write_text(json.dumps(CHALLENGE), encoding="utf-8")
    learner.window.open_path(path)
    assert learner.find("challenge_title", QLabel).text() == "AND with little"
    learner.click("language_tr")
    learner.wait(lambda: learner.find("challenge_title", QLabel).text() == "Az ile AND")
    learner.click("language_en")
    result = learner.find("challenge_result", QLabel)
    learner.wait(lambda: result.text() == "0 of 3 are met.")
    learner.click("challenge_data")
    assert learner.model.state.experiment.data == GateData("and")
    learner.model.remove_layer(0)
    learner.wait(lambda: result.text() == "1 of 3 are met.")
    learner.model.set_speed(None)
    learner.model.train()
    learner.wait(lambda: result.text() == "2 of 3 are met.")
    learner.tab.workbench.dock.choose("lottery")
    learner.wait(lambda: result.text() == "Everything asked is met.")
    learner.model.pause()
    learner.click("challenge_leave")
    assert learner.find("lesson_list").isVisible()


def test_a_file_that_is_no_challenge_is_refused(learner: Learner, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("[1, 2]", encoding="utf-8")
    learner.window.open_path(path)
    assert "list.json" in last_told(learner.window.session.messages)
    assert learner.window.learn.state.challenge is None
