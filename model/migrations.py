"""Older experiment files, brought up to the present version step by step.

A migration takes the document of version n as plain dicts and lists and returns that of version
n + 1. `MIGRATIONS` is keyed by the version it reads. Version 2 only has more keys than version 1,
each of which may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model.experiment import SCHEMA_VERSION

Document = dict[str, Any]


def _with_features(document: Document) -> Document:
    """Version 2 can list inputs that are derived from the columns."""
    return {"features": [], **document}


MIGRATIONS: dict[int, Callable[[Document], Document]] = {1: _with_features}


def migrate(
    document: Document,
    version: int,
    migrations: dict[int, Callable[[Document], Document]] = MIGRATIONS,
    newest: int = SCHEMA_VERSION,
) -> Document:
    """Return the document as the newest version has it.

    Parameters
    ----------
    document
        A file's content.
    version
        Which version that is, at most `newest`.
    migrations, newest
        Every step, and where they lead.
    """
    for step in range(version, newest):
        document = {**migrations[step](document), "schema_version": step + 1}
    return document
