"""The bar shows as many buttons as there is room for, in every state and language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMenu,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.app import dress_application
from gui.settings import choose_language
from gui.vision_tab.source_bar import SourceBar
from gui.vision_tab.state import SourceKind, SourceState, VisionState
from gui.vision_tab.vision_model import VisionModel

STATES = (
    SourceState(),
    SourceState(kind=SourceKind.CAMERA, is_live=True, has_picture=True),
    SourceState(kind=SourceKind.CAMERA, is_live=True, is_frozen=True, has_picture=True),
    SourceState(kind=SourceKind.VIDEO, is_recording=True, is_frozen=True, has_picture=True),
)


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> Iterator[SourceBar]:
    """Return the bar in a window that is wide enough for all of it."""
    dress_application(qapp, "en", "light")
    window = QWidget()
    bar = SourceBar(VisionModel())
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(bar)
    qtbot.addWidget(window)
    window.resize(1400, 200)
    with qtbot.waitExposed(window):
        window.show()
    yield bar
    choose_language(qapp, "en")


def actions(bar: SourceBar) -> tuple[QAbstractButton, ...]:
    """Return the buttons between the sources and the switches."""
    return bar.freeze_button, bar.snapshot_button, bar.record_button


def in_menu(bar: SourceBar) -> dict[str, QAction]:
    """Open the menu at the bar's end as a click does, and return its entries by their words."""
    bar.more_menu.aboutToShow.emit()
    return {action.text(): action for action in bar.more_menu.actions()}


@pytest.mark.parametrize("state", STATES)
def test_every_button_is_in_the_bar_or_in_its_menu(
    qtbot: QtBot, bar: SourceBar, state: SourceState, language: str
) -> None:
    bar.show_state(VisionState(source=state))
    whole, least = bar.sizeHint().width(), bar.minimumSizeHint().width()
    buttons = (*actions(bar), bar.occlusion_switch, bar.label_switch)
    in_bar = []
    for width in (whole, 707, least, whole):
        bar.window().resize(QSize(width, 200))
        qtbot.waitUntil(lambda width=width: bar.width() == width)  # type: ignore[misc]  # a lambda's default has no type
        entries = in_menu(bar)
        for button in buttons:
            name = button.accessibleName()
            assert (name in entries) is not button.isVisible()
            if name in entries:
                assert entries[name].isEnabled() is button.isEnabled()
        in_bar.append(sum(button.isVisible() for button in buttons))
        if width >= 707:  # what a stream is about stays in sight
            assert bar.freeze_button.isVisible() or not bar.freeze_button.isEnabled()
            assert bar.record_button.isVisible() or not state.is_recording
    assert in_bar[0] == in_bar[-1] == 5
    assert in_bar[0] > in_bar[1] >= in_bar[2]


def test_the_menu_does_what_the_buttons_do(qtbot: QtBot, bar: SourceBar) -> None:
    bar.show_state(VisionState(source=STATES[3]))
    bar.window().resize(QSize(bar.minimumSizeHint().width(), 200))
    qtbot.waitUntil(lambda: bar.width() == bar.minimumSizeHint().width())
    entries = in_menu(bar)
    assert list(entries) == ["Resume", "Snapshot", "Stop recording", "Occlusion map", "Label"]
    assert entries["Label"].isChecked()
    snapshots = entries["Snapshot"].menu()
    assert isinstance(snapshots, QMenu)
    assert [action.text() for action in snapshots.actions()] == [
        "Save as shown here…",
        "Save as the tutorial draws it…",
    ]
    with qtbot.waitSignal(bar.label_switch.clicked):
        entries["Label"].trigger()
    assert not in_menu(bar)["Label"].isChecked()


def test_the_keyboard_stays_on_a_switch_while_the_bar_is_measured(
    qtbot: QtBot, bar: SourceBar
) -> None:
    bar.show_state(VisionState(source=SourceState(has_picture=True, can_explain=True)))
    bar.window().resize(QSize(707, 200))
    qtbot.waitUntil(lambda: bar.width() == 707)
    bar.window().activateWindow()
    bar.occlusion_switch.setFocus()
    qtbot.waitUntil(bar.occlusion_switch.hasFocus)
    shown = SourceState(has_picture=True, can_explain=True, shows_occlusion=True)
    bar.show_state(VisionState(source=shown))
    assert bar.occlusion_switch.hasFocus()


def test_a_held_stream_has_one_primary_button(bar: SourceBar) -> None:
    for state in STATES:
        bar.show_state(VisionState(source=state))
        buttons = (bar.open_button, bar.freeze_button)
        shown = [one for one in buttons if one.isVisible() and one.property("tone") == "primary"]
        assert shown == [bar.freeze_button if state.is_frozen else bar.open_button]
