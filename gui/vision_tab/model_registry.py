"""The available models, their files, and downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings

from foundation.text import Text
from gui.settings import settings
from gui.vision_tab.state import (
    DownloadPhase,
    DownloadState,
    LibraryRow,
    ModelRow,
    ModelsState,
    Origin,
)
from gui.workers import RunController
from vision.engine import ComputeChoice
from vision.errors import VisionError
from vision.formats.manifest import ModelManifest, bundled_manifest
from vision.jobs.session import ModelReport, Refusal
from vision.models.choice import ModelChoice, choice_from_files
from vision.models.library import ModelLibrary
from vision.result import Task

BUILD, BUNDLED, GOOGLENET, OWN = "build", "bundled", "googlenet", "own"
BUNDLED_KEYS = {
    Task.CLASSIFICATION: BUNDLED,
    Task.DETECTION: "bundled_detector",
    Task.MASK: "bundled_segmenter",
}
_NAMES = {GOOGLENET: "GoogLeNet", OWN: ""}
_STORED = {part: f"vision/googlenet_{part}" for part in ("model", "prototxt", "labels")}
"""Settings keys of the tutorial's files."""
# What else there is in the library, this tab does not show.
_TASKS = {
    "classification": Task.CLASSIFICATION,
    "digits": Task.CLASSIFICATION,
    "detection": Task.DETECTION,
    "mask": Task.MASK,
}


class ModelRegistry:
    """The available models, the library, and the single download in progress.

    Parameters
    ----------
    on_changed
        Called when `models` or `downloads` has changed.

    Attributes
    ----------
    models
        Available models, and the report on the one in use.
    downloads
        Models of the library; empty before `open_library`.
    """

    def __init__(self, on_changed: Callable[[], None], parent: QObject) -> None:
        self._on_changed = on_changed
        self._entries = {key: _bundled(task) for task, key in BUNDLED_KEYS.items()}
        self._last_keys = dict(BUNDLED_KEYS)
        self._compute = ComputeChoice.AUTO
        self._restore(settings())
        self.models = ModelsState(self._rows(), BUNDLED)
        self.downloads: tuple[LibraryRow, ...] = ()
        self._library: ModelLibrary | None = None
        self._states: dict[str, DownloadState] = {}
        self._loading = ""
        self._runs = RunController(
            parent,
            self._on_fetched,
            lambda error, _: self._note_download(DownloadState(DownloadPhase.FAILED, error=error)),
            updated=lambda progress: self._note_download(
                DownloadState(DownloadPhase.RUNNING, progress)
            ),
        )

    # -- Choosing ----------------------------------------------------------------------------------

    @property
    def chosen(self) -> ModelChoice:
        """The model in use, or being loaded."""
        return self._entries[self.models.chosen].choice

    def choose_task(self, task: Task) -> ModelChoice:
        """Choose the model last used for a task; return the model to load."""
        key = self._last_keys[task]
        entry = self._entries.get(key)
        return self.choose(key if entry and entry.task is task else BUNDLED_KEYS[task])

    def choose(self, key: str) -> ModelChoice:
        """Choose the model of a row; return the model to load."""
        entry = self._entries[key]
        self._last_keys[entry.task] = key
        self._show(
            ModelsState(self._rows(), key, task=entry.task, read_as=_reading_of(entry.choice))
        )
        return replace(self._entries[key].choice, compute=self._compute)

    def set_compute(self, compute: ComputeChoice) -> ModelChoice:
        """Choose an engine or device; return the model to load for it."""
        self._compute = compute
        return self.choose(self.models.chosen)

    def choose_files(self, key: str, paths: Iterable[Path]) -> ModelChoice | None:
        """Choose the model in some files; return ``None`` if they contain none."""
        choice = choice_from_files(key, _NAMES[key], paths)
        if choice is None:
            return None
        # What it is for shows once it is loaded; until then the task stays.
        self._entries[key] = _entry_of_files(choice, self.models.task)
        return self.choose(key)

    def choose_new_version(self, key: str, version: str) -> ModelChoice:
        """Choose a row's model again after its description has changed."""
        entry = self._entries[key]
        self._entries[key] = replace(entry, choice=replace(entry.choice, version=version))
        return self.choose(key)

    def read_own_as(self, read_as: str) -> ModelChoice | None:
        """Change how the user's own model is read; return the model to load.

        Return ``None`` if there is no such model.
        """
        refusal, entry = self.models.refusal, self._entries.get(OWN)
        choice = refusal.choice if refusal is not None else entry.choice if entry else None
        if choice is None or choice.key != OWN:
            return None
        other = replace(choice, read_as=read_as)
        self._entries[OWN] = _entry_of_files(other, self.models.task)
        return self.choose(OWN)

    def add_or_replace(self, entry: ModelRow) -> None:
        """Add a model, or replace the one with its key, without choosing it."""
        self._entries[entry.key] = entry
        self._show(replace(self.models, rows=self._rows()))

    def on_loaded(self, report: ModelReport) -> None:
        """Store the report on a model that is now in use."""
        if report.choice.key == GOOGLENET:
            for part, stored_as in _STORED.items():
                settings().setValue(stored_as, str(getattr(report.choice, part) or ""))
        key = report.choice.key
        entry = self._entries.get(key)
        if entry is not None and entry.task is not report.task:
            self._entries[key] = replace(entry, task=report.task)
        self._last_keys[report.task] = key
        said = _reading_of(report.choice)
        self._show(ModelsState(self._rows(), key, report, task=report.task, read_as=said))

    def on_learned(self, report: ModelReport) -> None:
        """Store what pictures have shown about the model: classes and softmax."""
        known = self.models.report
        if known is None or known.choice != report.choice:
            return
        if (known.classes, known.softmax_needed) != (report.classes, report.softmax_needed):
            self._show(replace(self.models, report=report))

    def restore_after_refusal(self, refusal: Refusal) -> None:
        """Select the model that stays in use after another was refused."""
        choice, kept = refusal.choice, refusal.kept
        if choice.key == kept.key:
            # Other files for the same row: the row goes back to those in memory.
            self._entries[kept.key] = replace(self._entries[kept.key], choice=kept)
        elif choice.key in (GOOGLENET, OWN):
            # Files that do not work are not offered again.
            self._entries.pop(choice.key, None)
        task = self._entries[kept.key].task if kept.key in self._entries else self.models.task
        said = _reading_of(choice)
        self._show(ModelsState(self._rows(), kept.key, refusal=refusal, task=task, read_as=said))

    def _show(self, models: ModelsState) -> None:
        self.models = models
        self._on_changed()

    def _rows(self) -> tuple[ModelRow, ...]:
        rows = dict(self._entries)
        bundled = [rows.pop(key) for key in BUNDLED_KEYS.values()]
        tutorial = rows.pop(GOOGLENET, _row_without_files(GOOGLENET, Origin.TUTORIAL))
        own = rows.pop(OWN, _row_without_files(OWN, Origin.OWN))
        return (*bundled, tutorial, *rows.values(), own)

    # -- Remembering -------------------------------------------------------------------------------

    def _restore(self, stored: QSettings) -> None:
        """Add the tutorial's model if its files still exist."""
        paths = [Path(str(stored.value(key, ""))) for key in _STORED.values()]
        there = [path for path in paths if path.name and path.is_file()]
        choice = choice_from_files(GOOGLENET, _NAMES[GOOGLENET], there)
        if choice is not None:
            self._entries[GOOGLENET] = _entry_of_files(choice, Task.CLASSIFICATION)

    # -- Library -----------------------------------------------------------------------------------

    def open_library(self, library: ModelLibrary | None = None) -> None:
        """List the library's models and downloads; ``None`` opens the default library."""
        self._library = library or self._library or ModelLibrary()
        self._show_library()

    def download(self, key: str) -> None:
        """Download a model of the library, unless another download is running."""
        if self._library is None or not self._runs.is_idle:
            return
        library, entry = self._library, self._row(key).manifest
        self._loading = key
        self._runs.start(lambda should_stop, publish: library.download(entry, should_stop, publish))
        self._note_download(DownloadState(DownloadPhase.CONNECTING))

    def stop_download(self) -> None:
        """Stop the download, keeping the partial file."""
        self._runs.request_stop()

    def remove_download(self, key: str) -> None:
        """Delete a downloaded model."""
        if self._library is None:
            return
        self._states.pop(key, None)
        try:
            self._library.remove(self._row(key).manifest)
        except VisionError as error:
            self._states[key] = DownloadState(DownloadPhase.FAILED, error=error)
        self._show_library()

    def _row(self, key: str) -> LibraryRow:
        return next(row for row in self.downloads if row.manifest.key == key)

    def _show_library(self) -> None:
        """Update the library's rows to the files on disk."""
        library = self._library
        assert library is not None  # it was opened
        self.downloads = tuple(
            LibraryRow(
                manifest,
                library.is_installed(manifest),
                library.partial_bytes(manifest),
                self._states.get(manifest.key),
            )
            for manifest in library.entries
            if manifest.task in _TASKS
        )
        for row in self.downloads:
            key = f"library_{row.manifest.key}"
            if row.is_here and key not in self._entries:
                self._entries[key] = _entry_of_library(key, library, row.manifest)
            elif not row.is_here and key != self.models.chosen:
                # The one in use stays.
                self._entries.pop(key, None)
        self._show(replace(self.models, rows=self._rows()))

    def _note_download(self, state: DownloadState) -> None:
        self._states[self._loading] = state
        self._show_library()

    def _on_fetched(self, is_whole: bool | None) -> None:
        # Also where it was to stop: it may have been there by then.
        phase = DownloadPhase.DONE if is_whole else DownloadPhase.STOPPED
        self._note_download(DownloadState(phase))

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Stop the download; return whether none is running (never blocks)."""
        self._runs.request_stop()
        return self._runs.is_idle


def _bundled(task: Task) -> ModelRow:
    manifest = bundled_manifest(task)
    choice = ModelChoice(BUNDLED_KEYS[task], manifest.name, task=task)
    return ModelRow(choice, Origin.BUNDLED, manifest.bytes, task=task)


def _row_without_files(key: str, origin: Origin) -> ModelRow:
    """Return the row of a model whose files are unknown."""
    return ModelRow(ModelChoice(key, _NAMES[key]), origin, is_here=False)


def _reading_of(choice: ModelChoice) -> str | None:
    """Return how the user's own model is read; ``None`` for other models."""
    return choice.read_as if choice.key == OWN else None


def _entry_of_files(choice: ModelChoice, task: Task) -> ModelRow:
    origin = Origin.TUTORIAL if choice.key == GOOGLENET else Origin.OWN
    there = choice.model is not None and choice.model.is_file()
    size = choice.model.stat().st_size if choice.model is not None and there else 0
    return ModelRow(choice, origin, size, task=task)


def _entry_of_library(key: str, library: ModelLibrary, manifest: ModelManifest) -> ModelRow:
    name, path = Text(manifest.name), library.path_of(manifest)
    choice = ModelChoice(key, name, model=path, load=partial(library.open, manifest))
    task = _TASKS[manifest.task]
    return ModelRow(choice, Origin.LIBRARY, manifest.bytes, task=task)
