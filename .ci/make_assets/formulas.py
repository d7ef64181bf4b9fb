"""Makes assets/formulas/: every formula of the window, typeset as SVG.

Run by hand, with the program's packages, after a formula has changed: ``python formulas.py``.
Files of formulas that are shown no more go. Those of the glossary count too, and those in the prose
of lessons that have no live numbers.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from gui.build_tab.function_cards.formulas import every_formula  # noqa: E402
from gui.typesetting import SHIPPED, file_name, typeset  # noqa: E402
from model.glossary import glossary  # noqa: E402
from model.lessons.prose import formulas  # noqa: E402

LESSONS = ROOT / "assets" / "lessons"


def main() -> int:
    """Typeset all formulas; return 1 if one fails."""
    found = set(every_formula()) | {term.formula for term in glossary().terms() if term.formula}
    for prose in sorted(LESSONS.rglob("*.md")):
        found.update(formulas(prose.read_text(encoding="utf-8")))
    SHIPPED.mkdir(exist_ok=True)
    drawn = {latex: typeset(latex) for latex in sorted(found)}
    for old in SHIPPED.glob("*.svg"):
        old.unlink()
    for latex, svg in drawn.items():
        if svg is None:
            print(f"not set: {latex}", file=sys.stderr)
        else:
            (SHIPPED / file_name(latex)).write_text(svg, encoding="utf-8")
    return int(None in drawn.values())


if __name__ == "__main__":
    sys.exit(main())
