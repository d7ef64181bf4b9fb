"""The bytes of a regular file, or an error that explains the problem."""

from __future__ import annotations

from foundation.files import NotRegularError, StrPath, TooLargeError, read_regular
from model.errors import ModelError


def file_bytes(path: StrPath, most_bytes: int, kind: str) -> bytes:
    """Return the content of a regular file.

    Parameters
    ----------
    path
        Path of the file.
    most_bytes
        Maximum size; larger files are rejected before they are read.
    kind
        Type of file and prefix of the error codes: ``"file"`` (an experiment), ``"data"`` or
        ``"challenge"``.

    Raises
    ------
    ModelError
        Codes ``<kind>.unreadable``, ``<kind>.not_a_file`` and ``<kind>.too_large``.
    """
    try:
        return read_regular(path, most_bytes)
    except TooLargeError as fault:
        raise ModelError(
            f"{kind}.too_large",
            "{file} is {megabytes} MB large; at most {limit} MB are read. Choose a smaller file.",
            file=str(path),
            megabytes=fault.megabytes,
            limit=fault.limit_megabytes,
        ) from fault
    except (OSError, ValueError) as fault:
        raise unreadable(path, kind, fault) from fault


def unreadable(path: StrPath, kind: str, fault: Exception) -> ModelError:
    """Return the error for a file that cannot be read, with the reason."""
    if isinstance(fault, NotRegularError):
        return ModelError(
            f"{kind}.not_a_file",
            "{file} is a device or a pipe and no file. Choose a file.",
            file=str(path),
        )
    return ModelError(
        f"{kind}.unreadable",
        "{file} cannot be read: {fault}. Check its name, and that you may read it.",
        file=str(path),
        fault=getattr(fault, "strerror", None) or str(fault),
    )
