"""Every test file is run: a folder's name must not hide it from pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_file_is_collected() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-xvfb", "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    collected = {line.partition("::")[0] for line in told.splitlines() if "::" in line}
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/test_*.py")}
    assert files == collected
