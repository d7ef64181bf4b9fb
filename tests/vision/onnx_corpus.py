"""Valid ONNX files: those of the onnx package's own tests, and what exporters write.

Ours are small classifiers of one picture: a Sigmoid, a graph of onnx_graphs.txt, and a matrix
product.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import onnx
from onnx import helper, numpy_helper

from tests.vision.onnx_models import network, noise

PACKAGE_TESTS = Path(onnx.__file__).parent / "backend/test/data"
_HEAD, *_GRAPHS = Path(__file__).with_name("onnx_graphs.txt").read_text("utf-8").split("\n\n")
_PARTS = [[part.strip() for part in graph.replace("\n", "|", 1).split("|")] for graph in _GRAPHS]
FAILING = {name: operator for name, operator, _, _ in _PARTS}
"""The operator that OpenCV fails at, by the graph's name; empty where the graph runs."""


def small_classifier(name: str, store: str = "raw", *, is_turned: bool = False) -> bytes:
    """Return a classifier around a graph, stored in one of the ways that ONNX has.

    Parameters
    ----------
    store
        How its constants are stored: as bytes ("raw"), as numbers ("typed") or as a "node".
    is_turned
        Whether the operands of what commutes stand the other way round.
    """
    [(constants, nodes)] = [rest for found, _, *rest in _PARTS if found == name]
    if is_turned:
        nodes = re.sub(r"(Add|Mul|And|Or|Xor|Equal) \((\w+), (\w+)\)", r"\1 (\3, \2)", nodes)
    data = network(
        f"""(float[1, 3, 4, 4] x) => (float[1, 5] y)
        <int64[2] row = {{1, -1}} {constants and ","} {constants}> {{
            s = Sigmoid (x) {nodes}
            f = Cast <to = 1> (a) flat = Reshape (f, row) y = MatMul (flat, W)
        }}""",
        W=noise(48, 5) / 48,
    )
    if store == "typed":
        return data
    model = onnx.load_from_string(data)
    tensors = [
        numpy_helper.from_array(numpy_helper.to_array(one), one.name)
        for one in model.graph.initializer
    ]
    del model.graph.initializer[:]
    if store == "raw":
        model.graph.initializer.extend(tensors)
    for one in tensors if store == "node" else []:
        model.graph.node.insert(0, helper.make_node("Constant", [], [one.name], value=one))
    return bytes(model.SerializeToString())


def package_models() -> Iterator[tuple[str, bytes]]:
    """Yield the models of the onnx package's own tests: its files, and one for each operator."""
    from onnx.backend.test.case.node import collect_testcases

    for path in sorted(PACKAGE_TESTS.rglob("*.onnx")):
        yield path.parent.name if path.stem == "model" else path.stem, path.read_bytes()
    with warnings.catch_warnings():
        # Its own cases overflow on purpose.
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    for case in cases:
        if case.model is not None:
            yield case.name, case.model.SerializeToString()
