"""Command lines of `main.py`: their exit status, what they print, and the files they write."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import onnx

from tests.net.results import normalised, sha256
from tests.net.sources import write_sources

MAIN = Path("main.py").resolve()
TURKISH = "tr: "
"""What a command line begins with that is to be answered in Turkish."""

COMMANDS = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()

WRITTEN = (
    ".glassnet", ".glassteach", ".onnx", ".py", ".ipynb", ".csv", ".json", ".svg", ".png", ".pdf",
)  # fmt: skip


def record(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Run every command line in `folder`; yield what each says, then what has been written."""
    write_sources(folder)
    given = set(folder.rglob("*"))
    for number, line in enumerate(COMMANDS, start=1):
        words = shlex.split(line.removeprefix(TURKISH))
        is_turkish = line.startswith(TURKISH)
        language = {"LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"} if is_turkish else {"LANG": "C.UTF-8"}
        ended = subprocess.run(
            [sys.executable, str(MAIN), *words],
            cwd=folder,
            env=environment | language,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        out, err = _indented(ended.stdout), ended.stderr
        said = f"$ {line}\nstatus {ended.returncode}\n{out}--- errors\n{err}"
        short = re.sub(r"[^\w=,.]+", "_", line)[:60].strip("_")
        yield f"commands/{number:02} {short}", normalised(said, folder)
    for path in sorted(set(folder.rglob("*")) - given):
        if path.suffix in WRITTEN:
            yield f"written/{path.relative_to(folder).as_posix()}", describe(path, folder)


def _indented(text: str) -> str:
    """Return JSON over several lines, and any other text as it is."""
    if text.startswith(("{", "[")):
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    return text


def describe(path: Path, folder: Path) -> str:
    """Return what a written file holds, as a text that can be compared and read."""
    if path.suffix == ".onnx":
        return _onnx_text(path)
    if path.suffix == ".glassteach":
        return _zip_text(path, folder)
    content = path.read_bytes()
    if path.suffix == ".svg":
        return " ".join(re.findall(rb"<svg[^>]*>", content)[0].decode().split()) + "\n"
    if path.suffix == ".png":
        return f"{int.from_bytes(content[16:20])} x {int.from_bytes(content[20:24])} px\n"
    if path.suffix == ".pdf":
        return f"{len(re.findall(rb'/Type\s*/Page\b', content))} pages\n"
    text = content.decode("utf-8")
    return normalised(_without_times(text) if path.suffix == ".csv" else text, folder)


def _without_times(table: str) -> str:
    """Return a table without what stands in its columns of times."""
    head, *rows = csv.reader(io.StringIO(table))
    times = [re.search(r"^\ufeff?time$|[ _]ms$", name) is not None for name in head]
    rows = [
        ["TIME" if is_time else cell for is_time, cell in zip(times, row, strict=True)]
        for row in rows
    ]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


def _onnx_text(path: Path) -> str:
    """Return a hash of the file, its graph, and its numbers where they are few."""
    network = onnx.load(path)
    network.producer_version = ""
    lines = [sha256(network.SerializeToString(deterministic=True))]
    for numbers in network.graph.initializer:
        array = onnx.numpy_helper.to_array(numbers)
        values = array.ravel()[:50].tolist()
        lines.append(f"{numbers.name} {array.dtype} {array.shape} {values}")
    del network.graph.initializer[:]
    return "\n".join([*lines, onnx.printer.to_text(network), ""])


def _zip_text(path: Path, folder: Path) -> str:
    """Return names and hashes of what a zip holds, and its JSON."""
    with zipfile.ZipFile(path) as archive:
        lines = []
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".json"):
                text = json.dumps(json.loads(content), indent=1, ensure_ascii=False)
                lines += [name, normalised(text, folder)]
            else:
                lines += [f"{name}: {len(content)} bytes", sha256(content)]
    return "\n".join([*lines, ""])
