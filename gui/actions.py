"""Every action by its name, for menus, buttons, shortcuts, the palette and the key sheet."""

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
    """Where an action can be used, or what it concerns.

    Data and settings are Build's; they and the lessons have no keys, and only the palette lists
    them. Documents are those of Build and Teach; in Vision the same keys are for pictures.
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
        Its object name.
    text
        What it does, in English.
    keys, icon
        Shortcuts, and the icon's name.
    turkish
        What it does in Turkish, where that is not translated but written in data.
    group
        What it is one of, where its place does not say that.
    words
        What else it is looked for by, such as its button's own words.
    """

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    turkish: str = ""
    group: str = ""
    words: tuple[str, ...] = ()

    def texts(self) -> tuple[str, str]:
        """Return its text in the current language and in the other one."""
        return in_both(self.text, self.turkish)


def in_both(text: str, turkish: str = "") -> tuple[str, str]:
    """Return a text in the current language and in the other one.

    Parameters
    ----------
    text
        The text in English.
    turkish
        The text in Turkish, where that is not translated but written in data.
    """
    turkish = turkish or in_turkish(text)
    if language() == "tr":
        return turkish, text
    return tr(text), turkish


_LISTED = asset_table("actions", dict[str, tuple[Entry, ...]])
# The keys of Build and Teach are single ones, which a field that has the focus takes first: the tab
# looks them up.
_ENTRIES = {place: _LISTED.get(place.name, ()) for place in Place}
STEP_NAMES = tuple(
    entry.text for entry in _ENTRIES[Place.BUILD] if entry.name.startswith("microscope_at_")
)
"""The eight steps, as the microscope walks them."""
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
"""How the head, its predictions and its images leave Teach."""


class Actions:
    """Creates every action once; any code may bind it to a function, and any widget may show it.

    An action says what it does also before the tab is made that binds it.

    Parameters
    ----------
    parent
        What the actions end with.
    tell
        Takes why an action that was chosen cannot be done at present.
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
        """Return the action of that name."""
        return self._actions[name]

    def of(self, place: Place) -> list[QAction]:
        """Return the actions of a place, in the order of the key sheet."""
        return [self._actions[entry.name] for entry in self._entries[place]]

    def entries(self) -> Iterator[tuple[Place, Entry]]:
        """Yield every action as it is listed, with its place."""
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
            Which.
        do
            What it does.
        obstacle
            Says why that cannot be done at present, or nothing where it can.
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
        """Return why an action is impossible at present, empty if it is possible."""
        asked = self._obstacles.get(name)
        return "" if asked is None else asked()

    def of_key(self, place: Place, event: QKeyEvent) -> QAction | None:
        """Return the action of a place with the shortcut of a key event."""
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
        """Show the names of the undo and redo steps, ``None`` without one."""
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
        """Set the texts in the current language."""
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
        keys = shown_keys(action.shortcut())
        action.setToolTip(f"{text} ({keys})" if keys else text)

    def restyle(self) -> None:
        """Show the sun in the dark theme and the moon in the light one."""
        self._actions["theme"].setIcon(icon("sun" if active().is_dark else "moon"))


def shown_keys(keys: QKeySequence) -> str:
    """Return a shortcut as written on a keyboard."""
    drawn = {"Left": "←", "Right": "→", "Space": tr("Space")}
    return drawn.get(keys.toString()) or keys.toString(QKeySequence.SequenceFormat.NativeText)


def key_of(name: str) -> str:
    """Return an action's first shortcut as written on a keyboard, for tool tips."""
    [entry] = [one for entries in _ENTRIES.values() for one in entries if one.name == name]
    return shown_keys(QKeySequence(entry.keys[0]))


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
    return {place: in_both(text) for place, text in _PLACES.items()}
