"""The process started by `vision.networks.probe`: runs OpenCV on a model that may crash it.

A small ONNX model is also compared with ONNX's reference evaluator, since OpenCV 5.0 computes
some operators differently.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from vision.child import limit_memory
from vision.formats.onnx.structure import picture_input
from vision.networks.probe import Outcome, read_net, read_net_at

if TYPE_CHECKING:
    import onnx
    from onnx.reference import ReferenceEvaluator

type _Numbers = np.ndarray[tuple[int, ...], np.dtype[np.generic]]

# Beyond these ONNX's evaluator, which is written in Python, takes too long.
_COMPARED_BYTES: Final = 32 * 1024 * 1024
_COMPARED_S: Final = 3.0
_TOLERANCE: Final = 1e-4
# Halves and quantised numbers (uint8, int8, float16 and bfloat16 in ONNX) are rounded otherwise in
# OpenCV, and that is nobody's fault.
_ROUNDED: Final = frozenset([2, 3, 10, 16])
_ROUNDED_TOLERANCE: Final = 0.1


def run_trial_here(engine: int, shape: tuple[int, ...], path: str, data: bytes) -> Outcome:
    """Read a model and run it once in this process; compare its outputs."""
    try:
        blob = np.random.default_rng(7).uniform(-1, 1, shape).astype(np.float32)
        net = read_net_at(path, engine) if path else read_net(data, engine)
        names = net.getUnconnectedOutLayersNames()
        if names == ("_input",):
            # The new engine's word for an operator that it lacks.
            return Outcome.REPORTS
        if not shape:
            return Outcome.RUNS
        net.setInput(blob)
        arrays = [np.asarray(one) for one in net.forward(list(names))]
    except (MemoryError, ValueError):
        # A ValueError is NumPy's word for an input that no memory holds.
        return Outcome.MEMORY
    except cv2.error as error:
        return Outcome.MEMORY if error.code == cv2.Error.STS_NO_MEM else Outcome.REPORTS
    if len(data) > _COMPARED_BYTES:
        return Outcome.RUNS
    outputs = dict(zip(map(str, names), arrays, strict=True))
    return Outcome.DIFFERS if _differs(data, blob, outputs) else Outcome.RUNS


def _differs(data: bytes, blob: _Numbers, outputs: Mapping[str, _Numbers]) -> bool:
    """Return whether an output differs from that of ONNX's reference evaluator.

    If the evaluator raises, or takes more than three seconds of processor time, return False.
    """
    found: list[bool] = []
    warnings.simplefilter("ignore")
    # What it raises, its thread keeps to itself.
    threading.excepthook = lambda _: None
    comparison = threading.Thread(
        target=lambda: found.append(_is_different(data, blob, outputs)), daemon=True
    )
    comparison.start()
    # By the processor's clock: on a busy machine no less is found.
    while comparison.is_alive() and time.process_time() < _COMPARED_S:
        comparison.join(0.05)
    return found == [True]


def evaluator(model: onnx.ModelProto) -> ReferenceEvaluator:
    """Return ONNX's reference evaluator of a model, with missing and wrong operators replaced."""
    from onnx.reference import ReferenceEvaluator
    from onnx.reference.op_run import OpRun

    class ReLU6(OpRun):
        """The operator that `vision.formats.onnx.rewrite.fuse_clips` writes."""

        def _run(self, x: _Numbers, min_value: float, max_value: float) -> tuple[_Numbers]:
            return (np.clip(x, np.float32(min_value), np.float32(max_value)),)

    class BatchNormalization(OpRun):
        """Batch normalisation at inference; before opset 14 the evaluator assumes training."""

        def _run(self, *inputs: _Numbers, **attributes: float) -> tuple[_Numbers]:
            x, *others = (one.astype(np.float32) for one in inputs)
            sides = (1, -1) + (1,) * (x.ndim - 2)
            scale, bias, mean, variance = (one.reshape(sides) for one in others)
            root = np.sqrt(variance + np.float32(attributes["epsilon"]))
            return ((scale * (x - mean) / root + bias).astype(np.float32),)

    class LogSoftmax(OpRun):
        """LogSoftmax as before opset 13, over `axis`, by default 1, and all later axes."""

        def _run(self, x: _Numbers, **_attributes: int) -> tuple[_Numbers]:
            # What the evaluator passes on has the default of opset 13.
            given = (one.i for one in self.onnx_node.attribute if one.name == "axis")
            first = next(given, 1) % max(1, x.ndim)
            rows = x.astype(np.float32).reshape(math.prod(x.shape[:first]), -1)
            shifted = rows - rows.max(axis=1, keepdims=True)
            logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            return (self.result(logarithms).reshape(x.shape).astype(x.dtype),)

        def result(self, logarithms: _Numbers) -> _Numbers:
            return logarithms

    class Softmax(LogSoftmax):
        """Softmax as before opset 13."""

        def result(self, logarithms: _Numbers) -> _Numbers:
            return np.exp(logarithms)

    new_ops: list[type[OpRun]] = [ReLU6, BatchNormalization]
    if any(one.domain in ("", "ai.onnx") and one.version < 13 for one in model.opset_import):
        new_ops += [LogSoftmax, Softmax]
    return ReferenceEvaluator(model, new_ops=new_ops)


def _is_different(data: bytes, blob: _Numbers, outputs: Mapping[str, _Numbers]) -> bool:
    import onnx

    model = onnx.load_model_from_string(data)
    is_rounded = any(one.data_type in _ROUNDED for one in model.graph.initializer)
    tolerance = _ROUNDED_TOLERANCE if is_rounded else _TOLERANCE
    wanted = evaluator(model).run(None, {picture_input(model.graph).name: blob})
    for info, right in zip(model.graph.output, wanted, strict=True):
        given = outputs.get(info.name)
        if given is None or not np.isfinite(right).all():
            continue
        if given.size != right.size:
            return True
        most = tolerance * max(1.0, float(np.abs(right).max(initial=0)))
        apart = given.ravel().astype(np.float64) - right.ravel().astype(np.float64)
        if not np.abs(apart).max(initial=0) <= most:
            return True
    return False


def main(engine: str, shape: str, path: str) -> int:
    """Read the model from the arguments or standard input and try it; return the exit status."""
    limit_memory()
    data = Path(path).read_bytes() if path else sys.stdin.buffer.read()
    sides = tuple(int(side) for side in shape.split("x") if side)
    return run_trial_here(int(engine), sides, path, data).value


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stdout.flush()
    # At once: what OpenCV does at the end of a process, and ONNX's evaluator, are not waited for.
    os._exit(status)
