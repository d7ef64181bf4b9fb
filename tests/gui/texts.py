"""Every text of a window, by where it stands: for comparing languages and for finding cut ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

from babel.messages.pofile import read_po
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGraphicsSimpleTextItem,
    QGraphicsTextItem,
    QGraphicsView,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from gui.settings import ASSETS

__all__ = ["PO", "cut_texts", "entries", "overlaps", "texts_of"]

PO = ASSETS / "i18n" / "tr" / "LC_MESSAGES" / "messages.po"
_ROLES = {
    "text": Qt.ItemDataRole.DisplayRole,
    "tip": Qt.ItemDataRole.ToolTipRole,
    "accessible": Qt.ItemDataRole.AccessibleTextRole,
}
MAX_ROWS = 40
"""Of a longer model only the first rows are read: the others are made by the same code."""


@cache
def entries(path: Path = PO) -> dict[tuple[str, str], str]:
    """Return every translation of a catalogue by its context, mostly empty, and its text."""
    with path.open("rb") as file:
        rows = [row for row in read_po(file) if row.id]
    return {
        (row.context or "", text): translation
        for row in rows
        for text, translation in zip(_forms(row.id), _forms(row.string), strict=True)
    }


def _forms(words: str | Sequence[str]) -> tuple[str, ...]:
    """Return the singular and the plural of what has both."""
    return (words,) if isinstance(words, str) else tuple(words)


def texts_of(root: QWidget, visible_only: bool = False) -> dict[str, str]:
    """Return every text of `root` and the widgets in it, hidden ones too, by its place."""
    found: dict[str, str] = {}
    widgets = [root, *root.findChildren(QWidget)]
    counts: dict[str, int] = {}
    for widget in widgets:
        place = _place(widget, root)
        counts[place] = counts.get(place, 0) + 1
        if visible_only and not widget.isVisible():
            continue
        if isinstance(widget.parentWidget(), QTabBar):
            continue  # Qt's own arrows, shown where tabs have no room; Qt does not translate them
        for kind, text in _widget_texts(widget):
            if text:
                found[f"{place}#{counts[place]} {kind}"] = text
    return found


def width_of_lines(words: QLabel) -> int:
    """Return how wide the widest line of a label is that breaks its plain text, in pixels."""
    room = QRect(0, 0, words.width(), 10_000)
    return words.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, words.text()).width()


def cut_texts(root: QWidget) -> list[str]:
    """Return the visible texts that have less room than they need, and columns that are too wide.

    A column that only scrolls up and down cuts everything at its right as soon as one part asks
    for more than its width.
    """
    return [
        f"{_place(widget, root)}: {text!r} has {have} px of {need}"
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and (found := _room(widget)) is not None
        for text, have, need in [found]
        if have < need
    ]


def overlaps(root: QWidget) -> list[str]:
    """Return the visible parts that a layout has put over one another, or out of what holds them.

    What lies over others on purpose, such as a message, is in no layout, or shares a grid's cell.
    """
    found = []
    for holder in [root, *root.findChildren(QWidget)]:
        layout = holder.layout()
        if layout is None or not holder.isVisible() or isinstance(layout, QStackedLayout):
            continue
        parts = [part for part in _laid_out(holder, layout) if part.isVisible()]
        out = [part for part in parts if not holder.rect().contains(part.geometry())]
        found += [
            f"{_place(part, root)} is out of {holder.width()} x {holder.height()}" for part in out
        ]
        found += [
            f"{_place(one, root)} lies over {other.objectName() or type(other).__name__}"
            for one, other in combinations(parts, 2)
            if one.geometry().intersects(other.geometry()) and not _share_a_cell(holder, one, other)
        ]
    return found


def _laid_out(holder: QWidget, layout: QLayout) -> Iterator[QWidget]:
    """Yield the widgets that a layout and those in it place."""
    layouts = [layout, *layout.findChildren(QLayout)]
    flat = [one for one in layouts if not isinstance(one, QStackedLayout)]
    for part in holder.children():
        if isinstance(part, QWidget) and any(one.indexOf(part) >= 0 for one in flat):
            yield part


def _share_a_cell(holder: QWidget, one: QWidget, other: QWidget) -> bool:
    for grid in holder.findChildren(QGridLayout):
        first, second = grid.indexOf(one), grid.indexOf(other)
        if min(first, second) >= 0:
            return grid.getItemPosition(first) == grid.getItemPosition(second)
    return False


def _room(widget: QWidget) -> tuple[str, int, int] | None:
    """Return a widget's text and the width (height where it wraps) it has and needs, in pixels."""
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.text(), widget.height(), widget.heightForWidth(widget.width())
        return widget.text(), widget.width(), widget.sizeHint().width()
    if isinstance(widget, QAbstractButton) and widget.text():
        return _room_of_button(widget)
    if isinstance(widget, QComboBox) and widget.currentText():
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            widget,
        )
        need = widget.fontMetrics().horizontalAdvance(widget.currentText())
        return widget.currentText(), field.width(), need
    if isinstance(widget, QTabBar) and not widget.usesScrollButtons():
        shown = [k for k in range(widget.count()) if widget.isTabVisible(k)]
        ends = [widget.tabRect(index).right() + 1 for index in shown]
        return "tabs", widget.width(), max(ends, default=0)
    if isinstance(widget, QScrollArea) and _is_column(widget):
        return "column", widget.width(), widget.widget().width()
    return None


def _is_column(area: QScrollArea) -> bool:
    is_still = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    return is_still and area.widget() is not None


def _room_of_button(button: QAbstractButton) -> tuple[str, int, int] | None:
    """Return what `_room` does; the style cuts a text, or shortens it, where its sides begin."""
    if button.hasHeightForWidth():
        return button.text(), button.height(), button.heightForWidth(button.width())
    metrics = button.fontMetrics()
    if isinstance(button, QPushButton):
        option = QStyleOptionButton()
        button.initStyleOption(option)
        inside = button.style().subElementRect(
            QStyle.SubElement.SE_PushButtonContents, option, button
        )
        icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
        need = max(metrics.horizontalAdvance(line) for line in button.text().split("\n"))
        return button.text(), inside.width(), need + icon
    if isinstance(button, QToolButton):
        if button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
            return None
        # Qt asks for two spaces more than it needs.
        spare = 2 * metrics.horizontalAdvance(" ")
        return button.text(), button.width(), button.sizeHint().width() - spare
    return button.text(), button.width(), button.sizeHint().width()


def _place(widget: QWidget, root: QWidget) -> str:
    parts = []
    here: QWidget | None = widget
    while here is not None:
        parts.append(here.objectName() or type(here).__name__)
        if here is root:
            break
        here = here.parentWidget()
    return "/".join(reversed(parts))


def _widget_texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tool tip", widget.toolTip().strip()
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    if widget.isWindow():
        yield "title", widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield "text", widget.text()
    if isinstance(widget, QPlainTextEdit):
        yield "text", widget.toPlainText()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
    yield from _entries(widget)
    if isinstance(widget, QMenu):
        yield "menu title", widget.title()
    for index, action in enumerate(widget.actions()):
        yield from _action_texts(index, action)
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        for index, item in enumerate(widget.scene().items(Qt.SortOrder.AscendingOrder)):
            if isinstance(item, QGraphicsTextItem):
                yield f"scene text {index}", item.toPlainText()
            elif isinstance(item, QGraphicsSimpleTextItem):
                yield f"scene text {index}", item.text()


def _entries(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Yield the texts of a widget's tabs, items or cells."""
    if isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield f"tab {index}", widget.tabText(index)
            yield f"tab tip {index}", widget.tabToolTip(index)
    if isinstance(widget, QComboBox):
        for index in range(widget.count()):
            yield f"item {index}", widget.itemText(index)
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _model_texts(widget.model())


def _action_texts(index: int, action: QAction) -> Iterator[tuple[str, str]]:
    yield f"action {index}", action.text()
    yield f"action tip {index}", action.toolTip()


def _model_texts(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    top = QModelIndex()
    # A list's columnCount is private in Qt: it is always one.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(top)
    for column in range(columns):
        head = model.headerData(column, Qt.Orientation.Horizontal)
        yield f"header {column}", head if isinstance(head, str) else ""
        tip = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        yield f"header tip {column}", tip if isinstance(tip, str) else ""
        for row in range(min(model.rowCount(top), MAX_ROWS)):
            for name, role in _ROLES.items():
                value = model.index(row, column).data(role)
                yield f"cell {row} {column} {name}", value if isinstance(value, str) else ""
