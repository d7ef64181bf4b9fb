"""Non-blocking dialogs that ask for a file or an answer.

What they are made of is loaded when the first one opens: no start shows one.
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

    Where the system has none of its own, Qt's is made large enough for its columns.
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
    """Let the user choose files of some `kinds`, which are Qt's filters; `then` gets the paths."""
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
"""Leaves room for what is put behind a name: a suffix, or what tells a second file apart."""
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
"""Letters that one system or another keeps out of the names of files."""


def as_file_name(text: str) -> str:
    """Return a text as a valid file name on every system, without a suffix."""
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

    `kinds` is Qt's filter of names, where the suffix of `name` is not the only one.
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
    """An answer's button."""

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

    Where the first one `is_risky`, Enter gives the last one too. Of three, the second is the one
    that loses something.
    """
    from gui.widgets.question import Question

    question = Question(window, name, text, details, answers, is_risky)

    def on_finished() -> None:
        question.deleteLater()
        question.chosen.then()

    question.finished.connect(on_finished)
    question.open()
