"""A measurement's window is gone, with all its threads, before its process ends."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def left_behind(leave: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a program whose window prepares a training of a million rows when it is left."""
    program = f"""
import msgspec
from bench.build_window import playground
from bench.window_alive import build_tab, make_bench_application, open_window, run_for
from model.experiment import PlaneData, StopSpec

app = make_bench_application()
many = msgspec.structs.replace(playground(), data=PlaneData("quadrants", 1_000_000, 0.1))
with open_window(many) as window:
    training = build_tab(window).model
    training.train()
    {leave}
assert not window.isVisible()
print("left in order")
"""
    folders = dict.fromkeys(
        ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(home)
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_window_at_work_is_waited_for(tmp_path: Path) -> None:
    finished = left_behind("assert not training.is_idle", tmp_path)
    assert (finished.returncode, finished.stdout) == (0, "left in order\n"), finished.stderr
