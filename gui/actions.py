"""Every action of the window by its name: what menus, buttons, keys and the sheet of keys show."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gui.theme import active, icon

OPEN_KEYS = "Ctrl+Shift+O"
"""Of Vision: Ctrl+O is the window's own and opens an experiment."""


class Place(Enum):
    """Where an action can be used."""

    EVERYWHERE = auto()
    BUILD = auto()
    TEACH = auto()
    VISION = auto()


class _Entry(NamedTuple):
    """An action as it is listed: its name, its text (marked for translation), keys and icon."""

    name: str
    text: object
    keys: tuple[str, ...] = ()
    icon: str = ""


_ENTRIES = {
    Place.EVERYWHERE: (
        _Entry("file_new", QT_TRANSLATE_NOOP("Actions", "New"), ("Ctrl+N",)),
        _Entry("file_open", QT_TRANSLATE_NOOP("Actions", "Open…"), ("Ctrl+O",)),
        _Entry("file_save", QT_TRANSLATE_NOOP("Actions", "Save"), ("Ctrl+S",)),
        _Entry("file_save_as", QT_TRANSLATE_NOOP("Actions", "Save as…"), ("Ctrl+Shift+S",)),
        _Entry("export_onnx", QT_TRANSLATE_NOOP("Actions", "ONNX model…")),
        _Entry("export_numpy", QT_TRANSLATE_NOOP("Actions", "NumPy script…")),
        _Entry("export_svg", QT_TRANSLATE_NOOP("Actions", "Drawing as SVG…")),
        _Entry("export_png", QT_TRANSLATE_NOOP("Actions", "Drawing as PNG…")),
        _Entry("export_csv", QT_TRANSLATE_NOOP("Actions", "Predictions as CSV…")),
        _Entry("export_worksheet", QT_TRANSLATE_NOOP("Actions", "Worksheet as PDF…"), ("Ctrl+P",)),
        _Entry(
            "export_blank",
            QT_TRANSLATE_NOOP("Actions", "Worksheet with empty fields…"),
            ("Ctrl+Shift+E",),
        ),
        _Entry("export_vision", QT_TRANSLATE_NOOP("Actions", "Use in Vision")),
        _Entry("undo", QT_TRANSLATE_NOOP("Actions", "Undo"), ("Ctrl+Z",), "arrow-u-up-left"),
        _Entry(
            "redo",
            QT_TRANSLATE_NOOP("Actions", "Redo"),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "arrow-u-up-right",
        ),
        _Entry("tab_build", QT_TRANSLATE_NOOP("Actions", "Build"), ("Ctrl+1",)),
        _Entry("tab_teach", QT_TRANSLATE_NOOP("Actions", "Teach"), ("Ctrl+2",)),
        _Entry("tab_vision", QT_TRANSLATE_NOOP("Actions", "Vision"), ("Ctrl+3",)),
        _Entry("learn", QT_TRANSLATE_NOOP("Actions", "Lessons"), ("Ctrl+L",), "graduation-cap"),
        _Entry("lesson_line", QT_TRANSLATE_NOOP("Actions", "Why can’t a perceptron do XOR?")),
        _Entry("lesson_gate", QT_TRANSLATE_NOOP("Actions", "Build a gate by hand")),
        _Entry("lesson_photo", QT_TRANSLATE_NOOP("Actions", "Deep learning with OpenCV")),
        _Entry("language_en", "English"),
        _Entry("language_tr", "Türkçe"),
        _Entry("theme", QT_TRANSLATE_NOOP("Actions", "Light or dark"), (), "theme"),
        _Entry("larger", QT_TRANSLATE_NOOP("Actions", "Everything larger"), ("Ctrl++", "Ctrl+=")),
        _Entry("smaller", QT_TRANSLATE_NOOP("Actions", "Everything smaller"), ("Ctrl+-",)),
        _Entry("glossary", QT_TRANSLATE_NOOP("Actions", "Glossary"), ("Shift+F1",)),
        _Entry("help", QT_TRANSLATE_NOOP("Actions", "Help and shortcuts"), ("F1",), "question"),
    ),
    # These are single keys, which a field that has the focus takes first: the tab looks them up.
    Place.BUILD: (
        _Entry("train", QT_TRANSLATE_NOOP("Actions", "Train, pause"), ("Space",)),
        _Entry("step", QT_TRANSLATE_NOOP("Actions", "One step"), ("S",)),
        _Entry("step_epoch", QT_TRANSLATE_NOOP("Actions", "One epoch"), ("Shift+S",)),
        _Entry("reset", QT_TRANSLATE_NOOP("Actions", "Reset with the same seed"), ("R",)),
        _Entry("epoch_back", QT_TRANSLATE_NOOP("Actions", "One epoch back"), ("Left",)),
        _Entry("epoch_on", QT_TRANSLATE_NOOP("Actions", "One epoch on"), ("Right",)),
        _Entry("epoch_first", QT_TRANSLATE_NOOP("Actions", "First epoch"), ("Home",)),
        _Entry("epoch_last", QT_TRANSLATE_NOOP("Actions", "Last epoch"), ("End",)),
        _Entry("branch", QT_TRANSLATE_NOOP("Actions", "Branch from the epoch on screen"), ("B",)),
        _Entry("microscope", QT_TRANSLATE_NOOP("Actions", "Microscope: every number"), ("M",)),
        _Entry("microscope_on", QT_TRANSLATE_NOOP("Actions", "Microscope: next part"), ("N",)),
        _Entry(
            "microscope_back",
            QT_TRANSLATE_NOOP("Actions", "Microscope: previous part"),
            ("Shift+N",),
        ),
    ),
    # Single keys, too.
    Place.TEACH: (
        _Entry("teach_train", QT_TRANSLATE_NOOP("Actions", "Train the head, pause"), ("Space",)),
        _Entry("teach_add_class", QT_TRANSLATE_NOOP("Actions", "Add a class"), ("N",)),
        _Entry("teach_import", QT_TRANSLATE_NOOP("Actions", "Import a folder per class…"), ("I",)),
        _Entry("teach_paste", QT_TRANSLATE_NOOP("Actions", "Paste an image"), ("Ctrl+V",)),
        _Entry("teach_onnx", QT_TRANSLATE_NOOP("Actions", "ONNX model with its backbone…")),
        _Entry("teach_script", QT_TRANSLATE_NOOP("Actions", "Script that runs the model…")),
        _Entry("teach_csv", QT_TRANSLATE_NOOP("Actions", "Predictions as CSV…")),
        _Entry("teach_build", QT_TRANSLATE_NOOP("Actions", "Open the head in Build")),
        _Entry("teach_vision", QT_TRANSLATE_NOOP("Actions", "Use in Vision")),
    ),
    Place.VISION: (
        _Entry(
            "open_source",
            QT_TRANSLATE_NOOP("Actions", "Open a picture, a folder or a stream…"),
            (OPEN_KEYS,),
        ),
        _Entry("freeze", QT_TRANSLATE_NOOP("Actions", "Freeze, resume"), ("F",)),
        _Entry("paste", QT_TRANSLATE_NOOP("Actions", "Paste a picture"), ("Ctrl+V",)),
    ),
}
EXPORTS = tuple(
    entry.name for entry in _ENTRIES[Place.EVERYWHERE] if entry.name.startswith("export_")
)
TEACH_EXPORTS = ("teach_onnx", "teach_script", "teach_csv", "teach_build", "teach_vision")
"""How the head leaves Teach."""


class Actions:
    """Make every action once; whoever can do what it says binds it, and any place may show it.

    An action says what it does also before the tab is made that binds it.

    Parameters
    ----------
    parent
        What the actions end with.
    """

    def __init__(self, parent: QObject) -> None:
        self._actions: dict[str, QAction] = {}
        self._steps: dict[str, str | None] = {"undo": None, "redo": None}
        for entries in _ENTRIES.values():
            for entry in entries:
                action = self._actions[entry.name] = QAction(parent)
                action.setObjectName(entry.name)
                action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
        self.retranslate()
        self.restyle()

    def __getitem__(self, name: str) -> QAction:
        """Return the action of that name."""
        return self._actions[name]

    def of(self, place: Place) -> list[QAction]:
        """Return what can be done in a place, in the order of the sheet of keys."""
        return [self._actions[entry.name] for entry in _ENTRIES[place]]

    def bind(self, name: str, do: Callable[[], object]) -> None:
        """Let an action do something."""
        self._actions[name].triggered.connect(lambda: do())

    def of_key(self, place: Place, event: QKeyEvent) -> QAction | None:
        """Return the action in a place that has the key of an event."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(modifiers.value | event.key())
        return next((one for one in self.of(place) if pressed in one.shortcuts()), None)

    def export_menu(self, parent: QWidget, name: str) -> QMenu:
        """Return a menu of what the network can be written as."""
        menu = QMenu(parent)
        menu.setObjectName(name)
        menu.addActions([self._actions[kind] for kind in EXPORTS])
        return menu

    def show_steps(self, to_undo: str | None, to_redo: str | None) -> None:
        """Offer the steps that undo and redo would take, by name; ``None`` where there is none."""
        steps = {"undo": to_undo, "redo": to_redo}
        if steps != self._steps:
            self._steps = steps
            self._name_steps()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for entries in _ENTRIES.values():
            for entry in entries:
                text = QCoreApplication.translate("Actions", str(entry.text))
                self._actions[entry.name].setText(text)
                self._write_tip(entry.name, text)
        self._name_steps()

    def _name_steps(self) -> None:
        for name, step in self._steps.items():
            action = self._actions[name]
            action.setEnabled(step is not None)
            self._write_tip(name, f"{action.text()}: {step}" if step else action.text())

    def _write_tip(self, name: str, text: str) -> None:
        action = self._actions[name]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({keys})" if keys else text)

    def restyle(self) -> None:
        """Draw the icons in the theme in use."""
        for entry in _ENTRIES[Place.EVERYWHERE]:
            if entry.icon:
                name = entry.icon
                if name == "theme":
                    name = "sun" if active().is_dark else "moon"
                self._actions[entry.name].setIcon(icon(name))
