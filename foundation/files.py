"""Read regular files only; write files completely or not at all.

Every error here is an `OSError` or `ValueError`; `model` and `vision` convert them to their own.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

IMPORT_ROOT = Path(__file__).resolve().parents[__name__.count(".")]
"""Folder from which Python imports this program's packages."""

type StrPath = str | os.PathLike[str]

PART_SUFFIX = ".part"

_ABANDONED_S = 60.0
"""Age of a temporary file after which its process is assumed to be killed."""


class NotRegularError(OSError):
    """Raised for a device, a pipe or a socket where a file was expected."""

    def __init__(self) -> None:
        super().__init__(errno.EINVAL, "it is a device or a pipe and no file")


class TooLargeError(OSError):
    """Raised for a file larger than the limit.

    Attributes
    ----------
    megabytes, limit_megabytes
        Size of the file, rounded up, and the limit.
    """

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(errno.EFBIG, os.strerror(errno.EFBIG))
        self.megabytes, self.limit_megabytes = -(-size // (1 << 20)), limit >> 20


def open_regular(path: StrPath) -> BinaryIO:
    """Open a regular file for reading, after following links.

    Raises
    ------
    NotRegularError
        If it is a device, a pipe or a socket; none is ever opened.
    OSError, ValueError
        If it cannot be opened.
    """
    file = Path(path)
    mode = file.stat().st_mode
    # The system itself says that a folder is no file.
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise NotRegularError
    return file.open("rb")


def read_regular(path: StrPath, limit_bytes: int) -> bytes:
    """Return the content of a regular file.

    Data appended during the read is ignored.

    Raises
    ------
    TooLargeError
        If the file is larger than `limit_bytes`; nothing is read.
    NotRegularError, OSError, ValueError
        As in `open_regular`.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit_bytes:
            raise TooLargeError(size, limit_bytes)
        return file.read(size)


def is_on_network(path: str) -> bool:
    r"""Return whether a path names another computer in Windows notation, ``\\host\share``."""
    return path.startswith(("\\\\", "//", "\\/", "/\\"))


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file atomically: `write` fills a temporary file, which is flushed and renamed.

    Temporary files left in the folder by killed processes are deleted. On failure an older file of
    that name is unchanged.

    Raises
    ------
    NotRegularError, OSError, ValueError
        If it cannot be written.
    """
    part = None
    try:
        check_target(path)
        _delete_abandoned(path)
        handle, part = new_part(path)
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(part, path)
        _flush_folder(path.resolve().parent)
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def new_part(path: Path, hidden: bool = True) -> tuple[int, Path]:
    """Create a file next to `path` under an unpredictable name.

    Under a fixed name an existing file, or the target of a link, could be overwritten or deleted.

    Parameters
    ----------
    path
        Final path of the file.
    hidden
        Whether the file is worthless if its writer is killed, so that it is deleted later.

    Returns
    -------
    tuple of int and Path
        An open handle for writing, and the file's path.
    """
    target = path.resolve()
    prefix = f".{target.name}." if hidden else f"{target.name}."
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=PART_SUFFIX, dir=target.parent)
    return handle, Path(name)


def put_in_place(part: Path, path: Path) -> None:
    """Rename a file created by :func:`new_part` to `path`; a link there is followed."""
    target = path.resolve()
    check_target(target)
    part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
    part.replace(target)


def check_target(path: Path) -> None:
    """Raise if a folder, a device or a pipe has the path of a file to be written."""
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not target.is_file():
        raise NotRegularError


def _delete_abandoned(path: Path) -> None:
    target = path.resolve()
    # As `tempfile` makes names; any other is the user's own.
    ours = re.compile(rf"{re.escape(f'.{target.name}.')}[a-z0-9_]{{8}}{re.escape(PART_SUFFIX)}")
    for part in target.parent.iterdir():
        if ours.fullmatch(part.name):
            with contextlib.suppress(OSError):
                if part.stat().st_mtime < time.time() - _ABANDONED_S:
                    part.unlink()


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _flush_folder(folder: Path) -> None:
    """Flush the renaming to disk if the system can open folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
