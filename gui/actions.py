"""Every action by its name: what menus, buttons, keys, the palette and the sheet of keys show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from foundation.text import tr
from gui.format import translate
from gui.settings import in_turkish, language
from gui.theme import active, icon


class Place(Enum):
    """Where an action can be used, or what it is about.

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


class Entry(NamedTuple):
    """An action as it is listed.

    Attributes
    ----------
    name
        Its object name.
    text
        What it does, in English, marked for translation.
    keys, icon
        Shortcuts, and the icon's name.
    turkish
        What it does in Turkish, where that is not translated but written in data.
    group
        What it is one of, marked for translation, where its place does not say that.
    words
        What else it is looked for by, such as its button's own words.
    """

    name: str
    text: object
    keys: tuple[str, ...] = ()
    icon: str = ""
    turkish: str = ""
    group: object = ""
    words: tuple[object, ...] = ()

    def texts(self) -> tuple[str, str]:
        """Return what it does in the language in use, and in the other one."""
        return in_both(self.text, self.turkish)


def in_both(text: object, turkish: str = "") -> tuple[str, str]:
    """Return a text in the language in use, and in the other one.

    Parameters
    ----------
    text
        The text in English.
    turkish
        The text in Turkish, where that is not translated but written in data.
    """
    english = str(text)
    turkish = turkish or in_turkish(english)
    if language() == "tr":
        return turkish, english
    return tr(english), turkish


STEP_NAMES = (
    QT_TRANSLATE_NOOP("Microscope", "Take the inputs"),
    QT_TRANSLATE_NOOP("Microscope", "Add the bias"),
    QT_TRANSLATE_NOOP("Microscope", "Draw random weights"),
    QT_TRANSLATE_NOOP("Microscope", "Run it forward"),
    QT_TRANSLATE_NOOP("Microscope", "See the error"),
    QT_TRANSLATE_NOOP("Microscope", "Change the weights"),
    QT_TRANSLATE_NOOP("Microscope", "Train again"),
    QT_TRANSLATE_NOOP("Microscope", "Predict"),
)
"""The eight steps, as the microscope walks them."""

_EXPORT = QT_TRANSLATE_NOOP("Actions", "Export")
_MICROSCOPE = QT_TRANSLATE_NOOP("Actions", "Microscope")
_SETTINGS = (
    ("learning_rate", QT_TRANSLATE_NOOP("Actions", "Learning rate")),
    ("optimiser", QT_TRANSLATE_NOOP("Actions", "Optimiser")),
    ("loss", QT_TRANSLATE_NOOP("Actions", "Loss")),
    ("batch_size", QT_TRANSLATE_NOOP("Actions", "Batch")),
    ("regularisation", QT_TRANSLATE_NOOP("Actions", "Regularisation")),
    ("initialiser", QT_TRANSLATE_NOOP("Actions", "Initialiser")),
    ("seed", QT_TRANSLATE_NOOP("Actions", "Seed")),
    ("schedule", QT_TRANSLATE_NOOP("Actions", "Schedule of the learning rate")),
    ("momentum", QT_TRANSLATE_NOOP("Actions", "Momentum")),
    ("clip_norm", QT_TRANSLATE_NOOP("Actions", "Clip gradient")),
    ("l1", QT_TRANSLATE_NOOP("Actions", "L1")),
    ("l2", QT_TRANSLATE_NOOP("Actions", "L2")),
    ("dropout", QT_TRANSLATE_NOOP("Actions", "Drop-out")),
    ("shuffle", QT_TRANSLATE_NOOP("Actions", "Shuffle rows each epoch")),
    ("single_precision", QT_TRANSLATE_NOOP("Actions", "Single precision (float32)")),
    ("stop_epochs", QT_TRANSLATE_NOOP("Actions", "Stop at an epoch")),
    ("stop_loss", QT_TRANSLATE_NOOP("Actions", "Stop below a loss")),
    ("split", QT_TRANSLATE_NOOP("Actions", "Split for a test")),
    ("noise", QT_TRANSLATE_NOOP("Actions", "Noise")),
    ("lottery_seeds", QT_TRANSLATE_NOOP("Actions", "How many seeds the lottery draws")),
    ("layer_0_activation", QT_TRANSLATE_NOOP("Actions", "Activation of the first layer")),
    ("features_open", QT_TRANSLATE_NOOP("Actions", "Inputs of the network")),
    ("speed_10", QT_TRANSLATE_NOOP("Actions", "Speed")),
    ("truth_table", QT_TRANSLATE_NOOP("Actions", "Rows of the table")),
    ("confusion_link", QT_TRANSLATE_NOOP("Actions", "Confusion matrix")),
    ("map_more", QT_TRANSLATE_NOOP("Actions", "What the map shows")),
    ("probe_toggle", QT_TRANSLATE_NOOP("Actions", "Try values")),
    ("circuit_toggle", QT_TRANSLATE_NOOP("Actions", "Circuit and formula")),
)
"""What is found by the name of its control, to which the keyboard then goes."""

_ENTRIES = {
    Place.EVERYWHERE: (
        Entry("export_onnx", QT_TRANSLATE_NOOP("Actions", "ONNX model…"), group=_EXPORT),
        Entry("export_numpy", QT_TRANSLATE_NOOP("Actions", "NumPy script…"), group=_EXPORT),
        Entry("export_pytorch", QT_TRANSLATE_NOOP("Actions", "PyTorch script…"), group=_EXPORT),
        Entry("export_notebook", QT_TRANSLATE_NOOP("Actions", "Notebook…"), group=_EXPORT),
        Entry("export_svg", QT_TRANSLATE_NOOP("Actions", "Drawing as SVG…"), group=_EXPORT),
        Entry("export_png", QT_TRANSLATE_NOOP("Actions", "Drawing as PNG…"), group=_EXPORT),
        Entry("export_csv", QT_TRANSLATE_NOOP("Actions", "Predictions as CSV…"), group=_EXPORT),
        Entry(
            "export_worksheet",
            QT_TRANSLATE_NOOP("Actions", "Worksheet as PDF…"),
            ("Ctrl+P",),
            group=_EXPORT,
        ),
        Entry(
            "export_blank",
            QT_TRANSLATE_NOOP("Actions", "Worksheet with empty fields…"),
            ("Ctrl+Shift+E",),
            group=_EXPORT,
        ),
        Entry("export_vision", QT_TRANSLATE_NOOP("Actions", "Use in Vision"), group=_EXPORT),
        Entry("undo", QT_TRANSLATE_NOOP("Actions", "Undo"), ("Ctrl+Z",), "arrow-u-up-left"),
        Entry(
            "redo",
            QT_TRANSLATE_NOOP("Actions", "Redo"),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "arrow-u-up-right",
        ),
        Entry("tab_build", QT_TRANSLATE_NOOP("Actions", "Build"), ("Ctrl+1",)),
        Entry("tab_teach", QT_TRANSLATE_NOOP("Actions", "Teach"), ("Ctrl+2",)),
        Entry("tab_vision", QT_TRANSLATE_NOOP("Actions", "Vision"), ("Ctrl+3",)),
        Entry("learn", QT_TRANSLATE_NOOP("Actions", "Lessons"), ("Ctrl+L",), "graduation-cap"),
        Entry("next_region", QT_TRANSLATE_NOOP("Actions", "Next part of the window"), ("F6",)),
        Entry(
            "previous_region",
            QT_TRANSLATE_NOOP("Actions", "Previous part of the window"),
            ("Shift+F6",),
        ),
        Entry(
            "language_en",
            "English",
            words=(QT_TRANSLATE_NOOP("Actions", "Language: English"),),
        ),
        Entry(
            "language_tr",
            "Türkçe",
            words=(QT_TRANSLATE_NOOP("Actions", "Language: Turkish"),),
        ),
        Entry("theme", QT_TRANSLATE_NOOP("Actions", "Light or dark"), (), "moon"),
        Entry("motion", QT_TRANSLATE_NOOP("Actions", "Motion on or off")),
        Entry("processors", QT_TRANSLATE_NOOP("Actions", "Train on one processor or on all")),
        Entry("larger", QT_TRANSLATE_NOOP("Actions", "Everything larger"), ("Ctrl++", "Ctrl+=")),
        Entry("smaller", QT_TRANSLATE_NOOP("Actions", "Everything smaller"), ("Ctrl+-",)),
        Entry(
            "palette",
            QT_TRANSLATE_NOOP("Actions", "Find an action"),
            ("Ctrl+K", "Ctrl+Shift+P"),
            "magnifying-glass",
        ),
        Entry("glossary", QT_TRANSLATE_NOOP("Actions", "Glossary"), ("Shift+F1",)),
        Entry("guide", QT_TRANSLATE_NOOP("Actions", "Guide"), ("F1",)),
        Entry("keys", QT_TRANSLATE_NOOP("Actions", "Shortcuts"), ("Ctrl+F1",)),
        Entry(
            "about",
            QT_TRANSLATE_NOOP("Actions", "About Glassnet"),
            words=("Copy the report",),
        ),
        Entry("quit", QT_TRANSLATE_NOOP("Actions", "Quit"), ("Ctrl+Q",)),
    ),
    Place.DOCUMENTS: (
        Entry("file_new", QT_TRANSLATE_NOOP("Actions", "New"), ("Ctrl+N",)),
        Entry("file_open", QT_TRANSLATE_NOOP("Actions", "Open…"), ("Ctrl+O",)),
        Entry("file_network", QT_TRANSLATE_NOOP("Actions", "Open a trained network…")),
        Entry("file_save", QT_TRANSLATE_NOOP("Actions", "Save"), ("Ctrl+S",)),
        Entry("file_save_as", QT_TRANSLATE_NOOP("Actions", "Save as…"), ("Ctrl+Shift+S",)),
        Entry("author", QT_TRANSLATE_NOOP("Actions", "Your name…")),
    ),
    # These are single keys, which a field that has the focus takes first: the tab looks them up.
    Place.BUILD: (
        Entry("train", QT_TRANSLATE_NOOP("Actions", "Train, pause"), ("Space",)),
        Entry("step", QT_TRANSLATE_NOOP("Actions", "One step"), ("S",)),
        Entry("step_epoch", QT_TRANSLATE_NOOP("Actions", "One epoch"), ("Shift+S",)),
        Entry("reset", QT_TRANSLATE_NOOP("Actions", "Reset with the same seed"), ("R",)),
        Entry("epoch_back", QT_TRANSLATE_NOOP("Actions", "One epoch back"), ("Left",)),
        Entry("epoch_on", QT_TRANSLATE_NOOP("Actions", "One epoch on"), ("Right",)),
        Entry("epoch_first", QT_TRANSLATE_NOOP("Actions", "First epoch"), ("Home",)),
        Entry("epoch_last", QT_TRANSLATE_NOOP("Actions", "Last epoch"), ("End",)),
        Entry("branch", QT_TRANSLATE_NOOP("Actions", "Branch from the epoch on screen"), ("B",)),
        Entry("microscope", QT_TRANSLATE_NOOP("Actions", "Microscope: every number"), ("M",)),
        Entry("microscope_on", QT_TRANSLATE_NOOP("Actions", "Microscope: next part"), ("N",)),
        Entry(
            "microscope_back",
            QT_TRANSLATE_NOOP("Actions", "Microscope: previous part"),
            ("Shift+N",),
        ),
        *(
            Entry(f"microscope_at_{step}", name, group=_MICROSCOPE)
            for step, name in enumerate(STEP_NAMES, start=1)
        ),
        Entry("view_loss", QT_TRANSLATE_NOOP("Actions", "Loss by epoch")),
        Entry("view_weights", QT_TRANSLATE_NOOP("Actions", "Weights")),
        Entry("view_hidden", QT_TRANSLATE_NOOP("Actions", "Hidden space")),
        Entry("view_lottery", QT_TRANSLATE_NOOP("Actions", "Seed lottery")),
        Entry("view_landscape", QT_TRANSLATE_NOOP("Actions", "Loss landscape")),
        Entry("add_layer", QT_TRANSLATE_NOOP("Actions", "Add a hidden layer")),
        Entry("remove_layer", QT_TRANSLATE_NOOP("Actions", "Remove the last hidden layer")),
        Entry("add_unit", QT_TRANSLATE_NOOP("Actions", "One unit more in the last hidden layer")),
        Entry(
            "remove_unit", QT_TRANSLATE_NOOP("Actions", "One unit fewer in the last hidden layer")
        ),
        Entry(
            "new_start",
            QT_TRANSLATE_NOOP("Actions", "New start from the next seed"),
            ("Ctrl+R",),
        ),
        Entry("recipe_as_published", QT_TRANSLATE_NOOP("Actions", "The article’s recipe")),
        Entry("recipe_as_corrected", QT_TRANSLATE_NOOP("Actions", "The corrected recipe")),
    ),
    Place.DATA: (),
    Place.SETTINGS: tuple(Entry(f"set_{name}", text) for name, text in _SETTINGS),
    # Single keys, too.
    Place.TEACH: (
        Entry("teach_train", QT_TRANSLATE_NOOP("Actions", "Train the head, pause"), ("Space",)),
        Entry("teach_add_class", QT_TRANSLATE_NOOP("Actions", "Add a class"), ("N",)),
        Entry("teach_import", QT_TRANSLATE_NOOP("Actions", "Import a folder per class…"), ("I",)),
        Entry("teach_paste", QT_TRANSLATE_NOOP("Actions", "Paste an image"), ("Ctrl+V",)),
        Entry("teach_onnx", QT_TRANSLATE_NOOP("Actions", "ONNX model with its backbone…")),
        Entry("teach_script", QT_TRANSLATE_NOOP("Actions", "Script that runs the model…")),
        Entry("teach_csv", QT_TRANSLATE_NOOP("Actions", "Predictions as CSV…")),
        Entry("teach_images", QT_TRANSLATE_NOOP("Actions", "Images, a folder per class…")),
        Entry("teach_build", QT_TRANSLATE_NOOP("Actions", "Open the head in Build")),
        Entry("teach_vision", QT_TRANSLATE_NOOP("Actions", "Use in Vision")),
    ),
    Place.VISION: (
        Entry(
            "open_source",
            QT_TRANSLATE_NOOP("Actions", "Open a picture, a folder or a stream…"),
            ("Ctrl+O",),
        ),
        Entry("camera", QT_TRANSLATE_NOOP("Actions", "Use a camera…")),
        Entry("freeze", QT_TRANSLATE_NOOP("Actions", "Freeze, resume"), ("F",)),
        Entry(
            "snapshot",
            QT_TRANSLATE_NOOP("Actions", "Save a snapshot…"),
            ("Ctrl+S", "Ctrl+Shift+S"),
        ),
        Entry("record", QT_TRANSLATE_NOOP("Actions", "Record the labels as CSV, stop")),
        Entry("paste", QT_TRANSLATE_NOOP("Actions", "Paste a picture"), ("Ctrl+V",)),
        Entry("open_kernel", QT_TRANSLATE_NOOP("Actions", "Open this kernel in Build")),
        Entry(
            "classify",
            QT_TRANSLATE_NOOP("Actions", "Name what a picture shows"),
            words=("What is it?",),
        ),
        Entry(
            "detect",
            QT_TRANSLATE_NOOP("Actions", "Find objects, with a box round each"),
            words=("Where is it?",),
        ),
        Entry(
            "cut_out",
            QT_TRANSLATE_NOOP("Actions", "Separate people from the background"),
            words=("Cut out",),
        ),
        Entry("inside", QT_TRANSLATE_NOOP("Actions", "Look inside the network that sees"), ("I",)),
        Entry("occlusion", QT_TRANSLATE_NOOP("Actions", "Occlusion map")),
        Entry("library", QT_TRANSLATE_NOOP("Actions", "Model library…")),
    ),
    Place.LESSONS: (
        Entry("lesson_perceptron", QT_TRANSLATE_NOOP("Actions", "Why can’t a perceptron do XOR?")),
        Entry("lesson_gates_by_hand", QT_TRANSLATE_NOOP("Actions", "Build gates by hand")),
        Entry(
            "lesson_deep_learning_opencv",
            QT_TRANSLATE_NOOP("Actions", "Deep learning with OpenCV"),
        ),
    ),
}
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
    """Make every action once; whoever can do what it says binds it, and any place may show it.

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
        """Return what can be done in a place, in the order of the sheet of keys."""
        return [self._actions[entry.name] for entry in self._entries[place]]

    def entries(self) -> Iterator[tuple[Place, Entry]]:
        """Yield every action as it is listed, with its place."""
        for place, entries in self._entries.items():
            for entry in entries:
                yield place, entry

    def add(self, place: Place, entries: Iterable[Entry]) -> None:
        """List further actions, such as one a lesson; one of a known name is listed anew."""
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
        """Let an action do something, or tell why it cannot be done.

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
        """Return why an action cannot be done at present, or nothing where it can."""
        asked = self._obstacles.get(name)
        return "" if asked is None else asked()

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

    def show_author(self, author: str) -> None:
        """Say whose work the document is where it can be signed, to who looks into the menu."""
        self._author = author
        text = translate("Actions", "Your name…")
        if author:
            text = translate("Actions", "Name: {name}…")
        name = author.replace("&", "&&")
        self._actions["author"].setText(text.format(name=name))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for _, entry in self.entries():
            self._name(entry)
        self._name_steps()
        self.show_author(self._author)

    def _name(self, entry: Entry) -> None:
        in_data = entry.turkish if language() == "tr" else ""
        text = in_data or tr(str(entry.text))
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
        """Show the sun where the theme in use is dark, else the moon."""
        self._actions["theme"].setIcon(icon("sun" if active().is_dark else "moon"))


def shown_keys(keys: QKeySequence) -> str:
    """Return keys as they are written on a keyboard."""
    drawn = {"Left": "←", "Right": "→", "Space": translate("Actions", "Space")}
    return drawn.get(keys.toString()) or keys.toString(QKeySequence.SequenceFormat.NativeText)


def key_of(name: str) -> str:
    """Return the first keys of an action, as they are written on a keyboard: for a button's tip."""
    [entry] = [one for entries in _ENTRIES.values() for one in entries if one.name == name]
    return shown_keys(QKeySequence(entry.keys[0]))


_PLACES = {
    Place.EVERYWHERE: QT_TRANSLATE_NOOP("Actions", "Everywhere"),
    Place.DOCUMENTS: QT_TRANSLATE_NOOP("Actions", "Build and Teach"),
    Place.BUILD: QT_TRANSLATE_NOOP("Actions", "Build"),
    Place.DATA: QT_TRANSLATE_NOOP("Actions", "Build: data"),
    Place.SETTINGS: QT_TRANSLATE_NOOP("Actions", "Build: settings"),
    Place.TEACH: QT_TRANSLATE_NOOP("Actions", "Teach"),
    Place.VISION: QT_TRANSLATE_NOOP("Actions", "Vision"),
    Place.LESSONS: QT_TRANSLATE_NOOP("Actions", "Lessons"),
}


def place_names() -> dict[Place, tuple[str, str]]:
    """Return what each place is called in the language in use, and in the other one."""
    return {place: in_both(text) for place, text in _PLACES.items()}
