"""A language that is 40 % longer than English, with accents."""

from __future__ import annotations

import re
from gettext import NullTranslations

from tests.gui.texts import entries

LONGER = 0.4
_WORD = 10
_ACCENTED = str.maketrans("aeiouyAEIOUYcnsz", "áéíóúýÁÉÍÓÚÝçñšž")
_KEPT = re.compile(r"({[^}]*}|<[^>]*>|&\w+;|&\w|\$[^$]*\$|\([^()]*\*\.[^()]*\))")
"""Fields, markup, letters that are keys, formulas, and patterns of file names."""


def pseudo(text: str) -> str:
    """Return a text with accents and so much longer; what is filled in stays."""
    parts = [
        part if index % 2 else part.translate(_ACCENTED)
        for index, part in enumerate(_KEPT.split(text))
    ]
    letters = sum(len(part) for part in parts[::2])
    if letters <= 1:
        return text
    more = "·" * round(LONGER * letters)
    # As words, for a line breaks between those.
    words = [more[at : at + _WORD] for at in range(0, len(more), _WORD)]
    return "".join(parts) + " ".join(words)


class LongerLanguage(NullTranslations):
    """Every text of the catalogue, longer."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {text for _, text in entries()}

    def gettext(self, message: str) -> str:
        """Return a text, longer."""
        return pseudo(message) if message in self._known else message

    def pgettext(self, context: str, message: str) -> str:
        """Return a text, longer; Qt's own words stay."""
        return message if re.match("Q[A-Z]", context) else self.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return a text for a number, longer."""
        return self.gettext(msgid1 if n == 1 else msgid2)
