"""Read a model in a process of its own first, so that a damaged one can end only that process.

TFLite files and TensorFlow graphs have no checker to depend on, as ONNX has; what our own check
of TFLite's offsets lets through is tried here first. So is an ONNX model that the classic engine
is to read: ONNX's checker lets through what ends that one (docs/adr/0049).
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2

from vision.model_files import ModelFormat
from vision.net_reader import read_net_at
from vision.reasons import Words

_ROOT: Final = Path(__file__).resolve().parent.parent
_LIMIT_S: Final = 30.0


def fatal_reason(kind: ModelFormat, path: Path | str, engines: Sequence[int]) -> str:
    """Return why a model must not be read in this process, or an empty text.

    Parameters
    ----------
    kind
        What kind of model it is.
    path
        Its file.
    engines
        OpenCV's engines that are to read it.

    Notes
    -----
    An error that OpenCV reports is no reason: it will report it here as well.
    """
    numbers = map(str, engines)
    command = [
        sys.executable,
        "-m",
        "vision.probe",
        kind.value,
        str(Path(path).resolve()),
        *numbers,
    ]
    try:
        done = subprocess.run(
            command,
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Words("reading it does not end")
    return "" if done.returncode == 0 else Words("it is damaged inside")


def _read(kind: ModelFormat, path: str, engines: Sequence[int]) -> None:
    """Build the network with each engine, and let faults that are reported pass."""
    for engine in engines:
        with contextlib.suppress(cv2.error):
            read_net_at(kind, path, engine)


if __name__ == "__main__":
    _read(ModelFormat(sys.argv[1]), sys.argv[2], [int(number) for number in sys.argv[3:]])
