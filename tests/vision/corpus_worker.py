"""Open ONNX files one after the other as the window does, in one process, and report on each.

    python -m tests.vision.corpus_worker < list_of_paths

Prints a JSON line for each file: ``works``, ``wrong`` (accepted, but its numbers are not those of
onnx's reference evaluator), ``refused`` with the sentences that say why, or ``other``: refused, and
onnx does not run it as a classifier of one picture either. A file that ended this process would
have ended the window: there is no line for it and none after it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError

from tests.vision.onnx_corpus import reference
from vision.models.preflight import PreflightReport, preflight
from vision.networks.predictor import Predictor

TOLERANCE = 1e-4
# Larger ones take onnx's evaluator, which is written in Python, minutes.
MOST_COMPARED_BYTES = 60 * 1024 * 1024


def is_picture_classifier(path: Path) -> bool:
    """Tell whether onnx runs a file as a classifier of one picture: (1, 3 or 1, H, W) floats."""
    try:
        model = onnx.load(path)
    except DecodeError:
        return False
    weights = {one.name for one in model.graph.initializer}
    inputs = [info for info in model.graph.input if info.name not in weights]
    if len(inputs) != 1 or path.stat().st_size > MOST_COMPARED_BYTES:
        return False
    kind = inputs[0].type.tensor_type
    sides = [side.dim_value for side in kind.shape.dim]
    if kind.elem_type != onnx.TensorProto.FLOAT or len(sides) != 4 or sides[1] not in (1, 3):
        return False
    if sides[0] > 1:
        return False
    shape = [
        side if side > 0 else usual for side, usual in zip(sides, (1, 3, 224, 224), strict=True)
    ]
    answer = reference(path.read_bytes(), picture(tuple(shape)))
    if answer is None or answer.size < 2 or not np.isfinite(answer).all():
        return False
    return sum(side > 1 for side in answer.shape) == 1


def picture(shape: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return what a prepared picture may look like."""
    return np.random.default_rng(11).uniform(-1, 1, shape).astype(np.float32)


def verdict_on(path: Path, report: PreflightReport) -> tuple[str, str]:
    """Return what is to be said of a file, and why."""
    classifier = report.predictor
    if classifier is None:
        words = " ".join(one.sentence() for one in report.failures)
        return "refused" if is_picture_classifier(path) else "other", words
    apart = distance(path, classifier)
    return ("works", "") if apart is None or apart <= TOLERANCE else ("wrong", f"{apart:g}")


def distance(path: Path, classifier: Predictor) -> float | None:
    """Return how far the scores are from the reference's, relative to the largest beyond 1."""
    settings = classifier.preprocessing
    width, height = settings.size_wh
    blob = picture((1, settings.channels, height, width))
    if path.stat().st_size > MOST_COMPARED_BYTES:
        return None
    wanted = reference(path.read_bytes(), blob)
    if wanted is None:
        return None
    names = [info.name for info in onnx.load(path).graph.output]
    found = classifier.engine.forward(blob)[names[0]]
    if found.size != wanted.size:
        return float("inf")
    apart = np.abs(found.ravel() - wanted.ravel()).max()
    return float(apart / max(1.0, float(np.abs(wanted).max())))


def main() -> None:
    """Read paths from standard input and report on each."""
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        started = time.perf_counter()
        verdict, why = verdict_on(path, preflight(path))
        seconds = round(time.perf_counter() - started, 2)
        print(json.dumps({"path": str(path), "verdict": verdict, "why": why, "s": seconds}))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
