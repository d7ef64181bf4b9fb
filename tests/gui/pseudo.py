"""A language that is 40 % longer than English, with accents."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from gui.settings import ASSETS

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


def pseudo_file(folder: Path) -> Path:
    """Write every sentence of the window, longer, as a .qm file; return its path."""
    tree = ET.parse(ASSETS / "i18n" / "glassnet_tr.ts")
    for context in tree.getroot().iter("context"):
        if re.match("Q[A-Z]", context.findtext("name", "")):
            continue  # Qt's own words; its file names them
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            translation.text = pseudo(message.findtext("source", ""))
    source, target = folder / "pseudo.ts", folder / "pseudo.qm"
    tree.write(source, encoding="utf-8", xml_declaration=True)
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([tool, source, "-qm", target], check=True, capture_output=True)
    return target
