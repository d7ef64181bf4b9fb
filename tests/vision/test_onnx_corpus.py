"""No valid ONNX file ends a process that opens it; what onnx runs, we run, or name the operator."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import onnx
import pytest

from tests.vision.onnx_corpus import operator_graphs, package_models, pattern_graphs

ROOT = Path(__file__).parents[2]

# Each of these ends a process in which OpenCV 5.0 reads it as it is, or is computed wrongly.
MENDED = frozenset(
    [
        "gelu by tanh LLLL raw",
        "gelu by tanh RRRR raw",
        "no gelu by tanh LLLL raw",
        "gelu by erf LL raw",
        "layer norm LLL raw",
        "celu L raw",
        "log of two plus L raw",
        "gelu of half LLL raw",
        "gate by hard sigmoid R raw",
        "gate by tanh of softplus L raw",
        "And(bool ,bool x) 0 node",
        "Or(bool x,bool 1) 0 typed",
        "Xor(bool 1x3x1x1,bool x) 0 typed",
        "Where(bool ,float32 ,float x) 0 typed",
    ]
)
# And of each of these a person is told the operator that OpenCV fails at.
NAMED = {
    "Mod(float x,float32 ) 1 raw": "Mod",
    "Equal(bool ,bool x) 0 raw": "Equal",
    "Abs(int64 x) 0 raw": "Cast",
    "LpPool(float x) 0 raw": "LpPool",
}
OPERATORS = ("Abs", "And", "Equal", "LpPool", "Mod", "Or", "Where", "Xor")


def opened(folder: Path, models: Iterable[tuple[str, bytes]]) -> dict[str, tuple[str, str]]:
    """Open models in one process, as the window does; return the verdict and reason of each."""
    names: dict[Path, str] = {}
    for number, (name, data) in enumerate(models):
        path = folder / f"{number}.onnx"
        path.write_bytes(data)
        names[path] = name
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.vision.corpus_worker"],
        cwd=ROOT,
        input="".join(f"{path}\n" for path in names),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = names[Path(lines[-1]["path"])] if lines else "the first"
    assert done.returncode == 0, f"ended with {done.returncode} after {last}"
    assert len(lines) == len(names)
    return {names[Path(line["path"])]: (line["verdict"], line["why"]) for line in lines}


@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_what_ends_opencv_ends_no_window_and_runs_or_is_named(tmp_path: Path) -> None:
    graphs = itertools.chain(pattern_graphs(), operator_graphs(OPERATORS))
    chosen = {name: data for name, data in graphs if name in MENDED or name in NAMED}
    assert chosen.keys() == MENDED | NAMED.keys()
    found = opened(tmp_path, chosen.items())
    assert {name for name, (verdict, _) in found.items() if verdict == "works"} == MENDED
    for name, operator in NAMED.items():
        verdict, why = found[name]
        assert verdict == "refused"
        assert re.search(rf"\b{operator}\b", why.split("(", 1)[1])


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["package", "patterns", "operators"])
def test_valid_files_run_as_onnx_says_or_are_refused_by_name(tmp_path: Path, kind: str) -> None:
    models = {
        "package": package_models,
        "patterns": pattern_graphs,
        # A third of them has every operator still; more would take an hour.
        "operators": lambda: itertools.islice(operator_graphs(), None, None, 3),
    }[kind]()
    known = dict(models)
    assert len(known) >= {"package": 1000, "patterns": 50, "operators": 300}[kind]
    found = opened(tmp_path, known.items())
    counts = Counter(verdict for verdict, _ in found.values())
    assert counts["works"] >= {"package": 10, "patterns": 50, "operators": 150}[kind]
    assert {name for name, (verdict, _) in found.items() if verdict == "wrong"} == set()
    for name, (verdict, why) in found.items():
        if verdict == "refused":
            operators = {node.op_type for node in onnx.load_from_string(known[name]).graph.node}
            assert operators & set(re.findall(r"\w+", why)), f"{name}: {why}"
