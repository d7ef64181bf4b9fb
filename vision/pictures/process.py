"""The process started by `vision.pictures.files`: decoders that a file may crash."""

from __future__ import annotations

import io
import json
import struct
from typing import Final

from vision.child import limit_memory, serve
from vision.errors import Fault, VisionError

SIZE: Final = struct.Struct("<II")
"""Header of an answer: height and width of the pixels that follow, or 0, 0 before an error."""

_FORMATS: Final = ("GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF", "HEIF")


def main() -> None:
    """Answer each picture file with its pixels (H, W, 3), BGR, or with its error as JSON."""
    limit_memory()
    import pi_heif  # only now, within the limit
    from PIL import Image

    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = None  # `decode` has a limit of its own
    serve(_answer)


def _answer(data: bytes) -> list[bytes | memoryview]:
    from PIL import Image

    from vision.pictures.decoding import decode, picture_errors

    try:
        with picture_errors("", Fault.PICTURE_UNDECODED):
            pixels = decode(Image.open(io.BytesIO(data), formats=_FORMATS), "")
    except VisionError as error:
        return [SIZE.pack(0, 0), json.dumps([error.code.name, error.values]).encode()]
    return [SIZE.pack(*pixels.shape[:2]), pixels.data.cast("B")]


if __name__ == "__main__":
    main()
