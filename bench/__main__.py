"""Measure everything, print one table, write the results and the report in docs/.

``python -m bench`` measures all that takes at most eight minutes and writes bench/results.json;
``python -m bench --long`` measures the rest, bench/results-long.json. ``python -m bench NAME ...``
measures only some modules, and then leaves both files as they are unless ``--out`` names one. A
goal that is missed is shown in the table; only a measurement that fails makes the exit status 1,
after all others have been made and written.
"""

import argparse
import importlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bench.harness import Row, figure
from bench.machine import described
from bench.report import RESULTS, note_machine, write_report
from bench.screen import virtual_screen
from bench.table import table
from model.files import write_bytes

_HERE = Path(__file__).parent
_HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
LIMIT_S = 470.0
"""What `make bench` takes at most, the setup's few seconds left out."""


def budgets(long: bool = False, folder: Path = _HERE) -> dict[str, float]:
    """Find the modules in a folder that measure, without importing them.

    Returns
    -------
    dict
        The seconds that each may take on a quiet machine: its ``BUDGET_S``, or its
        ``LONG_BUDGET_S`` where `long` asks for what takes longer.
    """
    name = "LONG_BUDGET_S" if long else "BUDGET_S"
    line = re.compile(rf"^{name} = (\d+)$", re.MULTILINE)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("[!_]*.py")}
    found = {module: line.search(text) for module, text in sorted(texts.items())}
    return {module: float(match[1]) for module, match in found.items() if match is not None}


def write_rows(rows: list[Row], path: Path) -> None:
    """Write rows as indented JSON, replacing the file only when all is written."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")


def measure_here(name: str, path: Path, long: bool) -> None:
    """Run one module in this process; write its rows to a file and show them as they come."""
    rows: list[Row] = []
    started = time.perf_counter()
    # It tells OpenCV how long to spin, before a measurement loads that; peers share the process.
    importlib.import_module("vision")
    module = importlib.import_module(f"bench.{name}")
    for row in (module.measure_long if long else module.measure)():
        rows.append(row)
        write_rows(rows, path)
        shown = row.ours if row.ratio is None else row.ratio
        passed = f"{time.perf_counter() - started:.0f} s"
        print(f"bench: {passed}: {row.name}: {figure(shown)}", file=sys.stderr, flush=True)


def measure_apart(
    name: str, environment: Mapping[str, str], limit_s: float, long: bool = False
) -> tuple[list[Row], str]:
    """Run one module in a process of its own.

    Parameters
    ----------
    name
        The module.
    environment
        Of the process; the folders for settings and data are replaced by a new one.
    limit_s
        After so many seconds it is ended, and whatever it has started.
    long
        Whether its ``measure_long`` is asked for.

    Returns
    -------
    The rows that it came to, and why it ended before its last one, else nothing; its own words
    are on standard error.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "rows.json")
        # A newcomer's folders: settings or recovered work of whoever measures are not opened.
        home = dict.fromkeys(_HOMES, folder)
        command = [sys.executable, "-m", "bench", "--here", name, "--out", str(path)]
        # What a measurement prints is for people; standard output is for the table alone.
        process = subprocess.Popen(
            [*command, *(["--long"] if long else [])],
            env={**environment, **home},
            stdout=sys.stderr,
            start_new_session=True,
        )
        try:
            status = process.wait(limit_s)
            fault = f"exit status {status}" if status else ""
        except subprocess.TimeoutExpired:
            fault = f"not done after {limit_s:.0f} s"
        finally:
            _end(process)
        rows = msgspec.json.decode(path.read_bytes(), type=list[Row]) if path.exists() else []
        return rows, fault


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started and left."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    process.wait()


def measure_all(names: Mapping[str, float], long: bool) -> tuple[list[Row], dict[str, str]]:
    """Measure modules one after the other; return their rows, and what failed with the reason.

    Each may take twice its budget, and all of ``make bench`` together `LIMIT_S`.
    """
    rows: list[Row] = []
    failed: dict[str, str] = {}
    end_s = time.perf_counter() + (sum(names.values()) * 2 if long else LIMIT_S)
    with virtual_screen() as environment:
        for name, budget_s in names.items():
            limit_s = min(2 * budget_s, end_s - time.perf_counter())
            if limit_s <= 0:
                failed[name] = f"not begun, {LIMIT_S:.0f} s were over"
                continue
            print(f"bench: measuring {name}", file=sys.stderr, flush=True)
            measured, fault = measure_apart(name, environment, limit_s, long)
            rows += measured
            if fault:
                failed[name] = fault
    return rows, failed


def main() -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="measure only these modules")
    parser.add_argument("--long", action="store_true", help="what takes more than eight minutes")
    parser.add_argument("--list", action="store_true", help="name the modules and stop")
    parser.add_argument("--out", type=Path, help="where the rows go (default: bench/results*.json)")
    parser.add_argument("--here", metavar="NAME", help="measure one module in this very process")
    arguments = parser.parse_args()
    known = budgets(arguments.long)
    command = "make bench-long" if arguments.long else "make bench"
    if arguments.here:
        measure_here(arguments.here, arguments.out or RESULTS[command], arguments.long)
        return 0
    if arguments.list:
        print("\n".join(known))
        return 0
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}; there are: {', '.join(known)}")

    chosen = {name: known[name] for name in arguments.names} or known
    machine = described()
    rows, failed = measure_all(chosen, arguments.long)
    print(f"{machine}\n\n{table(rows)}")
    print(f"\n{sum(row.met for row in rows)} of {len(rows)} goals met")
    out = arguments.out or (None if arguments.names else RESULTS[command])
    if out is not None:
        write_rows(rows, out)
    if out == RESULTS[command]:
        note_machine(command, machine)
        write_report()
    for name, fault in failed.items():
        print(f"bench: {name} failed: {fault}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
