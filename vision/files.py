"""Write files whole or not at all."""

from __future__ import annotations

from pathlib import Path

from vision.errors import Fault, VisionError
from vision.reasons import reason_of


def write_file(path: Path | str, data: bytes) -> None:
    """Write a file beside its place and put it there when it is whole.

    Raises
    ------
    VisionError
        file_unwritable; an older file of that name is then as it was.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = reason_of(error)
        raise VisionError(Fault.FILE_UNWRITABLE, file=str(path), reason=reason) from error
