"""Build at every size: Qt warns of nothing, the focus is seen, names are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.settings import choose_theme
from gui.window import GlassnetWindow
from model.experiment import DataSpec, GateData, TableData
from tests.gui.build_tab.looking import learn, resize
from tests.gui.focus_seen import reached_by_tab, unseen_focus

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("dressed")]


@contextmanager
def no_warning_of_qt() -> Iterator[None]:
    """Fail where Qt warns of anything but what this platform cannot do."""
    said: list[str] = []

    def note(kind: QtMsgType, _: object, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and "plugin does not support" not in text:
            said.append(text)

    before = qInstallMessageHandler(note)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
    assert said == []


def test_every_size_is_taken_without_a_warning(
    tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, GateData("full_adder", 3))
    with no_warning_of_qt():
        for width in (*range(1440, 1023, -32), *range(1024, 2561, 256)):
            for height in (680, 900, 1440) if width % 512 == 0 else (900,):
                resize(window, qtbot, width, height)
                assert not window.grab().isNull()


# -- Focus -------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", ["first", "gate", "table"])
def test_the_keyboards_focus_is_seen(
    page: str, theme: str, tab: BuildTab, window: GlassnetWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    choose_theme(qapp, theme)
    open_page: dict[str, Callable[[], None]] = {
        "first": lambda: None,
        "gate": lambda: _open(tab, qtbot, GateData("xor")),
        "table": lambda: _open(tab, qtbot, TableData("iris", "standard")),
    }
    open_page[page]()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    assert len(reached_by_tab(window)) > (5 if page == "first" else 25)
    assert unseen_focus(window, tab, qtbot) == []


def _open(tab: BuildTab, qtbot: QtBot, data: DataSpec) -> None:
    tab.show_all_panels()
    learn(tab, qtbot, data, epochs=3)


# -- Map and matrix ----------------------------------------------------------------------------
