"""Read a model in a process of its own first, so that a damaged one can end only that process.

TFLite files and TensorFlow graphs have no checker to depend on, as ONNX has; what our own check
of TFLite's offsets lets through is tried here first.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from vision.reasons import Words

_ROOT: Final = Path(__file__).resolve().parent.parent
_LIMIT_S: Final = 30.0


def fatal_reason(kind: str, data: bytes) -> str:
    """Return why a model must not be read in this process, or an empty text.

    Parameters
    ----------
    kind
        "tflite" or "tensorflow".
    data
        The content of its file.

    Notes
    -----
    An error that OpenCV reports is no reason: it will report it here as well.
    """
    command = [sys.executable, "-m", "vision.probe", kind]
    try:
        done = subprocess.run(
            command,
            cwd=_ROOT,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Words("reading it does not end")
    return "" if done.returncode == 0 else Words("it is damaged inside")


def _read(kind: str, data: bytes) -> None:
    """Build the network with both engines, and let faults that are reported pass."""
    import cv2
    import numpy as np

    buffer = np.frombuffer(data, np.uint8)
    for engine in (cv2.dnn.ENGINE_NEW, cv2.dnn.ENGINE_CLASSIC):
        try:
            if kind == "tflite":
                cv2.dnn.readNetFromTFLite(buffer, engine)
            else:
                cv2.dnn.readNetFromTensorflow(buffer, np.empty(0, np.uint8), engine)
        except cv2.error:
            continue


if __name__ == "__main__":
    _read(sys.argv[1], sys.stdin.buffer.read())
