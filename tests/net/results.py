"""Named texts: how they are made comparable, stored and compared."""

from __future__ import annotations

import hashlib
import json
import lzma
import math
import os
import platform
import re
from collections.abc import Iterator
from difflib import unified_diff
from itertools import zip_longest
from pathlib import Path

import numpy as np

from model import __version__

LARGEST_TEXT = 20_000
"""Bytes of a text that is stored as a file of its own; longer ones are packed together."""
PACKED = "packed.jsonl.xz"
TOLERANCE = 1e-6
"""How far a number may be off, relatively, where another processor computed it."""

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
VARYING = (
    (re.compile(r'("kernel": )"[^"]*"'), r'\1"KERNEL"'),
    (re.compile(r"(BLAS kernel|BLAS çekirdeği) \w+"), r"\1 KERNEL"),
    (re.compile(r" *(epochs/s|epok/sn) +(?:\d|\s|\\xa0)*\d *"), r" \1 SPEED "),
    (re.compile(r'("(?:seconds\w*|\w+_ms)": )(?!0\.0\b)[\d.e+-]+'), r"\1TIME"),
    (re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?\s(?:µs|ms|s|sn|seconds?|saniye)\b"), "TIME"),
)
EXACT_ONLY = "sha256 "
"""What a line begins with that says nothing where another processor computed."""


def machine() -> dict[str, str]:
    """Return what the last bits of a result depend on."""
    cpu = ""
    if Path("/proc/cpuinfo").exists():
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        cpu = found.group(1) if found else ""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "cpu": cpu or platform.processor(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "coretype": os.environ.get("OPENBLAS_CORETYPE", ""),
    }


def normalised(text: str, folder: Path) -> str:
    """Return a text without what differs from run to run: paths, times, versions, the kernel."""
    text = text.replace(str(folder), "FOLDER").replace(str(Path.cwd()), "ROOT")
    text = text.replace(__version__, "VERSION")
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return text


def sha256(content: bytes) -> str:
    """Return the line that stands for bytes."""
    return f"{EXACT_ONLY}{hashlib.sha256(content).hexdigest()}"


def store(texts: dict[str, str], folder: Path) -> None:
    """Write each text to a file of its name; those too long for one are packed."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = []
    for name, text in sorted(texts.items()):
        if len(text.encode()) <= LARGEST_TEXT and not name.startswith("window"):
            file = folder / f"{name}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        else:
            packed.append(json.dumps({"name": name, "text": text}, ensure_ascii=False))
    if packed:
        (folder / PACKED).write_bytes(lzma.compress("\n".join(packed).encode(), preset=9))


def stored(folder: Path) -> dict[str, str]:
    """Return the texts that a folder holds, by name."""
    texts = {
        file.relative_to(folder).with_suffix("").as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*.txt")
    }
    for file in folder.rglob(PACKED):
        for line in lzma.decompress(file.read_bytes()).decode().splitlines():
            row = json.loads(line)
            texts[(file.parent.relative_to(folder) / row["name"]).as_posix()] = row["text"]
    return texts


def differences(before: dict[str, str], after: dict[str, str], *, exact: bool) -> Iterator[str]:
    """Yield, name by name, what of the texts differs, as a diff that can be read."""
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"{name}: not there any more"
        elif name not in before:
            yield f"{name}: new"
        elif not is_same(before[name], after[name], exact=exact):
            lines = before[name].splitlines(), after[name].splitlines()
            yield "\n".join(unified_diff(*lines, f"{name} before", f"{name} after", "", "", 1, ""))


def is_same(before: str, after: str, *, exact: bool) -> bool:
    """Tell whether two texts are equal, or, not `exact`, but for the last digits of numbers."""
    if before == after or exact:
        return before == after
    pairs = zip_longest(before.splitlines(), after.splitlines(), fillvalue="\0")
    return all(_is_close(*pair) for pair in pairs)


def _is_close(before: str, after: str) -> bool:
    if before.startswith(EXACT_ONLY) and after.startswith(EXACT_ONLY):
        return True
    if NUMBER.split(before) != NUMBER.split(after):
        return False
    numbers = ([float(n.replace(",", ".")) for n in NUMBER.findall(t)] for t in (before, after))
    return all(
        math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-9)
        for one, other in zip(*numbers, strict=True)
    )
