"""Every action by its name: what menus, buttons, keys, the palette and the sheet of keys show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from foundation.text import mark, tr
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
    mark("Take the inputs"),
    mark("Add the bias"),
    mark("Draw random weights"),
    mark("Run it forward"),
    mark("See the error"),
    mark("Change the weights"),
    mark("Train again"),
    mark("Predict"),
)
"""The eight steps, as the microscope walks them."""

_EXPORT = mark("Export")
_MICROSCOPE = mark("Microscope")
_SETTINGS = (
    ("learning_rate", mark("Learning rate")),
    ("optimiser", mark("Optimiser")),
    ("loss", mark("Loss")),
    ("batch_size", mark("Batch")),
    ("regularisation", mark("Regularisation")),
    ("initialiser", mark("Initialiser")),
    ("seed", mark("Seed")),
    ("schedule", mark("Schedule of the learning rate")),
    ("momentum", mark("Momentum")),
    ("clip_norm", mark("Clip gradient")),
    ("l1", mark("L1")),
    ("l2", mark("L2")),
    ("dropout", mark("Drop-out")),
    ("shuffle", mark("Shuffle rows each epoch")),
    ("single_precision", mark("Single precision (float32)")),
    ("stop_epochs", mark("Stop at an epoch")),
    ("stop_loss", mark("Stop below a loss")),
    ("split", mark("Split for a test")),
    ("noise", mark("Noise")),
    ("lottery_seeds", mark("How many seeds the lottery draws")),
    ("layer_0_activation", mark("Activation of the first layer")),
    ("features_open", mark("Inputs of the network")),
    ("speed_10", mark("Speed")),
    ("truth_table", mark("Rows of the table")),
    ("confusion_link", mark("Confusion matrix")),
    ("map_more", mark("What the map shows")),
    ("probe_toggle", mark("Try values")),
    ("circuit_toggle", mark("Circuit and formula")),
)
"""What is found by the name of its control, to which the keyboard then goes."""

_ENTRIES = {
    Place.EVERYWHERE: (
        Entry("export_onnx", mark("ONNX model…"), group=_EXPORT),
        Entry("export_numpy", mark("NumPy script…"), group=_EXPORT),
        Entry("export_pytorch", mark("PyTorch script…"), group=_EXPORT),
        Entry("export_notebook", mark("Notebook…"), group=_EXPORT),
        Entry("export_svg", mark("Drawing as SVG…"), group=_EXPORT),
        Entry("export_png", mark("Drawing as PNG…"), group=_EXPORT),
        Entry("export_csv", mark("Predictions as CSV…"), group=_EXPORT),
        Entry(
            "export_worksheet",
            mark("Worksheet as PDF…"),
            ("Ctrl+P",),
            group=_EXPORT,
        ),
        Entry(
            "export_blank",
            mark("Worksheet with empty fields…"),
            ("Ctrl+Shift+E",),
            group=_EXPORT,
        ),
        Entry("export_vision", mark("Use in Vision"), group=_EXPORT),
        Entry("undo", mark("Undo"), ("Ctrl+Z",), "arrow-u-up-left"),
        Entry(
            "redo",
            mark("Redo"),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "arrow-u-up-right",
        ),
        Entry("tab_build", mark("Build"), ("Ctrl+1",)),
        Entry("tab_teach", mark("Teach"), ("Ctrl+2",)),
        Entry("tab_vision", mark("Vision"), ("Ctrl+3",)),
        Entry("learn", mark("Lessons"), ("Ctrl+L",), "graduation-cap"),
        Entry("next_region", mark("Next part of the window"), ("F6",)),
        Entry(
            "previous_region",
            mark("Previous part of the window"),
            ("Shift+F6",),
        ),
        Entry(
            "language_en",
            "English",
            words=(mark("Language: English"),),
        ),
        Entry(
            "language_tr",
            "Türkçe",
            words=(mark("Language: Turkish"),),
        ),
        Entry("theme", mark("Light or dark"), (), "moon"),
        Entry("motion", mark("Motion on or off")),
        Entry("processors", mark("Train on one processor or on all")),
        Entry("larger", mark("Everything larger"), ("Ctrl++", "Ctrl+=")),
        Entry("smaller", mark("Everything smaller"), ("Ctrl+-",)),
        Entry(
            "palette",
            mark("Find an action"),
            ("Ctrl+K", "Ctrl+Shift+P"),
            "magnifying-glass",
        ),
        Entry("glossary", mark("Glossary"), ("Shift+F1",)),
        Entry("guide", mark("Guide"), ("F1",)),
        Entry("keys", mark("Shortcuts"), ("Ctrl+F1",)),
        Entry(
            "about",
            mark("About Glassnet"),
            words=("Copy the report",),
        ),
        Entry("quit", mark("Quit"), ("Ctrl+Q",)),
    ),
    Place.DOCUMENTS: (
        Entry("file_new", mark("New"), ("Ctrl+N",)),
        Entry("file_open", mark("Open…"), ("Ctrl+O",)),
        Entry("file_network", mark("Open a trained network…")),
        Entry("file_save", mark("Save"), ("Ctrl+S",)),
        Entry("file_save_as", mark("Save as…"), ("Ctrl+Shift+S",)),
        Entry("author", mark("Your name…")),
    ),
    # These are single keys, which a field that has the focus takes first: the tab looks them up.
    Place.BUILD: (
        Entry("train", mark("Train, pause"), ("Space",)),
        Entry("step", mark("One step"), ("S",)),
        Entry("step_epoch", mark("One epoch"), ("Shift+S",)),
        Entry("reset", mark("Reset with the same seed"), ("R",)),
        Entry("epoch_back", mark("One epoch back"), ("Left",)),
        Entry("epoch_on", mark("One epoch on"), ("Right",)),
        Entry("epoch_first", mark("First epoch"), ("Home",)),
        Entry("epoch_last", mark("Last epoch"), ("End",)),
        Entry("branch", mark("Branch from the epoch on screen"), ("B",)),
        Entry("microscope", mark("Microscope: every number"), ("M",)),
        Entry("microscope_on", mark("Microscope: next part"), ("N",)),
        Entry(
            "microscope_back",
            mark("Microscope: previous part"),
            ("Shift+N",),
        ),
        *(
            Entry(f"microscope_at_{step}", name, group=_MICROSCOPE)
            for step, name in enumerate(STEP_NAMES, start=1)
        ),
        Entry("view_loss", mark("Loss by epoch")),
        Entry("view_weights", mark("Weights")),
        Entry("view_hidden", mark("Hidden space")),
        Entry("view_lottery", mark("Seed lottery")),
        Entry("view_landscape", mark("Loss landscape")),
        Entry("add_layer", mark("Add a hidden layer")),
        Entry("remove_layer", mark("Remove the last hidden layer")),
        Entry("add_unit", mark("One unit more in the last hidden layer")),
        Entry("remove_unit", mark("One unit fewer in the last hidden layer")),
        Entry(
            "new_start",
            mark("New start from the next seed"),
            ("Ctrl+R",),
        ),
        Entry("recipe_as_published", mark("The article’s recipe")),
        Entry("recipe_as_corrected", mark("The corrected recipe")),
    ),
    Place.DATA: (),
    Place.SETTINGS: tuple(Entry(f"set_{name}", text) for name, text in _SETTINGS),
    # Single keys, too.
    Place.TEACH: (
        Entry("teach_train", mark("Train the head, pause"), ("Space",)),
        Entry("teach_add_class", mark("Add a class"), ("N",)),
        Entry("teach_import", mark("Import a folder per class…"), ("I",)),
        Entry("teach_paste", mark("Paste an image"), ("Ctrl+V",)),
        Entry("teach_onnx", mark("ONNX model with its backbone…")),
        Entry("teach_script", mark("Script that runs the model…")),
        Entry("teach_csv", mark("Predictions as CSV…")),
        Entry("teach_images", mark("Images, a folder per class…")),
        Entry("teach_build", mark("Open the head in Build")),
        Entry("teach_vision", mark("Use in Vision")),
    ),
    Place.VISION: (
        Entry(
            "open_source",
            mark("Open a picture, a folder or a stream…"),
            ("Ctrl+O",),
        ),
        Entry("camera", mark("Use a camera…")),
        Entry("freeze", mark("Freeze, resume"), ("F",)),
        Entry(
            "snapshot",
            mark("Save a snapshot…"),
            ("Ctrl+S", "Ctrl+Shift+S"),
        ),
        Entry("record", mark("Record the labels as CSV, stop")),
        Entry("paste", mark("Paste a picture"), ("Ctrl+V",)),
        Entry("open_kernel", mark("Open this kernel in Build")),
        Entry(
            "classify",
            mark("Name what a picture shows"),
            words=("What is it?",),
        ),
        Entry(
            "detect",
            mark("Find objects, with a box round each"),
            words=("Where is it?",),
        ),
        Entry(
            "cut_out",
            mark("Separate people from the background"),
            words=("Cut out",),
        ),
        Entry("inside", mark("Look inside the network that sees"), ("I",)),
        Entry("occlusion", mark("Occlusion map")),
        Entry("library", mark("Model library…")),
    ),
    Place.LESSONS: (
        Entry("lesson_perceptron", mark("Why can’t a perceptron do XOR?")),
        Entry("lesson_gates_by_hand", mark("Build gates by hand")),
        Entry(
            "lesson_deep_learning_opencv",
            mark("Deep learning with OpenCV"),
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
        text = tr("Your name…")
        if author:
            text = tr("Name: {name}…")
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
    drawn = {"Left": "←", "Right": "→", "Space": tr("Space")}
    return drawn.get(keys.toString()) or keys.toString(QKeySequence.SequenceFormat.NativeText)


def key_of(name: str) -> str:
    """Return the first keys of an action, as they are written on a keyboard: for a button's tip."""
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
    """Return what each place is called in the language in use, and in the other one."""
    return {place: in_both(text) for place, text in _PLACES.items()}
