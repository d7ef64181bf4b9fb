"""The style sheet, written once over the tokens and filled in for light or dark.

Widgets choose a look by a dynamic property, never by a style sheet of their own:
``role`` = ``panel | card | seg | inset | bar`` on frames; ``role`` = ``title | caption | hint |
figure | hero`` on labels; ``tone`` = ``primary | quiet | link | outline | warn | ok | fail`` and
``extent`` = ``line | small | bar | hero`` on buttons, ``tone`` on cards and labels too.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from gui.theme.tokens import Theme

_TEMPLATE = Template(Path(__file__).with_suffix(".qss").read_text(encoding="utf-8"))


def style_sheet(theme: Theme, icons: Path) -> str:
    """Return the whole style sheet for `theme`; `icons` holds the small SVG arrows it names."""
    return _TEMPLATE.substitute(theme.colours(), icons=icons.as_posix())
