"""Downloadable models, verified by their hash and kept in a folder."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from vision.engine import ComputeChoice, Engine
from vision.errors import Fault, VisionError
from vision.files import unwritable_error
from vision.formats.manifest import ASSETS, ModelManifest, decode_file
from vision.formats.reader import read_model_file
from vision.models.opening import make_predictor
from vision.networks.predictor import Predictor

if TYPE_CHECKING:
    from vision.models.download import DownloadProgress

LIBRARY_MANIFEST: Final = ASSETS / "models" / "library.json"
HTTPS_ONLY: Final = frozenset({"https"})


def read_library(path: Path = LIBRARY_MANIFEST) -> tuple[ModelManifest, ...]:
    """Read the list of downloadable models.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, manifest_damaged or preprocessing_invalid.
    """
    return decode_file(path, tuple[ModelManifest, ...])


def user_models_folder() -> Path:
    """Return the folder of downloaded models."""
    return platformdirs.user_data_path("Glassnet", appauthor=False) / "models"


class ModelLibrary:
    """The models of a manifest, and the folder of downloaded ones.

    Attributes
    ----------
    folder
        Folder of the downloaded models.
    entries
        The models; methods take one of them.
    """

    def __init__(
        self,
        folder: Path | str | None = None,
        entries: tuple[ModelManifest, ...] | None = None,
        schemes: frozenset[str] = HTTPS_ONLY,
    ) -> None:
        """Neither download nor create anything.

        Parameters
        ----------
        folder
            Folder of the downloaded models; in the user's data folder if None.
        entries
            The models; those of the bundled manifest if None.
        schemes
            Allowed URL schemes; anything but https is for local tests.

        Raises
        ------
        VisionError
            As `read_library`.
        """
        self.folder = user_models_folder() if folder is None else Path(folder)
        self.entries = read_library() if entries is None else entries
        self._schemes = schemes
        self._downloading = threading.Lock()

    def path_of(self, entry: ModelManifest) -> Path:
        """Return the path of a model, present or not."""
        return self.folder / Path(entry.file).name

    def is_installed(self, entry: ModelManifest) -> bool:
        """Return whether a model is present; its hash is checked when it is opened."""
        path = self.path_of(entry)
        return path.is_file() and path.stat().st_size == entry.bytes

    def partial_bytes(self, entry: ModelManifest) -> int:
        """Return the size of a model's partial download, in bytes."""
        part = self._part_of(entry)
        return part.stat().st_size if part.is_file() else 0

    def download(
        self,
        entry: ModelManifest,
        should_stop: Callable[[], bool] = lambda: False,
        publish: Callable[[DownloadProgress], None] = lambda _: None,
    ) -> bool:
        """Download a model, resuming an interrupted download.

        `should_stop` is called and `publish` receives the progress after each chunk; a partial
        download is kept. Return whether the model is complete, False if stopped.

        Raises
        ------
        VisionError
            download_failed (the partial file is kept), download_hash (it is deleted),
            download_not_https, download_disk_full or file_unwritable.
        """
        if self.is_installed(entry):
            return True
        # Imported here: requests is slow to import, and most runs fetch nothing.
        from vision.models.download import Download

        with self._downloading:
            self._make_room(entry)
            download = Download(entry, self._part_of(entry), self._schemes, should_stop, publish)
            return download.fetch_into(self.path_of(entry))

    def remove(self, entry: ModelManifest) -> None:
        """Delete a model and its partial download.

        Raises
        ------
        VisionError
            file_unwritable.
        """
        try:
            self.path_of(entry).unlink(missing_ok=True)
            self._part_of(entry).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable_error(self.path_of(entry), error) from error

    def open(self, entry: ModelManifest, compute: ComputeChoice = ComputeChoice.AUTO) -> Predictor:
        """Verify a model's hash and load it; works offline.

        Raises
        ------
        VisionError
            file_missing, model_changed, or an error of the model.
        """
        file = read_model_file(self.path_of(entry), sha256=entry.sha256)
        return make_predictor(Engine(file, compute), entry, ASSETS / "models")

    def _part_of(self, entry: ModelManifest) -> Path:
        return self.path_of(entry).with_name(Path(entry.file).name + ".part")

    def _make_room(self, entry: ModelManifest) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            raise unwritable_error(self.folder, error) from error
        needed = entry.bytes - self.partial_bytes(entry)
        if free < needed:
            megabytes = -(-needed // 1_000_000)
            raise VisionError(Fault.DOWNLOAD_DISK_FULL, file=entry.name, megabytes=megabytes)
