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
import warnings
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError

from tests.vision.onnx_models import Array, noise
from vision.models.preflight import preflight
from vision.networks.predictor import Predictor
from vision.networks.probe_process import evaluator

TOLERANCE = 1e-4
# Larger ones take onnx's evaluator, which is written in Python, minutes.
MAX_COMPARED_BYTES = 60 * 1024 * 1024


# What onnx's reference evaluator raises on a graph that it does not run; an ImportError is for a
# picture inside the graph, which takes Pillow.
_NOT_RUN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    DecodeError,
    ImportError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)


def reference(path: Path, blob: Array) -> Array | None:
    """Return what onnx's reference evaluator answers, or None where it does not run a model."""
    if path.stat().st_size > MAX_COMPARED_BYTES:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = onnx.load(path)
            found = evaluator(model).run(None, {model.graph.input[0].name: blob})
        except _NOT_RUN:
            return None
    answer = next(iter(found))
    return np.asarray(answer, np.float32) if isinstance(answer, np.ndarray) else None


def is_picture_classifier(path: Path) -> bool:
    """Tell whether onnx runs a file as a classifier of one picture: (1, 3 or 1, H, W) floats."""
    try:
        graph = onnx.load(path).graph
    except DecodeError:
        return False
    weights = {one.name for one in graph.initializer}
    kinds = [info.type.tensor_type for info in graph.input if info.name not in weights]
    sides = [side.dim_value for kind in kinds for side in kind.shape.dim]
    if len(kinds) != 1 or kinds[0].elem_type != onnx.TensorProto.FLOAT or len(sides) != 4:
        return False
    if sides[0] > 1 or sides[1] not in (1, 3):
        return False
    answer = reference(path, noise(1, sides[1], sides[2] or 224, sides[3] or 224))
    if answer is None or answer.size < 2 or not np.isfinite(answer).all():
        return False
    return sum(side > 1 for side in answer.shape) == 1


def verdict_on(path: Path) -> tuple[str, str]:
    """Return what is to be said of a file, and why."""
    report = preflight(path)
    if report.predictor is None:
        words = " ".join(one.sentence() for one in report.failures)
        return "refused" if is_picture_classifier(path) else "other", words
    apart = distance(path, report.predictor)
    return ("works", "") if apart <= TOLERANCE else ("wrong", f"{apart:g}")


def distance(path: Path, classifier: Predictor) -> float:
    """Return how far the scores are from the reference's, relative to the largest beyond 1."""
    settings = classifier.preprocessing
    width, height = settings.size_wh
    blob = noise(1, settings.channels, height, width)
    wanted = reference(path, blob)
    if wanted is None:
        return 0.0
    found = classifier.engine.forward(blob)[onnx.load(path).graph.output[0].name]
    if found.size != wanted.size:
        return float("inf")
    apart = np.abs(found.ravel() - wanted.ravel()).max()
    return float(apart / max(1.0, float(np.abs(wanted).max())))


def main() -> None:
    """Read paths from standard input and report on each."""
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        verdict, why = verdict_on(path)
        print(json.dumps({"path": str(path), "verdict": verdict, "why": why}), flush=True)


if __name__ == "__main__":
    main()
