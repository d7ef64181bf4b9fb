"""Record what the program does, or compare it with what was recorded: see README.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.net import commands, experiments
from tests.net.results import differences, machine, store, stored
from tests.net.sources import write_sources

MACHINE = "machine.json"
LANGUAGES = ("en", "tr")
Texts = dict[str, str]


@contextmanager
def clean_folder() -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield an empty folder, and an environment with nothing in it of the user's own."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
            "QT_LOGGING_RULES": "*.warning=false",
            "OPENBLAS_NUM_THREADS": "1",
        }
        if coretype := os.environ.get("OPENBLAS_CORETYPE"):
            environment["OPENBLAS_CORETYPE"] = coretype
        yield Path(folder), environment


def of_experiments() -> Texts:
    """Return the experiments' files and the hashes of their weights."""
    with clean_folder() as (folder, _):
        write_sources(folder)
        return dict(experiments.record(folder))


def of_commands() -> Texts:
    """Return what the command lines say and write."""
    with clean_folder() as (folder, environment):
        return dict(commands.record(folder, environment))


def of_window(language: str) -> Texts:
    """Return the window's states in a language, and what it writes."""
    with clean_folder() as (folder, environment):
        result = folder / "result.json"
        words = [sys.executable, "-m", "tests.net.window", language, str(folder), str(result)]
        subprocess.run(words, env=environment, check=True)
        return dict(json.loads(result.read_text(encoding="utf-8")))


PARTS: dict[str, list[Callable[[], Texts]]] = {
    "experiments": [of_experiments],
    "commands": [of_commands],
    "window": [partial(of_window, language) for language in LANGUAGES],
}


def record(parts: list[str], folder: Path) -> None:
    """Write what the program does to a folder, two parts at a time."""
    with ThreadPoolExecutor(2) as pool:
        for part in parts:
            running = [pool.submit(run) for run in PARTS[part]]
            texts = [future.result() for future in running]
            store({name: text for found in texts for name, text in found.items()}, folder / part)
    (folder / MACHINE).write_text(json.dumps(machine(), indent=1) + "\n")


def compare(parts: list[str], folder: Path) -> int:
    """Record anew and print what differs from a folder; return how many texts do."""
    exact = json.loads((folder / MACHINE).read_text()) == machine()
    print("exactly" if exact else "numbers to 1e-6: this is another machine")
    count = 0
    with tempfile.TemporaryDirectory() as fresh:
        record(parts, Path(fresh))
        for part in parts:
            before, after = stored(folder / part), stored(Path(fresh, part))
            for difference in differences(before, after, exact=exact):
                print(difference, end="\n\n")
                count += 1
    print(f"{count} texts differ")
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.net", description=__doc__)
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=PARTS, action="append", metavar="PART")
    options = parser.parse_args()
    chosen = options.only or list(PARTS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if options.what == "record":
        record(chosen, options.folder)
    else:
        sys.exit(bool(compare(chosen, options.folder)))
