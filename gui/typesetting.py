"""LaTeX formulas typeset as SVG: the bundled ones, and a process for others.

Setting a formula takes Python 10 ms and more, during which no frame would be drawn. So it is done
in a process of its own, which is this module run as a program: it reads one JSON string a line and
answers each with a line, ``[formula, SVG or null]``. The window's own formulas lie in
assets/formulas/.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from foundation.files import IMPORT_ROOT

SIZE_PX = 20
"""Size of the letters in the SVGs."""

LONGEST, LARGEST_BYTES, WIDEST_PX = 1_000, 400_000, 4_000
"""A formula that is longer than so many characters, or comes out larger, is not set."""

SHIPPED = Path(__file__).resolve().parent.parent / "assets" / "formulas"
_MEMORY_BYTES, _PROCESSOR_S, _PATIENCE_S = 1 << 30, 20, 15
_DRAWN = {"svg", "g", "path", "rect", "line", "polyline"}
_WAY = "1"
"""Changes whenever formulas come to be set otherwise, so that what was kept counts no more."""


def file_name(latex: str) -> str:
    """Return the file name of a formula."""
    return hashlib.sha256(f"{_WAY} {latex}".encode()).hexdigest()[:32] + ".svg"


def kept(latex: str) -> str | None:
    """Return the SVG of a bundled formula, or ``None``."""
    path = SHIPPED / file_name(latex)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def is_drawing(svg: str) -> bool:
    """Return whether an SVG contains only lines and areas of bounded size."""
    tags = set(re.findall(r"<\s*([^\s/>]+)", svg))
    return len(svg) <= LARGEST_BYTES and "svg" in tags and tags <= _DRAWN


def typeset(latex: str) -> str | None:
    """Typeset a formula.

    Parameters
    ----------
    latex
        In LaTeX's mathematical mode, without dollar signs.

    Returns
    -------
    str or None
        An SVG, black, its baseline at y = 0, its letters `SIZE_PX` large; ``None`` where the
        formula is none, holds a command that is not known, or is too large.
    """
    if not latex.strip() or len(latex) > LONGEST:
        return None
    from latex2mathml.converter import convert
    from ziamath.config import config
    from ziamath.zmath import Latex

    # Else it makes use of symbols, which Qt does not draw.
    config.svg2 = False
    try:
        if "\\" in convert(latex):  # a command that is not known stands there as it is written
            return None
        drawing = Latex(latex, size=SIZE_PX)
        width, height = drawing.getsize()
        svg = drawing.svg()
    except Exception:  # noqa: BLE001 - whatever it is that cannot be set is shown as it is written
        return None
    fits = 0 < width <= WIDEST_PX and 0 < height <= WIDEST_PX
    return svg if fits and is_drawing(svg) else None


def typeset_all(formulas: Sequence[str]) -> dict[str, str | None]:
    """Typeset formulas in a process of their own, as many as it sets in time; waits for it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "gui.typesetting"],
            input="".join(f"{json.dumps(latex)}\n" for latex in formulas),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=IMPORT_ROOT,
            env=environment,  # with that variable the folder would not be looked into
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return dict(json.loads(line) for line in done.stdout.splitlines())


def _limit() -> None:
    """Limit the resources of typesetting, where the system supports it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))


def _main() -> int:
    _limit()
    for line in sys.stdin:
        latex = json.loads(line)
        print(json.dumps([latex, typeset(latex)]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
