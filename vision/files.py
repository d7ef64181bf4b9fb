"""Read regular files and no others; write files whole or not at all."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from foundation import files
from foundation.files import (
    NotRegularError,
    TooLargeError,
    is_on_network,
    open_regular,
    read_regular,
)
from vision.errors import Fault, VisionError
from vision.reasons import reason_of

_ADDRESS: Final = re.compile(r"(https?|ftp|rtsp):/+(.+)", re.IGNORECASE)
"""How an address looks once it was taken for a path, which has no two slashes."""


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, after following links.

    Raises
    ------
    VisionError
        file_missing, file_elsewhere, file_unreadable, or file_not_a_file for a device or a pipe;
        none is ever opened.
    """
    try:
        return open_regular(path)
    except (OSError, ValueError) as error:
        raise _not_read(path, error) from error


def size_of(path: Path) -> int | None:
    """Return a regular file's size in bytes, or None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def lies_in(name: str, folder: Path) -> bool:
    """Tell whether a file that another one names is in `folder` or below, links followed.

    One on another computer is told by its look: to ask about it can send it the user's name and
    password hash (docs/adr/0059).
    """
    if is_on_network(name):
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links that go round, a null character
        return False


def missing(path: Path) -> VisionError:
    """Return what is wrong with a path where no file is: it may be an address on the network."""
    address = _ADDRESS.fullmatch(path.as_posix())
    if address is None:
        return VisionError(Fault.FILE_MISSING, file=str(path))
    return VisionError(Fault.FILE_ELSEWHERE, file="://".join(address.groups()))


def unreadable(path: Path, error: Exception) -> VisionError:
    """Return that a file or a folder cannot be read, and why."""
    return VisionError(Fault.FILE_UNREADABLE, file=str(path), reason=reason_of(error))


def unwritable(path: Path | str, error: Exception) -> VisionError:
    """Return that a file cannot be written or a folder cannot be made, and why."""
    if isinstance(error, NotRegularError):
        return VisionError(Fault.FILE_NOT_A_FILE, file=str(path))
    return VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason_of(error))


def read_file(path: Path, limit_bytes: int) -> bytes:
    """Return the content of a file, of which no more than its size at first is read.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, file_not_a_file or file_too_large.
    """
    try:
        return read_regular(path, limit_bytes)
    except (OSError, ValueError) as error:
        raise _not_read(path, error) from error


def write_file(path: Path | str, data: bytes) -> None:
    """Replace a file at once, see `replace_file`.

    Raises
    ------
    VisionError
        file_unwritable or file_not_a_file; an older file of that name is then as it was.
    """
    replace_file(Path(path), lambda file: file.write(data))


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file at once by what `write` puts into it; see `foundation.files.replace_file`.

    Raises
    ------
    VisionError
        file_unwritable or file_not_a_file; an older file of that name is then as it was.
    """
    try:
        files.replace_file(path, write)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def _not_read(path: Path, error: Exception) -> VisionError:
    if isinstance(error, NotRegularError):
        return VisionError(Fault.FILE_NOT_A_FILE, file=str(path))
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return missing(path)
    if isinstance(error, TooLargeError):
        return VisionError(
            Fault.FILE_TOO_LARGE,
            file=str(path),
            megabytes=error.megabytes,
            limit_megabytes=error.limit_megabytes,
        )
    return unreadable(path, error)
