"""Collect the sentences of the window and compile their translations: `make strings`.

pyside6-lupdate adds new sentences to assets/i18n/glassnet_tr.ts as unfinished; a person translates
them there; pyside6-lrelease compiles the file that the window loads. The command line's words are
written by hand, in a .po file, which is compiled to what gettext loads.
"""

from __future__ import annotations

import json
import re
import runpy
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TS = ROOT / "assets" / "i18n" / "glassnet_tr.ts"
PO = ROOT / "assets" / "i18n" / "tr" / "LC_MESSAGES" / "messages.po"
_MO_MAGIC, _MO_HEAD = 0x950412DE, 28


def compiled(po: str) -> bytes:
    """Return what gettext loads, of a .po file with one line a text."""
    pairs = re.findall(r'^msgid (".*")\nmsgstr (".+")$', po, re.MULTILINE)
    words = sorted((json.loads(a).encode(), json.loads(b).encode()) for a, b in pairs)
    tables, texts = [], b""
    start = _MO_HEAD + 16 * len(words)
    for side in range(2):
        for pair in words:
            tables.append(struct.pack("<II", len(pair[side]), start + len(texts)))
            texts += pair[side] + b"\0"
    head = struct.pack(
        "<7I", _MO_MAGIC, 0, len(words), _MO_HEAD, _MO_HEAD + 8 * len(words), 0, start
    )
    return head + b"".join(tables) + texts


def tool(name: str) -> str:
    """Return the path of a program beside this Python."""
    return str(Path(sys.executable).with_name(name))


def collect(ts: Path) -> None:
    """Add to a .ts file what it lacks of the window's sentences, and drop what no one says."""
    sources = sorted(str(path) for path in (ROOT / "gui").rglob("*.py"))
    with tempfile.TemporaryDirectory() as home:
        errors = Path(home) / "sentences.py"
        said = runpy.run_path(str(ROOT / ".ci" / "make_sentences.py"))["catalogue"]()
        errors.write_text(said, encoding="utf-8")
        options = ["-no-obsolete", "-locations", "none", "-ts", str(ts)]
        subprocess.run([tool("pyside6-lupdate"), *sources, str(errors), *options], check=True)


if __name__ == "__main__":
    collect(TS)
    compiling = [tool("pyside6-lrelease"), str(TS), "-qm", str(TS.with_suffix(".qm"))]
    subprocess.run(compiling, check=True)
    PO.with_suffix(".mo").write_bytes(compiled(PO.read_text(encoding="utf-8")))
