"""The experiments opened and saved last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

__all__ = ["RecentFiles"]

MOST = 8
_KEY = "recent_files"


class RecentFiles:
    """A short list of paths in the person's settings, newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return the paths that still exist."""
        stored = self._settings.value(_KEY, [])
        if isinstance(stored, str):
            stored = [stored]
        values = [str(value) for value in stored] if isinstance(stored, list) else []
        return [path for path in map(Path, values) if path.is_file()]

    def add(self, path: Path) -> None:
        """Put a path first."""
        path = path.resolve()
        paths = [path, *(p for p in self.paths() if p != path)][:MOST]
        self._settings.setValue(_KEY, [str(p) for p in paths])
