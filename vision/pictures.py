"""Read pictures as the network wants them: BGR, 8 bits, upright, opaque."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vision.errors import Fault, VisionError
from vision.files import missing, read_file, unreadable, unwritable, write_file
from vision.heif import decode_heif
from vision.picture_header import PictureHeader, avif_bits, avif_orientation, read_header

type Picture = npt.NDArray[np.uint8]
"""A picture (H, W, 3), BGR, 8 bits a channel."""

MAX_DECODED_BYTES: Final = 192 * 1024 * 1024
"""Room for 64 million pixels in three channels; more takes longer than a person waits."""

_STRIP_ROWS: Final = 64
MAX_FILE_BYTES: Final = 512 * 1024 * 1024
_SUFFIXES: Final = "jpg jpeg jpe png gif bmp dib webp avif heic heif hif tif tiff pbm pgm ppm pnm"
READABLE_SUFFIXES: Final = frozenset("." + suffix for suffix in _SUFFIXES.split())
PICTURE_SUFFIXES: Final = READABLE_SUFFIXES | {".jxl", ".jp2", ".psd", ".svg"}
"""Those of pictures that cannot be read too: a folder names them, and says what they are."""

_FOREIGN: Final = (
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "JPEG XL"),
    (re.compile(rb"\0\0\0\x0cjP  "), "JPEG 2000"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<svg"), "SVG"),
)
"""How pictures begin that cannot be read, and what they are called."""


def check_pixels(picture: object) -> None:
    """Refuse what is no picture: a path, shares of 1, a grey or a transparent one.

    Raises
    ------
    TypeError
        If it is no array of uint8.
    ValueError
        If it has another shape than (H, W, 3), or no pixels.
    """
    if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8:
        found = getattr(picture, "dtype", type(picture).__name__)
        raise TypeError(f"a picture is an array of uint8, as read_picture returns it, not {found}")
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(f"a picture has shape (H, W, 3) and some pixels; this has {picture.shape}")


def read_picture(path: Path | str) -> Picture:
    """Read the picture file at `path`.

    Returns
    -------
    Picture (H, W, 3), BGR, uint8, C-contiguous: EXIF rotation applied, transparency laid on
    white, grey and palette expanded, 16 bits and floats reduced to 8, CMYK converted, first
    frame of an animation. A baseline JPEG too large for `MAX_DECODED_BYTES` comes at half
    its size.

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
    header = check_picture(data, name)
    picture = _decode(data, header, _COLOUR_FLAGS[_jpeg_shrink(header)])
    if picture is None:
        has_kinds = header.format in _OF_MANY_KINDS
        fault = Fault.PICTURE_UNDECODED if has_kinds else Fault.PICTURE_DAMAGED
        raise VisionError(fault, file=name)
    return picture


def check_picture(data: bytes, name: str = "picture") -> PictureHeader:
    """Return a picture's header if all but its pixels is right, without decoding it.

    Raises
    ------
    VisionError
        picture_empty, picture_not_a_picture, picture_foreign, picture_truncated or
        picture_too_large.
    """
    if not data:
        raise VisionError(Fault.PICTURE_EMPTY, file=name)
    header = read_header(data)
    if header is None:
        kind = next((kind for begins, kind in _FOREIGN if begins.match(data)), None)
        if kind is not None:
            raise VisionError(Fault.PICTURE_FOREIGN, file=name, kind=kind)
        raise VisionError(Fault.PICTURE_NOT_A_PICTURE, file=name)
    shrink = _jpeg_shrink(header)
    if header.decoded_bytes > MAX_DECODED_BYTES * shrink * shrink:
        raise VisionError(
            Fault.PICTURE_TOO_LARGE,
            file=name,
            width=header.width_px,
            height=header.height_px,
            megabytes=header.decoded_bytes >> 20,
            limit_megabytes=MAX_DECODED_BYTES >> 20,
        )
    if not header.complete:
        raise VisionError(Fault.PICTURE_TRUNCATED, file=name)
    return header


_BI_BITFIELDS: Final = 3

# Of these, some kinds are read and others not: TIFF of two bits, AVIF of some writers, GIF whose
# background is none of its colours.
_OF_MANY_KINDS: Final = frozenset(["tiff", "avif", "heif", "bmp", "gif"])
_COLOUR_FLAGS: Final = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2}


def _jpeg_shrink(header: PictureHeader) -> int:
    """Return 2 for a baseline JPEG that is too large at its full size, else 1."""
    baseline = header.format == "jpeg" and header.bytes_per_pixel == 3
    return 2 if baseline and header.decoded_bytes > MAX_DECODED_BYTES else 1


def _decode(data: bytes, header: PictureHeader, colour_flag: int) -> Picture | None:
    if header.format == "heif":
        return _flatten(decode_heif(data, MAX_DECODED_BYTES), orientation=1)
    if header.format == "bmp":
        data = _bmp_as_opencv_reads(data)
    buffer = np.frombuffer(data, np.uint8)
    try:
        if header.may_have_alpha or header.format == "webp":
            # In WebP, OpenCV 5.0 passes over EXIF that begins as it does in JPEG.
            whole, orientation = _decode_unchanged(buffer)
            if whole is not None and header.format == "avif":
                orientation = avif_orientation(data)
                if whole.dtype == np.uint16:
                    whole = np.asarray(whole, np.uint16) << (16 - avif_bits(data))
            return _flatten(whole, orientation)
        picture = cv2.imdecode(buffer, colour_flag)
        if picture is not None and header.format == "avif":
            # OpenCV 5.0 heeds EXIF, but not the boxes that say it in such a file.
            picture = _turn(np.asarray(picture, np.uint8), avif_orientation(data))
        if picture is None and header.format == "tiff":
            # Floating-point TIFF has no 8-bit reading of its own.
            picture = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
            return None if picture is None else _flatten(picture, orientation=1)
    except (cv2.error, ValueError):
        return None
    return None if picture is None else np.ascontiguousarray(picture, np.uint8)


def _bmp_as_opencv_reads(data: bytes) -> bytes:
    """Return a BMP file whose colours have masks under a header whose masks OpenCV heeds.

    Notes
    -----
    OpenCV 5.0 heeds masks of 16 bits behind a header of 40 bytes alone, and masks of 32 bits in one
    of 56 or more; of a shorter one, which has no mask for alpha, it takes the fourth byte as alpha.
    The masks of red, green and blue stand at the same place behind or in each header, that of alpha
    next to them (Microsoft, BITMAPV5HEADER).
    """
    pixels_at, size = struct.unpack_from("<II", data, 10)
    if size not in (40, 52, 56, 108, 124):  # OS/2's of 12 bytes may end before the fields below
        return data
    bits, compression = struct.unpack_from("<HI", data, 28)
    masks, alpha = data[54:66], data[66:70] if size >= 56 else bytes(4)
    if compression != _BI_BITFIELDS or not any(masks):
        return data
    if bits == 32 and size < 56:
        fields = struct.pack("<I", 108) + data[18:54] + masks + bytes(52)
    elif bits == 16 and size > 40 and not any(alpha):
        fields = struct.pack("<I", 40) + data[18:54] + masks
    else:
        return data
    return data[:10] + struct.pack("<I", 14 + len(fields)) + fields + data[pixels_at:]


def _decode_unchanged(
    buffer: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.generic] | None, int]:
    """Decode unchanged and return the picture with its EXIF orientation (1-8)."""
    picture, kinds, blocks = cv2.imdecodeWithMetadata(buffer, flags=cv2.IMREAD_UNCHANGED)
    for kind, block in zip(kinds, blocks, strict=True):
        if kind == cv2.IMAGE_METADATA_EXIF:
            return picture, exif_orientation(np.asarray(block, np.uint8).tobytes())
    return picture, 1


def exif_orientation(exif: bytes) -> int:
    """Return tag 0x0112 of an EXIF block (1-8), or 1 where it is missing or damaged."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, directory)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(order + "HHIH", exif, directory + 2 + 12 * index)
            if tag == 0x0112 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 1


def _flatten(picture: npt.NDArray[np.generic] | None, orientation: int) -> Picture | None:
    """Reduce any decoded array to an upright, opaque BGR picture."""
    if picture is None or picture.ndim not in (2, 3) or picture.size == 0:
        return None
    pixels = _to_8_bits(picture)
    if pixels.ndim == 2:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    if pixels.shape[2] == 4:
        pixels = on_white(pixels)
    if pixels.shape[2] != 3:
        return None
    return np.ascontiguousarray(_turn(pixels, orientation))


def on_white(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Lay BGRA (H, W, 4) on white, rounded: (a c + (255 - a) 255) / 255."""
    laid = np.empty((*pixels.shape[:2], 3), np.uint8)
    # In strips, so that a large picture does not need its 16-bit products all at once.
    for top in range(0, len(pixels), _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS]
        alpha = strip[:, :, 3:].astype(np.uint16)
        laid[top : top + _STRIP_ROWS] = (alpha * strip[:, :, :3] + (255 - alpha) * 255 + 127) // 255
    return laid


def fitted(size_wh: tuple[int, int], room_wh: tuple[float, float]) -> tuple[int, int]:
    """Return a size made as large as a room allows; as it is where there is no room at all.

    Sizes are width and height, in pixels.
    """
    width, height = size_wh
    if min(size_wh) <= 0 or min(room_wh) <= 0:
        return size_wh
    scale = min(room_wh[0] / width, room_wh[1] / height)
    return max(1, round(scale * width)), max(1, round(scale * height))


def no_longer_than(side_px: int, size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return a size made so small that no side is longer than `side_px`."""
    return size_wh if max(size_wh) <= side_px else fitted(size_wh, (side_px, side_px))


def resized(pixels: npt.NDArray[np.uint8], size_wh: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return pixels (H, W, C) or (H, W) at another size, for people to look at.

    Far fewer are first averages of whole blocks, which is quick, so that none is left out.
    """
    height, width = pixels.shape[:2]
    block = min(width // size_wh[0], height // size_wh[1])
    if block > 1:
        across, down = width // block, height // block
        whole = pixels[: block * down, : block * across]
        pixels = np.asarray(cv2.resize(whole, (across, down), interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.resize(pixels, size_wh, interpolation=cv2.INTER_LINEAR), np.uint8)


def write_bgrx(picture: Picture, target: npt.NDArray[np.uint8], *, is_mirrored: bool) -> None:
    """Write a picture (H, W, 3) BGR or (H, W) grey into `target` (H, W, 4)."""
    if is_mirrored:
        picture = np.asarray(cv2.flip(picture, 1), np.uint8)
    code = cv2.COLOR_BGR2BGRA if picture.ndim == 3 else cv2.COLOR_GRAY2BGRA
    cv2.cvtColor(np.ascontiguousarray(picture), code, dst=target)


def from_bgrx(pixels: npt.NDArray[np.uint8]) -> Picture:
    """Return pixels (H, W, 4) without their fourth channel."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), np.uint8)


def _to_8_bits(picture: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    if picture.dtype == np.uint8:
        return np.asarray(picture, np.uint8)
    if picture.dtype == np.uint16:
        return (np.asarray(picture, np.uint16) >> 8).astype(np.uint8)
    values = np.nan_to_num(picture.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    # Floats are taken as 0-1, the convention of TIFF; larger ranges are scaled to fit.
    peak = max(1.0, float(values.max()))
    return (np.clip(values, 0.0, peak) * (255.0 / peak) + 0.5).astype(np.uint8)


def _turn(picture: Picture, orientation: int) -> Picture:
    """Turn a picture upright as its EXIF orientation says."""
    if orientation in (5, 6, 7, 8):
        picture = picture.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return picture


def write_picture(path: Path, picture: npt.NDArray[np.uint8]) -> None:
    """Write a picture (H, W, 3) BGR or (H, W, 4) BGRA, uint8, as PNG.

    A folder that is not there is made.

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
        raise unwritable(path.parent, error) from error
    _, data = cv2.imencode(".png", picture, (cv2.IMWRITE_PNG_COMPRESSION, 1))
    write_file(path, data.tobytes())


def list_pictures(folder: Path | str) -> list[Path]:
    """Return the pictures of a folder that are not hidden, by name, none of its subfolders.

    Raises
    ------
    VisionError
        file_missing, file_elsewhere, file_unreadable, or folder_without_pictures.
    """
    folder = Path(folder)
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name.casefold())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise missing(folder) from error
    except OSError as error:
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


# Larger files are taken on trust: whoever asks has no time to read them.
_CHECKED_BYTES: Final = 32 * 1024 * 1024


def good_pictures(paths: list[Path]) -> tuple[list[Path], list[VisionError]]:
    """Return the files that can be shown, and what is wrong with each other one.

    Their pixels are not decoded: a fault among these is told when the picture is read.
    """
    good: list[Path] = []
    errors: list[VisionError] = []
    for path in paths:
        try:
            if not path.is_file() or path.stat().st_size <= _CHECKED_BYTES:
                check_picture(read_file(path, _CHECKED_BYTES), str(path))
        except VisionError as error:
            errors.append(error)
        else:
            good.append(path)
    return good, errors
