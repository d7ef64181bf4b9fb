"""All actions by name, for menus, buttons, shortcuts, the palette and the key sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto

from msgspec import Struct
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from foundation.text import mark, tr
from gui.settings import asset_table, in_turkish, language
from gui.theme import active, icon


class Place(Enum):
    """The place in which an action is available, or its subject.

    `DATA` and `SETTINGS` belong to Build; like `LESSONS` they have no shortcuts and are listed only
    in the palette. `DOCUMENTS` means Build and Teach; Vision uses the same keys for pictures.
    """

    EVERYWHERE = auto()
    DOCUMENTS = auto()
    BUILD = auto()
    DATA = auto()
    SETTINGS = auto()
    TEACH = auto()
    VISION = auto()
    LESSONS = auto()


class Entry(Struct, frozen=True):
    """An action in a list.

    Attributes
    ----------
    name
        Object name.
    text
        Label in English.
    keys, icon
        Shortcuts; name of the icon.
    turkish
        Label in Turkish; empty if the catalogue translates `text`.
    group
        English name of the group; empty if the place is enough.
    words
        Further English search words, such as the label of the action's button.
    """

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    turkish: str = ""
    group: str = ""
    words: tuple[str, ...] = ()

    def texts(self) -> tuple[str, str]:
        """Return the label in the current language and in the other one."""
        return in_both_languages(self.text, self.turkish)


def in_both_languages(text: str, turkish: str = "") -> tuple[str, str]:
    """Return a text in the current language and in the other one: English, or else Turkish.

    Parameters
    ----------
    text
        The text in English.
    turkish
        The text in Turkish; empty if the catalogue translates `text`.
    """
    turkish = turkish or in_turkish(text)
    if language() == "en":
        return text, turkish
    return turkish if language() == "tr" else tr(text), text


_LISTED = asset_table("actions", dict[str, tuple[Entry, ...]])
# The keys of Build and Teach are single ones, which a field that has the focus takes first: the tab
# looks them up.
_ENTRIES = {place: _LISTED.get(place.name, ()) for place in Place}
STEP_NAMES = tuple(
    entry.text for entry in _ENTRIES[Place.BUILD] if entry.name.startswith("microscope_at_")
)
"""English names of the microscope's eight steps, in order."""
EXPORTS = tuple(
    entry.name for entry in _ENTRIES[Place.EVERYWHERE] if entry.name.startswith("export_")
)
TEACH_EXPORTS = (
    "teach_onnx",
    "teach_script",
    "teach_csv",
    "teach_images",
    "teach_build",
    "teach_vision",
)
"""Actions that export Teach's head, predictions and images."""


class Actions:
    """Creates every action once; any code may bind it, and any widget may show it.

    Every action has its label even before the tab that binds it exists.

    Parameters
    ----------
    parent
        Owner of the actions.
    tell
        Called with the reason when a triggered action is currently impossible.
    """

    def __init__(self, parent: QObject, tell: Callable[[str], object] = lambda _: None) -> None:
        self._parent, self._tell = parent, tell
        self._entries = dict(_ENTRIES)
        self._actions: dict[str, QAction] = {}
        self._obstacles: dict[str, Callable[[], str]] = {}
        self._steps: dict[str, str | None] = {"undo": None, "redo": None}
        self._author = ""
        for entries in self._entries.values():
            for entry in entries:
                self._make(entry)
        self.retranslate()
        self.restyle()

    def _make(self, entry: Entry) -> None:
        action = self._actions[entry.name] = QAction(self._parent)
        action.setObjectName(entry.name)
        if entry.icon:
            action.setIcon(icon(entry.icon))
            action.setIconVisibleInMenu(False)  # it is for buttons; few actions have one
        action.setShortcuts([QKeySequence(keys) for keys in entry.keys])

    def __getitem__(self, name: str) -> QAction:
        """Return the action with the given name."""
        return self._actions[name]

    def of(self, place: Place) -> list[QAction]:
        """Return the actions of a place, in the order of the key sheet."""
        return [self._actions[entry.name] for entry in self._entries[place]]

    def entries(self) -> Iterator[tuple[Place, Entry]]:
        """Yield every action's place and entry."""
        for place, entries in self._entries.items():
            for entry in entries:
                yield place, entry

    def add(self, place: Place, entries: Iterable[Entry]) -> None:
        """Add actions, such as one per lesson; a known name is replaced."""
        new = tuple(entries)
        names = {entry.name for entry in new}
        self._entries[place] = (*(e for e in self._entries[place] if e.name not in names), *new)
        for entry in new:
            if entry.name not in self._actions:
                self._make(entry)
            self._name(entry)

    def bind(
        self, name: str, do: Callable[[], object], obstacle: Callable[[], str] | None = None
    ) -> None:
        """Bind an action to a function; an obstacle is reported instead of calling it.

        Parameters
        ----------
        name
            Name of the action.
        do
            Function to call.
        obstacle
            Returns why the action is currently impossible, or an empty text if it is possible.
        """
        if obstacle is not None:
            self._obstacles[name] = obstacle

        def do_or_tell() -> None:
            if reason := self.obstacle(name):
                self._tell(reason)
            else:
                do()

        self._actions[name].triggered.connect(do_or_tell)

    def obstacle(self, name: str) -> str:
        """Return why an action is currently impossible, empty if it is possible."""
        asked = self._obstacles.get(name)
        return "" if asked is None else asked()

    def find_by_key(self, place: Place, event: QKeyEvent) -> QAction | None:
        """Return the action of a place whose shortcut matches a key event."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(modifiers.value | event.key())
        return next((one for one in self.of(place) if pressed in one.shortcuts()), None)

    def export_menu(self, parent: QWidget, name: str) -> QMenu:
        """Return a menu of the network's exports."""
        menu = QMenu(parent)
        menu.setObjectName(name)
        menu.addActions([self._actions[kind] for kind in EXPORTS])
        return menu

    def show_steps(self, to_undo: str | None, to_redo: str | None) -> None:
        """Show the names of the undo and redo steps; ``None`` disables the action."""
        steps = {"undo": to_undo, "redo": to_redo}
        if steps != self._steps:
            self._steps = steps
            self._name_steps()

    def show_author(self, author: str) -> None:
        """Show the document's author in the menu, if it can have one."""
        self._author = author
        text = tr("Your name…")
        if author:
            text = tr("Name: {name}…")
        name = author.replace("&", "&&")
        self._actions["author"].setText(text.format(name=name))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for _, entry in self.entries():
            self._name(entry)
        self._name_steps()
        self.show_author(self._author)

    def _name(self, entry: Entry) -> None:
        in_data = entry.turkish if language() == "tr" else ""
        text = in_data or tr(entry.text)
        self._actions[entry.name].setText(text)
        self._write_tip(entry.name, text)

    def _name_steps(self) -> None:
        for name, step in self._steps.items():
            action = self._actions[name]
            action.setEnabled(step is not None)
            self._write_tip(name, f"{action.text()}: {step}" if step else action.text())

    def _write_tip(self, name: str, text: str) -> None:
        action = self._actions[name]
        keys = shortcut_text(action.shortcut())
        action.setToolTip(f"{text} ({keys})" if keys else text)

    def restyle(self) -> None:
        """Show the sun in the dark theme and the moon in the light one."""
        self._actions["theme"].setIcon(icon("sun" if active().is_dark else "moon"))


def shortcut_text(keys: QKeySequence) -> str:
    """Return a shortcut as written on a keyboard."""
    drawn = {"Left": "←", "Right": "→", "Space": tr("Space")}
    return drawn.get(keys.toString()) or keys.toString(QKeySequence.SequenceFormat.NativeText)


def first_shortcut(name: str) -> str:
    """Return an action's first shortcut as written on a keyboard, for tool tips."""
    [entry] = [one for entries in _ENTRIES.values() for one in entries if one.name == name]
    return shortcut_text(QKeySequence(entry.keys[0]))


_PLACES = {
    Place.EVERYWHERE: mark("Everywhere"),
    Place.DOCUMENTS: mark("Build and Teach"),
    Place.BUILD: mark("Build"),
    Place.DATA: mark("Build: data"),
    Place.SETTINGS: mark("Build: settings"),
    Place.TEACH: mark("Teach"),
    Place.VISION: mark("Vision"),
    Place.LESSONS: mark("Lessons"),
}


def place_names() -> dict[Place, tuple[str, str]]:
    """Return the name of each place in the current language and in the other one."""
    return {place: in_both_languages(text) for place, text in _PLACES.items()}
