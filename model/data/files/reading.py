"""A cache of file contents, valid until a file changes.

Another split, seed or scaling of the same rows needs no second look at the disk: reading a million
rows takes a second and a half, splitting them anew a fraction of that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, cast

MOST_BYTES = 1 << 27
"""Of files whose content is kept; the newest is kept however large it is."""

Stamp = tuple[int, int, int]

_kept: dict[tuple[str, Hashable], tuple[Stamp, Any]] = {}
_lock = threading.Lock()


def once[T](path: str, how: Hashable, read: Callable[[], T]) -> T:
    """Return what `read` returns for a file, from the cache if possible; thread-safe.

    Parameters
    ----------
    path, how
        Which file, and how it is read.
    read
        Reads it. What it returns is handed out again and must not be changed.
    """
    try:
        stamp = stamp_of(Path(path).stat())
    except OSError:
        return read()  # which says what is wrong
    key = path, how
    with _lock:
        known, content = _kept.pop(key, (None, None))
    if known != stamp:
        content = read()
    with _lock:
        _kept[key] = stamp, content  # as the newest
        while len(_kept) > 1 and sum(size for (_, size, _), _ in _kept.values()) > MOST_BYTES:
            del _kept[next(iter(_kept))]
    return cast("T", content)


def forget_files() -> None:
    """Drop all cached contents."""
    with _lock:
        _kept.clear()


def stamp_of(found: os.stat_result) -> Stamp:
    """Return a stamp that changes with a file's content, or when another file replaces it."""
    return found.st_mtime_ns, found.st_size, found.st_ino
