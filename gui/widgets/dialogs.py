"""Dialogs that ask for a file or an answer; none blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import describe, label, push_button, set_role

_WIDTH_PX, _HEIGHT_PX, _QUESTION_PX = 760, 460, 400


def file_dialog(window: QWidget, title: str, object_name: str) -> QFileDialog:
    """Return a file dialog over `window` that is deleted once it has closed.

    Where the system has none of its own, Qt's is made large enough for its columns.
    """
    dialog = QFileDialog(window, title)
    dialog.setObjectName(object_name)
    dialog.finished.connect(dialog.deleteLater)
    listing = dialog.findChild(QTreeView, "treeView")
    if listing is not None:
        dialog.resize(_WIDTH_PX, _HEIGHT_PX)
        header = listing.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return dialog


def ask_to_save(
    window: QWidget,
    title: str,
    name: str,
    then: Callable[[Path], object],
    object_name: str = "export_dialog",
    kinds: str = "",
) -> None:
    """Let the person choose where to write a file like `name`; `then` takes the choice.

    `kinds` is Qt's filter of names, where the suffix of `name` is not the only one.
    """
    suffix = Path(name).suffix
    dialog = file_dialog(window, title, object_name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.lstrip("."))
    dialog.setNameFilter(kinds or f"{suffix.lstrip('.').upper()} (*{suffix})")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()


class Answer(Struct, frozen=True):
    """One button.

    Attributes
    ----------
    name
        Its object name.
    text
        What stands on it.
    then
        What it does.
    """

    name: str
    text: str
    then: Callable[[], None]


class _Question(QDialog):
    """A sentence, what it is about, and a button an answer; the last one is also Escape's."""

    def __init__(
        self,
        window: QWidget,
        name: str,
        text: str,
        details: str,
        answers: Sequence[Answer],
        is_risky: bool,
    ) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setWindowTitle("Glassnet")
        self.setAccessibleName(f"{text} {details}")
        self._chosen = answers[-1]
        self._sentence = label("card-title", f"{name}_text", wrap=True)
        self._sentence.setText(text)
        self._details = label("label", f"{name}_details", wrap=True)
        self._details.setText(details)
        keeps, *loses, leaves = (self._button(answer) for answer in answers)
        proposed = leaves if is_risky else keeps
        set_role(proposed, tone="primary")
        proposed.setDefault(True)
        proposed.setFocus()
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_M_PX)
        for button in loses:
            buttons.addWidget(button)  # apart from the two that lose nothing
        buttons.addStretch(1)
        buttons.addWidget(leaves)
        buttons.addWidget(keeps)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL_PX, GAP_XL_PX, GAP_XL_PX, GAP_XL_PX)
        layout.setSpacing(GAP_M_PX)
        layout.addWidget(self._sentence)
        layout.addWidget(self._details)
        layout.addSpacing(GAP_L_PX)
        layout.addLayout(buttons)
        self.setFixedWidth(max(_QUESTION_PX, self.minimumSizeHint().width()))

    def _button(self, answer: Answer) -> QPushButton:
        button = push_button(answer.name)
        button.setText(answer.text)
        button.setAutoDefault(True)  # Enter presses the one that the keyboard is on
        describe(button, answer.text)
        button.clicked.connect(lambda: self._choose(answer))
        return button

    @property
    def chosen(self) -> Answer:
        """The answer that was given."""
        return self._chosen

    def _choose(self, answer: Answer) -> None:
        self._chosen = answer
        self.accept()


def ask(
    window: QWidget,
    name: str,
    text: str,
    details: str,
    answers: Sequence[Answer],
    is_risky: bool = False,
) -> None:
    """Ask over `window`; Enter gives the first of the answers and Escape the last.

    Where the first one `is_risky`, Enter gives the last one too. Of three, the second is the one
    that loses something.
    """
    question = _Question(window, name, text, details, answers, is_risky)

    def on_finished() -> None:
        question.deleteLater()
        question.chosen.then()

    question.finished.connect(on_finished)
    question.open()
