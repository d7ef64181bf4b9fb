"""What a person sends who reports a fault: versions and surroundings, with nothing personal."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from gui.settings import ASSETS, language, moves
from gui.theme import active
from model import __version__

PACKAGES = (
    "contourpy",
    "cv2-enumerate-cameras",
    "latex2mathml",
    "markdown-it-py",
    "msgspec",
    "numpy",
    "onnx",
    "opencv-python",
    "platformdirs",
    "pooch",
    "pyqtgraph",
    "PySide6-Essentials",
    "QtAwesome",
    "requests",
    "scipy",
    "shiboken6",
    "tqdm",
    "ziamath",
)
"""What Glassnet is made with, as pyproject.toml has it."""
_NAME = r"[^\s\\/\"'<>|:*?,;()](?:[^\\/\n\"'<>|:*?,;()]*[^\s\\/\"'<>|:*?,;()])?"
_PATH = re.compile(rf"(?<![\w\\/])(?:[A-Za-z]:[\\/]|\\\\|/)(?:{_NAME}[\\/])+(?:{_NAME})?")
_OF_PACKAGES = re.compile(r".*[\\/](?:site|dist)-packages[\\/]")
_LONGEST_LICENCE = 60


class Package(NamedTuple):
    """A package that Glassnet is made with: its name, version and licence."""

    name: str
    version: str
    licence: str


def packages() -> Iterator[Package]:
    """Yield the packages in use, those that are not installed left out."""
    for name in PACKAGES:
        try:
            found = metadata(name)
        except PackageNotFoundError:
            continue
        licence = str(found.get("License-Expression") or found.get("License") or "")
        if not licence or len(licence) > _LONGEST_LICENCE or "\n" in licence:
            kinds = [
                each.rpartition(":: ")[2]
                for each in found.get_all("Classifier", [])
                if each.startswith("License ::")
            ]
            licence = ", ".join(kinds) or licence.partition("\n")[0][:_LONGEST_LICENCE]
        yield Package(name, str(found["Version"]), licence)


def report(details: str = "") -> str:
    """Return versions and surroundings, and `details` below them, without anybody's paths."""
    screen = QGuiApplication.primaryScreen()
    size, ratio = screen.size(), screen.devicePixelRatio()
    lines = [
        f"Glassnet {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"Qt {qVersion()}, {QGuiApplication.platformName()}, "
        f"screen {size.width()} x {size.height()} at {ratio:g}",
        f"language {language()}, theme {active().name}, motion {'on' if moves() else 'off'}",
        ", ".join(f"{package.name} {package.version}" for package in packages()),
    ]
    if details:
        lines += ["", without_paths(details).strip()]
    return "\n".join(lines) + "\n"


def without_paths(text: str) -> str:
    """Return text whose absolute paths tell no more than a file of the program's own.

    Others keep their suffix alone: a person's name is in many a folder, and in many a file.
    """
    own = (str(ASSETS.parent), str(Path(sys.prefix)), sys.base_prefix)

    def short(match: re.Match[str]) -> str:
        path = match.group()
        if _OF_PACKAGES.match(path):
            return _OF_PACKAGES.sub("", path)
        for root in own:
            if path.startswith(root):
                return path[len(root) :].lstrip("\\/")
        return f"…{Path(path.rstrip()).suffix}"

    return _PATH.sub(short, text)
