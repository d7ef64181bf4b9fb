"""Collect the sentences of the window and compile their translations: `make strings`.

pyside6-lupdate adds new sentences to assets/i18n/glassnet_tr.ts as unfinished; a person translates
them there; pyside6-lrelease compiles the file that the window loads. The command line's words are
written by hand, in a .po file, which is compiled to what gettext loads.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
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


def main() -> int:
    """Update and compile; return the exit status."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "gui").rglob("*.py"))
    for command in (
        [tool("pyside6-lupdate"), *sources, "-no-obsolete", "-locations", "none", "-ts", str(TS)],
        [tool("pyside6-lrelease"), str(TS), "-qm", str(TS.with_suffix(".qm"))],
    ):
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode != 0:
            return done.returncode
    PO.with_suffix(".mo").write_bytes(compiled(PO.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
