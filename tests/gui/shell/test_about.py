"""About, and the report that the user can send: what is in it, and what is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS, choose_language
from gui.shell.about_dialog import AboutDialog
from gui.shell.report import PACKAGES, packages, report, without_paths
from gui.widgets.panel import Dialog
from gui.window import GlassnetWindow
from model import __version__
from model.files import write_experiment
from tests.gui.finding import find

ROOT = Path(__file__).resolve().parents[3]
HOME, MAC_HOME = "/".join(("", "home", "ada")), "/".join(("", "Users", "ada"))
ROOT_HOME = "/".join(("", "root"))
"""Put together: no file here may name a folder of one computer."""


def message(window: GlassnetWindow) -> str:
    label = find(window, QLabel, "message_text")
    return label.text()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_the_packages_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w-]+", line) for line in project["dependencies"]]
    assert {match.group() for match in names if match} == set(PACKAGES)
    found = {package.name: package for package in packages()}
    assert set(found) == set(PACKAGES)
    assert all(package.version and package.licence for package in found.values())


def test_it_shows_versions_and_sources_and_copies_the_report(
    window: GlassnetWindow, qtbot: QtBot
) -> None:
    window.all_actions["about"].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    text = dialog.findChild(QTextBrowser, "about_text")
    copy = dialog.findChild(QPushButton, "about_copy")
    shown = text.toPlainText()
    assert "PySide6-Essentials" in shown
    assert "efficientnet_lite0" in shown
    copy.click()
    assert clipboard() == report()
    assert f"Glassnet {__version__}" in clipboard()


@pytest.mark.parametrize("action", ["about", "glossary", "guide", "keys"])
def test_a_dialog_that_is_open_is_not_opened_again(action: str, window: GlassnetWindow) -> None:
    for _ in range(3):
        window.all_actions[action].trigger()
    assert len(window.findChildren(Dialog)) == 1


def test_in_turkish_it_says_where_everything_is_from_in_turkish(
    window: GlassnetWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    choose_language(qapp, "tr")
    window.all_actions["about"].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    text = find(dialog, QTextBrowser, "about_text")
    assert "lisans metinleri, yazarlarının yazdığı gibi İngilizcedir" in text.toPlainText()
    assert "Where the files" not in text.toPlainText()
    choose_language(qapp, "en")
    qtbot.waitUntil(lambda: "Where the files" in text.toPlainText())


def test_the_turkish_sources_name_the_same_files_versions_and_licences() -> None:
    english, turkish = (
        (ASSETS / name).read_text(encoding="utf-8") for name in ("SOURCES.md", "SOURCES.tr.md")
    )
    assert re.findall("^#+ ", english, re.MULTILINE) == re.findall("^#+ ", turkish, re.MULTILINE)
    rows = [
        [line for line in text.splitlines() if line.startswith("| `")]
        for text in (english, turkish)
    ]
    assert len(rows[0]) > 15
    stays = re.compile(r"`[^`]*`|[\d.]*\d|Apache|MIT|CC BY|CC0|SIL Open Font")
    for row, other in zip(*rows, strict=True):
        assert sorted(stays.findall(row.replace(",", ""))) == sorted(
            stays.findall(other.replace(",", ""))
        )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f'File "{ASSETS.parent}/gui/window.py", line 3', 'File "gui/window.py", line 3'),
        (
            'File "/srv/ada/.venv/lib/python3.13/site-packages/numpy/core.py", line 1',
            'File "numpy/core.py", line 1',
        ),
        ("No such file: '/srv/ada lovelace/grades 2b.csv'", "No such file: '…"),
        (r"C:\Users\Ada\Desktop\my net.glassnet is gone", "…"),
        (f"<urlopen error file://{HOME}/cat.png>", "<urlopen error …"),
        (r"\\?\C:\Users\Ada\x.txt is gone", "…"),
        (f'cannot open "{MAC_HOME} (work)/a.png"', 'cannot open "…'),
        (f"cannot open '{ROOT_HOME}/O'Neil/x.txt'", "cannot open '…"),
        (f'cannot open "{HOME}, jr/x.txt"', 'cannot open "…'),
        ("cannot reach http://ada:secret@h/p", "cannot reach …"),
        ("cannot open ~ada/notes", "cannot open …"),
        (rf"the text 'a\n{HOME}/notes'", r"the text 'a\n…"),
        ("ValueError: cat_ada.png is no picture: broken", "ValueError: …: broken"),
        ("FileNotFoundError: 'Ada O'Neil (1).png'", "FileNotFoundError: …"),
        ("KeyError: 'pictures/ada.csv'", "KeyError: …"),
        ('  File "/srv/ada/own.py", line 1, in f', '  File "…", line 1, in f'),
        (
            f'File "{ASSETS.parent}/main.py", line 3, in main\n    read("x.png")\nOSError: ada.png',
            'File "main.py", line 3, in main\n    read("x.png")\nOSError: …',
        ),
        (
            "cv2.error: OpenCV(4.13.0) /io/opencv/modules/dnn/src/net.cpp:7: error: (-215:No) x",
            "cv2.error: OpenCV(4.13.0) opencv/modules/dnn/src/net.cpp:7: error: (-215:No) x",
        ),
        ("TypeError: Net.run() takes 0.5e3 of numpy.float64", None),
        ("a / b is 1/2, and and/or", None),
    ],
)
def test_no_path_says_whose_computer_it_is(text: str, wanted: str | None) -> None:
    """Nothing wanted means that the text stays."""
    assert without_paths(text) == (text if wanted is None else wanted)


def test_an_unexpected_error_says_where_the_work_is_and_offers_the_report(
    window: GlassnetWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.tab(window.BUILD)
    window.session.build.set_units(0, 5)
    private = tmp_path / "ada" / "marks.csv"
    window.show_unexpected_error(f'Traceback\n  File "{private}", line 1\nValueError: tried')
    autosave = window.session.autosave
    assert str(autosave.copy) in message(window)
    qtbot.waitUntil(lambda: autosave.copy.is_file() and autosave.is_idle)
    remedy = find(window, QPushButton, "message_remedy")
    assert remedy.text() == "Copy the report"
    remedy.click()
    assert "ValueError: tried" in clipboard()
    assert f"Glassnet {__version__}" in clipboard()
    assert "ada" not in clipboard()


def test_of_saved_work_an_unexpected_error_names_the_file(
    window: GlassnetWindow, tmp_path: Path
) -> None:
    write_experiment(window.document.experiment, tmp_path / "mine.glassnet")
    window.open_path(tmp_path / "mine.glassnet")
    window.show_unexpected_error("Traceback\nValueError: tried")
    assert "mine.glassnet" in message(window)
