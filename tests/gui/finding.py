"""Find what a window holds by its kind and object name."""

from __future__ import annotations

from PySide6.QtCore import QObject


def find[W: QObject](within: QObject, kind: type[W], name: str) -> W:
    """Return the one of a kind and name below an object; it must be there."""
    found = within.findChild(kind, name)
    assert found is not None, name
    return found
