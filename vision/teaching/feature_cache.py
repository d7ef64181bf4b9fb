"""A cache on disk of features and thumbnails, by content."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import platformdirs

from vision.errors import Fault, VisionError
from vision.reasons import Reason, reason_of

LIMIT_BYTES: Final = 512 * 1024 * 1024
"""Features of some 90,000 pictures."""

_WAIT_S: Final = 5.0
_AT_ONCE: Final = 500
_FULL: Final = {sqlite3.SQLITE_FULL: Reason.NO_ROOM, sqlite3.SQLITE_READONLY: Reason.READ_ONLY}
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS kept "
    "(key TEXT PRIMARY KEY, used REAL NOT NULL, sum INTEGER NOT NULL, value BLOB NOT NULL)"
)
_SETTINGS: Final = (
    # Six pictures' features fill such a page; of the usual 4 kB each would take two.
    "PRAGMA page_size = 32768",
    # What a power cut leaves half written is begun anew like any other damage.
    "PRAGMA synchronous = OFF",
)


def user_cache_file() -> Path:
    """Return the path of the user's own cache."""
    return platformdirs.user_cache_path("Glassnet", appauthor=False) / "pictures.sqlite"


class FeatureCache:
    """Bytes by key in one file, which several threads and processes may use at once.

    Nothing that goes wrong with it stops anybody: what cannot be read counts as not there, a
    damaged file is begun anew, and what cannot be kept is told by `fault`.

    Attributes
    ----------
    limit_bytes
        How much is kept; what was not used for longest goes first.
    fault
        Why something could not be kept (file_unwritable), or None.
    """

    def __init__(self, path: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        """Neither read nor create anything here.

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
        """Return the values of some keys, omitting damaged ones."""
        wanted = list(keys)
        if not wanted or not self.path.is_file():
            return {}
        with self._lock:
            try:
                return self._find(wanted)
            except sqlite3.Error as error:
                self._begin_anew_if_damaged(error)
                return {}

    def keep(self, values: Mapping[str, bytes]) -> bool:
        """Store values under their keys; return False on failure, with the reason in `fault`."""
        if not values:
            return True
        with self._lock:
            try:
                self._keep(values)
            except (sqlite3.Error, OSError) as error:
                if not self._begin_anew_if_damaged(error):
                    return self._failed(error)
                try:
                    self._keep(values)
                except (sqlite3.Error, OSError) as second:
                    return self._failed(second)
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

    def _find(self, wanted: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        with contextlib.closing(self._open()) as database:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                rows = database.execute(
                    f"SELECT key, sum, value FROM kept WHERE key IN ({marks})", some
                )
                found.update(
                    (key, value) for key, total, value in rows if zlib.crc32(value) == total
                )
            with contextlib.suppress(sqlite3.Error), database:
                now = time.time()
                database.executemany(
                    "UPDATE kept SET used = ? WHERE key = ?", [(now, key) for key in found]
                )
        return found

    def _keep(self, values: Mapping[str, bytes]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        now = time.time()
        rows = [(key, now, zlib.crc32(value), value) for key, value in values.items()]
        with contextlib.closing(self._open()) as database, database:
            database.execute(_SCHEMA)
            database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
            self._make_room(database)

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Delete the least recently used, down to 9/10 of the limit, if it is exceeded."""
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (free,) = database.execute("PRAGMA freelist_count").fetchone()
        (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
        used_bytes = (pages - free) * page_bytes
        if used_bytes <= self.limit_bytes:
            return
        (count,) = database.execute("SELECT COUNT(*) FROM kept").fetchone()
        share = 1 - 0.9 * self.limit_bytes / used_bytes
        database.execute(
            "DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY used LIMIT ?)",
            (max(1, round(count * share)),),
        )

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            for setting in _SETTINGS:
                database.execute(setting)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _failed(self, error: Exception) -> bool:
        self.fault = self._unwritable(error)
        return False

    def _unwritable(self, error: Exception) -> VisionError:
        code = getattr(error, "sqlite_errorcode", None)
        reason = _FULL[code] if code in _FULL else reason_of(error)
        return VisionError(Fault.FILE_UNWRITABLE, file=str(self.path), reason=reason)

    def _begin_anew_if_damaged(self, error: Exception) -> bool:
        if getattr(error, "sqlite_errorcode", None) not in _DAMAGED:
            return False
        with contextlib.suppress(OSError):
            self._delete()
        return not self.path.exists()

    def _delete(self) -> None:
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return [self.path, self.path.with_name(self.path.name + "-journal")]
