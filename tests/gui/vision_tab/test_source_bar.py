"""The bar shows as many words as there is room for, in every state and language."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
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


def words(bar: SourceBar) -> list[str]:
    """Return what is written on the buttons between the sources and the switches, and on those."""
    beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    tools = [bar.snapshot_button, *(bar.sources.button(kind) for kind in SourceKind)]
    written = [b.text() for b in (bar.freeze_button, bar.record_button) if b.text()]
    return written + [tool.text() for tool in tools if tool.toolButtonStyle() == beside]


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
    # Less than the words of the actions alone make: the sources lose theirs as well.
    assert narrowest < all_words - 250 < 1150
    written = []
    for width in (all_words, all_words - 1, (narrowest + all_words) // 2, narrowest, all_words):
        window.resize(QSize(width, 200))
        qtbot.waitUntil(lambda width=width: bar.width() == width)
        assert everything_has_its_room(bar), width
        written.append(len(words(bar)))
    assert written[0] == written[-1] == len(SourceKind) + 3
    assert written[0] > written[1] > written[2] >= written[3] == 0


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
