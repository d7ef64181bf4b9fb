"""The bar shows every button, in every state and language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.app import style_application
from gui.settings import choose_language
from gui.vision_tab.source_bar import ROW_PX, SourceBar
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
    style_application(qapp, "en", "light")
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


@pytest.mark.parametrize("state", STATES)
def test_every_button_is_whole_in_one_row_or_two(
    qtbot: QtBot, bar: SourceBar, state: SourceState, language: str
) -> None:
    bar.show_state(VisionState(source=state))
    whole, least = bar.sizeHint().width(), bar.minimumSizeHint().width()
    buttons = (*actions(bar), bar.occlusion_switch, bar.label_switch)

    def are_whole() -> bool:
        return all(
            bar.rect().contains(button.geometry()) and button.width() >= button.sizeHint().width()
            for button in buttons
        )

    for width, rows in ((whole, 1), (least, 2), (900, 1), (whole, 1)):
        bar.window().resize(QSize(width, 200))
        qtbot.waitUntil(lambda width=width: bar.width() == width)  # type: ignore[misc]  # a lambda's default has no type
        qtbot.waitUntil(are_whole)
        assert bar.height() == rows * ROW_PX
        assert all(button.accessibleName() for button in buttons)


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
