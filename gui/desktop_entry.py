"""Install Glassnet in the menu of a Linux desktop: its entry, icon and file types.

All files are in the user's data folder, as the freedesktop.org specifications require. No Qt.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from string import Template

import platformdirs

from foundation.text import tr
from model.files import write_bytes

_ASSETS = Path(__file__).resolve().parent.parent / "assets"
_PLACES = {
    "applications/glassnet.desktop": "desktop/glassnet.desktop",
    "mime/packages/glassnet.xml": "desktop/glassnet.xml",
    "icons/hicolor/scalable/apps/glassnet.svg": "icons/glassnet.svg",
}
"""Path in the data folder -> path of its source among our assets."""


def install(command: Sequence[str], note: Callable[[str], None]) -> list[Path]:
    """Write the desktop entry, the icon and the MIME types of our files.

    Parameters
    ----------
    command
        Program and arguments that start Glassnet from any folder.
    note
        Called with remarks for the user.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ModelError
        Code ``file.unwritable``.
    OSError
        If a folder cannot be created.
    """
    words = {"python": _escaped(command[0]), "command": " ".join(map(_exec_word, command))}
    written = []
    for place, source in _PLACES.items():
        target = platformdirs.user_data_path() / place
        content = (_ASSETS / source).read_bytes()
        if target.suffix == ".desktop":
            content = Template(content.decode()).substitute(words).encode()
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, content)
        written.append(target)
    _update_desktop_indices(note)
    return written


def remove(note: Callable[[str], None]) -> list[Path]:
    """Delete what `install` wrote; return the deleted files."""
    there = [path for place in _PLACES if (path := platformdirs.user_data_path() / place).exists()]
    for path in there:
        path.unlink()
    if there:
        _update_desktop_indices(note)
    return there


def _exec_word(word: str) -> str:
    r"""Return a word quoted for an entry's ``Exec`` line.

    Notes
    -----
    The word is quoted as an argument and then escaped like any value of the file, so that ``$``
    becomes ``\\$``. ``%`` begins a field code and is doubled.
    """
    for letter in '\\"`$':
        word = word.replace(letter, "\\" + letter)
    return _escaped('"' + word.replace("%", "%%") + '"')


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\")


def _update_desktop_indices(note: Callable[[str], None]) -> None:
    """Update the desktop's indices."""
    data = platformdirs.user_data_path()
    for program, folder in (
        ("update-mime-database", data / "mime"),
        ("update-desktop-database", data / "applications"),
    ):
        if (found := shutil.which(program)) is None:
            note(
                tr(
                    "{program} is not on this system; some desktops see the change only after it.",
                    program=program,
                )
            )
        elif folder.is_dir():
            subprocess.run([found, folder], check=False, stdout=sys.stderr)
