"""Read size, depth and completeness of a picture from its header, before anything is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PictureHeader:
    """What a picture file says of itself.

    Attributes
    ----------
    format
        Short name: png, jpeg, gif, bmp, webp, avif, heif, tiff or pnm.
    width_px, height_px
        Size before any EXIF rotation.
    bytes_per_pixel
        Decoded size of a pixel: channels times bytes a sample (an upper bound where the
        header does not say).
    may_have_alpha
        Whether the format and its flags allow transparency.
    complete
        False if the file ends before the picture does.
    """

    format: str
    width_px: int
    height_px: int
    bytes_per_pixel: int
    may_have_alpha: bool
    complete: bool

    @property
    def decoded_bytes(self) -> int:
        """Memory the decoded picture takes, in bytes."""
        return self.width_px * self.height_px * self.bytes_per_pixel


def read_header(data: bytes) -> PictureHeader | None:
    """Return the header of a picture file, or None if `data` is no picture of a known kind."""
    for signature, reader in _READERS:
        if signature.match(data):
            try:
                header = reader(data)
            except (struct.error, IndexError, ValueError, OverflowError):
                # The last is for an offset that no memory has, as BigTIFF can hold.
                return None
            if header is None or header.width_px < 1 or header.height_px < 1:
                return None
            return header
    return None


def _png(data: bytes) -> PictureHeader | None:
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    # Grey is decoded to three channels as well; a palette may hold transparency.
    channels = {0: 3, 2: 3, 3: 4, 4: 4, 6: 4}.get(colour)
    if channels is None:
        return None
    has_transparency, offset, complete = colour in (4, 6), 8, False
    while offset + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, offset)
        has_transparency |= kind == b"tRNS"
        offset += 12 + length
        if kind == b"IEND":
            complete = offset <= len(data)
            break
    return PictureHeader(
        "png", width, height, channels * (2 if depth == 16 else 1), has_transparency, complete
    )


# Start-of-frame markers carry the size; C4, C8 and CC in their midst are tables.
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

# Some writers leave bytes over behind a segment; decoders pass them over.
_JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\xff]")


def _jpeg(data: bytes) -> PictureHeader | None:
    offset, size, bytes_per_pixel = 2, None, 3
    while (found := _JPEG_MARKER.search(data, offset)) and found.end() + 2 <= len(data):
        offset, marker = found.start(), data[found.start() + 1]
        (length,) = struct.unpack_from(">H", data, offset + 2)
        if marker in _JPEG_FRAMES and offset + 9 <= len(data):
            size = struct.unpack_from(">HH", data, offset + 5)
            # A progressive picture is kept whole as 16-bit coefficients before it is decoded.
            bytes_per_pixel = 9 if marker == 0xC2 else 3
        if marker == 0xDA:
            complete = data.find(b"\xff\xd9", offset) >= 0
            return None if size is None else _jpeg_header(size, bytes_per_pixel, complete)
        offset += 2 + length
    # Broken off before it says how large it is, it may be of any size.
    return _jpeg_header(size or (1, 1), bytes_per_pixel, complete=False)


def _jpeg_header(size_hw: tuple[int, ...], bytes_per_pixel: int, complete: bool) -> PictureHeader:
    height, width = size_hw
    return PictureHeader("jpeg", width, height, bytes_per_pixel, False, complete)


def _gif(data: bytes) -> PictureHeader:
    width, height = struct.unpack_from("<HH", data, 6)
    # Whether the first frame is whole shows only when it is decoded.
    return PictureHeader("gif", width, height, 4, True, True)


_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})


def _bmp(data: bytes) -> PictureHeader | None:
    pixels_at, header_size = struct.unpack_from("<II", data, 10)
    if header_size not in _BMP_HEADERS:
        return None
    if header_size == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression = 0
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    width, height = abs(width), abs(height)
    # Row length is known only without run-length coding; rows are padded to four bytes.
    stride = (width * bits + 31) // 32 * 4
    whole = pixels_at + stride * height <= len(data)
    complete = whole or compression not in (0, 3)
    return PictureHeader("bmp", width, height, 4, bits == 32, complete)


def _webp(data: bytes) -> PictureHeader | None:
    (riff_size,) = struct.unpack_from("<I", data, 4)
    complete = riff_size + 8 <= len(data) + 1
    kind = data[12:16]
    if kind == b"VP8X":
        flags = data[20]
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
        alpha = bool(flags & 0x10)
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        alpha = bool(bits >> 28 & 1)
    elif kind == b"VP8 ":
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", data, 26))
        alpha = False
    else:
        return None
    return PictureHeader("webp", width, height, 4, alpha, complete)


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each outer box of a HEIF file, and where its content begins and ends."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        begin = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, begin)
            begin += 8
        end = at + size if size else len(data)
        if end < begin:
            return
        yield kind, begin, end
        at = end


def _meta(data: bytes) -> bytes:
    """Return what a HEIF file says of its pictures."""
    return next((data[begin:end] for kind, begin, end in _boxes(data) if kind == b"meta"), b"")


def _heif(data: bytes) -> PictureHeader | None:
    # The largest "ispe" box is the picture; smaller ones are thumbnails or tiles.
    meta = _meta(data)
    sizes = [
        struct.unpack_from(">II", meta, match.end() + 4)
        for match in re.finditer(b"ispe", meta)
        if match.end() + 12 <= len(meta)
    ]
    if not sizes:
        return None
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    complete = all(end <= len(data) for _, _, end in _boxes(data))
    if _AVIF.match(data):
        return PictureHeader("avif", width, height, 8, b"auxC" in meta, complete)
    # Further pictures of depth or of light are no transparency.
    alpha = b"auxid:1\0" in meta or b"auxiliary:alpha\0" in meta
    return PictureHeader("heif", width, height, 4 if alpha else 3, alpha, complete)


def avif_bits(data: bytes) -> int:
    """Return of how many bits the samples of an AVIF picture are: 8, 10 or 12.

    Notes
    -----
    The third byte of a box "av1C" has high_bitdepth at bit 6 and twelve_bit at bit 5 (AV1 Codec ISO
    Media File Format Binding, 2.3.3).
    """
    meta = _meta(data)
    at = meta.find(b"av1C") + 6
    flags = meta[at] if 6 <= at < len(meta) else 0
    return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10


def avif_orientation(data: bytes) -> int:
    """Return how an AVIF picture is to be turned upright, as EXIF counts it (1 to 8).

    Notes
    -----
    A box "irot" has quarter turns against the clock, a box "imir" what is mirrored after them:
    with 0 above and below, with 1 left and right (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
    """
    meta = _meta(data)
    turns, mirror = (_property(meta, name) for name in (b"irot", b"imir"))
    row = 0 if mirror is None else 1 + (mirror & 1)
    return _ORIENTATIONS[row][(turns or 0) & 3]


_ORIENTATIONS: Final = ((1, 8, 3, 6), (4, 5, 2, 7), (2, 7, 4, 5))


def _property(meta: bytes, name: bytes) -> int | None:
    """Return the one byte of a box of nine bytes, or None where there is no such box."""
    at = meta.find(b"\0\0\0\x09" + name)
    return meta[at + 8] if 0 <= at < len(meta) - 8 else None


def _tiff(data: bytes) -> PictureHeader | None:
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    (directory,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    (count,) = struct.unpack_from(order + ("Q" if big else "H"), data, directory)
    entry_at, entry_size = directory + (8 if big else 2), 20 if big else 12
    tags: dict[int, int] = {}
    for index in range(min(count, 512)):
        at = entry_at + index * entry_size
        tag, kind = struct.unpack_from(order + "HH", data, at)
        (values,) = struct.unpack_from(order + ("Q" if big else "I"), data, at + 4)
        value_at = at + (12 if big else 8)
        if kind == 3 and values * 2 > (8 if big else 4):
            (value_at,) = struct.unpack_from(order + ("Q" if big else "I"), data, value_at)
        if kind in (3, 4):
            (tags[tag],) = struct.unpack_from(order + "HI"[kind - 3], data, value_at)
    if 256 not in tags or 257 not in tags:
        return None
    samples, bits = tags.get(277, 1), tags.get(258, 8)
    bytes_per_pixel = max(samples, 4) * max(1, bits // 8)
    # The decoder reads TIFF alpha wrongly often enough that only true 4-channel files count.
    return PictureHeader("tiff", tags[256], tags[257], bytes_per_pixel, samples == 4, True)


def _pnm(data: bytes) -> PictureHeader | None:
    match = re.match(rb"P([1-6])(?:\s+(?:#[^\n]*\n)?)+(\d{1,9})\s+(\d{1,9})", data[:512])
    if match is None:
        return None
    return PictureHeader("pnm", int(match[2]), int(match[3]), 6, False, True)


_AVIF: Final = re.compile(rb".{4}ftyp(?:avi[fs]|m[is]f1.{4}(?:.{4}){0,8}?avi[fs])", re.DOTALL)
_READERS: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR", re.DOTALL), _png),
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"BM"), _bmp),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), _webp),
    (re.compile(rb".{4}ftyp(?:avi[fs]|he[iv][cxms]|m[is]f1)", re.DOTALL), _heif),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), _tiff),
    (re.compile(rb"P[1-6]\s"), _pnm),
)
