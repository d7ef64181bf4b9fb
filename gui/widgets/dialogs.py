"""Non-blocking dialogs that ask for a file or an answer.

Their modules are loaded when the first one opens, as none is shown at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog, QWidget

_WIDTH_PX, _HEIGHT_PX = 760, 460


def file_dialog(window: QWidget, title: str, object_name: str) -> QFileDialog:
    """Return a file dialog over `window` that is deleted when it closes.

    Qt's own dialog, used if the system has none, is made wide enough for its columns.
    """
    from PySide6.QtWidgets import QFileDialog, QHeaderView, QTreeView

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


def ask_for_files(
    window: QWidget,
    title: str,
    object_name: str,
    kinds: Sequence[str],
    then: Callable[[list[Path]], object],
    is_one: bool = False,
) -> None:
    """Let the user choose files; `kinds` are Qt's name filters, and `then` gets the paths."""
    dialog = file_dialog(window, title, object_name)
    mode = dialog.FileMode
    dialog.setFileMode(mode.ExistingFile if is_one else mode.ExistingFiles)
    dialog.setNameFilters(kinds)
    dialog.filesSelected.connect(lambda files: then([Path(file) for file in files]))
    dialog.open()


def ask_for_folder(
    window: QWidget, title: str, object_name: str, then: Callable[[Path], object]
) -> None:
    """Let the user choose a folder; `then` gets its path."""
    dialog = file_dialog(window, title, object_name)
    dialog.setFileMode(dialog.FileMode.Directory)
    dialog.setOption(dialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()


_LONGEST_PROPOSED_BYTES = 200
"""Maximum length of a proposed name, which leaves room for suffixes and numbers."""
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
"""Characters that some system forbids in file names."""


def as_file_name(text: str) -> str:
    """Return a text as a file name valid on every system, without a suffix."""
    name = "".join("-" if letter in _NOT_IN_NAMES else letter for letter in text)
    return name.encode()[:_LONGEST_PROPOSED_BYTES].decode(errors="ignore")


def ask_to_save(
    window: QWidget,
    title: str,
    name: str,
    then: Callable[[Path], object],
    object_name: str = "export_dialog",
    kinds: str = "",
) -> None:
    """Let the user choose where to save a file like `name`; `then` gets the path.

    `kinds` is Qt's name filter, if there are more suffixes than that of `name`.
    """
    suffix = Path(name).suffix
    dialog = file_dialog(window, title, object_name)
    dialog.setAcceptMode(dialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.lstrip("."))
    dialog.setNameFilter(kinds or f"{suffix.lstrip('.').upper()} (*{suffix})")
    dialog.selectFile(f"{as_file_name(Path(name).stem)}{suffix}")
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()


class Answer(Struct, frozen=True):
    """A button that answers a question."""

    name: str
    text: str
    then: Callable[[], None]


def ask(
    window: QWidget,
    name: str,
    text: str,
    details: str,
    answers: Sequence[Answer],
    is_risky: bool = False,
) -> None:
    """Ask over `window`; Enter chooses the first answer and Escape the last.

    If the first answer `is_risky`, Enter chooses the last one too. Of three answers, the second one
    is destructive.
    """
    from gui.widgets.question import Question

    question = Question(window, name, text, details, answers, is_risky)

    def on_finished() -> None:
        question.deleteLater()
        question.chosen.then()

    question.finished.connect(on_finished)
    question.open()
