"""Typeset LaTeX formulas as SVG; those of the window are bundled in assets/formulas/.

Typesetting any other formula, such as one in a teacher's lesson, takes 10 ms.
"""

from __future__ import annotations

import hashlib
import re
from itertools import accumulate
from pathlib import Path

SIZE_PX = 20
"""Font size in the SVGs."""

LONGEST, DEEPEST, LARGEST_BYTES, WIDEST_PX = 400, 5, 400_000, 4_000
"""Limits of characters, brace depth, SVG size and drawing size, beyond which nothing is set."""

SHIPPED = Path(__file__).resolve().parent.parent / "assets" / "formulas"
_VERSION = "1"
"""Version of the typesetting; a new one invalidates the stored formulas."""


def file_name(latex: str) -> str:
    """Return the file name of a formula."""
    return hashlib.sha256(f"{_VERSION} {latex}".encode()).hexdigest()[:32] + ".svg"


def kept(latex: str) -> str | None:
    """Return the SVG of a bundled formula, ``None`` if it is not bundled."""
    path = SHIPPED / file_name(latex)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def typeset(latex: str) -> str | None:
    """Typeset a formula.

    Parameters
    ----------
    latex
        LaTeX math without dollar signs.

    Returns
    -------
    str or None
        An SVG in black with its baseline at y = 0 and a font size of `SIZE_PX`; ``None`` if the
        formula is empty or invalid, has unknown commands, or is too large.
    """
    if not latex.strip() or len(latex) > LONGEST or _depth(latex) > DEEPEST:
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
    return svg if fits and len(svg) <= LARGEST_BYTES else None


def _depth(latex: str) -> int:
    """Return the nesting depth of braces; each level doubles the time needed."""
    steps = (1 if brace == "{" else -1 for brace in re.findall("[{}]", latex))
    return max(accumulate(steps), default=0)
