"""Builds OpenCV's networks, and tries a model in a separate process before this one uses it.

OpenCV 5.0 ends the process on files that keep every rule of their format (docs/adr/0057). So what
has not been tried before is tried in another process first, with limits of time and memory, and
what came of it is remembered by the bytes that OpenCV gets, its version, its engine and the shape
of the input.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import platformdirs

from vision.child import LIMIT_S, StoppedError, run_module
from vision.errors import Fault, VisionError
from vision.files import unwritable
from vision.formats.model_file import ModelFormat


def read_net(kind: ModelFormat, data: bytes, engine: int) -> cv2.dnn.Net:
    """Build a network from a model file's content, which is ONNX if converted.

    Raises
    ------
    cv2.error
        If OpenCV cannot build it.
    VisionError
        file_unwritable, where the classic engine can be given no copy.

    Notes
    -----
    Only from a path is the classic engine to be had: from a buffer OpenCV 5.0 builds the new
    engine's network of an ONNX or a TFLite model whatever engine it is told (docs/adr/0049).
    """
    if engine == cv2.dnn.ENGINE_CLASSIC:
        with temporary_copy(data) as path:
            return read_net_at(kind, path, engine)
    content = np.frombuffer(data, np.uint8)
    if kind is ModelFormat.TENSORFLOW:
        return cv2.dnn.readNetFromTensorflow(content, np.empty(0, np.uint8), engine)
    return _READERS[kind](content, engine)


def read_net_at(kind: ModelFormat, path: Path | str, engine: int) -> cv2.dnn.Net:
    """Build a network from a file.

    Parameters
    ----------
    path
        The file; weights may lie in others beside it.
    engine
        ``cv2.dnn.ENGINE_NEW`` or ``cv2.dnn.ENGINE_CLASSIC``.

    Raises
    ------
    cv2.error
        If OpenCV cannot build it.
    """
    if kind is ModelFormat.TENSORFLOW:
        return cv2.dnn.readNetFromTensorflow(str(path), "", engine)
    return _READERS[kind](str(path), engine)


def is_classic(net: cv2.dnn.Net) -> bool:
    """Return whether the classic engine runs a network: its networks begin with this layer."""
    return "__NetInputLayer__" in net.getLayerTypes()


@contextmanager
def temporary_copy(data: bytes) -> Iterator[Path]:
    """Yield a temporary file with this content, and delete it afterwards.

    Raises
    ------
    VisionError
        file_unwritable; nothing is left behind.
    """
    try:
        # Closed before it is read, which Windows asks for.
        file = tempfile.NamedTemporaryFile(prefix="glassnet-", delete_on_close=False)  # noqa: SIM115
    except OSError as error:
        raise unwritable(tempfile.tempdir or "temporary files", error) from error
    with file:
        try:
            file.write(data)
            file.close()
        except OSError as error:
            raise unwritable(file.name, error) from error
        yield Path(file.name)


_READERS: Final[Mapping[ModelFormat, Callable[..., cv2.dnn.Net]]] = {
    ModelFormat.ONNX: cv2.dnn.readNetFromONNX,
    ModelFormat.TFLITE: cv2.dnn.readNetFromTFLite,
}
"""What builds a network from a path or a buffer, and an engine."""

# So many models are remembered; then all are tried again.
_MOST_REMEMBERED: Final = 2000
# How large a model is divided to name what fails in it, and for how long.
_DIVIDED_BYTES: Final = 160 * 1024 * 1024
_DIVIDED_S: Final = 30.0


class Outcome(Enum):
    """The outcome of a trial; its value is the exit status of the process."""

    RUNS = 0
    REPORTS = 20
    """OpenCV reports an error, and will here as well."""
    DIFFERS = 21
    """OpenCV's numbers are not those that ONNX defines."""
    MEMORY = 22
    ENDS = 23
    """The process ended."""
    NO_END = 24


# An exception of Python's before the model is read, or the system's kill: both want for memory.
_TAKEN_AWAY: Final = (1, -9)
# Time and memory depend on what else the machine does.
_REMEMBERED: Final = (Outcome.RUNS, Outcome.REPORTS, Outcome.DIFFERS, Outcome.ENDS)


def try_out(
    kind: ModelFormat,
    model: bytes | Path,
    engine: int,
    shape: Sequence[int] = (),
    *,
    name: str = "model",
    limit_s: float = LIMIT_S,
) -> Outcome:
    """Return the outcome of reading a model and running it once in a separate process.

    Parameters
    ----------
    model
        Its bytes as OpenCV is to get them, or its path if weights lie in other files beside it.
    engine
        The engine of OpenCV's that is to read it.
    shape
        Shape of the input, or empty to read the model only.
    limit_s
        After how many seconds it is given up.

    Raises
    ------
    VisionError
        model_stopped, if `stopped_by` says so meanwhile; file_unwritable, if the classic engine
        can be given no copy.
    """
    words = ["try", kind.value, str(engine), "x".join(map(str, shape))]
    if isinstance(model, Path):
        # What lies in other files is not in the hash, so nothing is remembered of it.
        return _outcome(_run([*words, str(model.resolve())], b"", name, limit_s)[0])
    key = _key(model, words)
    known = _remembered(key)
    if known is not None:
        return known
    if engine == cv2.dnn.ENGINE_CLASSIC:
        # Only from a file is the classic engine to be had (docs/adr/0049).
        with temporary_copy(model) as path:
            status, _ = _run([*words, str(path)], b"", name, limit_s)
    else:
        status, _ = _run([*words, ""], model, name, limit_s)
    outcome = _outcome(status)
    if outcome in _REMEMBERED:
        _remember(key, outcome)
    return outcome


def culprit(
    model: bytes, engine: int, shape: Sequence[int], name: str = "model"
) -> tuple[str, Outcome] | None:
    """Return the first operator at which OpenCV fails, and how, or None if unknown.

    Parameters
    ----------
    model
        An ONNX model that keeps ONNX's rules and that fails.
    engine, shape, name
        As for `try_out`.

    Raises
    ------
    VisionError
        model_stopped, as `try_out`.

    Notes
    -----
    The other process tries the graph up to a node, by halves: seven trials for a hundred nodes. It
    tells what it is about to try, so that where it ends is known too; then another one goes on.
    """
    if len(model) > _DIVIDED_BYTES:
        return None
    ends_at = time.monotonic() + _DIVIDED_S
    low, high, found = 0, -1, None
    while (left_s := ends_at - time.monotonic()) > 0:
        words = ["divide", "onnx", str(engine), "x".join(map(str, shape)), "", f"{low}:{high}"]
        status, told = _run(words, model, name, left_s)
        begun = None
        for number, operator, verdict in (line.split() for line in told.splitlines()):
            if verdict == "begun":
                begun = int(number), operator
            elif verdict == Outcome.RUNS.name:
                low, begun = int(number) + 1, None
            else:
                high, found, begun = int(number) - 1, (operator, Outcome[verdict]), None
        if begun is None or status is None:
            return found
        high, found = begun[0] - 1, (begun[1], Outcome.ENDS)
        if low > high:
            return found
    return None


def _run(words: list[str], content: bytes, name: str, limit_s: float) -> tuple[int | None, str]:
    """Return the process's exit status, None if it was stopped, and its output."""
    try:
        status, told = run_module("vision.networks.probe_process", words, content, limit_s)
    except StoppedError as error:
        raise VisionError(Fault.MODEL_STOPPED, file=name) from error
    return status, told.decode()


def _outcome(status: int | None) -> Outcome:
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
    """Return the outcome of an earlier trial.

    Each outcome is an empty file whose name says all, so that none can be damaged or half written,
    and several processes may write at once.
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
        if len(remembered) >= _MOST_REMEMBERED:
            for path in remembered:
                path.unlink(missing_ok=True)
        (folder / f"{key}.{outcome.name.lower()}").touch()
