"""LaTeX formulas typeset as SVG; the window's own lie ready in assets/formulas/.

Typesetting another one, such as that of a teacher's lesson, takes 10 ms.
"""

from __future__ import annotations

import hashlib
import re
from itertools import accumulate
from pathlib import Path

SIZE_PX = 20
"""Size of the letters in the SVGs."""

LONGEST, DEEPEST, LARGEST_BYTES, WIDEST_PX = 400, 5, 400_000, 4_000
"""A formula with more characters or braces within braces, or a larger drawing, is not set."""

SHIPPED = Path(__file__).resolve().parent.parent / "assets" / "formulas"
_WAY = "1"
"""Changes whenever formulas come to be set otherwise, so that what was kept counts no more."""


def file_name(latex: str) -> str:
    """Return the file name of a formula."""
    return hashlib.sha256(f"{_WAY} {latex}".encode()).hexdigest()[:32] + ".svg"


def kept(latex: str) -> str | None:
    """Return the SVG of a bundled formula, or ``None``."""
    path = SHIPPED / file_name(latex)
    return path.read_text(encoding="utf-8") if path.is_file() else None


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
    """Return how many braces lie within each other; each takes twice as long to set."""
    steps = (1 if brace == "{" else -1 for brace in re.findall("[{}]", latex))
    return max(accumulate(steps), default=0)
