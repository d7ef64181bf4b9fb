"""Reads pictures in the form networks need (BGR, 8 bits, upright, opaque), and writes them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.child import Service
from vision.errors import Fault, VisionError
from vision.files import missing_error, read_file, unreadable, unwritable_error, write_file
from vision.pictures.pixels import Picture
from vision.pictures.process import SIZE

MAX_FILE_BYTES: Final = 512 * 1024 * 1024
_SUFFIXES: Final = "jpg jpeg jpe png gif bmp dib webp avif heic heif hif tif tiff pbm pgm ppm pnm"
READABLE_SUFFIXES: Final = frozenset("." + suffix for suffix in _SUFFIXES.split())
PICTURE_SUFFIXES: Final = READABLE_SUFFIXES | {".jxl", ".jp2", ".psd", ".svg"}
"""Suffixes of all pictures, including unreadable formats, which a folder reports as such."""

_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_OTHERS: Final = re.compile(
    rb"GIF8[79]a|BM.{12}[\x0c(48@l|]\0\0\0|RIFF.{4}WEBP|II[*+]\0|MM\0[*+]"
    rb"|P[1-6]\s+(?:#[^\n]*\s+)*\d|.{4}ftyp(?:avi[fs]|he[iv][cxms]|m[is]f1)",
    re.DOTALL,
)
"""First bytes of the formats that are decoded in another process."""

_FOREIGN: Final = (
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "JPEG XL"),
    (re.compile(rb"\0\0\0\x0cjP  "), "JPEG 2000"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<svg"), "SVG"),
)
"""First bytes and names of unreadable picture formats."""


def read_picture(path: Path | str) -> Picture:
    """Read the picture file at `path`.

    Returns
    -------
    Picture (H, W, 3), BGR, uint8, C-contiguous: upright by its EXIF or XMP, transparency blended
    with white, grey and palette expanded, 16 bits and floats reduced to 8 bits, CMYK converted,
    first frame of an animation. A baseline JPEG of more than
    `vision.pictures.decoding.MAX_PIXELS` is decoded at half its size.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, file_not_a_file, file_too_large, picture_empty,
        picture_not_a_picture, picture_foreign, picture_truncated, picture_damaged,
        picture_undecoded or picture_too_large.
    """
    return decode_picture(read_file(Path(path), MAX_FILE_BYTES), name=str(path))


def decode_picture(data: bytes, name: str = "picture") -> Picture:
    """Decode the bytes of a picture file or of the clipboard; see `read_picture`.

    Raises
    ------
    VisionError
        picture_damaged, picture_undecoded, or as `check_picture`.
    """
    if data.startswith(_JPEG):
        return _decode_jpeg(data, name)
    if data.startswith(_PNG):
        return _decode_png(data, name)
    check_picture(data, name)
    return _decode_elsewhere(data, name)


def check_picture(data: bytes, name: str = "picture") -> None:
    """Raise if a file is not a picture, without decoding it.

    Raises
    ------
    VisionError
        picture_empty, picture_not_a_picture, picture_foreign or picture_truncated; for JPEG and
        PNG also picture_damaged or picture_too_large.
    """
    from vision.pictures.decoding import jpeg_shrink, open_png

    if not data:
        raise VisionError(Fault.PICTURE_EMPTY, file=name)
    if data.startswith(_JPEG):
        jpeg_shrink(data, name)
    elif data.startswith(_PNG):
        open_png(data, name)
    elif not _OTHERS.match(data):
        kind = next((kind for begins, kind in _FOREIGN if begins.match(data)), None)
        if kind is not None:
            raise VisionError(Fault.PICTURE_FOREIGN, file=name, kind=kind)
        raise VisionError(Fault.PICTURE_NOT_A_PICTURE, file=name)
    elif data.startswith(b"RIFF") and int.from_bytes(data[4:8], "little") + 7 > len(data):
        raise VisionError(Fault.PICTURE_TRUNCATED, file=name)


def _decode_jpeg(data: bytes, name: str) -> Picture:
    from vision.pictures.decoding import jpeg_shrink

    flags = cv2.IMREAD_COLOR if jpeg_shrink(data, name) == 1 else cv2.IMREAD_REDUCED_COLOR_2
    try:
        # By OpenCV, which is twice as fast as Pillow here, and turns it upright.
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        picture = None
    if picture is None:
        raise VisionError(Fault.PICTURE_DAMAGED, file=name)
    return np.asarray(picture, np.uint8)


def _decode_png(data: bytes, name: str) -> Picture:
    from vision.pictures.decoding import decode, open_png, picture_errors

    with picture_errors(name, Fault.PICTURE_DAMAGED):
        return decode(open_png(data, name), name)


_reader: Final = Service("vision.pictures.process")


def _decode_elsewhere(data: bytes, name: str) -> Picture:
    """Decode in a separate process, which damaged data may crash (docs/adr/0097)."""
    answer = _reader.ask(data)
    if not answer:
        raise VisionError(Fault.PICTURE_UNDECODED, file=name)
    height, width = SIZE.unpack_from(answer)
    if height:
        return np.frombuffer(answer, np.uint8, offset=SIZE.size).reshape(height, width, 3).copy()
    code, values = json.loads(answer[SIZE.size :])
    raise VisionError(Fault[code], **{**values, "file": name})


def write_picture(path: Path, picture: npt.NDArray[np.uint8]) -> None:
    """Write a picture (H, W, 3) BGR or (H, W, 4) BGRA, uint8, as PNG.

    A missing folder is created.

    Raises
    ------
    VisionError
        folder_is_file or file_unwritable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        parts = (path.parent, *path.parent.parents)
        there = next(part for part in parts if part.exists(follow_symlinks=False))
        raise VisionError(Fault.FOLDER_IS_FILE, file=str(there)) from error
    except OSError as error:
        raise unwritable_error(path.parent, error) from error
    _, data = cv2.imencode(".png", picture, (cv2.IMWRITE_PNG_COMPRESSION, 1))
    write_file(path, data.tobytes())


def list_pictures(folder: Path | str) -> list[Path]:
    """Return a folder's visible pictures by name, without subfolders.

    Raises
    ------
    VisionError
        file_missing, file_elsewhere, file_unreadable, or folder_without_pictures.
    """
    folder = Path(folder)
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name.casefold())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise missing_error(folder) from error
    except (OSError, ValueError) as error:
        raise unreadable(folder, error) from error
    found = [
        path
        for path in entries
        if path.suffix.lower() in PICTURE_SUFFIXES
        and not path.name.startswith(".")  # what macOS leaves beside each picture is none
        and path.is_file()
    ]
    if not found:
        raise VisionError(Fault.FOLDER_WITHOUT_PICTURES, file=str(folder))
    return found
