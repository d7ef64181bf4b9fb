"""Decode HEIC pictures, as phones take them, in a process of its own: see docs/adr/0097."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.child import run_module

_HEAD: Final = struct.Struct("<IIII")


def decode_heif(data: bytes, most_bytes: int) -> npt.NDArray[np.generic] | None:
    """Return the main picture of a HEIF file, or None if it cannot be decoded.

    Parameters
    ----------
    most_bytes
        How many bytes of pixels are taken.

    Returns
    -------
    (H, W) or (H, W, C), BGR, 8 or 16 bits, turned as the boxes of the file say. EXIF only repeats
    them there, and does not count.

    Raises
    ------
    StoppedError
        If `vision.child.stopped_by` says so meanwhile.
    """
    status, told = run_module("vision.heif_process", [str(most_bytes)], data)
    if status != 0:
        return None
    height, width, channels, sample = _HEAD.unpack_from(told)
    pixels = np.frombuffer(told, f"<u{sample}", offset=_HEAD.size)
    return pixels.reshape((height, width, channels) if channels > 1 else (height, width))
