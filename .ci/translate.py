"""Collect the sentences of the window and compile their translations: `make strings`.

pyside6-lupdate adds new sentences to assets/i18n/glassnet_tr.ts as unfinished; a person translates
them there; pyside6-lrelease compiles the file that the window loads.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TS = ROOT / "assets" / "i18n" / "glassnet_tr.ts"


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
    return 0


if __name__ == "__main__":
    sys.exit(main())
