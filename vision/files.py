"""Read regular files only; write files completely or not at all."""

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
"""Matches a URL that was converted to a path, where ``//`` becomes one slash."""


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, following links.

    Raises
    ------
    VisionError
        file_missing, file_elsewhere, file_unreadable, or file_not_a_file for a device or a pipe,
        which is never opened.
    """
    try:
        return open_regular(path)
    except (OSError, ValueError) as error:
        raise _read_error(path, error) from error


def size_of(path: Path) -> int | None:
    """Return a regular file's size in bytes, or None if it does not exist."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def lies_in(name: str, folder: Path) -> bool:
    """Return whether a referenced file is in `folder` or below, after following links.

    Network paths are recognised by their form alone: accessing one can send the user's name and
    password hash (docs/adr/0059).
    """
    if is_on_network(name):
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links that go round, a null character
        return False


def missing_error(path: Path) -> VisionError:
    """Return the error for a missing file, or for a network address given as a path."""
    address = _ADDRESS.fullmatch(path.as_posix())
    if address is None:
        return VisionError(Fault.FILE_MISSING, file=str(path))
    return VisionError(Fault.FILE_ELSEWHERE, file="://".join(address.groups()))


def unreadable(path: Path, error: Exception) -> VisionError:
    """Return the error for a file or a folder that cannot be read, with the reason."""
    return VisionError(Fault.FILE_UNREADABLE, file=str(path), reason=reason_of(error))


def unwritable_error(path: Path | str, error: Exception) -> VisionError:
    """Return the error for a file or a folder that cannot be written, with the reason."""
    if isinstance(error, NotRegularError):
        return VisionError(Fault.FILE_NOT_A_FILE, file=str(path))
    return VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason_of(error))


def read_file(path: Path, limit_bytes: int) -> bytes:
    """Return the content of a file, at most its initial size.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, file_not_a_file or file_too_large.
    """
    try:
        return read_regular(path, limit_bytes)
    except (OSError, ValueError) as error:
        raise _read_error(path, error) from error


def write_file(path: Path | str, data: bytes) -> None:
    """Replace a file atomically; see `replace_file`.

    Raises
    ------
    VisionError
        file_unwritable or file_not_a_file; an existing file is then unchanged.
    """
    replace_file(Path(path), lambda file: file.write(data))


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file atomically through `write`; see `foundation.files.replace_file`.

    Raises
    ------
    VisionError
        file_unwritable or file_not_a_file; an existing file is then unchanged.
    """
    try:
        files.replace_file(path, write)
    except (OSError, ValueError) as error:
        raise unwritable_error(path, error) from error


def _read_error(path: Path, error: Exception) -> VisionError:
    if isinstance(error, NotRegularError):
        return VisionError(Fault.FILE_NOT_A_FILE, file=str(path))
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return missing_error(path)
    if isinstance(error, TooLargeError):
        return VisionError(
            Fault.FILE_TOO_LARGE,
            file=str(path),
            megabytes=error.megabytes,
            limit_megabytes=error.limit_megabytes,
        )
    return unreadable(path, error)
