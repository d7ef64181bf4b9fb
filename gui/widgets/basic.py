"""Labels, buttons, roles, segments and the other small pieces of every panel."""

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
"""What Qt hands to models and delegates."""

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""By how many rows and columns each arrow key goes on."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PRESSES = (*ENTER, Qt.Key.Key_Space)
"""Keys that do what a click does."""

_MOVES = (*ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End)


def strong(text: str) -> str:
    """Return `text` as rich text in the font's semi-bold: ``<b>`` asks for a weight it lacks."""
    return f'<span style="font-weight:600">{text}</span>'


BREAK = "\u200b"
"""What cannot be seen and lets a line end: a space of no width."""


def breakable(text: str, most: int = 24) -> str:
    """Let words of more than `most` letters, mostly names of files, go on in the next line.

    A label breaks its text only between words, and after "/" and "-" before a letter; it cuts off
    what is wider than itself. A card has room for as many letters as `most` is by itself.
    """
    return re.sub(rf"((?:[^\s/-]|[/-](?=\d)){{{most}}})(?=[^\s/-])", rf"\1{BREAK}", text)


def set_role(widget: QWidget, **roles: str) -> None:
    """Set style properties (``role``, ``tone``, ``extent``, ``side``); polish anew what was.

    Only where one differs: to polish a widget is to look through the whole style sheet for it.
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
    """Give a control its accessible name and its tool tip.

    The tip is the name where none is given; ``""`` is for what shows no tip, such as a plot.
    """
    widget.setAccessibleName(name)
    widget.setToolTip(name if tip is None else tip)


def write_on(button: QAbstractButton | QLabel, text: str, tip: str | None = None) -> None:
    """Write on a button what is also its accessible name; the tip as in :func:`describe`."""
    button.setText(text)
    describe(button, text, tip)


def keep_moves(event: QKeyEvent) -> None:
    """Keep a key that moves in a list also at its end, where the list leaves it to the tab.

    On the Build tab it would go to another epoch.
    """
    if event.key() in _MOVES and event.modifiers() == Qt.KeyboardModifier.NoModifier:
        event.accept()


def press_in_list(event: QKeyEvent, press: Callable[[QKeyEvent], None]) -> None:
    """Let a list that is not typed in take the keys that move in it, and the tab all letters.

    `press` is the list's own ``keyPressEvent``, which would look for an entry by its first letter.
    """
    if event.text() and event.text().isprintable():
        event.ignore()
    else:
        press(event)
        keep_moves(event)


_BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def is_by_keys(event: QEvent) -> bool:
    """Tell whether the keyboard comes or goes by Tab, either way round, or by a shortcut."""
    return isinstance(event, QFocusEvent) and event.reason() in _BY_KEYS


def has_focus(part: QWidget) -> bool:
    """Tell whether the keyboard is on a part of the window, or within it."""
    focused = QApplication.focusWidget()
    return focused is not None and (focused is part or part.isAncestorOf(focused))


def scroll_to(control: QWidget) -> None:
    """Scroll what a control is in so far that it is in sight."""
    widget = control.parentWidget()
    while widget is not None:
        if isinstance(widget, QScrollArea):
            widget.ensureWidgetVisible(control)
        widget = widget.parentWidget()


def come_by_tab(part: QWidget, after: QWidget) -> QWidget:
    """Let Tab come to a part that was just put into its place after a widget, not last of all.

    For what is made after what stands behind it. That widget takes the keyboard, and the last one
    in the part that does is returned.
    """
    # Not by nextInFocusChain: PySide then takes each widget for the owner of the next.
    inner = (at for at in part.findChildren(QWidget) if at.window() is part.window())
    # By Tab now, or once it is the chosen one.
    stops = [after, *(at for at in inner if at.focusPolicy() != Qt.FocusPolicy.NoFocus)]
    for before, stop in pairwise(stops):
        QWidget.setTabOrder(before, stop)
    return stops[-1]


def named[Part: QObject](part: Part, object_name: str) -> Part:
    """Return a widget, a menu or an action with its object name."""
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
    """Add to a menu what does something, ticked where it `is_on`; all of its text is literal."""
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
    """Return a frame with the given style role."""
    result = QFrame()
    set_role(result, role=role, **roles)
    return result


def rule(vertical: bool = False, height_px: int | None = None) -> QFrame:
    """Return a one-pixel divider, as high as there is room where no height is given."""
    divider = frame("vrule" if vertical else "rule")
    if height_px is not None:
        divider.setFixedHeight(height_px)
    return divider


def label(
    role: str = "", object_name: str = "", wrap: bool = False, **texts: Unpack[Texts]
) -> QLabel:
    """Return a label with a style role, whose text is plain: all of it is literal."""
    result = QLabel()
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if object_name:
        result.setObjectName(object_name)
    if role:
        set_role(result, role=role)
    return worded(result, **texts)


def as_html[Label: QLabel](label: Label) -> Label:
    """Let a label show HTML; text that comes from a file must be escaped."""
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
    """Let a button leave arrows to the tab, as to go to another epoch; `press` is its own.

    Qt would go on to the next control, as by Tab. Among buttons of which one holds, and among the
    answers of a dialog, arrows go from one to the next.
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
    """Return a push button with its object name, look and texts; `do` is what a click does."""
    result = _PushButton()
    result.setAutoDefault(False)
    return _dress(result, object_name, tone, size, icon, do, texts)


def check_box(object_name: str, do: Callable[[bool], object], **texts: Unpack[Texts]) -> QCheckBox:
    """Return a check box with its object name and texts; `do` gets what a click makes of it."""
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
    """Return a tool button (an icon, or icon and text); all else as in :func:`push_button`."""
    return _dress(_ToolButton(), object_name, tone, size, icon, do, texts)


def opens_menu[Menu: QMenu](button: QToolButton, menu: Menu) -> Menu:
    """Let a press on a button open a menu at once; return the menu."""
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    return menu


def add_choices[Key](
    menu: QMenu, keys: Iterable[Key], choose: Callable[[Key], object]
) -> dict[Key, QAction]:
    """Add an entry for each key to a menu, of which one is checked; its text is yet to be set."""
    group, actions = QActionGroup(menu), {}
    for key in keys:
        action = actions[key] = menu.addAction("")
        action.setCheckable(True)
        action.triggered.connect(lambda _=False, key=key: choose(key))
        group.addAction(action)
    return actions


def scroll_area(content: QWidget, object_name: str = "", across: bool = False) -> QScrollArea:
    """Return what scrolls its content up and down, or across; Tab passes over it."""
    area = named(QScrollArea(), object_name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    (area.setVerticalScrollBarPolicy if across else area.setHorizontalScrollBarPolicy)(off)
    area.setWidget(content)
    return area


class Segments(QFrame):
    """A row of buttons of which one is chosen; Tab comes to that one, arrows go to the others.

    Attributes
    ----------
    group
        The button group; its ``idClicked(int)`` says what the user chose.
    """

    def __init__(
        self,
        names: Iterable[str] | Mapping[str, tuple[LazyText, LazyText]],
        do: Callable[[int], object] | None = None,
    ) -> None:
        """Make a button of each object name, in a mapping with its text and tip."""
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

    def fold_into(self, room_px: int) -> None:
        """Use two rows where the words are too long for one, with no room at all one a button."""
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
        """Write on the buttons, and their tips, in the language in use."""
        for index, (text, tip) in enumerate(texts):
            write_on(self.button(index), text, tip)

    @property
    def current(self) -> int:
        """Index of the chosen button, -1 for none."""
        return self.group.checkedId()

    def choose(self, index: int) -> None:
        """Choose a button, or with -1 none, without emitting ``idClicked``.

        The keyboard stays with the one that is chosen.
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
    """A few words that take what room there is, and end in an ellipsis where it is too little."""

    def __init__(self, role: str = "", object_name: str = "") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self, role=role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        right = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), right, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)


# As in the style sheet; the panels' own inset is wider.
BAR_PX = 10


class ColumnScroll(QScrollArea):
    """Scroll a column up and down; the bar lies over the inset at its right.

    A bar that took its width from the column would move everything in it as it comes and goes. Tab
    passes over it: what it holds takes the keyboard, and scrolls along.
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
    """Set a label's text where it differs, in a size that is fixed and only ever grows in width.

    Parameters
    ----------
    label, text
        Which, and what it says.
    lines_at
        What each line but the last ends with, where the text has more than one.

    Notes
    -----
    ``QLabel.setText`` asks every layout up to the window for another pass, 60 times a second while
    training; Qt spares that for a widget whose least and largest size are the same.
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
