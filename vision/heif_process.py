"""What `vision.heif` runs in another process: libheif on a picture that may end it."""

from __future__ import annotations

import struct
import sys

from vision.child import limit_memory


def main(most_bytes: int) -> None:
    """Write height, width, channels and bytes a sample, then the pixels, row by row.

    Whatever goes wrong ends the process, which is the answer too.
    """
    limit_memory()
    import pi_heif  # only now, within the limit

    # Nothing of these is shown, so nothing in them need be right.
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    picture = pi_heif.open_heif(sys.stdin.buffer.read(), bgr_mode=True)
    if picture.size[0] * picture.size[1] * 3 > most_bytes:
        sys.exit("The picture is larger than its header said.")
    pixels = picture.data
    width, height = picture.size
    sample = 2 if picture.mode.endswith("16") else 1
    channels, rest = divmod(len(pixels), width * height * sample)
    if rest:
        sys.exit("The picture is not of the size that was told.")
    sys.stdout.buffer.write(struct.pack("<IIII", height, width, channels, sample))
    sys.stdout.buffer.write(pixels)


if __name__ == "__main__":
    main(int(sys.argv[1]))
