"""Measure everything, print one table, write bench/results.json and the report in docs/.

``python -m bench`` measures all; ``python -m bench NAME ...`` only some modules, and then leaves
results.json as it is unless ``--out`` names a file. A goal that is missed is shown in the table;
only a measurement that fails makes the exit status 1.
"""

import argparse
import ast
import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bench.harness import Row, figure
from bench.report import write_report
from bench.screen import virtual_screen
from bench.table import table
from model.files import write_bytes

_HERE = Path(__file__).parent
_RESULTS = _HERE / "results.json"
_HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def modules_that_measure(folder: Path = _HERE) -> list[str]:
    """Name the modules in a folder that define ``measure``, without importing them."""
    names = []
    for path in sorted(folder.glob("[!_]*.py")):
        tree = ast.parse(path.read_bytes(), filename=str(path))
        if any(isinstance(node, ast.FunctionDef) and node.name == "measure" for node in tree.body):
            names.append(path.stem)
    return names


def write_rows(rows: list[Row], path: Path) -> None:
    """Write rows as indented JSON, replacing the file only when all is written."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")


def measure_here(name: str, path: Path) -> None:
    """Run one module's ``measure`` in this process and write its rows to a file.

    A module that yields its rows shows on standard error how far it is.
    """
    rows: list[Row] = []
    started = time.perf_counter()
    for row in importlib.import_module(f"bench.{name}").measure():
        rows.append(row)
        shown = row.ours if row.ratio is None else row.ratio
        passed = f"{time.perf_counter() - started:.0f} s"
        print(f"bench: {passed}: {row.name}: {figure(shown)}", file=sys.stderr, flush=True)
    write_rows(rows, path)


def measure_apart(name: str, environment: Mapping[str, str]) -> list[Row] | None:
    """Run one module's ``measure`` in a process of its own.

    Returns
    -------
    list of Row or None
        None if the module failed; its traceback is on standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.json")
        # A newcomer's folders: settings or recovered work of whoever measures are not opened.
        home = dict.fromkeys(_HOMES, folder)
        command = [sys.executable, "-m", "bench", "--here", name, "--out", str(path)]
        # What a measurement prints is for people; standard output is for the table alone.
        finished = subprocess.run(
            command, env={**environment, **home}, stdout=sys.stderr, check=False
        )
        if finished.returncode != 0:
            return None
        return msgspec.json.decode(path.read_bytes(), type=list[Row])


def main() -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="measure only these modules")
    parser.add_argument("--list", action="store_true", help="name the modules and stop")
    parser.add_argument("--out", type=Path, help="where the rows go (default: bench/results.json)")
    parser.add_argument("--here", metavar="NAME", help="measure one module in this very process")
    arguments = parser.parse_args()
    known = modules_that_measure()
    if arguments.here:
        measure_here(arguments.here, arguments.out or _RESULTS)
        return 0
    if arguments.list:
        print("\n".join(known))
        return 0
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}; there are: {', '.join(known)}")

    rows: list[Row] = []
    failed: list[str] = []
    with virtual_screen() as environment:
        for name in arguments.names or known:
            print(f"bench: measuring {name}", file=sys.stderr, flush=True)
            measured = measure_apart(name, environment)
            if measured is None:
                failed.append(name)
            else:
                rows += measured
    print(table(rows))
    print(f"\n{sum(row.met for row in rows)} of {len(rows)} goals met")
    if failed:
        print(f"failed, see above: {', '.join(failed)}", file=sys.stderr)
    out = arguments.out or (None if arguments.names else _RESULTS)
    if out is not None and not failed:
        write_rows(rows, out)
        if out == _RESULTS:
            write_report(rows)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
