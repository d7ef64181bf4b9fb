"""A cache on disk of features and thumbnails, by content hash."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from pathlib import Path
from typing import Final

import platformdirs

from vision.errors import Fault, VisionError
from vision.reasons import Reason, reason_of

LIMIT_BYTES: Final = 512 * 1024 * 1024
"""Limit for the features of some 90,000 pictures."""

_WAIT_S: Final = 5.0
_AT_ONCE: Final = 500
_FULL: Final = {sqlite3.SQLITE_FULL: Reason.NO_ROOM, sqlite3.SQLITE_READONLY: Reason.READ_ONLY}
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BEGIN: Final = """
PRAGMA page_size = 32768;  -- six pictures' features; of the usual 4 kB each would take two
PRAGMA synchronous = OFF;  -- what a power cut leaves half written is begun anew
CREATE TABLE IF NOT EXISTS features (key TEXT PRIMARY KEY, used REAL, value BLOB);
"""


def user_cache_file() -> Path:
    """Return the path of the user's own cache."""
    return platformdirs.user_cache_path("Glassnet", appauthor=False) / "pictures.sqlite"


class FeatureCache:
    """Bytes by key in one file, usable by several threads and processes.

    Errors never interrupt the caller: unreadable values are treated as missing, a damaged file is
    deleted, and `fault` holds the error of values that could not be stored.

    Attributes
    ----------
    limit_bytes
        Maximum size; the least recently used values are deleted first.
    fault
        Why a value could not be stored (file_unwritable), or None.
    """

    def __init__(self, path: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        """Neither read nor create anything.

        Parameters
        ----------
        path
            The file; the user's own cache if None.
        """
        self.path: Final = user_cache_file() if path is None else path
        self.limit_bytes: Final = limit_bytes
        self.fault: VisionError | None = None
        self._lock = threading.Lock()

    def find(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the stored values of some keys; empty if the file is damaged, which is deleted."""
        found: dict[str, bytes] = {}
        if not self.path.is_file():
            return found
        with self._lock:
            try:
                with self._open() as database:
                    for some in batched(keys, _AT_ONCE):
                        marks = ", ".join("?" * len(some))
                        where = f"WHERE key IN ({marks})"
                        found.update(
                            database.execute(f"SELECT key, value FROM features {where}", some)
                        )
                        with contextlib.suppress(sqlite3.OperationalError):  # it may be read-only
                            times = (time.time(), *some)
                            database.execute(f"UPDATE features SET used = ? {where}", times)
            except sqlite3.Error as error:
                self._delete_if_damaged(error)
        return found

    def store(self, values: Mapping[str, bytes]) -> bool:
        """Store values under their keys; return False on failure, with the reason in `fault`."""
        now = time.time()
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self._open() as database:
                    database.executemany(
                        "INSERT OR REPLACE INTO features VALUES (?, ?, ?)",
                        [(key, now, value) for key, value in values.items()],
                    )
                    self._make_room(database)
            except (sqlite3.Error, OSError) as error:
                self._delete_if_damaged(error)
                self.fault = self._unwritable(error)
                return False
        return True

    def size_bytes(self) -> int:
        """Return its size on disk."""
        found = 0
        for path in self._files():
            with contextlib.suppress(OSError):
                found += path.stat().st_size
        return found

    def clear(self) -> None:
        """Delete everything.

        Raises
        ------
        VisionError
            file_unwritable.
        """
        with self._lock:
            self.fault = None
            try:
                self._delete()
            except OSError as error:
                raise self._unwritable(error) from error

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Delete the least recently used, down to 9/10 of the limit, if it is exceeded."""
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (free,) = database.execute("PRAGMA freelist_count").fetchone()
        (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
        used_bytes = (pages - free) * page_bytes
        if used_bytes <= self.limit_bytes:
            return
        (count,) = database.execute("SELECT COUNT(*) FROM features").fetchone()
        share = 1 - 0.9 * self.limit_bytes / used_bytes
        database.execute(
            "DELETE FROM features WHERE key IN (SELECT key FROM features ORDER BY used LIMIT ?)",
            (max(1, round(count * share)),),
        )

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction."""
        with (
            contextlib.closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as database,
            database,
        ):
            database.executescript(_BEGIN)
            yield database

    def _unwritable(self, error: Exception) -> VisionError:
        code = getattr(error, "sqlite_errorcode", None)
        reason = _FULL[code] if code in _FULL else reason_of(error)
        return VisionError(Fault.FILE_UNWRITABLE, file=str(self.path), reason=reason)

    def _delete_if_damaged(self, error: Exception) -> None:
        if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
            with contextlib.suppress(OSError):
                self._delete()

    def _delete(self) -> None:
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return [self.path, self.path.with_name(self.path.name + "-journal")]
