"""Run a model of numbers, not pictures, on rows of a table."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.engine import short_reason
from vision.errors import Fault, VisionError
from vision.model_files import ModelFormat
from vision.net_reader import read_net_at
from vision.reasons import sides_text


def answers_to_rows(path: Path, rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return what OpenCV answers, (rows, outputs), when it runs an ONNX file on (rows, features).

    The file has one such input and output and was written by this program: nothing tries it in
    another process first.

    Raises
    ------
    VisionError
        model_unsupported where OpenCV can build no network of the file, model_forward where the
        network fails on these rows.
    """
    try:
        net = read_net_at(ModelFormat.ONNX, path, cv2.dnn.ENGINE_NEW)
    except cv2.error as error:
        reason = short_reason(error)
        raise VisionError(Fault.MODEL_UNSUPPORTED, file=path.name, reason=reason) from error
    try:
        net.setInput(rows.astype(np.float32))
        return np.array(net.forward(), np.float32)
    except cv2.error as error:
        shape = sides_text(rows.shape)
        reason = short_reason(error)
        raise VisionError(
            Fault.MODEL_FORWARD, file=path.name, shape=shape, reason=reason
        ) from error
