"""A model's manifest: its preprocessing, outputs, labels and origin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.files import read_file, write_file
from vision.heads.kind import Head
from vision.pictures.preprocessing import Preprocessing
from vision.reasons import reason_of
from vision.result import Task

ASSETS: Final = Path(__file__).resolve().parents[2] / "assets"
BUNDLED_MANIFESTS: Final = {
    Task.CLASSIFICATION: ASSETS / "models" / "efficientnet_lite0.json",
    Task.DETECTION: ASSETS / "models" / "ssd_mobilenet_v2_oid.json",
    Task.MASK: ASSETS / "models" / "selfie_segmentation.json",
}
_MAX_FILE_BYTES: Final = 4 * 1024 * 1024


class ModelManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Description of one model.

    Attributes
    ----------
    key
        Short name, unique in a library.
    name
        Name shown to the user.
    task
        "classification", "digits", "detection", "mask" or "faces".
    file, labels_file
        File names in the manifest's folder; without a labels file classes are numbered.
    scores_output, features_output
        Names of the outputs with one score per class and with the features below them; an
        empty name means the only output, or none.
    softmax_needed
        True if the scores are logits, False if the model ends in softmax, None if unknown.
    head
        How to read the outputs of a detector, or None.
    sha256, bytes
        Hash and size of the model file.
    licence, source, accuracy
        Free text for the user.
    url
        Download address, or empty.
    """

    key: str
    name: str
    file: str
    preprocessing: Preprocessing
    task: str = "classification"
    labels_file: str = ""
    scores_output: str = ""
    features_output: str = ""
    softmax_needed: bool | None = None
    head: Head | None = None
    sha256: str = ""
    bytes: int = 0
    licence: str = ""
    source: str = ""
    accuracy: str = ""
    url: str = ""


def read_manifest(path: Path) -> ModelManifest:
    """Read a manifest.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, manifest_damaged or preprocessing_invalid.
    """
    return decode_file(path, ModelManifest)


def decode_file[T](path: Path, kind: type[T]) -> T:
    """Decode a JSON file into a struct.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, manifest_damaged or preprocessing_invalid.
    """
    data = read_file(path, _MAX_FILE_BYTES)
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise VisionError(
            Fault.MANIFEST_DAMAGED, file=str(path), reason=reason_of(error)
        ) from error


def is_manifest(path: Path) -> bool:
    """Return whether a file is meant to be a manifest, valid or not.

    Raises
    ------
    VisionError
        file_missing or file_unreadable.
    """
    data = read_file(path, _MAX_FILE_BYTES)
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True  # what it was meant to be cannot be told: better to say that it is damaged
    return isinstance(found, dict) and "preprocessing" in found


def write_manifest(path: Path, manifest: ModelManifest) -> None:
    """Write a manifest, replacing only an older manifest.

    Raises
    ------
    VisionError
        file_unwritable, and as `is_manifest`.
    """
    if path.exists() and not is_manifest(path):
        reason = Text("it holds something else")
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason)
    write_file(path, msgspec.json.format(msgspec.json.encode(manifest)))


def bundled_manifest(task: Task = Task.CLASSIFICATION) -> ModelManifest:
    """Return the manifest of the bundled model for a task.

    Raises
    ------
    VisionError
        As `read_manifest`.
    """
    return read_manifest(BUNDLED_MANIFESTS[task])
