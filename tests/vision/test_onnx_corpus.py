"""No valid ONNX file ends a process that opens it; what onnx runs, we run, or name the operator."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import onnx
import pytest

from tests.vision.onnx_corpus import FAILING, package_models, small_classifier

ROOT = Path(__file__).parents[2]


def opened(folder: Path, models: Iterable[tuple[str, bytes]]) -> dict[str, tuple[str, str]]:
    """Open models in one process, as the window does; return the verdict and reason of each."""
    paths = []
    for name, data in models:
        paths.append(folder / f"{name}.onnx")
        paths[-1].write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.vision.corpus_worker"],
        cwd=ROOT,
        input="".join(f"{path}\n" for path in paths),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(paths), f"ended with {done.returncode} at {paths[len(lines)].name}"
    return {Path(line["path"]).stem: (line["verdict"], line["why"]) for line in lines}


@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_what_ends_opencv_ends_no_window_and_runs_or_is_refused(tmp_path: Path) -> None:
    check_graphs(tmp_path, stores=["raw"], turns=[False])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_graphs_run_however_they_are_written(tmp_path: Path) -> None:
    check_graphs(tmp_path, stores=["raw", "typed", "node"], turns=[False, True])


def check_graphs(folder: Path, stores: list[str], turns: list[bool]) -> None:
    """Open our graphs: they work, or are refused if they hold an operator that OpenCV fails at."""
    ways = list(itertools.product(FAILING, stores, turns))
    models = [
        (str(number), small_classifier(name, store, is_turned=is_turned))
        for number, (name, store, is_turned) in enumerate(ways)
    ]
    for (name, store, turned), (verdict, why) in zip(
        ways, opened(folder, models).values(), strict=True
    ):
        operator = FAILING[name]
        if verdict == "refused":  # OpenCV fails at some of the typed ones alone
            assert operator or store == "typed", (name, store, turned, why)
        else:
            # Stored otherwise, OpenCV computes some of the failing ones too.
            assert verdict == "works", (name, store, turned, why)
            assert not operator or store != "raw"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_files_of_the_onnx_package_run_as_onnx_says_or_are_refused_by_name(tmp_path: Path) -> None:
    known = dict(package_models())
    assert len(known) >= 1000
    found = opened(tmp_path, known.items())
    assert sum(verdict == "works" for verdict, _ in found.values()) >= 10
    assert {name for name, (verdict, _) in found.items() if verdict == "wrong"} == set()
    for name, (verdict, why) in found.items():
        if verdict == "refused":
            operators = {node.op_type for node in onnx.load_from_string(known[name]).graph.node}
            assert operators & set(re.findall(r"\w+", why)), f"{name}: {why}"
