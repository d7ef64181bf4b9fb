"""Copies of unsaved work, offered after a crash."""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import QLockFile, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from foundation.files import PART_SUFFIX
from foundation.text import tr, tr_context
from gui.document.document import Document
from gui.messages import Messages
from gui.widgets.dialogs import Answer, ask
from gui.workers import LatestTask, RunController
from model.errors import ModelError
from model.files import read_experiment, write_bytes, write_experiment

if TYPE_CHECKING:
    from gui.document.files import Files

WHILE_TRAINING_MS = 4000
_NOTE = ".json"
"""Suffix of a note next to a copy, which names the document's file."""


def recovery_folder() -> Path:
    """Return the folder of the copies, in the platform's state folder."""
    import platformdirs  # late: no start writes a copy

    return Path(platformdirs.user_state_path("Glassnet")) / "recovery"


class Format(Struct, frozen=True):
    """How a kind of document is stored in a copy.

    Attributes
    ----------
    suffix
        Suffix of the file.
    read, write
        Reads a value from a path; writes it atomically.
    delay_ms
        Delay between a change and its copy; shorter for values that are faster to write.
    """

    suffix: str
    read: Callable[[Path], Any]
    write: Callable[[Any, Path], object]
    delay_ms: int


EXPERIMENTS = Format(".glassnet", read_experiment, write_experiment, delay_ms=1000)


class Recovered(Struct, frozen=True):
    """Work left behind by a window that did not close properly.

    Attributes
    ----------
    work
        Value of its document.
    path
        File of the document, or ``None``.
    copy
        Path of the copy.
    """

    work: Any
    path: Path | None
    copy: Path

    def forget(self) -> None:
        """Delete the copy."""
        _delete(self.copy, (self.copy.suffix, _NOTE, ".lock"))


def constant_getter(value: Any) -> Callable[[], Any]:
    """Return a function that returns this value."""
    return lambda: value


class Autosave(QObject):
    """Writes a copy of the document soon after each change; deletes it when not needed.

    The copy is written on a worker thread, atomically. A lock file shows other windows that this
    one is running; the lock of a killed process is ignored.

    Parameters
    ----------
    document
        The document to copy.
    present
        Returns a function that builds the value to be written, which is called on the worker;
        ``None`` means the document's value.
    folder, parent, messages
        Folder of the copies, owner of this object, and receiver of error messages.
    kept_as
        Format of the copies.

    Signals
    -------
    saved()
        The copy was written.
    """

    saved = Signal()

    def __init__(
        self,
        document: Document,
        present: Callable[[], Callable[[], Any]] | None = None,
        folder: Path | None = None,
        parent: QObject | None = None,
        messages: Messages | None = None,
        kept_as: Format = EXPERIMENTS,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._messages = messages or Messages(self)
        self._present = present or (lambda: constant_getter(document.value))
        self._format = kept_as
        self._chosen_folder = folder
        self._runner = RunController(
            self, lambda _: self._on_written(), lambda error, _: self._on_failed(error)
        )
        self._reader = LatestTask(self)
        self._has_copy = False
        self._has_failed = False
        self._closing = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.setInterval(kept_as.delay_ms)
        self._timer.timeout.connect(self._on_timeout)
        self._training_timer = QTimer(self)
        self._training_timer.setInterval(WHILE_TRAINING_MS)
        self._training_timer.timeout.connect(self.save_now)
        document.value_changed.connect(self._on_changed)
        document.path_changed.connect(self._on_path_changed)

    @functools.cached_property
    def folder(self) -> Path:
        """The folder of the copies of all windows."""
        return self._chosen_folder or recovery_folder()

    @functools.cached_property
    def copy(self) -> Path:
        """The copy of this window."""
        return self.folder / f"{uuid.uuid4().hex}{self._format.suffix}"

    @functools.cached_property
    def _lock(self) -> QLockFile:
        lock = QLockFile(str(self.copy.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        return lock

    @property
    def is_idle(self) -> bool:
        """Whether no copy is being written or read."""
        return self._runner.is_idle and self._reader.is_idle

    def set_training(self, running: bool) -> None:
        """Write copies every few seconds while training changes the weights."""
        if running == self._is_training:
            return
        if running:
            self._training_timer.start()
        else:
            self._training_timer.stop()
            self._forget_if_needless()

    def save_now(self) -> None:
        """Write a copy on the worker thread, later if one is being written."""
        if self._closing:
            return
        if not self._runner.is_idle:
            self._timer.start()
            return
        import json

        make, copy, path = self._present(), self.copy, self._document.path
        lock, write = self._lock, self._format.write

        def work(should_stop: Callable[[], bool], publish: Callable[[object], None]) -> None:
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not lock.isLocked():
                lock.tryLock(0)
            origin = json.dumps({"path": None if path is None else str(path)}).encode()
            note = copy.with_suffix(_NOTE)
            # On a busy disk flushing a file that is right already keeps the copy waiting.
            if not note.exists() or note.read_bytes() != origin:
                write_bytes(note, origin)
            write(make(), copy)

        self._timer.stop()
        self._has_copy = True
        self._runner.start(work)

    def cancel_search(self) -> None:
        """Stop looking for orphaned copies, since this window is about to close."""
        self._reader.cancel()

    def close(self) -> None:
        """Delete the copy and release the lock when the window closes properly."""
        self._closing = True
        self._timer.stop()
        self._training_timer.stop()
        if self._runner.is_idle:
            self._forget()

    def find_orphan(self, then: Callable[[Recovered], None]) -> None:
        """Read the newest orphaned copy on a worker, and call `then` with it.

        Nothing happens once the window is closing.
        """
        if self._closing:
            return

        def found(orphans: list[Recovered]) -> None:
            if orphans:
                then(orphans[0])

        failed = self._messages.show_error
        self._reader.start(lambda should_stop, publish: self.orphans(), found, failed)

    def orphans(self) -> list[Recovered]:
        """Return the copies left by crashed windows, newest first.

        Unfinished copies are deleted. May be called from any thread.
        """
        if not self.folder.is_dir():
            return []
        copies, suffix = [], self._format.suffix
        for stem in {path.name.lstrip(".").split(".")[0] for path in self.folder.iterdir()}:
            copy = self.folder / f"{stem}{suffix}"
            if copy != self.copy and _is_orphan(copy):
                for part in self.folder.glob(f".{stem}.*{PART_SUFFIX}"):
                    part.unlink(missing_ok=True)
                if copy.exists():
                    copies.append(copy)
                else:
                    _delete(copy, (suffix, _NOTE))
        if not copies:
            return []
        from vision.errors import VisionError  # late: what a start would load it for is rare

        found = []
        for copy in sorted(copies, key=lambda path: path.stat().st_mtime, reverse=True):
            try:
                work = self._format.read(copy)
            except (ModelError, VisionError, OSError):
                continue
            found.append(Recovered(work, _origin(copy), copy))
        return found

    def _on_changed(self) -> None:
        # The stack counts a step only after it was made, so what there is to save is asked later.
        if not self._timer.isActive():
            self._timer.start()

    def _on_timeout(self) -> None:
        if self._document.is_modified:
            self.save_now()

    def _on_path_changed(self) -> None:
        if not self._document.is_modified:
            self._timer.stop()
            self._forget_if_needless()

    @property
    def _is_training(self) -> bool:
        """Whether training is ahead of the document, which is updated only when a run ends."""
        return self._training_timer.isActive()

    def _forget_if_needless(self) -> None:
        if not self._document.is_modified and not self._is_training and self._runner.is_idle:
            self._forget()

    def _on_written(self) -> None:
        self._messages.dismiss_from(self)
        self._has_failed = False
        self.saved.emit()
        if self._closing or not (self._document.is_modified or self._is_training):
            self._forget()

    def _on_failed(self, error: Exception) -> None:
        if self._closing:
            self._forget()
            return
        self._timer.start()  # the disk may have room again, though nothing is changed any more
        if not self._has_failed:  # who has closed the message has read it
            from gui.error_texts import sentence_of

            self._has_failed = True
            self._messages.show_error(
                lambda: tr(
                    "No copy of your unsaved work can be kept. {reason} Save it to a file now.",
                    reason=sentence_of(error),
                ),
                source=self,
            )

    def _forget(self) -> None:
        if self._has_copy:
            self._has_copy = False
            _delete(self.copy, (self.copy.suffix, _NOTE))
        if self._closing:
            self._lock.unlock()


def has_orphan(folder: Path, suffix: str) -> bool:
    """Return whether a crashed window left a copy with this suffix in a folder."""
    return any(_is_orphan(copy) for copy in folder.glob(f"*{suffix}"))


def _is_orphan(copy: Path) -> bool:
    """Return whether the window of a copy is no longer running."""
    lock = QLockFile(str(copy.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        return False
    lock.unlock()
    return True


def _delete(copy: Path, suffixes: tuple[str, ...]) -> None:
    """Delete a copy and its notes; a copy that stays is offered at the next start."""
    for suffix in suffixes:
        with contextlib.suppress(OSError):
            copy.with_suffix(suffix).unlink(missing_ok=True)


def _origin(copy: Path) -> Path | None:
    """Return the file of the document from which a copy was made."""
    import json  # late: no start reads or writes one

    try:
        path = json.loads(copy.with_suffix(_NOTE).read_text(encoding="utf-8")).get("path")
    except (OSError, ValueError, AttributeError):
        return None
    return Path(path) if isinstance(path, str) else None


def offer_recovery(autosave: Autosave, work: Recovered, window: QWidget, files: Files) -> None:
    """Ask, without blocking, whether `files` should restore work of an earlier window.

    Its copy is deleted only once this window has written its own. If the user has edited the
    document since the start, that work is asked about as well.
    """

    def take_up() -> None:
        if not files.recover(work.work, work.path):
            return
        autosave.saved.connect(lambda: work.forget(), Qt.ConnectionType.SingleShotConnection)
        autosave.save_now()

    def recover() -> None:
        files.ask_then(take_up)

    question = tr("Recover the unsaved work as it was in its last seconds?")
    if work.path is not None:
        question = tr("Recover {name} as it was in its last seconds?", name=work.path.name)
    ask(
        window,
        "recovery_dialog",
        tr("Glassnet ended before your work was saved."),
        question,
        (
            Answer("recovery_recover", tr("Recover"), recover),
            Answer("recovery_discard", tr_context("RecoveryOffer", "Discard"), work.forget),
            Answer("recovery_later", tr("Not now"), lambda: None),
        ),
    )
