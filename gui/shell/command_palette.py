"""The command palette: finds every action by its name, in either language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.actions import Actions, Place, in_both_languages, place_names, shortcut_text
from gui.format import folded
from gui.settings import asset_table, settings, stored_texts
from gui.theme import BODY_PX, GAP_L_PX, GAP_M_PX, GAP_S_PX, RADIUS_FIELD_PX, active, font
from gui.widgets.accessible import announce
from gui.widgets.basic import ENTER, Index, label, named, set_role
from gui.widgets.layouts import vbox
from gui.widgets.painting import AT_LEFT, AT_RIGHT, draw_box, write_elided
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

WIDTH_PX, ROWS, ROW_PX = 560, 12, 28
MAX_RECENT = 8
_RECENT_KEY = "recent_actions"
_NAME = Qt.ItemDataRole.UserRole
_MOVES = {
    Qt.Key.Key_Down: Qt.Key.Key_Down,
    Qt.Key.Key_Up: Qt.Key.Key_Up,
    Qt.Key.Key_PageDown: Qt.Key.Key_PageDown,
    Qt.Key.Key_PageUp: Qt.Key.Key_PageUp,
    Qt.Key.Key_Tab: Qt.Key.Key_Down,
    Qt.Key.Key_Backtab: Qt.Key.Key_Up,
}
"""Keys of the search field that move in the list, and the keys that the list gets."""
_ENDS = (Qt.Key.Key_Escape, *ENTER)


@dataclass(frozen=True)
class Command:
    """An action as a row of the palette.

    Attributes
    ----------
    name
        Name of the action.
    text
        Label in the current language.
    words
        Further search words: the label in the other language, and words of its button.
    synonyms
        Name of its place in the other language, and synonyms not used in the window.
    place, where, keys
        Place of the action, the name of that place, and the shortcut.
    obstacle
        Reason why it is currently impossible, or an empty text.
    """

    name: str
    text: str
    words: tuple[str, ...]
    synonyms: tuple[str, ...]
    place: Place
    where: str
    keys: str
    obstacle: str

    @cached_property
    def _texts(self) -> list[tuple[str, int]]:
        """The search texts, normalised, with the penalty of each."""
        texts = [(folded(each), 0) for each in (self.text, self.keys, *self.words)]
        texts += [(folded(each), 1) for each in (self.where, *self.synonyms)]
        return texts + [(text.replace("-", ""), more) for text, more in texts if "-" in text]

    def distance_to(self, typed: str) -> int | None:
        """Return the distance from typed text to this action's words, ``None`` for no match.

        Every typed word must match, in any order and in either language. The distance grows from an
        exact match (0) over the start of a word and the inside of a word to scattered letters.
        Places and synonyms add 1.
        """
        total = 0
        for part in folded(typed).split():
            distances = ((_distance(part, text), more) for text, more in self._texts)
            found = [far + more for far, more in distances if far is not None]
            if not found:
                return None
            total += min(found)
        return total


def _distance(part: str, text: str) -> int | None:
    """Return the distance from a typed word to a text, both normalised; ``None`` for no match."""
    words = re.findall(r"[^\W_]+", text)
    if text == part:
        return 0
    if part in words:
        return 1
    if text.startswith(part):
        return 2
    if any(word.startswith(part) for word in words):
        return 3
    if part in text:
        return 6
    if len(part) > 1 and "".join(word[0] for word in words).startswith(part):
        return 6  # the first letters of its words
    scattered = [far for word in words if (far := _abbreviation_distance(part, word)) is not None]
    return min(scattered, default=None)


def _abbreviation_distance(part: str, word: str) -> int | None:
    """Return the distance from an abbreviation to a word, ``None`` for no match."""
    if word[0] != part[0]:
        return None
    at, gaps = 0, 0
    for letter in part[1:]:
        after = word.find(letter, at + 1)
        if after < 0:
            return None
        gaps += after > at + 1
        at = after
    return 10 + 5 * gaps if gaps <= len(part) // 2 else None


class _Rows(QStyledItemDelegate):
    """Paints action, place and keys in one line, or the obstacle of an unavailable action."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.commands: dict[str, Command] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        theme, command = active(), self.commands[index.data(_NAME)]
        if option.state & QStyle.StateFlag.State_Selected:
            draw_box(painter, option.rect, RADIUS_FIELD_PX, theme.tint)
        room = option.rect.adjusted(GAP_M_PX, 0, -GAP_M_PX, 0)
        painter.setFont(font(BODY_PX, 500))
        painter.setPen(QColor(theme.t3 if command.obstacle else theme.t1))
        write_elided(painter, room, command.text, AT_LEFT)
        room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(command.text) + GAP_L_PX)
        painter.setFont(font(BODY_PX))
        painter.setPen(QColor(theme.t3 if command.obstacle else theme.t2))
        beside = command.obstacle or f"{command.where}    {command.keys}".rstrip()
        write_elided(painter, room, beside, AT_RIGHT)


class CommandPalette(Panel):
    """A search field over a list of actions, in the upper centre of the window.

    The most recent actions come first. Esc, or a click elsewhere, closes it.

    Parameters
    ----------
    place
        Returns the place of the current tab: of two equal matches, its action comes first.
    do
        Triggers the action of a name in a place.
    """

    def __init__(
        self,
        page: QWidget,
        actions: Actions,
        place: Callable[[], Place],
        do: Callable[[Place, str], None],
    ) -> None:
        super().__init__("command_palette", page.parentWidget())
        self._page, self._actions, self._place, self._do = page, actions, place, do
        self._before: QWidget | None = None
        self.search = worded(
            named(QLineEdit(), "palette_search"),
            accessible_name="Find an action",
            tip="What do you want to do? In English or Turkish",
            placeholder="What do you want to do? In English or Turkish",
        )
        rows = named(QListWidget(), "palette_list")
        self.rows = worded(rows, accessible_name="Actions that fit")
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setUniformItemSizes(True)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _Rows(self.rows)
        self.rows.setItemDelegate(self._delegate)
        self._none = label("hint", "palette_none", text="No action has that in its name.")
        vbox(self.search, self.rows, self._none, on=self, gap=GAP_S_PX, margins=GAP_M_PX)
        self.setFixedWidth(WIDTH_PX)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.rows.itemClicked.connect(self._choose)
        self.rows.currentItemChanged.connect(self._announce)
        page.installEventFilter(self)
        set_role(self, role="card", tone="info")
        self.hide()

    # -- Opening -----------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Open or close the palette."""
        if self.isVisible():
            self.dismiss()
            return
        self._before = QApplication.focusWidget()
        self._delegate.commands = self._commands()
        self.search.clear()
        self._fill()
        self.refit()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close the palette, and return the focus."""
        had_keyboard = self.search.hasFocus()
        self.hide()
        before, self._before = self._before, None
        if had_keyboard and before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _commands(self) -> dict[str, Command]:
        names, found = place_names(), {}
        space, synonyms = in_both_languages("Space"), asset_table("synonyms", dict[str, str])
        for place, entry in self._actions.entries():
            if entry.name == "palette":
                continue
            keys = shortcut_text(self._actions[entry.name].shortcut())
            text, other = (each.removesuffix("…") for each in entry.texts())
            where, elsewhere = in_both_languages(entry.group) if entry.group else names[place]
            words = [other, *(word for each in entry.words for word in in_both_languages(each))]
            words += space if keys in space else ()
            obstacle = self._actions.obstacle(entry.name)
            also = (elsewhere, *synonyms.get(entry.name, "").split(", "))
            found[entry.name] = Command(
                entry.name, text, tuple(words), also, place, where, keys, obstacle
            )
        return found

    # -- The list ----------------------------------------------------------------------------------

    def _fill(self) -> None:
        """List the matches, nearest first, then the most recent."""
        typed, recent, place = self.search.text(), self._recent(), self._place()

        def order(found: tuple[int, Command]) -> tuple[int, int, bool]:
            misses, command = found
            since = recent.index(command.name) if command.name in recent else MAX_RECENT
            return misses, since, command.place is not place

        commands = self._delegate.commands.values()
        found = [(far, each) for each in commands if (far := each.distance_to(typed)) is not None]
        with QSignalBlocker(self.rows):
            self.rows.clear()
            for _, command in sorted(found, key=order):
                self.rows.addItem(self._item(command))
            self.rows.setCurrentRow(0)
        self._none.setVisible(not found)
        self.rows.setVisible(bool(found))
        self.rows.setFixedHeight(ROW_PX * min(len(found), ROWS) + 2)
        self.adjustSize()
        self._announce()

    def _item(self, command: Command) -> QListWidgetItem:
        item = QListWidgetItem(command.text)
        item.setData(_NAME, command.name)
        said = [command.text, command.where, command.keys, command.obstacle]
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, said)))
        item.setToolTip(command.obstacle)
        return item

    def _announce(self) -> None:
        """Announce the action that Enter triggers, since the focus is in the field."""
        item = self.rows.currentItem()
        if item is not None and self.isVisible():
            said = str(item.data(Qt.ItemDataRole.AccessibleTextRole))
            announce(self.search, said, waits=True)  # first what was just typed

    @staticmethod
    def _recent() -> list[str]:
        """Return the names of recent actions, newest first."""
        return stored_texts(settings(), _RECENT_KEY)

    def _choose(self, item: QListWidgetItem | None) -> None:
        """Trigger an action, unless an obstacle prevents it, which the row shows."""
        command = None if item is None else self._delegate.commands[item.data(_NAME)]
        if command is None or command.obstacle:
            return
        self.dismiss()
        recent = [command.name, *(name for name in self._recent() if name != command.name)]
        settings().setValue(_RECENT_KEY, recent[:MAX_RECENT])
        self._do(command.place, command.name)

    # -- Qt ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with keys of the field; close on focus out; stay centred."""
        if watched is self._page and event.type() == QEvent.Type.Resize and self.isVisible():
            self.refit()
        if watched is not self.search:
            return super().eventFilter(watched, event)
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            stays = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
            if event.reason() not in stays:
                self.hide()
        if isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            is_ours = key in _MOVES or key in _ENDS
            if is_ours and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # or Esc would close a message instead
                return True
            if is_ours and event.type() == QEvent.Type.KeyPress:
                self._on_key(key)
                return True
        return super().eventFilter(watched, event)

    def _on_key(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in _MOVES:
            press = QKeyEvent(QEvent.Type.KeyPress, _MOVES[key], Qt.KeyboardModifier.NoModifier)
            self.rows.keyPressEvent(press)
        else:
            self._choose(self.rows.currentItem())

    def refit(self) -> None:
        """Stay centred."""
        area = self._page.geometry()
        self.move(area.left() + (area.width() - self.width()) // 2, area.top() + GAP_L_PX)

    def retranslate(self) -> None:
        """List the actions in the current language."""
        if self.isVisible():
            self._delegate.commands = self._commands()
            self._fill()
