"""Help opens the guide: in the language in use, whole, and without a network."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QListWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.shell.guide_dialog import FOLDER, GuideDialog, read_guide
from gui.window import GlassnetWindow
from tests.gui.finding import find
from tests.gui.texts import entries

LANGUAGES = pytest.mark.parametrize("code", ["en", "tr"])
KEYS = re.compile(r"\*\*((?:Ctrl|Shift|Alt)\+[A-Z0-9+]+|F\d+|[A-Z])\*\*")
MAX_BYTES = 1_300_000

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def guide(window: GlassnetWindow, qtbot: QtBot) -> GuideDialog:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    (found,) = window.findChildren(GuideDialog)
    return found


def pictures(code: str) -> list[str]:
    return [
        name for _, text in read_guide(code) for name in re.findall(r"!\[[^]]+\]\((.+?)\)", text)
    ]


def test_both_languages_have_the_same_parts_and_pictures() -> None:
    english, turkish = read_guide("en"), read_guide("tr")
    assert len(english) == len(turkish) >= 9
    assert [name.removeprefix("en-") for name in pictures("en")] == [
        name.removeprefix("tr-") for name in pictures("tr")
    ]
    for (_, a), (_, b) in zip(english, turkish, strict=True):
        assert a.count("\n- ") == b.count("\n- ")
        assert sorted(KEYS.findall(a)) == sorted(KEYS.findall(b))


@LANGUAGES
def test_every_picture_is_there_and_the_folder_is_small(code: str) -> None:
    for name in pictures(code):
        assert not QImage(str(FOLDER / name)).isNull(), name
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MAX_BYTES


def test_every_key_that_it_names_is_an_action_s(window: GlassnetWindow) -> None:
    known = {
        keys.toString()
        for _, entry in window.all_actions.entries()
        for keys in window.all_actions[entry.name].shortcuts()
    }
    named = {keys for _, text in read_guide("en") for keys in KEYS.findall(text)}
    assert len(named) > 10
    assert {QKeySequence(keys).toString() for keys in named} - known == set()


@LANGUAGES
def test_every_control_that_it_names_has_that_name(code: str) -> None:
    texts = entries()
    known = set(map(plain, (text for _, text in texts) if code == "en" else texts.values()))
    text = " ".join(text for _, text in read_guide(code))
    named = {plain(words) for words in re.findall(r"(?<!\*)\*(?=[^\s*])([^*]+)\*(?!\*)", text)}
    assert len(named) > 15
    assert named - known == set()


def plain(words: str) -> str:
    """Return words as they are read: on one line, without what shows that more comes."""
    return " ".join(words.replace("&", "").replace("...", "…").split()).rstrip("…")


def test_a_part_is_shown_with_its_pictures(guide: GuideDialog, qtbot: QtBot) -> None:
    page = find(guide, QTextBrowser, "guide_page")
    parts = find(guide, QListWidget, "guide_parts")
    assert "Glassnet is a window" in page.toPlainText()
    qtbot.keyClick(parts, Qt.Key.Key_End)
    assert "Ctrl+F1" in page.toPlainText()


def test_it_follows_the_language_at_the_same_part(
    guide: GuideDialog, qapp: QApplication, qtbot: QtBot
) -> None:
    parts = find(guide, QListWidget, "guide_parts")
    page = find(guide, QTextBrowser, "guide_page")
    parts.setCurrentRow(2)
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: page.toPlainText().startswith("Eğitmek"))
    assert parts.currentRow() == 2
