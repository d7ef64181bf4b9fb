"""The bar shows as many words as there is room for, in every state and language."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMenu,
    QToolButton,
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


class Requests(QObject):
    """Count how often the bar is asked to lay itself out."""

    def __init__(self, bar: SourceBar) -> None:
        super().__init__(bar)
        self.count = 0
        bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


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


def words(bar: SourceBar) -> list[str]:
    """Return what is written on the sources and on the actions that have their words."""
    icons = Qt.ToolButtonStyle.ToolButtonIconOnly
    shown = [b for b in actions(bar) if b.isVisible()]
    written = [
        b.text()
        for b in shown
        if b.text() and not (isinstance(b, QToolButton) and b.toolButtonStyle() == icons)
    ]
    return [bar.sources.button(kind).text() for kind in SourceKind] + written


def in_menu(bar: SourceBar) -> dict[str, QAction]:
    """Open the menu at the bar's end as a click does, and return its entries by their words."""
    bar.more_menu.aboutToShow.emit()
    return {action.text(): action for action in bar.more_menu.actions()}


def everything_has_its_room(bar: SourceBar) -> bool:
    """Tell whether each part has at least the width it asks for, and nothing overlaps."""
    row = bar.layout()
    assert row is not None
    row.activate()
    shown = [
        widget
        for item in (row.itemAt(n) for n in range(row.count()))
        if item is not None and (widget := item.widget()) is not None and widget.isVisible()
    ]
    fits = all(widget.width() >= widget.sizeHint().width() for widget in shown)
    pairs = pairwise(shown)
    return fits and all(a.geometry().right() < b.geometry().left() for a, b in pairs)


@pytest.mark.parametrize("state", STATES)
def test_words_go_only_where_there_is_no_room(
    qtbot: QtBot, qapp: QApplication, bar: SourceBar, state: SourceState, language: str
) -> None:
    qapp.processEvents()  # Qt tells of the language when it comes to it
    bar.show_state(VisionState(source=state))
    window = bar.window()
    all_words = bar.sizeHint().width()
    narrowest = bar.minimumSizeHint().width()
    # Beside a lesson, on a window of 1280 pixels, it has so many.
    assert narrowest <= 569
    written = []
    for width in (all_words, all_words - 1, all_words - 120, narrowest, all_words):
        window.resize(QSize(width, 200))
        qtbot.waitUntil(lambda width=width: bar.width() == width)  # type: ignore[misc]  # a lambda's default has no type
        assert everything_has_its_room(bar), width
        written.append(len(words(bar)))
    assert written[0] == written[-1] == len(SourceKind) + 3
    assert written[0] > written[1] > written[2] >= written[3] == len(SourceKind)


@pytest.mark.parametrize("state", STATES)
def test_in_the_smallest_window_everything_has_words_in_the_bar_or_in_its_menu(
    qtbot: QtBot, qapp: QApplication, bar: SourceBar, state: SourceState, language: str
) -> None:
    qapp.processEvents()
    bar.show_state(VisionState(source=state))
    bar.window().resize(QSize(707, 200))
    qtbot.waitUntil(lambda: bar.width() == 707)
    assert everything_has_its_room(bar)
    written = words(bar)
    assert all(written)
    entries = in_menu(bar)
    for button in (*actions(bar), bar.occlusion_switch, bar.label_switch):
        name = button.accessibleName()
        assert (name in entries) is not button.isVisible()
        assert not button.isVisible() or button.text() == name
        if name in entries:
            assert entries[name].isEnabled() is button.isEnabled()
    # What a stream is about stays in sight.
    assert bar.freeze_button.isVisible() is (state.is_live or state.is_frozen)
    assert bar.record_button.isVisible() is state.is_recording


def test_the_menu_does_what_the_buttons_do(qtbot: QtBot, bar: SourceBar) -> None:
    bar.window().resize(QSize(bar.minimumSizeHint().width(), 200))
    qtbot.waitUntil(lambda: bar.width() == bar.minimumSizeHint().width())
    entries = in_menu(bar)
    assert list(entries) == ["Freeze", "Snapshot", "Record CSV", "Occlusion map", "Label"]
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


def test_a_longer_word_takes_the_words_away_at_once(qtbot: QtBot, bar: SourceBar) -> None:
    bar.show_state(VisionState(source=STATES[0]))
    window = bar.window()
    window.resize(QSize(bar.sizeHint().width(), 200))
    qtbot.waitUntil(lambda: bar.width() == bar.sizeHint().width())
    before = len(words(bar))
    recording = SourceState(is_recording=True, has_picture=True)
    bar.show_state(VisionState(source=recording))
    assert bar.sizeHint().width() > bar.width()
    assert len(words(bar)) < before
    assert everything_has_its_room(bar)


def test_laying_out_comes_to_rest(qtbot: QtBot, qapp: QApplication, bar: SourceBar) -> None:
    requests = Requests(bar)
    for state in STATES:
        bar.show_state(VisionState(source=state))
        bar.window().resize(QSize(bar.minimumSizeHint().width() + 40, 200))
        for _ in range(20):
            qapp.processEvents()
        before = requests.count
        for _ in range(20):
            qapp.processEvents()
        assert requests.count == before


def test_a_held_stream_has_one_primary_button(bar: SourceBar) -> None:
    for state in STATES:
        bar.show_state(VisionState(source=state))
        buttons = (bar.open_button, bar.freeze_button)
        shown = [one for one in buttons if one.isVisible() and one.property("tone") == "primary"]
        assert shown == [bar.freeze_button if state.is_frozen else bar.open_button]
