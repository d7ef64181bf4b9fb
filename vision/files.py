"""Read regular files and no others; write files whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from vision.errors import Fault, VisionError
from vision.reasons import reason_of

# Without waiting: opening a pipe would wait until somebody writes to it.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_ADDRESS: Final = re.compile(r"(https?|ftp|rtsp):/+(.+)", re.IGNORECASE)
"""How an address looks once it was taken for a path, which has no two slashes."""

_OTHER_COMPUTER: Final = ("\\\\", "//", "\\/", "/\\")

_PART_SUFFIX: Final = ".part"
_ABANDONED_S: Final = 60.0
"""A temporary file that nobody has written to for so long belongs to a process that was killed."""


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, after following links.

    Raises
    ------
    VisionError
        file_missing, file_elsewhere, file_unreadable, or file_not_a_file for a device or a pipe;
        none is ever opened.
    """
    try:
        # Opening some devices does something, so one is known before; the second look is at what
        # has been opened, which may be something else by then.
        _refuse_device(path.stat(), path)
        handle = os.open(path, _FLAGS)
        try:
            _refuse_device(os.fstat(handle), path)
            return os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise
    except (FileNotFoundError, NotADirectoryError) as error:
        raise missing(path) from error
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def lies_in(name: str, folder: Path) -> bool:
    """Tell whether a file that another one names is in `folder` or below, links followed.

    One on another computer is told by its look: to ask about it can send it the user's name and
    password hash (docs/adr/0059).
    """
    if name.startswith(_OTHER_COMPUTER):
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
    return VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason_of(error))


def read_file(path: Path, limit_bytes: int) -> bytes:
    """Return the content of a file, of which no more than its size at first is read.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, file_not_a_file or file_too_large.
    """
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit_bytes:
            raise VisionError(
                Fault.FILE_TOO_LARGE,
                file=str(path),
                megabytes=-(-size // (1 << 20)),
                limit_megabytes=limit_bytes >> 20,
            )
        try:
            return file.read(size)
        except OSError as error:
            raise unreadable(path, error) from error


def write_file(path: Path | str, data: bytes) -> None:
    """Replace a file at once, see `replace_file`.

    Raises
    ------
    VisionError
        file_unwritable or file_not_a_file; an older file of that name is then as it was.
    """
    replace_file(Path(path), lambda file: file.write(data))


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file at once: let `write` fill a temporary one beside it, flush to disk, rename.

    Temporary files that a killed process left there are deleted.

    Raises
    ------
    VisionError
        file_unwritable or file_not_a_file; an older file of that name is then as it was.
    """
    part = None
    try:
        _delete_abandoned(path)
        handle, part = new_part(path)
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(part, path)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def new_part(path: Path, hidden: bool = True) -> tuple[int, Path]:
    """Make a file in the folder of `path` under a name that nobody can foresee.

    What lay there under a fixed name, a link even, would be written to or deleted.

    Parameters
    ----------
    path
        What it will become.
    hidden
        Whether it is of no use where its writer is killed: then it is deleted some time.

    Returns
    -------
    An open handle for writing, and the file's path.

    Raises
    ------
    OSError
        Where it cannot be made.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(
        prefix="." * hidden + f"{target.name}.", suffix=_PART_SUFFIX, dir=target.parent
    )
    return handle, Path(name)


def put_in_place(part: Path, path: Path) -> None:
    """Make a file made by :func:`new_part` the content of `path`; a link there is followed.

    Raises
    ------
    OSError
        Where it cannot be replaced.
    VisionError
        file_not_a_file: a device or a pipe is not replaced.
    """
    target = path.resolve()
    if target.exists():
        _refuse_device(target.stat(), path)
        mode = stat.S_IMODE(target.stat().st_mode)
    else:
        mode = 0o666 & ~_umask()
    part.chmod(mode)
    part.replace(target)


def _refuse_device(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
        raise VisionError(Fault.FILE_NOT_A_FILE, file=str(path))


def _delete_abandoned(path: Path) -> None:
    target = path.resolve()
    # As `tempfile` makes names; any other is a person's own.
    ours = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}{re.escape(_PART_SUFFIX)}")
    for part in target.parent.iterdir():
        if ours.fullmatch(part.name):
            with contextlib.suppress(OSError):
                if part.stat().st_mtime < time.time() - _ABANDONED_S:
                    part.unlink()


def _umask() -> int:
    """Return the process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
