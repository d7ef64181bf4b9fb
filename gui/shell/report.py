"""The error report: versions and environment, nothing personal."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from typing import NamedTuple

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from gui.settings import ASSETS, animations_allowed, language
from gui.theme import active
from model import __version__
from model.blas import blas_kernel, blas_threads

PACKAGES = (
    "contourpy",
    "cv2-enumerate-cameras",
    "latex2mathml",
    "markdown-it-py",
    "msgspec",
    "numpy",
    "onnx",
    "opencv-python",
    "openpyxl",
    "pi-heif",
    "Pillow",
    "platformdirs",
    "protobuf",
    "pyqtgraph",
    "PySide6-Essentials",
    "QtAwesome",
    "requests",
    "scipy",
    "shiboken6",
    "tqdm",
    "urllib3",
    "ziamath",
)
"""Dependencies of Glassnet, as in pyproject.toml."""
_SOURCE = re.compile(r'(?P<before>[\s|+]*File )"(?P<path>.*)"(?P<after>, line \d+.*)')
"""A traceback line that names a source; the next line is the code."""
_PATH = re.compile(
    r"(?:\w+://|(?<!\w)[A-Za-z]:[\\/]|\\\\|~[\w-]*[\\/]|[\\/](?:home|Users|root|media|mnt)[\\/]"
    r"|(?<![\w./\\<])/(?=[^\s/])).*"
)
"""A path or an address up to the end of the line, since it may contain spaces and quotes."""
_OPENCV_BUILD_FOLDER = re.compile(
    r"(?:/io|[A-Z]:\\a\\opencv-python\\opencv-python)[\\/](?=opencv[\\/]modules)"
)
"""OpenCV's build folder, with which its error messages begin."""
_FILE = re.compile(r"(?P<name>[^\s'\"“”]+)\.(?:[A-Za-z]\w{0,11}|3gp)(?![\w(])")
_FIRST_WORD = re.compile(r"\w+")
_MODULES = {*sys.stdlib_module_names, "cv2", "opencv"}
_OF_PACKAGES = re.compile(r".*[\\/](?:site|dist)-packages[\\/]")
_LONGEST_LICENCE = 60
_BUNDLED_LICENCES = {"pi-heif": "libheif, libde265: LGPL-3.0"}
"""Bundled libraries whose licences are missing from the package's metadata."""


class Package(NamedTuple):
    """Name, version and licence of a package that Glassnet depends on."""

    name: str
    version: str
    licence: str


def packages() -> Iterator[Package]:
    """Yield the installed dependencies."""
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
        if name in _BUNDLED_LICENCES:
            licence = f"{licence}; {_BUNDLED_LICENCES[name]}"
        yield Package(name, str(found["Version"]), licence)


def report(details: str = "") -> str:
    """Return versions and environment, followed by `details`, without personal paths."""
    screen = QGuiApplication.primaryScreen()
    size, ratio = screen.size(), screen.devicePixelRatio()
    lines = [
        f"Glassnet {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"Qt {qVersion()}, {QGuiApplication.platformName()}, "
        f"screen {size.width()} x {size.height()} at {ratio:g}",
        f"language {language()}, theme {active().name}, "
        f"motion {'on' if animations_allowed() else 'off'}",
        f"matrix products by {blas_kernel()} on {blas_threads()} of {os.cpu_count()} processors",
        ", ".join(f"{package.name} {package.version}" for package in packages()),
    ]
    if details:
        lines += ["", without_paths(details).strip()]
    return "\n".join(lines) + "\n"


def without_paths(text: str) -> str:
    """Return text, such as a traceback, without file names other than the program's own sources.

    Elsewhere everything from the start of a path or address to the end of the line is removed, and
    every clause that names a file: paths and file names often contain the user's name.
    """
    lines, is_code = [], False
    for line in text.splitlines():
        source = _SOURCE.fullmatch(line)
        if source is not None:
            path = _own_source(source["path"])
            lines.append(f'{source["before"]}"{path or "…"}"{source["after"]}')
        else:
            lines.append(line if is_code else _without_files(line))
        is_code = source is not None and bool(path)
    return "\n".join(lines)


def _own_source(path: str) -> str:
    """Return a source's path relative to its package or our folder, empty for other files."""
    if _OF_PACKAGES.match(path):
        return _OF_PACKAGES.sub("", path)
    for root in (str(ASSETS.parent), sys.prefix, sys.base_prefix):
        if path.startswith((f"{root}/", f"{root}\\")):
            return path[len(root) + 1 :]
    return path if path.startswith("<") else ""


def _without_files(line: str) -> str:
    parts = _PATH.sub("…", _OPENCV_BUILD_FOLDER.sub("", line)).split(": ")
    return ": ".join("…" if _names_file(part) else part for part in parts)


def _names_file(text: str) -> bool:
    """Return whether a word looks like a file name other than a module's."""
    for found in _FILE.finditer(text):
        first = _FIRST_WORD.search(found["name"])
        word = "" if first is None else first.group()
        if word not in _MODULES and word not in sys.modules:
            return True
    return False
