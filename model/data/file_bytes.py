"""The bytes of a file of data, or an error that says why there are none."""

from __future__ import annotations

from pathlib import Path

from model.errors import ModelError

__all__ = ["file_bytes"]


def file_bytes(path: str) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    ModelError
        Code ``data.unreadable``.
    """
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise ModelError(
            "data.unreadable",
            "{file} cannot be read: {fault}.",
            file=path,
            fault=fault.strerror or str(fault),
        ) from fault
