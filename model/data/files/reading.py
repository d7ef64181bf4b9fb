"""A cache of file contents, valid until a file changes.

A change of the split, seed or scaling does not read the file again: reading a million rows
takes a second and a half, splitting them a fraction of that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, NamedTuple

MAX_BYTES = 1 << 28
"""Memory limit of the cache; the least recently used content is dropped first."""

_Key = tuple[str, Hashable]
Stamp = tuple[int, int, int]


class _Kept(NamedTuple):
    """A cached content with the file's stamp and its size in memory."""

    content: Any
    stamp: Stamp
    nbytes: int


_kept: dict[_Key, _Kept] = {}
_lock = threading.Lock()


def read_cached[T](
    path: str, how: Hashable, read: Callable[[], T], nbytes: Callable[[T], int]
) -> T:
    """Return what `read` returns for a file, from the cache if possible; thread-safe.

    Parameters
    ----------
    path, how
        Path of the file, and a key for how it is read.
    read
        Reads the file. Its result is shared and must not be changed.
    nbytes
        Returns the memory size of the result in bytes; a result above `MAX_BYTES` is cached
        only in :func:`caching_reads`.
    """
    key, stamp = (path, how), _stamp_at(path)
    with _lock:
        kept = _kept.pop(key, None)
        if kept is not None and kept.stamp == stamp:
            _kept[key] = kept  # as the newest
            found: T = kept.content
            return found
    content = read()
    size = nbytes(content)
    if stamp is not None and size <= MAX_BYTES:
        with _lock:
            _kept[key] = _Kept(content, stamp, size)
            while sum(each.nbytes for each in _kept.values()) > MAX_BYTES:
                del _kept[next(iter(_kept))]
    return content


def forget_files() -> None:
    """Drop all cached contents."""
    with _lock:
        _kept.clear()


def stamp_of(found: os.stat_result) -> Stamp:
    """Return a stamp that changes with a file's content, or when another file replaces it."""
    return found.st_mtime_ns, found.st_size, found.st_ino


def _stamp_at(path: str) -> Stamp | None:
    """Return a file's stamp, ``None`` if it cannot be determined."""
    try:
        return stamp_of(Path(path).stat())
    except OSError:
        return None
