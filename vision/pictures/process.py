"""What `vision.pictures.files` runs in another process: decoders that a file may end."""

from __future__ import annotations

import io
import json
import struct
from typing import TYPE_CHECKING, Final

from vision.child import limit_memory, serve
from vision.errors import Fault, VisionError

if TYPE_CHECKING:
    from PIL import Image

SIZE: Final = struct.Struct("<II")
"""Begins an answer: height and width of the pixels that follow; none, and what is wrong follows."""

_FORMATS: Final = ("GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "HEIF")


def main() -> None:
    """Answer each picture file by its pixels (H, W, 3), BGR, or in JSON by what is wrong."""
    limit_memory()
    import pi_heif  # only now, within the limit
    from PIL import Image

    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = None  # `decode` has a limit of its own
    serve(_answer)


def _answer(data: bytes) -> list[bytes | memoryview]:
    from vision.pictures.decoding import decode, refusing

    try:
        with refusing("", Fault.PICTURE_UNDECODED):
            pixels = decode(_open(data), "")
    except VisionError as error:
        return [SIZE.pack(0, 0), json.dumps([error.code.name, error.values]).encode()]
    return [SIZE.pack(*pixels.shape[:2]), pixels.data.cast("B")]


def _open(data: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        if data[:2] not in (b"II", b"MM"):
            raise
        return _open_by_opencv(data)


def _open_by_opencv(data: bytes) -> Image.Image:
    """Open a TIFF of which Pillow knows no mode: floats in several channels."""
    import cv2
    import numpy as np
    from PIL import Image

    from vision.pictures.decoding import to_8_bits

    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
    return Image.fromarray(to_8_bits(np.asarray(samples)[:, :, ::-1]))


if __name__ == "__main__":
    main()
