"""Models that can be chosen, their files, their downloads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from gui.error_texts import finding_text, sentence_of
from gui.format import megabytes
from gui.settings import settings
from gui.vision_tab.library_dialog import DownloadState, LibraryDialog, LibraryRow
from gui.vision_tab.model_panel import ModelPanel, ModelRow, PreflightState
from gui.vision_tab.vision_worker import VisionController
from gui.workers import RunController, RunState
from vision.download import DownloadProgress
from vision.engine import ComputeChoice
from vision.errors import VisionError
from vision.library import ModelLibrary
from vision.manifest import ModelManifest, bundled_manifest
from vision.model_choice import ModelChoice, ModelRefusedError, choice_from_files
from vision.preflight import Severity
from vision.session import ModelReport

__all__ = ["BUILD", "BUNDLED", "GOOGLENET", "OWN", "LibraryDesk", "ModelShelf"]


BUILD, BUNDLED, GOOGLENET, OWN = "build", "bundled", "googlenet", "own"


@dataclass(frozen=True)
class _Shelved:
    """A choice with what its row says."""

    choice: ModelChoice
    origin: str
    fact: str
    classes: int = 0


class ModelShelf(QObject):
    """Keep the list of models, choose among them, and write the preflight card.

    Signals
    -------
    files_requested(str)
        Files have to be asked for: the key of the row.
    used()
        Another model is loaded and in use.
    """

    files_requested = Signal(str)
    used = Signal()

    def __init__(self, panel: ModelPanel, controller: VisionController, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._controller = panel, controller
        self._manifest = bundled_manifest()
        bundled = ModelChoice(BUNDLED, self._manifest.name)
        self._shelf: dict[str, _Shelved] = {BUNDLED: _Shelved(bundled, "", "")}
        self._chosen = BUNDLED
        self._compute = ComputeChoice.AUTO
        self._report: ModelReport | None = None
        self._refused: tuple[str, Exception] | None = None
        self._restore(settings())
        panel.model_chosen.connect(self.choose)
        panel.files_requested.connect(self.files_requested)
        controller.model_loaded.connect(self._on_model_loaded)
        controller.model_failed.connect(self._on_model_failed)
        self.retranslate()

    # -- Choosing ----------------------------------------------------------------------------------

    def choose(self, key: str) -> None:
        """Use the model of a row."""
        self._chosen = key
        self._refused = None
        self._report = None
        self._controller.choose_model(self._with_compute(key))
        self.retranslate()

    def set_compute(self, compute: ComputeChoice) -> None:
        """Load the model in use for another engine or device."""
        self._compute = compute
        self.choose(self._chosen)

    def _with_compute(self, key: str) -> ModelChoice:
        return replace(self._shelf[key].choice, compute=self._compute)

    def choose_files(self, key: str, paths: Iterable[Path]) -> bool:
        """Use the model that some files make; return whether they hold one."""
        if not key:
            key = OWN
        names = {GOOGLENET: "GoogLeNet", OWN: ""}
        choice = choice_from_files(key, names.get(key, ""), paths)
        if choice is None:
            return False
        self.put(choice, "", "")
        self.choose(key)
        return True

    def put(self, choice: ModelChoice, origin: str, fact: str) -> None:
        """Put a model on the shelf (from Teach or the library) without choosing it."""
        self._shelf[choice.key] = _Shelved(choice, origin, fact)
        self.retranslate()

    def put_from_build(self, choice: ModelChoice, classes: int) -> None:
        """Put a network of Build's on the shelf, and use it."""
        self._shelf[choice.key] = _Shelved(choice, "", "", classes)
        self.choose(choice.key)

    def take(self, key: str) -> None:
        """Take a model off the shelf; the one in use stays."""
        if key != self._chosen and self._shelf.pop(key, None) is not None:
            self.retranslate()

    @property
    def chosen(self) -> ModelChoice:
        """The model in use."""
        return self._shelf[self._chosen].choice

    # -- Showing -----------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write the rows and the card in the language in use."""
        self._panel.show_models(self._rows(), self._chosen)
        self._panel.show_preflight(self._preflight())

    def _rows(self) -> list[ModelRow]:
        rows = [
            ModelRow(
                BUNDLED, self._manifest.name, self.tr("bundled"), megabytes(self._manifest.bytes)
            )
        ]
        tutorial = self._shelf.get(GOOGLENET)
        row = ModelRow(GOOGLENET, "GoogLeNet", self.tr("tutorial"))
        if tutorial is None:
            rows.append(replace(row, action=self.tr("Locate files..."), needs_files=True))
        else:
            rows.append(replace(row, fact=_size_of(tutorial.choice)))
        for key, shelved in self._shelf.items():
            if shelved.classes:
                fact = self.tr("{count} classes").format(count=shelved.classes)
                rows.append(ModelRow(key, shelved.choice.name, self.tr("from Build"), fact))
            elif key not in (BUNDLED, GOOGLENET, OWN):
                rows.append(ModelRow(key, shelved.choice.name, shelved.origin, shelved.fact))
        own = self._shelf.get(OWN)
        if own is None:
            formats = self.tr("ONNX, Caffe, TFLite")
            rows.append(ModelRow(OWN, self.tr("Own model..."), formats, needs_files=True))
        else:
            action = self.tr("Change...")
            rows.append(ModelRow(OWN, own.choice.name, self.tr("own model"), action=action))
        return rows

    def _preflight(self) -> PreflightState | None:
        if self._refused is not None:
            return self._refusal(*self._refused)
        report = self._report
        if report is None:
            if self._controller.is_busy:
                return PreflightState("", self.tr("Looking at the model."))
            return None
        shape = "×".join(str(side or 1) for side in report.input_shape)
        text = self.tr("Loads, takes {shape}, gives {scores}.").format(
            shape=shape or self._size(report), scores=self._scores(report)
        )
        notes = tuple(
            finding_text(finding)
            for finding in report.findings
            if finding.severity in (Severity.NOTE, Severity.WARN)
        )
        tone = "warn" if notes else "ok"
        return PreflightState(tone, self.tr("Preflight passed."), text, notes)

    def _refusal(self, name: str, error: Exception) -> PreflightState:
        head = self.tr("{model} cannot be used.").format(model=name)
        stays = self.tr("{model} stays in use.").format(model=self.chosen.name)
        if not isinstance(error, ModelRefusedError):
            return PreflightState("fail", head, sentence_of(error), (stays,))
        failures = [
            finding_text(finding) for finding in error.findings if finding.severity is Severity.FAIL
        ]
        return PreflightState("fail", head, "", (*failures, stays))

    def _size(self, report: ModelReport) -> str:
        width, height = report.preprocessing.size_wh
        return f"1×{report.preprocessing.channels}×{height}×{width}"

    def _scores(self, report: ModelReport) -> str:
        if not report.classes:
            return self.tr("scores")
        if report.softmax_needed:
            return self.tr("{count} scores that softmax makes sum to 1").format(
                count=report.classes
            )
        return self.tr("{count} scores that sum to 1").format(count=report.classes)

    # -- Following ---------------------------------------------------------------------------------

    def _on_model_loaded(self, report: ModelReport) -> None:
        self._report = report
        self._chosen = report.choice.key
        if report.choice.key == GOOGLENET:
            self._store(settings(), report.choice)
        self.retranslate()
        self.used.emit()

    def _on_model_failed(self, choice: ModelChoice, error: Exception, kept: ModelChoice) -> None:
        self._refused = (choice.name, error)
        self._chosen = kept.key
        if choice.key == kept.key:
            # Other files for the same row: the row goes back to those in memory.
            self._shelf[kept.key] = replace(self._shelf[kept.key], choice=kept)
        elif choice.key in (GOOGLENET, OWN):
            # Files that do not work are not offered again.
            self._shelf.pop(choice.key, None)
        self.retranslate()

    # -- Remembering -------------------------------------------------------------------------------

    def _restore(self, stored: QSettings) -> None:
        """Offer the tutorial's files again where they were found the last time."""
        paths = [
            Path(str(stored.value(f"vision/googlenet_{part}", "")))
            for part in ("model", "prototxt", "labels")
        ]
        there = [path for path in paths if path.name and path.is_file()]
        choice = choice_from_files(GOOGLENET, "GoogLeNet", there)
        if choice is not None:
            self._shelf[GOOGLENET] = _Shelved(choice, "", "")

    def _store(self, stored: QSettings, choice: ModelChoice) -> None:
        for part, path in (
            ("model", choice.model),
            ("prototxt", choice.prototxt),
            ("labels", choice.labels),
        ):
            stored.setValue(f"vision/googlenet_{part}", str(path) if path is not None else "")


def _size_of(choice: ModelChoice) -> str:
    """Return the size of a model's file, or nothing where it is gone."""
    if choice.model is None or not choice.model.is_file():
        return ""
    return megabytes(choice.model.stat().st_size)


# Boxes round objects and faces are nothing for this tab.
TASKS = frozenset({"classification", "digits"})


class LibraryDesk(QObject):
    """Own the library, its dialog and the one download at a time.

    Attributes
    ----------
    dialog
        The dialog, made when it is first opened.
    """

    def __init__(self, shelf: ModelShelf, parent: QWidget) -> None:
        super().__init__(parent)
        self._shelf, self._window = shelf, parent
        self._library: ModelLibrary | None = None
        self._runs = RunController(self)
        self._loading = ""
        self.dialog: LibraryDialog | None = None
        self._runs.updated.connect(self._on_progress)
        self._runs.completed.connect(self._on_completed)
        self._runs.cancelled.connect(self._on_cancelled)
        self._runs.failed.connect(self._on_failed)

    def use_library(self, library: ModelLibrary) -> None:
        """Use another library than the bundled list with the person's own folder."""
        self._library = library
        self._put_on_shelf()

    def restore(self) -> None:
        """Put what was fetched earlier on the shelf."""
        self._put_on_shelf()

    def open(self) -> None:
        """Open the dialog."""
        if self.dialog is None:
            self.dialog = LibraryDialog(self._window)
            self.dialog.download_requested.connect(self._on_download_requested)
            self.dialog.cancel_requested.connect(self._runs.request_stop)
            self.dialog.use_requested.connect(self._on_use_requested)
            self.dialog.remove_requested.connect(self._on_remove_requested)
        self._show()
        self.dialog.show()
        self.dialog.raise_()

    def request_close(self) -> bool:
        """Stop the download; return whether none runs any more (never blocks)."""
        self._runs.request_stop()
        return self._runs.is_idle

    @property
    def is_closing(self) -> bool:
        """Whether a requested stop is still under way."""
        return self._runs.state is RunState.STOPPING

    # -- Entries -----------------------------------------------------------------------------------

    @property
    def library(self) -> ModelLibrary:
        """The list and the folder."""
        if self._library is None:
            self._library = ModelLibrary()
        return self._library

    def _entries(self) -> dict[str, ModelManifest]:
        return {entry.key: entry for entry in self.library.entries if entry.task in TASKS}

    def _put_on_shelf(self) -> None:
        library = self.library
        for key, entry in self._entries().items():
            row = f"library_{key}"
            if library.is_installed(entry):
                choice = ModelChoice(
                    row,
                    entry.name,
                    model=library.path_of(entry),
                    load=partial(library.open, entry),
                )
                self._shelf.put(choice, self.tr("library"), megabytes(entry.bytes))
            else:
                self._shelf.take(row)

    def _show(self) -> None:
        if self.dialog is None:
            return
        library = self.library
        rows = [
            LibraryRow(
                key=key,
                name=entry.name,
                size=entry.bytes,
                licence=entry.licence,
                accuracy=entry.accuracy,
                source=entry.source,
                is_here=library.is_installed(entry),
                partial=library.partial_bytes(entry),
            )
            for key, entry in self._entries().items()
        ]
        self.dialog.show_rows(rows, self._loading)

    # -- Person ------------------------------------------------------------------------------------

    def _on_download_requested(self, key: str) -> None:
        if not self._runs.is_idle:
            return
        entry, library = self._entries()[key], self.library
        self._loading = key
        self._runs.start(lambda should_stop, publish: library.download(entry, should_stop, publish))
        self._show()
        self._message(self.tr("Connecting."))

    def _on_use_requested(self, key: str) -> None:
        self._shelf.choose(f"library_{key}")
        if self.dialog is not None:
            self.dialog.close()

    def _on_remove_requested(self, key: str) -> None:
        try:
            self.library.remove(self._entries()[key])
        except VisionError as error:
            if self.dialog is not None:
                self.dialog.show_message(key, sentence_of(error), "fail")
        self._put_on_shelf()
        self._show()

    # -- Download ----------------------------------------------------------------------------------

    def _message(self, text: str, tone: str = "") -> None:
        if self.dialog is not None and self._loading:
            self.dialog.show_message(self._loading, text, tone)

    def _on_progress(self, progress: DownloadProgress) -> None:
        if self.dialog is not None and self._loading:
            self.dialog.show_progress(
                DownloadState(
                    self._loading,
                    progress.received_bytes,
                    progress.total_bytes,
                    progress.bytes_per_s,
                )
            )

    def _on_completed(self, _result: object) -> None:
        self._end(self.tr("Downloaded and checked."), "ok")
        self._put_on_shelf()

    def _on_cancelled(self, _result: object) -> None:
        self._end(self.tr("Stopped. What has come is kept."), "")

    def _on_failed(self, error: Exception, _details: str) -> None:
        self._end(sentence_of(error), "fail")

    def _end(self, text: str, tone: str) -> None:
        self._message(text, tone)
        self._loading = ""
        self._show()
