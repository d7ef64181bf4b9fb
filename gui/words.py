"""Tables of words in `assets/words/`; `.ci/translate.py` collects their texts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

_FOLDER = Path(__file__).resolve().parent.parent / "assets" / "words"


@cache
def word_table[Table](name: str, kind: type[Table]) -> Table:
    """Return the table in the file `name`.json, its texts in English."""
    return msgspec.json.decode((_FOLDER / f"{name}.json").read_bytes(), type=kind)
