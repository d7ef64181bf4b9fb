"""The bytes of a file: of a regular one, and no more of them than there is a use for."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from model.errors import ModelError

# Without waiting: opening a pipe would wait until somebody writes to it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def opened(path: str | os.PathLike[str], kind: str) -> BinaryIO:
    """Open a regular file for reading, after following links.

    Parameters
    ----------
    path
        Which file.
    kind
        What it is read as, ``"file"`` (an experiment), ``"data"`` or ``"challenge"``: the first
        half of an error's code.

    Raises
    ------
    ModelError
        Code ``<kind>.not_a_file`` for a device, a pipe or a socket; none is ever opened.
    OSError
        Where it cannot be opened.
    """
    # Opening some devices does something, so one is known before; the second look is at what has
    # been opened, which may be something else by then.
    _refuse_device(Path(path).stat(), path, kind)
    handle = os.open(path, _FLAGS)
    try:
        _refuse_device(os.fstat(handle), path, kind)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def file_bytes(
    path: str | os.PathLike[str], most_bytes: int, kind: str, first: int | None = None
) -> bytes:
    """Return the content of a regular file.

    Parameters
    ----------
    path, kind
        As in :func:`opened`.
    most_bytes
        A larger file is refused before it is read.
    first
        Read no more than so many bytes.

    Raises
    ------
    ModelError
        Codes ``<kind>.unreadable``, ``<kind>.not_a_file`` and ``<kind>.too_large``.
    """
    try:
        with opened(path, kind) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > most_bytes:
                raise ModelError(
                    f"{kind}.too_large",
                    "{file} is {megabytes} MB large; at most {limit} MB are read. Choose a "
                    "smaller file.",
                    file=str(path),
                    megabytes=-(-size // (1 << 20)),
                    limit=most_bytes >> 20,
                )
            # What is appended meanwhile is not waited for.
            return stream.read(size if first is None else min(size, first))
    except (OSError, ValueError) as fault:
        if isinstance(fault, ModelError):
            raise
        raise ModelError(
            f"{kind}.unreadable",
            "{file} cannot be read: {fault}. Check its name, and that you may read it.",
            file=str(path),
            fault=getattr(fault, "strerror", None) or str(fault),
        ) from fault


def _refuse_device(found: os.stat_result, path: str | os.PathLike[str], kind: str) -> None:
    if stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode):
        return  # the system says that a folder is none
    raise ModelError(
        f"{kind}.not_a_file",
        "{file} is a device or a pipe and no file. Choose a file.",
        file=str(path),
    )
