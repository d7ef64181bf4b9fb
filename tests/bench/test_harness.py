"""The bench harness: goals, rows, medians in turn, the table and the results file."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import budgets, write_rows
from bench.harness import Row, in_turn, meets

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("goal", "value", "expected"),
    [
        ("<= 0.65", 0.65, True),
        ("<= 0.65", 0.66, False),
        (">= 20", 20.0, True),
        (">= 20", 19.9, False),
        ("<= 1", math.nan, False),
        (">= 1", math.nan, False),
    ],
)
def test_goal_is_a_comparison_with_a_number(goal: str, value: float, expected: bool) -> None:
    assert meets(goal, value) is expected


def test_sides_are_measured_in_turn_after_a_warm_up() -> None:
    calls: list[str] = []
    our_figures = iter([100.0, 3.0, 1.0, 2.0])
    peer_figures = iter([100.0, 30.0, 10.0, 20.0])

    def ours() -> float:
        calls.append("ours")
        return next(our_figures)

    def peer() -> float:
        calls.append("peer")
        return next(peer_figures)

    assert in_turn(ours, peer, rounds=3) == (2.0, 20.0)
    assert calls == ["ours", "peer", "ours", "peer", "peer", "ours", "ours", "peer"]


def test_a_slow_side_is_measured_in_fewer_rounds_but_never_less_than_three() -> None:
    calls: list[str] = []

    def side() -> float:
        calls.append("side")
        return 1.0

    assert in_turn(side, side, rounds=50, limit_s=0.0) == (1.0, 1.0)
    assert len(calls) == 2 + 2 * 3


def test_results_file_holds_what_the_contract_names(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write_rows([Row.alone("a", 1.0, goal="<= 2", unit="s")], path)
    (row,) = json.loads(path.read_text())
    assert list(row) == ["name", "ours", "peer", "peer_name", "ratio", "goal", "met", "unit"]
    assert list(tmp_path.iterdir()) == [path]


MEASUREMENTS = {
    "crash": """
import os, subprocess, sys
from bench.harness import Row
BUDGET_S = 60
def measure():
    yield Row.alone("before the crash", 1.0, goal="<= 2", unit="s")
    os.abort()
""",
    "hang": """
import subprocess, sys, time
BUDGET_S = 1
def measure():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("child", child.pid, file=sys.stderr, flush=True)
    time.sleep(600)
""",
    "sound": """
from bench.harness import Row
BUDGET_S = 60
def measure():
    return [Row.alone("after both", 3.0, goal="<= 2", unit="s")]
""",
}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no bench on Windows")
def test_a_measurement_that_crashes_or_hangs_takes_no_other_down(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "bench", tmp_path / "bench", ignore=lambda folder, names: [
        name for name in names if name in budgets() | budgets(long=True)
        or name.removesuffix(".py") in budgets() | budgets(long=True)
    ])  # fmt: skip
    for name, text in MEASUREMENTS.items():
        (tmp_path / "bench" / f"{name}.py").write_text(text)
    finished = subprocess.run(
        [sys.executable, "-m", "bench", "--out", "rows.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},  # for the rooms that the bench measures
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [row["name"] for row in rows] == ["before the crash", "after both"]
    assert "bench: crash failed: exit status" in finished.stderr
    assert "bench: hang failed: not done after 2 s" in finished.stderr
    assert "sound failed" not in finished.stderr
    (child,) = re.findall(r"child (\d+)", finished.stderr)
    assert not Path("/proc", child).exists() or "Z" in Path("/proc", child, "stat").read_text()
