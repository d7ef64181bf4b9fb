"""Build OpenCV's network from a model's bytes, with the engine that is asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from vision.files import unwritable
from vision.model_files import ModelFormat


def read_net(kind: ModelFormat, data: bytes) -> cv2.dnn.Net:
    """Build the new engine's network from the content of a model file; a converted one is ONNX.

    Raises
    ------
    cv2.error
        If OpenCV cannot build it.
    """
    return _FROM_BUFFER[kind](np.frombuffer(data, np.uint8))


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

    Notes
    -----
    Only from a path is the classic engine to be had: from a buffer OpenCV 5.0 builds the new
    engine's network of an ONNX or a TFLite model whatever engine it is told (docs/adr/0049).
    """
    return _FROM_PATH[kind](str(path), engine)


def is_classic(net: cv2.dnn.Net) -> bool:
    """Tell whether the classic engine runs a network: only its networks begin with this layer."""
    return "__NetInputLayer__" in net.getLayerTypes()


@contextmanager
def temporary_copy(data: bytes) -> Iterator[Path]:
    """Give a file of this content in the system's folder for such files, and remove it after.

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


type _Buffer = np.ndarray[tuple[int], np.dtype[np.uint8]]

_NEW: Final = cv2.dnn.ENGINE_NEW
_FROM_BUFFER: Final[Mapping[ModelFormat, Callable[[_Buffer], cv2.dnn.Net]]] = {
    ModelFormat.ONNX: lambda data: cv2.dnn.readNetFromONNX(data, _NEW),
    ModelFormat.TFLITE: lambda data: cv2.dnn.readNetFromTFLite(data, _NEW),
    ModelFormat.TENSORFLOW: lambda data: cv2.dnn.readNetFromTensorflow(
        data, np.empty(0, np.uint8), _NEW
    ),
}
_FROM_PATH: Final[Mapping[ModelFormat, Callable[[str, int], cv2.dnn.Net]]] = {
    ModelFormat.ONNX: lambda path, engine: cv2.dnn.readNetFromONNX(path, engine),
    ModelFormat.TFLITE: lambda path, engine: cv2.dnn.readNetFromTFLite(path, engine),
    ModelFormat.TENSORFLOW: lambda path, engine: cv2.dnn.readNetFromTensorflow(path, "", engine),
}
