"""A pytest plugin: which test runs which of the lines that are to be mutated.

It appends a JSON line a test to a file of each process, in the folder that `FOLDER` names.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from tests.net.mutants import located

FOLDER = "GLASSNET_CONTEXTS"
TOOL = sys.monitoring.COVERAGE_ID
ROOT = Path.cwd()
hit: set[int] = set()
wanted: dict[tuple[str, int], list[int]] = {}


def on_line(code: CodeType, line: int) -> object:
    """Note a line that is to be mutated; hear no more of any other."""
    numbers = wanted.get((code.co_filename, line))
    if numbers is None:
        return sys.monitoring.DISABLE
    hit.update(numbers)
    return None


def pytest_configure() -> None:
    """Begin to listen."""
    for number, mutant in located(ROOT).items():
        for line in range(mutant.first, mutant.last + 1):
            wanted.setdefault((str(ROOT / mutant.file), line), []).append(number)
    sys.monitoring.use_tool_id(TOOL, "mutants")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, on_line)
    sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)


def pytest_unconfigure() -> None:
    """Stop listening."""
    sys.monitoring.set_events(TOOL, sys.monitoring.events.NO_EVENTS)
    sys.monitoring.free_tool_id(TOOL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Begin anew for each test."""
    hit.clear()
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write what a test has run when it has passed."""
    if report.when == "call" and report.passed and hit:
        row = {"test": report.nodeid, "seconds": round(report.duration, 3), "mutants": sorted(hit)}
        path = Path(os.environ[FOLDER]) / f"contexts-{os.getpid()}.jsonl"
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
