"""Put the checkout's packages below ``glassnet`` in the wheel (docs/adr/0079).

Their names are common ones: what an installed module imports as ``model.network`` in the checkout,
it imports as ``glassnet.model.network``.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGES = "foundation|gui|main|model|vision"
RENAMED = (
    (re.compile(rf"^(\s*)import ({PACKAGES})\.(\w+)\b", re.M), r"\1from glassnet.\2 import \3"),
    (re.compile(rf"^(\s*)import ({PACKAGES})\b", re.M), r"\1from glassnet import \2"),
    (re.compile(rf"^(\s*from )((?:{PACKAGES})(?:\.\w+)* import )", re.M), r"\1glassnet.\2"),
    # What is started by `python -m` or imported by its name.
    (re.compile(rf'"((?:{PACKAGES})(?:\.[a-z_]+)+)"'), r'"glassnet.\1"'),
)


class BuildHook(BuildHookInterface[Any]):
    """Writes the renamed modules to a separate folder and makes the wheel include it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the modules of the packages, unless the checkout itself is installed."""
        if version == "editable":
            return
        self._folder = Path(tempfile.mkdtemp())
        root = Path(self.root)
        for package in ("glassnet", *PACKAGES.split("|")):
            top = root / "glassnet" if package == "glassnet" else root
            for path in (root / f"{package}.py", *(root / package).rglob("*.*")):
                if path.is_file() and path.suffix in (".py", ".qss"):
                    copy = self._folder / path.relative_to(top)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_text(renamed(path.read_text("utf-8")), "utf-8")
        build_data["force_include"][str(self._folder)] = "glassnet"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the folder."""
        if version != "editable":
            shutil.rmtree(self._folder)


def renamed(source: str) -> str:
    """Return a module's source with its packages' names in the wheel."""
    for pattern, name in RENAMED:
        source = pattern.sub(name, source)
    return source
