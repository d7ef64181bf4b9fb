"""Decodes pictures with Pillow, whose import takes 50 ms: import this module late."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from vision.errors import Fault, VisionError

MAX_PIXELS: Final = 64 * 1024 * 1024
"""Maximum pixels; larger pictures would make the user wait too long."""

_STRIP_ROWS: Final = 64
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Pillow's transposition for each EXIF orientation."""

# Of what it can pass over, Pillow warns.
warnings.filterwarnings("ignore", module=r"PIL\.")

_DAMAGE: Final = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, RuntimeError),
    *(EOFError, ArithmeticError, MemoryError, struct.error, zlib.error),
)
"""Exceptions of Pillow for a damaged picture."""


@contextlib.contextmanager
def picture_errors(name: str, fault: Fault) -> Iterator[None]:
    """Raise a picture error if Pillow fails in this block.

    Raises
    ------
    VisionError
        picture_truncated, or else `fault`.
    """
    try:
        yield
    except _DAMAGE as error:
        is_truncated = "truncated" in str(error).lower()
        raise VisionError(Fault.PICTURE_TRUNCATED if is_truncated else fault, file=name) from error


def jpeg_shrink(data: bytes, name: str) -> int:
    """Return 2 for a JPEG to be decoded at half its size, otherwise 1.

    Raises
    ------
    VisionError
        picture_truncated, picture_damaged or picture_too_large.
    """
    stream, image = io.BytesIO(data), None
    with contextlib.suppress(*_DAMAGE):
        image = JpegImageFile(stream)
    if data.find(b"\xff\xd9", stream.tell()) < 0:
        raise VisionError(Fault.PICTURE_TRUNCATED, file=name)
    if image is None:
        raise VisionError(Fault.PICTURE_DAMAGED, file=name)
    # A progressive picture is kept whole as 16-bit coefficients before it is decoded.
    is_progressive = "progressive" in image.info
    _check_size(image, MAX_PIXELS // 3 if is_progressive else 4 * MAX_PIXELS, name)
    return 1 if image.width * image.height <= MAX_PIXELS else 2


def open_png(data: bytes, name: str) -> Image.Image:
    """Open a PNG, for `decode`.

    Raises
    ------
    VisionError
        picture_truncated, picture_damaged or picture_too_large.
    """
    if b"IEND" not in data:
        raise VisionError(Fault.PICTURE_TRUNCATED, file=name)
    with picture_errors(name, Fault.PICTURE_DAMAGED):
        image = PngImageFile(io.BytesIO(data))
    _check_size(image, MAX_PIXELS, name)
    return image


def decode(image: Image.Image, name: str) -> npt.NDArray[np.uint8]:
    """Decode an opened picture, within `picture_errors`.

    Returns
    -------
    (H, W, 3), BGR, uint8, as in `vision.pictures.files.read_picture`.

    Raises
    ------
    VisionError
        picture_too_large.
    """
    _check_size(image, MAX_PIXELS, name)
    image.load()
    turn = _UPRIGHT.get(_orientation(image))
    if turn is not None:
        image = image.transpose(turn)
    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        image = Image.fromarray(_to_8_bits(np.asarray(image)))
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    # In strips, so that a large picture is not held in every form at once.
    for top in range(0, image.height, _STRIP_ROWS):
        rows = pixels[top : top + _STRIP_ROWS]
        strip = image.crop((0, top, image.width, top + len(rows)))
        packed = _opaque(strip).tobytes("raw", "BGR")
        rows[:] = np.frombuffer(packed, np.uint8).reshape(rows.shape)
    return pixels


def _check_size(image: Image.Image, most_pixels: int, name: str) -> None:
    if image.width * image.height > most_pixels:
        raise VisionError(
            Fault.PICTURE_TOO_LARGE,
            file=name,
            width=image.width,
            height=image.height,
            megabytes=3 * image.width * image.height >> 20,
            limit_megabytes=3 * most_pixels >> 20,
        )


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _DAMAGE:
        return 1


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    opaque = Image.new("RGB", image.size, "white")
    opaque.paste(clear, mask=clear)
    return opaque


def _to_8_bits(samples: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Reduce 16-bit samples, or floats of 0 to 1, to 8 bits; scale larger ranges to fit."""
    if samples.dtype == np.uint16:
        return (np.asarray(samples, np.uint16) >> 8).astype(np.uint8)
    values = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    least = 65535.0 if samples.dtype.kind == "i" else 1.0
    peak = max(least, float(values.max()))
    return (np.clip(values, 0.0, peak) * (255.0 / peak) + 0.5).astype(np.uint8)
