"""XOR built and trained and a picture named: by keys alone, then by the palette, in Turkish."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QTabBar,
)

from gui.controls import control_widgets
from gui.settings import ASSETS, choose_language
from gui.window import GlassnetWindow
from model.experiment import GateData
from tests.e2e.builder import SOON_MS, Builder

COFFEE = ASSETS / "images" / "coffee.png"
PATIENT_MS = 60_000


def hidden_units(builder: Builder) -> list[int]:
    return [layer.units for layer in builder.document.experiment.network.layers[:-1]]


def name_the_picture(builder: Builder) -> None:
    """Give the file that is asked for, and read the label."""
    builder.name_file("open_dialog", COFFEE)
    sentence = builder.find("status_sentence", QLabel)
    builder.wait(lambda: "espresso" in sentence.text(), "espresso is named", PATIENT_MS)


def all_rows_right(builder: Builder, right: str = "right") -> None:
    def ticks() -> list[str]:
        last = builder.table.columnCount() - 1
        return [builder.cell(row, last, spoken=True) for row in range(builder.table.rowCount())]

    builder.wait(lambda: ticks() == [right] * 4, "four rows are right", PATIENT_MS)


def heard(top: QAccessibleInterface) -> Iterator[tuple[str, QObject | None]]:
    """Yield the name of every visible object below one, and the widget that it stands for."""
    for index in range(top.childCount()):
        child = top.child(index)
        if child is not None and not child.state().invisible:
            yield child.text(QAccessible.Text.Name), child.object()
            yield from heard(child)


def all_heard(window: GlassnetWindow) -> list[tuple[str, QObject | None]]:
    tree = QAccessible.queryAccessibleInterface(window)
    assert tree is not None
    return list(heard(tree))


def test_xor_and_a_picture_by_keys_alone(builder: Builder, window: GlassnetWindow) -> None:
    tiles = builder.find("gate_tiles", QListView)
    builder.reach("gate_tiles")
    builder.press("Home")
    builder.press("Enter")
    builder.wait(lambda: builder.document.experiment.data == GateData("and"), "AND", SOON_MS)
    for _ in range(12):
        if tiles.currentIndex().data() == "XOR":
            break
        builder.press("Right")
    builder.press("Enter")
    builder.wait(lambda: builder.document.experiment.data == GateData("xor"), "XOR", SOON_MS)
    builder.enter("layer_0_units", "3", by_keyboard=True)
    builder.wait(lambda: hidden_units(builder) == [3], "three hidden units", SOON_MS)
    builder.push("layer_0_more", by_keyboard=True)
    builder.wait(lambda: hidden_units(builder) == [4], "four hidden units", SOON_MS)
    builder.reach("network_view")
    builder.press("Space")
    all_rows_right(builder)
    builder.wait(lambda: builder.tab.model.is_idle, "the training has ended", PATIENT_MS)
    builder.press("Ctrl+3")
    builder.wait(lambda: window.header.tabs.currentIndex() == window.VISION, "Vision", SOON_MS)
    builder.press("Ctrl+O")
    name_the_picture(builder)


@pytest.fixture
def turkish(builder: Builder, qapp: QApplication) -> Iterator[Builder]:
    choose_language(qapp, "tr")
    builder.wait(
        lambda: builder.find("train", QAbstractButton).text() == "Eğit", "Turkish", SOON_MS
    )
    yield builder
    choose_language(qapp, "en")


def do(builder: Builder, typed: str, first: str) -> None:
    """Find an action in the palette and do it."""
    builder.press("Ctrl+K")
    field = builder.find("palette_search", QLineEdit)
    builder.wait(field.hasFocus, "the palette is open", SOON_MS)
    builder.type(typed)
    rows = builder.find("palette_list", QListWidget)
    builder.wait(
        lambda: rows.currentItem() is not None and rows.currentItem().text() == first,
        f"{first} comes first",
        SOON_MS,
    )
    builder.press("Enter")
    builder.wait(lambda: not field.isVisible(), "the palette has gone", SOON_MS)


def test_the_same_by_the_palette_in_turkish(turkish: Builder, window: GlassnetWindow) -> None:
    builder = turkish
    do(builder, "veri and", "AND")
    builder.wait(lambda: builder.document.experiment.data == GateData("and"), "AND", SOON_MS)
    do(builder, "xor veri", "XOR")
    builder.wait(lambda: builder.document.experiment.data == GateData("xor"), "XOR", SOON_MS)
    do(builder, "katmani kaldir", "Son gizli katmanı kaldır")
    builder.wait(lambda: hidden_units(builder) == [], "no hidden layer", SOON_MS)
    do(builder, "gizli katman ekle", "Gizli katman ekle")
    builder.wait(lambda: len(hidden_units(builder)) == 1, "a hidden layer", SOON_MS)
    while hidden_units(builder)[0] < 4:
        before = hidden_units(builder)
        do(builder, "birim ekle", "Son gizli katmana bir birim ekle")
        builder.wait(lambda b=before: hidden_units(builder) != b, "one more", SOON_MS)
    do(builder, "egit duraklat", "Eğit, duraklat")
    builder.wait(
        lambda: builder.tab.model.is_training or builder.tab.model.state.epoch > 0,
        "it trains",
        SOON_MS,
    )
    all_rows_right(builder, "doğru")
    if builder.tab.model.is_training:
        do(builder, "egit duraklat", "Eğit, duraklat")
    builder.wait(lambda: builder.tab.model.is_idle, "the training has ended", PATIENT_MS)
    do(builder, "goruntu klasor", "Görüntü, klasör ya da akış aç")
    assert window.header.tabs.currentIndex() == window.VISION
    name_the_picture(builder)


def test_all_of_it_is_heard(builder: Builder, window: GlassnetWindow) -> None:
    builder.reach("network_view")
    builder.press("Space")
    all_rows_right(builder)
    builder.wait(lambda: builder.tab.model.is_idle, "the training has ended", PATIENT_MS)
    names = [name for name, _ in all_heard(window)]
    for unit in ("x 1, input", "x 2, input", "h 1, Tanh", "h 2, Tanh", "y hat, Sigmoid"):
        assert any(name.startswith(unit) for name in names), unit
    weights = [name for name in names if " to h " in name or " to y hat" in name]
    assert len(weights) == (2 + 1) * 4 + 4 + 1, "a bias each"
    assert any(name.startswith("Training loss: 0.") for name in names)
    said = {widget for _, widget in all_heard(window)}
    for widget in control_widgets(window):
        assert widget in said or not widget.isVisible() or isinstance(widget, QTabBar)
    builder.press("Ctrl+3")
    builder.press("Ctrl+O")
    name_the_picture(builder)
    assert any(name.startswith("espresso 9") for name, _ in all_heard(window))
