"""What an installed Glassnet is called from outside; the program itself lies in `_app`."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_APP = _HERE / "_app"


def find_packages() -> None:
    """Let this program find its packages, ``gui`` and others, by these names (docs/adr/0079)."""
    home = str(_APP if _APP.is_dir() else _HERE.parent)
    if home not in sys.path:
        sys.path.insert(0, home)
