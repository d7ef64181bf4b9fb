"""Builds OpenCV's networks, and tries unknown models in a separate process first.

OpenCV 5.0 crashes on some files that follow every rule of their format (docs/adr/0057). A model
that has not been tried before is therefore tried in another process first, with limits on time
and memory. The outcome is stored by the bytes that OpenCV gets, its version, its engine and the
shape of the input.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import platformdirs

from vision.child import LIMIT_S, StoppedError, run_module
from vision.errors import Fault, VisionError
from vision.files import unwritable_error


def read_net(data: bytes, engine: int) -> cv2.dnn.Net:
    """Build a network from an ONNX model.

    Raises
    ------
    cv2.error
        If OpenCV cannot build it.
    VisionError
        file_unwritable, if no temporary copy can be written for the classic engine.

    Notes
    -----
    The classic engine can only be used with a path: from a buffer OpenCV 5.0 builds an ONNX model
    with the new engine, whatever engine is requested (docs/adr/0049).
    """
    if engine == cv2.dnn.ENGINE_CLASSIC:
        with temporary_copy(data) as path:
            return read_net_at(path, engine)
    return cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8), engine)


def read_net_at(path: Path | str, engine: int) -> cv2.dnn.Net:
    """Build a network from an ONNX file.

    Parameters
    ----------
    path
        The file; weights may be in separate files in the same folder.
    engine
        ``cv2.dnn.ENGINE_NEW`` or ``cv2.dnn.ENGINE_CLASSIC``.

    Raises
    ------
    cv2.error
        If OpenCV cannot build it.
    """
    return cv2.dnn.readNetFromONNX(str(path), engine)


def is_classic(net: cv2.dnn.Net) -> bool:
    """Return whether a network runs on the classic engine, by its input layer."""
    return "__NetInputLayer__" in net.getLayerTypes()


@contextmanager
def temporary_copy(data: bytes) -> Iterator[Path]:
    """Yield the path of a temporary file with this content; delete it afterwards.

    Raises
    ------
    VisionError
        file_unwritable; the file is deleted.
    """
    try:
        # Closed before it is read, which Windows asks for.
        file = tempfile.NamedTemporaryFile(prefix="glassnet-", delete_on_close=False)  # noqa: SIM115
    except OSError as error:
        raise unwritable_error(tempfile.tempdir or "temporary files", error) from error
    with file:
        try:
            file.write(data)
            file.close()
        except OSError as error:
            raise unwritable_error(file.name, error) from error
        yield Path(file.name)


# So many models are remembered; then all are tried again.
_MAX_REMEMBERED: Final = 2000


class Outcome(Enum):
    """The outcome of a trial; its value is the exit status of the process."""

    RUNS = 0
    REPORTS = 20
    """OpenCV reports an error, and will do so in this process too."""
    DIFFERS = 21
    """OpenCV's outputs are not those that ONNX defines."""
    MEMORY = 22
    ENDS = 23
    """The process crashed."""
    NO_END = 24


# An exception of Python's before the model is read, or the system's kill: both want for memory.
_TAKEN_AWAY: Final = (1, -9)
# Time and memory depend on what else the machine does.
_REMEMBERED: Final = (Outcome.RUNS, Outcome.REPORTS, Outcome.DIFFERS, Outcome.ENDS)


def run_trial(
    model: bytes | Path,
    engine: int,
    shape: Sequence[int] = (),
    *,
    name: str = "model",
    limit_s: float = LIMIT_S,
) -> Outcome:
    """Read a model and run it once in a separate process; return the outcome.

    Parameters
    ----------
    model
        Its bytes as OpenCV gets them, or its path if weights are in separate files.
    engine
        OpenCV's engine to use.
    shape
        Shape of the input, or empty to only read the model.
    limit_s
        Time limit in seconds.

    Raises
    ------
    VisionError
        model_stopped, if the caller's job is stopped meanwhile; file_unwritable, if no temporary
        copy can be written for the classic engine.
    """
    words = [str(engine), "x".join(map(str, shape))]
    if isinstance(model, Path):
        # What lies in other files is not in the hash, so nothing is remembered of it.
        return _outcome([*words, str(model.resolve())], b"", name, limit_s)
    key = _key(model, words)
    known = _remembered(key)
    if known is not None:
        return known
    if engine == cv2.dnn.ENGINE_CLASSIC:
        # Only from a file is the classic engine to be had (docs/adr/0049).
        with temporary_copy(model) as path:
            outcome = _outcome([*words, str(path)], b"", name, limit_s)
    else:
        outcome = _outcome([*words, ""], model, name, limit_s)
    if outcome in _REMEMBERED:
        _remember(key, outcome)
    return outcome


def _outcome(words: list[str], content: bytes, name: str, limit_s: float) -> Outcome:
    """Run the other process; return the outcome from its exit status."""
    try:
        status, _ = run_module("vision.networks.probe_process", words, content, limit_s)
    except StoppedError as error:
        raise VisionError(Fault.MODEL_STOPPED, file=name) from error
    if status is None:
        return Outcome.NO_END
    if status in _TAKEN_AWAY:
        return Outcome.MEMORY
    try:
        return Outcome(status)
    except ValueError:
        return Outcome.ENDS


def _key(model: bytes, words: list[str]) -> str:
    content = hashlib.sha256(model).hexdigest()
    return hashlib.sha256(" ".join([cv2.__version__, content, *words]).encode()).hexdigest()


def _folder() -> Path:
    return platformdirs.user_cache_path("Glassnet", appauthor=False) / "tried"


def _remembered(key: str) -> Outcome | None:
    """Return the outcome of an earlier trial, or None.

    Each outcome is an empty file whose name holds everything, so that none can be damaged or half
    written, and several processes can write at the same time.
    """
    folder = _folder()
    with contextlib.suppress(OSError):
        for outcome in _REMEMBERED:
            if (folder / f"{key}.{outcome.name.lower()}").exists():
                return outcome
    return None


def _remember(key: str, outcome: Outcome) -> None:
    folder = _folder()
    # Without a place to remember it, the model is tried again the next time.
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        remembered = list(folder.iterdir())
        if len(remembered) >= _MAX_REMEMBERED:
            for path in remembered:
                path.unlink(missing_ok=True)
        (folder / f"{key}.{outcome.name.lower()}").touch()
