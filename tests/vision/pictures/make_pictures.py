"""Make the pictures that OpenCV cannot write; wants Pillow and pillow-heif, run by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image


def main(folder: Path) -> None:
    """Write a 48 x 32 picture, red left, blue right, white corner, in rare encodings."""
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[:, :24] = (200, 30, 20)
    pixels[:, 24:] = (20, 40, 210)
    pixels[:8, :8] = 255
    picture = Image.fromarray(pixels)
    picture.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    picture.convert("P").save(folder / "palette.png")
    alpha = np.full((32, 48), 255, np.uint8)
    alpha[16:] = 0
    Image.fromarray(np.dstack([pixels[:, :, 0], alpha])).save(folder / "grey_alpha.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(folder / "exif6.webp", exif=exif, lossless=True)
    for orientation in range(1, 9):
        # Pillow writes it as boxes of the file, not as EXIF.
        exif[0x0112] = orientation
        path = folder / f"orientation{orientation}.avif"
        picture.save(path, exif=exif.tobytes(), quality=100, subsampling="4:4:4")
        if orientation in (2, 6, 7):
            # As a phone does, this writes boxes and EXIF, which say the same.
            path = path.with_suffix(".heic")
            heif = pillow_heif.from_pillow(picture)
            heif.save(path, exif=exif.tobytes(), quality=100, chroma=444)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
