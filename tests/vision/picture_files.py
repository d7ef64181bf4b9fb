"""Picture files made in memory for the tests."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

RED, BLUE, WHITE = (20, 30, 200), (210, 40, 20), (255, 255, 255)
PICTURES = Path(__file__).parent / "pictures"


def sample() -> npt.NDArray[np.uint8]:
    """Return 48 x 32 BGR: red left, blue right, white in the top left corner."""
    picture = np.empty((32, 48, 3), np.uint8)
    picture[:, :24], picture[:, 24:], picture[:8, :8] = RED, BLUE, WHITE
    return picture


def encoded(suffix: str, picture: npt.NDArray[Any] | None = None, *flags: int) -> bytes:
    """Return a picture as the bytes of a file of the given kind."""
    done, data = cv2.imencode(suffix, sample() if picture is None else picture, list(flags))
    assert done
    return bytes(data)


ANIMATED = {"save_all": True, "duration": 90, "loop": 0}
WRITINGS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "png": [
        *((mode, {}) for mode in ("RGB", "RGBA", "P", "1", "I;16", "LA")),
        *((mode, {**ANIMATED, "default_image": apart}) for mode in ("RGB", "RGBA", "P")
          for apart in (False, True)),
    ],
    "gif": [("P", {}), ("L", {"interlace": 1}), ("P", ANIMATED), ("RGBA", ANIMATED)],
    "webp": [("RGB", {}), ("RGBA", {"lossless": True}), ("RGBA", {}), ("RGB", ANIMATED)],
    "avif": [("RGB", {}), ("RGBA", {}), ("L", {"subsampling": "4:0:0"}), ("RGB", ANIMATED)],
    "tiff": [
        *((mode, {}) for mode in ("RGB", "RGBA", "F", "I;16", "CMYK", "LAB")),
        *((mode, {"compression": how}) for mode, how in (
            ("RGB", "tiff_lzw"), ("RGBA", "tiff_adobe_deflate"), ("RGB", "jpeg"),
            ("1", "group4"), ("P", "packbits"), ("RGB", "tiff_jpeg"), ("1", "tiff_ccitt"),
        )),
    ],
    "bmp": [("RGB", {}), ("RGBA", {}), ("P", {}), ("1", {}), ("L", {})],
    "jpeg": [
        *(("RGB", {}), ("RGB", {"progressive": True}), ("L", {}), ("CMYK", {})),
        *(("RGB", {"restart_marker_blocks": 2}), ("RGB", {"exif": b"Exif\0\0MM\0*\0\0\0\x08"})),
    ],
}  # fmt: skip
"""How Pillow writes pictures of each kind: the mode, and what `save` is given."""


@functools.cache
def written(kind: str, number: int) -> bytes:
    """Return a picture of noise as Pillow writes it in the `number`th way."""
    if kind == "heic":
        return sorted(PICTURES.glob("*.heic"))[number % 3].read_bytes()
    mode, how = WRITINGS[kind][number % len(WRITINGS[kind])]
    noise = np.random.default_rng(number).integers(0, 256, (2, 24, 30, 4), np.uint8)
    frames = [Image.fromarray(some) for some in noise]
    if mode in ("F", "I;16"):
        frames = [
            Image.fromarray(some[:, :, 0].astype({"F": "f4"}.get(mode, "u2"))) for some in noise
        ]
    elif mode == "LAB":
        frames = [Image.frombytes("LAB", (30, 24), some[:, :, :3].tobytes()) for some in noise]
    elif mode != "RGBA":
        frames = [frame.convert("RGB").convert(mode) for frame in frames]
    if "save_all" in how:
        how = {**how, "append_images": frames[1:]}
    file = io.BytesIO()
    frames[0].save(file, kind, **how)
    return file.getvalue()


def with_right_sums(data: bytes) -> bytes:
    """Return a damaged PNG with the right checksum behind each chunk that is whole."""
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        end = at + 8 + int.from_bytes(out[at : at + 4])
        if end + 4 > len(out):
            break
        out[end : end + 4] = struct.pack(">I", zlib.crc32(out[at + 4 : end]))
        at = end + 4
    return bytes(out)


def exif_block(orientation: int) -> bytes:
    """Return the smallest TIFF block that holds an orientation."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)


def jpeg_with_orientation(orientation: int) -> bytes:
    """Return the sample as JPEG with an EXIF orientation."""
    data = encoded(".jpg", None, cv2.IMWRITE_JPEG_QUALITY, 100)
    block = b"Exif\0\0" + exif_block(orientation)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a whole, valid, black PNG of one bit a pixel: 110 kB that decode to gigabytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + -(-width // 8))
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )


def damaged_png() -> bytes:
    """Return a PNG of one row of 8 grey pixels, written with a filter that does not exist."""
    header = struct.pack(">IIBBBBB", 8, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x09" + bytes(8))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in chunks)


def upright(picture: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """Return what a viewer shows of pixels stored with an EXIF orientation, by its table."""
    shown = {
        1: picture,
        2: np.fliplr(picture),
        3: np.rot90(picture, 2),
        4: np.flipud(picture),
        5: picture.transpose(1, 0, 2),
        6: np.rot90(picture, -1),
        7: np.rot90(picture.transpose(1, 0, 2), 2),
        8: np.rot90(picture, 1),
    }
    return np.ascontiguousarray(shown[orientation])
