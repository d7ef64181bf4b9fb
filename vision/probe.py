"""Read a model, and run it once, in a process of its own before this one does.

OpenCV 5.0 ends the process on files that keep every rule of their format (docs/adr/0057). So what
has not been tried before is tried in another process first, with limits of time and memory, and
what came of it is remembered by the bytes that OpenCV gets, its version, its engine and the shape
of the input. A small ONNX model is also held against ONNX's own evaluator there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import platformdirs

from vision.errors import Fault, VisionError
from vision.model_files import ModelFormat
from vision.net_reader import read_net, read_net_at, temporary_copy

if TYPE_CHECKING:
    import onnx

__all__ = ["Outcome", "culprit", "stopped_by", "try_out"]

LIMIT_S: Final = 60.0
LIMIT_GB: Final = 4
_ROOT: Final = Path(__file__).resolve().parent.parent
_MOST_REMEMBERED: Final = 2000
# Beyond these ONNX's evaluator, which is written in Python, takes too long.
_COMPARED_BYTES: Final = 8 * 1024 * 1024
_COMPARED_S: Final = 3.0
_TOLERANCE: Final = 1e-4
# How large a model is divided to name what fails in it, and for how long.
_DIVIDED_BYTES: Final = 64 * 1024 * 1024
_DIVIDED_S: Final = 15.0
# ONNX's numbers of float16, bfloat16 and integers of 8 bits, which are rounded otherwise in OpenCV.
_ROUNDED: Final = frozenset([2, 3, 10, 16])


class Outcome(Enum):
    """What came of a trial; the value is the exit status of the process that made it."""

    RUNS = 0
    REPORTS = 20
    """OpenCV reports an error, and will here as well."""
    DIFFERS = 21
    """OpenCV's numbers are not those that ONNX defines."""
    MEMORY = 22
    ENDS = 23
    """The process ended."""
    NO_END = 24


# Time and memory depend on what else the machine does.
_REMEMBERED: Final = (Outcome.RUNS, Outcome.REPORTS, Outcome.DIFFERS, Outcome.ENDS)

_should_stop: ContextVar[Callable[[], bool]] = ContextVar("should_stop", default=lambda: False)


@contextlib.contextmanager
def stopped_by(should_stop: Callable[[], bool]) -> Iterator[None]:
    """End a trial that this thread makes within the block as soon as `should_stop` says so."""
    token = _should_stop.set(should_stop)
    try:
        yield
    finally:
        _should_stop.reset(token)


def try_out(
    kind: ModelFormat,
    model: bytes | Path,
    engine: int,
    shape: Sequence[int] = (),
    *,
    name: str = "model",
    limit_s: float = LIMIT_S,
) -> Outcome:
    """Return what comes of reading a model and running it once, without doing so here.

    Parameters
    ----------
    kind
        What kind of model it is.
    model
        Its bytes as OpenCV is to get them, or its path if weights lie in other files beside it.
    engine
        The engine of OpenCV's that is to read it.
    shape
        Shape of the input, or empty to read the model only.
    name
        What errors call it.
    limit_s
        After how many seconds it is given up.

    Raises
    ------
    VisionError
        model_stopped, if `stopped_by` says so meanwhile.
    """
    words = [kind.value, str(engine), "x".join(map(str, shape))]
    # What lies in other files is not in the hash, so nothing is remembered of it.
    key = "" if isinstance(model, Path) else _key(model, words)
    known = _remembered(key)
    if known is not None:
        return known
    outcome = _tried(model, words, name, limit_s)
    if outcome in _REMEMBERED:
        _remember(key, outcome)
    return outcome


def _tried(model: bytes | Path, words: list[str], name: str, limit_s: float) -> Outcome:
    path = str(model.resolve()) if isinstance(model, Path) else ""
    process = subprocess.Popen(
        [sys.executable, "-m", "vision.probe", *words, path],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    should_stop = _should_stop.get()
    ends_at = time.monotonic() + limit_s
    content = model if isinstance(model, bytes) else None
    with process:
        try:
            while True:
                try:
                    process.communicate(content, timeout=0.05)
                    break
                except subprocess.TimeoutExpired:
                    content = None  # it is on its way
                    if should_stop():
                        raise VisionError(Fault.MODEL_STOPPED, file=name) from None
                    if time.monotonic() > ends_at:
                        return Outcome.NO_END
        finally:
            process.kill()
    try:
        return Outcome(process.returncode)
    except ValueError:
        return Outcome.ENDS


def culprit(model: bytes, engine: int, shape: Sequence[int]) -> tuple[str, Outcome] | None:
    """Return the operator at which OpenCV fails first, and how, or None if it cannot be told.

    Parameters
    ----------
    model
        An ONNX model that keeps ONNX's rules and that fails.
    engine, shape
        As for `try_out`.

    Notes
    -----
    The graph up to a node is tried; by halves, a network of a hundred nodes takes seven trials.
    """
    import onnx

    if len(model) > _DIVIDED_BYTES:
        return None
    whole = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(model))
    nodes = _fed_nodes(whole.graph)
    ends_at = time.monotonic() + _DIVIDED_S
    found, low, high = None, 0, len(nodes) - 1
    while low <= high and time.monotonic() < ends_at:
        middle = (low + high) // 2
        part = _up_to(whole, nodes[middle])
        outcome = try_out(ModelFormat.ONNX, part, engine, shape)
        if outcome is Outcome.RUNS:
            low = middle + 1
        else:
            found, high = (nodes[middle].op_type, outcome), middle - 1
    return found if low > high else None


def _fed_nodes(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return the nodes that depend on the graph's input, in their order."""
    fed = {info.name for info in graph.input}
    fed -= {weights.name for weights in graph.initializer}
    nodes = []
    for node in graph.node:
        if not fed.isdisjoint(node.input):
            fed.update(node.output)
            nodes.append(node)
    return nodes


def _up_to(model: onnx.ModelProto, last: onnx.NodeProto) -> bytes:
    """Return the part of a model that computes one node."""
    import onnx

    needed, kept = {last.output[0]}, []
    for node in reversed(model.graph.node):
        if not needed.isdisjoint(node.output):
            needed.update(node.input)
            kept.append(node)
    part = onnx.ModelProto()
    part.CopyFrom(model)
    graph = part.graph
    del graph.node[:], graph.output[:]
    graph.node.extend(reversed(kept))
    infos = [*model.graph.value_info, *model.graph.output]
    output = next((one for one in infos if one.name == last.output[0]), None)
    graph.output.append(output or onnx.ValueInfoProto(name=last.output[0]))
    return bytes(part.SerializeToString())


# -- What is remembered ----------------------------------------------------------------------------


def _key(model: bytes, words: list[str]) -> str:
    content = hashlib.sha256(model).hexdigest()
    return hashlib.sha256(" ".join([cv2.__version__, content, *words]).encode()).hexdigest()


def _folder() -> Path:
    return platformdirs.user_cache_path("Glassnet", appauthor=False) / "tried"


def _remembered(key: str) -> Outcome | None:
    """Return what came of an earlier trial.

    Each outcome is an empty file whose name says all, so that none can be damaged or half written,
    and several processes may write at once.
    """
    if not key:
        return None
    folder = _folder()
    with contextlib.suppress(OSError):
        for outcome in _REMEMBERED:
            if (folder / f"{key}.{outcome.name.lower()}").exists():
                return outcome
    return None


def _remember(key: str, outcome: Outcome) -> None:
    if not key:
        return
    folder = _folder()
    # Without a place to remember it, the model is tried again the next time.
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        known = list(folder.iterdir())
        if len(known) >= _MOST_REMEMBERED:
            known.sort(key=lambda path: path.stat().st_mtime)
            for path in known[: _MOST_REMEMBERED // 2]:
                path.unlink(missing_ok=True)
        (folder / f"{key}.{outcome.name.lower()}").touch()


# -- In the other process --------------------------------------------------------------------------


def _limit_memory() -> None:
    """Let this process take no more memory than `LIMIT_GB`, where the system can see to that."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit; there the time limit stands alone.
        return
    for kind, most in ((resource.RLIMIT_AS, LIMIT_GB << 30), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _try(kind: ModelFormat, engine: int, shape: tuple[int, ...], path: str) -> Outcome:
    try:
        data = b"" if path else sys.stdin.buffer.read()
        blob = np.random.default_rng(7).uniform(-1, 1, shape).astype(np.float32)
        outputs = _run(kind, engine, blob if shape else None, path, data)
    except (MemoryError, ValueError):
        # A ValueError is NumPy's word for an input that no memory holds.
        return Outcome.MEMORY
    except cv2.error as error:
        return Outcome.MEMORY if error.code == cv2.Error.STS_NO_MEM else Outcome.REPORTS
    is_onnx = kind in (ModelFormat.ONNX, ModelFormat.CAFFE)
    if not is_onnx or not outputs or path or len(data) > _COMPARED_BYTES:
        return Outcome.RUNS
    # What has not been found by then is not looked for; nor is it where the evaluator, which may
    # raise anything, does not run the model.
    threading.Timer(_COMPARED_S, os._exit, (Outcome.RUNS.value,)).start()
    outcome = Outcome.RUNS
    try:
        if _differs(data, blob, outputs):
            outcome = Outcome.DIFFERS
    finally:
        os._exit(outcome.value)


type _Numbers = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def _run(
    kind: ModelFormat, engine: int, blob: _Numbers | None, path: str, data: bytes
) -> dict[str, _Numbers]:
    if path:
        net = read_net_at(kind, path, engine)
    elif engine == cv2.dnn.ENGINE_CLASSIC:
        with temporary_copy(data) as copy:
            net = read_net_at(kind, copy, engine)
    else:
        net = read_net(kind, data)
    names = net.getUnconnectedOutLayersNames()
    if blob is None or names == ("_input",):
        return {}
    net.setInput(blob)
    return dict(zip(map(str, names), map(np.asarray, net.forward(list(names))), strict=True))


def _differs(data: bytes, blob: _Numbers, outputs: dict[str, _Numbers]) -> bool:
    """Tell whether an output has other numbers than ONNX's own evaluator gives it."""
    import onnx
    from onnx.reference import ReferenceEvaluator
    from onnx.reference.op_run import OpRun

    class ReLU6(OpRun):  # type: ignore[misc]
        """What `vision.onnx_rewrite.fuse_clips` writes."""

        def _run(self, x: _Numbers, min_value: float, max_value: float) -> tuple[_Numbers]:
            return (np.clip(x, np.float32(min_value), np.float32(max_value)),)

    model = onnx.load_model_from_string(data)
    if any(weights.data_type in _ROUNDED for weights in model.graph.initializer):
        return False
    evaluator = ReferenceEvaluator(model, new_ops=[ReLU6])
    wanted = evaluator.run(None, {model.graph.input[0].name: blob})
    for info, right in zip(model.graph.output, wanted, strict=True):
        found = outputs.get(info.name)
        if found is None or not np.isfinite(right).all():
            continue
        if found.size != right.size:
            return True
        most = _TOLERANCE * max(1.0, float(np.abs(right).max(initial=0)))
        if not np.abs(found.ravel() - right.ravel()).max(initial=0) <= most:
            return True
    return False


if __name__ == "__main__":
    _limit_memory()
    sides = tuple(int(side) for side in sys.argv[3].split("x") if side)
    os._exit(_try(ModelFormat(sys.argv[1]), int(sys.argv[2]), sides, sys.argv[4]).value)
