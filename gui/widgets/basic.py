"""Labels, buttons, roles, segments and other small parts of panels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Unpack

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFocusEvent,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui.widgets.texts import LazyText, Texts, worded

type Index = QModelIndex | QPersistentModelIndex
"""An index that Qt passes to models and delegates."""

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Arrow key -> movement in rows and columns."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PRESS_KEYS = (*ENTER, Qt.Key.Key_Space)
"""Keys that act like a click."""

_MOVES = (*ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End)


def strong(text: str) -> str:
    """Return `text` as semi-bold rich text; the font lacks the weight of ``<b>``."""
    return f'<span style="font-weight:600">{text}</span>'


ZERO_WIDTH_SPACE = "\u200b"
"""Zero-width space: an invisible line break opportunity."""


def breakable(text: str, most: int = 24) -> str:
    """Let words of more than `most` characters, mostly file names, break across lines.

    A label breaks its text only between words, and after "/" and "-" before a letter; wider words
    are cut off. The default of `most` is what fits into a card.
    """
    return re.sub(rf"((?:[^\s/-]|[/-](?=\d)){{{most}}})(?=[^\s/-])", rf"\1{ZERO_WIDTH_SPACE}", text)


def set_role(widget: QWidget, **roles: str) -> None:
    """Set style properties (``role``, ``tone``, ``extent``, ``side``) and repolish if needed.

    Unchanged values are skipped, as polishing matches the whole style sheet against the widget.
    """
    changed = {name: value for name, value in roles.items() if widget.property(name) != value}
    if not changed:
        return
    for name, value in changed.items():
        widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        if isinstance(widget, QFrame):
            widget.setFrameStyle(widget.frameStyle())  # for its layout to leave room for a border


def describe(widget: QWidget, name: str, tip: str | None = None) -> None:
    """Set a control's accessible name and tool tip.

    The tip defaults to the name; ``""`` means no tip, for example on a plot.
    """
    widget.setAccessibleName(name)
    widget.setToolTip(name if tip is None else tip)


def write_on(button: QAbstractButton | QLabel, text: str, tip: str | None = None) -> None:
    """Set a button's text and accessible name; `tip` is as in :func:`describe`."""
    button.setText(text)
    describe(button, text, tip)


def consume_movement_keys(event: QKeyEvent) -> None:
    """Consume a list's movement keys at its ends too, instead of passing them to the tab.

    The Build tab would change the displayed epoch.
    """
    if event.key() in _MOVES and event.modifiers() == Qt.KeyboardModifier.NoModifier:
        event.accept()


def pass_letters_to_tab(event: QKeyEvent, press: Callable[[QKeyEvent], None]) -> None:
    """Give a non-editable list its movement keys, and the tab all letters.

    `press` is the list's own ``keyPressEvent``, which would otherwise search by first letter.
    """
    if event.text() and event.text().isprintable():
        event.ignore()
    else:
        press(event)
        consume_movement_keys(event)


_BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def is_keyboard_focus(event: QEvent) -> bool:
    """Return whether the focus moves by Tab, Shift+Tab or a shortcut."""
    return isinstance(event, QFocusEvent) and event.reason() in _BY_KEYS


def has_focus(part: QWidget) -> bool:
    """Return whether the focus is on a widget or within it."""
    focused = QApplication.focusWidget()
    return focused is not None and (focused is part or part.isAncestorOf(focused))


def scroll_to(control: QWidget) -> None:
    """Scroll until a control is visible."""
    widget = control.parentWidget()
    while widget is not None:
        if isinstance(widget, QScrollArea):
            widget.ensureWidgetVisible(control)
        widget = widget.parentWidget()


def insert_in_tab_order(part: QWidget, after: QWidget) -> QWidget:
    """Insert a widget into the tab order after another, instead of at the end.

    For widgets that are created after their successor. `after` must be focusable; return the last
    focusable widget in `part`.
    """
    # Not by nextInFocusChain: PySide then takes each widget for the owner of the next.
    inner = (at for at in part.findChildren(QWidget) if at.window() is part.window())
    # By Tab now, or once it is the chosen one.
    stops = [after, *(at for at in inner if at.focusPolicy() != Qt.FocusPolicy.NoFocus)]
    for before, stop in pairwise(stops):
        QWidget.setTabOrder(before, stop)
    return stops[-1]


def named[Part: QObject](part: Part, object_name: str) -> Part:
    """Set the object name of a widget, a menu or an action; return it."""
    part.setObjectName(object_name)
    return part


def menu_action(
    menu: QMenu,
    name: str,
    text: str,
    do: Callable[[], object],
    is_on: bool | None = None,
    group: QActionGroup | None = None,
) -> QAction:
    """Add an action to a menu, checked if `is_on`; its text is literal."""
    # Not made by the menu: PySide loses such an action where the focus chain is walked later.
    action = named(QAction(text.replace("&", "&&"), menu), name)
    menu.addAction(action)
    action.setCheckable(is_on is not None)
    action.setChecked(bool(is_on))
    if group is not None:
        action.setActionGroup(group)
    action.triggered.connect(lambda _checked=False: do())
    return action


def frame(role: str, **roles: str) -> QFrame:
    """Return a frame with a style role."""
    result = QFrame()
    set_role(result, role=role, **roles)
    return result


def rule(vertical: bool = False, height_px: int | None = None) -> QFrame:
    """Return a one-pixel divider, stretching if no height is given."""
    divider = frame("vrule" if vertical else "rule")
    if height_px is not None:
        divider.setFixedHeight(height_px)
    return divider


def label(
    role: str = "", object_name: str = "", wrap: bool = False, **texts: Unpack[Texts]
) -> QLabel:
    """Return a label with a style role and literal text."""
    result = QLabel()
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if object_name:
        result.setObjectName(object_name)
    if role:
        set_role(result, role=role)
    return worded(result, **texts)


def as_html[Label: QLabel](label: Label) -> Label:
    """Make a label show HTML; text from a file must be escaped."""
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


type _Handler = Callable[..., object]


def _dress[Button: QAbstractButton](
    button: Button,
    object_name: str,
    tone: str,
    size: str,
    icon: QIcon | None,
    do: _Handler | None,
    texts: Texts,
) -> Button:
    button.setObjectName(object_name)
    if icon is not None:
        button.setIcon(icon)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    # By keyboard only: after a click the keys stay with what the user was working on.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_role(button, **{k: v for k, v in {"tone": tone, "extent": size}.items() if v})
    if do is not None:
        button.clicked.connect(do)
    return worded(button, **texts)


def _press_button(
    button: QAbstractButton, event: QKeyEvent, press: Callable[[QKeyEvent], None]
) -> None:
    """Let a button pass arrow keys to the tab; `press` is its own ``keyPressEvent``.

    Qt would move to the next control, as with Tab. In button groups and in dialogs arrow keys still
    move between buttons.
    """
    is_among_others = button.group() is not None or isinstance(button.window(), QDialog)
    if event.key() in ARROWS and not is_among_others:
        event.ignore()
    else:
        press(event)


class _PushButton(QPushButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        _press_button(self, event, super().keyPressEvent)


class _ToolButton(QToolButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        _press_button(self, event, super().keyPressEvent)


def push_button(
    object_name: str,
    tone: str = "",
    size: str = "",
    icon: QIcon | None = None,
    do: _Handler | None = None,
    **texts: Unpack[Texts],
) -> QPushButton:
    """Return a push button with its object name, style and texts; `do` is called on a click."""
    result = _PushButton()
    result.setAutoDefault(False)
    return _dress(result, object_name, tone, size, icon, do, texts)


def check_box(object_name: str, do: Callable[[bool], object], **texts: Unpack[Texts]) -> QCheckBox:
    """Return a check box with its object name and texts; a click calls `do` with the new state."""
    result = worded(named(QCheckBox(), object_name), **texts)
    result.clicked.connect(lambda on: do(on))  # PySide would call a partial without it
    return result


def tool_button(
    object_name: str,
    tone: str = "quiet",
    size: str = "",
    icon: QIcon | None = None,
    do: _Handler | None = None,
    **texts: Unpack[Texts],
) -> QToolButton:
    """Return a tool button (an icon, or icon and text), otherwise like :func:`push_button`."""
    return _dress(_ToolButton(), object_name, tone, size, icon, do, texts)


def attach_menu[Menu: QMenu](button: QToolButton, menu: Menu) -> Menu:
    """Let a button open a menu when pressed; return the menu."""
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    return menu


def add_choices[Key](
    menu: QMenu, keys: Iterable[Key], choose: Callable[[Key], object]
) -> dict[Key, QAction]:
    """Add a checkable entry per key to a menu; its text is set later."""
    group, actions = QActionGroup(menu), {}
    for key in keys:
        action = actions[key] = menu.addAction("")
        action.setCheckable(True)
        action.triggered.connect(lambda _=False, key=key: choose(key))
        group.addAction(action)
    return actions


def scroll_area(content: QWidget, object_name: str = "", across: bool = False) -> QScrollArea:
    """Return a vertical or horizontal scroll area that is not a tab stop."""
    area = named(QScrollArea(), object_name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    (area.setVerticalScrollBarPolicy if across else area.setHorizontalScrollBarPolicy)(off)
    area.setWidget(content)
    return area


class Segments(QFrame):
    """A row of exclusive buttons; Tab reaches the checked one, arrow keys the others.

    Attributes
    ----------
    group
        The button group; its ``idClicked(int)`` reports the user's choice.
    """

    def __init__(
        self,
        names: Iterable[str] | Mapping[str, tuple[LazyText, LazyText]],
        do: Callable[[int], object] | None = None,
    ) -> None:
        """Create a button per object name, mapped to its text and tip."""
        super().__init__()
        set_role(self, role="seg")
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setSpacing(0)
        for index, name in enumerate(names):
            button = tool_button(name, tone="")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self.group.addButton(button, index)
            self._grid.addWidget(button, 0, index)
            if isinstance(names, Mapping):
                text, tip = names[name]
                worded(button, text=text, tip=tip)
        self.group.idToggled.connect(self._on_toggled)
        if do is not None:
            self.group.idClicked.connect(do)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def _on_toggled(self, index: int, chosen: bool) -> None:
        if not chosen:
            return
        for button in self.group.buttons():
            is_chosen = self.group.id(button) == index
            by_tab, by_click = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(by_tab if is_chosen else by_click)

    def fit_width(self, room_px: int) -> None:
        """Use two rows if the texts do not fit in one; with `room_px` 0, one row per button."""
        buttons = self.group.buttons()
        needed = sum(button.sizeHint().width() for button in buttons) + 4
        folded = -(-len(buttons) // 2) if room_px else 1
        columns = len(buttons) if needed <= room_px else folded
        for index, button in enumerate(buttons):
            self._grid.addWidget(button, index // columns, index % columns)

    def button(self, index: int) -> QToolButton:
        """Return the button at `index`."""
        button = self.group.button(index)
        assert isinstance(button, QToolButton)
        return button

    def write(self, *texts: tuple[str, str]) -> None:
        """Set the buttons' texts and tips in the current language."""
        for index, (text, tip) in enumerate(texts):
            write_on(self.button(index), text, tip)

    @property
    def current(self) -> int:
        """The index of the checked button, -1 for none."""
        return self.group.checkedId()

    def choose(self, index: int) -> None:
        """Check a button, or none with -1, without emitting ``idClicked``.

        If the previously checked button has the focus, it moves along.
        """
        if index >= 0:
            before = self.group.checkedButton()
            self.button(index).setChecked(True)
            # Only from the one chosen before: one that is just being pressed keeps it.
            if before is not None and self.window().focusWidget() is before:
                self.button(index).setFocus(Qt.FocusReason.OtherFocusReason)
        elif (chosen := self.group.checkedButton()) is not None:
            self.group.setExclusive(False)
            chosen.setChecked(False)
            self.group.setExclusive(True)


class ElidingLabel(QLabel):
    """A short text that fills the available width and is elided if too long."""

    def __init__(self, role: str = "", object_name: str = "") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self, role=role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the elided text."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        right = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), right, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)


# As in the style sheet; the panels' own inset is wider.
BAR_PX = 10


class ColumnScroll(QScrollArea):
    """A column's scroll area; its scroll bar overlays the right margin.

    A scroll bar beside the column would change the width of the content as it appears and
    disappears. Tab skips the scroll area, because focusing its content scrolls too.
    """

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName(object_name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(0, 0, -BAR_PX, 0)
        bar = self.verticalScrollBar()
        holder = bar.parentWidget()
        assert isinstance(holder, QWidget)
        holder.raise_()
        # The style sheet draws no handle where there is nothing to scroll.
        bar.setEnabled(False)
        bar.rangeChanged.connect(lambda low, high: self.verticalScrollBar().setEnabled(high > low))


_SPARE_PX = 6


def show_text(label: QLabel, text: str, lines_at: str = "") -> None:
    """Set a label's text if it differs, with a width that only ever grows.

    Parameters
    ----------
    label, text
        The label and its new text.
    lines_at
        Separator at which the text is broken into lines; empty for a single line.

    Notes
    -----
    ``QLabel.setText`` invalidates every layout up to the window, 60 times a second while training;
    Qt skips that for a widget of fixed size.
    """
    if label.text() == text:
        return
    label.ensurePolished()  # the style sheet may choose another weight or size
    metrics = label.fontMetrics()
    parts = text.split(lines_at) if lines_at else [text]
    lines = [f"{part}{lines_at.rstrip()}" for part in parts[:-1]] + parts[-1:]
    needed = max(map(metrics.horizontalAdvance, lines)) + 1
    height = metrics.height() * len(lines)
    label.setWordWrap(len(lines) > 1)
    if len(lines) > 1:
        label.setFixedSize(needed, height)  # with no room for the next line's first word
        label.setText(text)
        return
    if needed > label.width() or label.maximumWidth() != label.minimumWidth():
        width = max(needed + _SPARE_PX, label.width() if label.minimumWidth() else 0)
        label.setFixedSize(width, height)
    elif height != label.minimumHeight():
        label.setFixedHeight(height)
    label.setText(text)
