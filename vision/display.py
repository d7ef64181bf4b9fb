"""Pictures as a screen takes them: arrays of 32 bits a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vision.pictures import Picture, fitted, resized, write_bgrx

type Pixels = npt.NDArray[np.uint8]
"""Pixels (H, W, 4), uint8: blue, green, red, and 255 or an alpha."""

THUMBNAIL_WH: Final = (216, 124)
"""Width and height of a thumbnail; it is shown at half of that, and is sharp on sharp screens."""

# No screen shows more of a picture that is shown whole.
_SCREEN_WH: Final = (3840, 2160)


@dataclass(frozen=True)
class DisplaySize:
    """The room in which pictures are shown, for whoever prepares them.

    Attributes
    ----------
    room_wh
        Where a picture may lie, in pixels of the screen; (0, 0) while it is not known.
    ratio
        Pixels of the screen in one of the window system's.
    is_mirrored
        Whether left and right are turned round.
    """

    room_wh: tuple[float, float] = (0.0, 0.0)
    ratio: float = 1.0
    is_mirrored: bool = False

    def pixels(self, picture: Picture) -> Pixels:
        """Return a picture as it is painted in this room, whole and as large as it can be.

        It is (H, W, 3) BGR, uint8; what is returned, (h, w, 4), as `to_display` returns it.
        """
        height, width = picture.shape[:2]
        return to_display(
            picture, fitted((width, height), self.room_wh), is_mirrored=self.is_mirrored
        )


def to_display(
    picture: npt.NDArray[np.uint8],
    size_wh: tuple[int, int] | None = None,
    *,
    is_mirrored: bool = False,
) -> Pixels:
    """Return a picture in the format that is painted without a conversion.

    Parameters
    ----------
    picture
        (H, W, 3) BGR or (H, W) grey, uint8.
    size_wh
        Width and height of what is returned, in pixels, or ``None`` for the picture's.
    is_mirrored
        Whether to turn left and right round.

    Returns
    -------
    (h, w, 4) uint8: blue, green, red, and 255; an array of its own.
    """
    height, width = picture.shape[:2]
    wanted_wh = size_wh or (width, height)
    if wanted_wh[0] < width:  # the fewer pixels are converted
        picture = resized(picture, wanted_wh)
    pixels = np.empty((*picture.shape[:2], 4), np.uint8)
    write_bgrx(picture, pixels, is_mirrored=is_mirrored)
    return pixels if pixels.shape[1::-1] == wanted_wh else resized(pixels, wanted_wh)


def to_screen(picture: Picture) -> Pixels:
    """Return a whole picture, smaller where no screen has so many pixels."""
    height, width = picture.shape[:2]
    smaller = fitted((width, height), _SCREEN_WH)
    return to_display(picture, smaller if smaller[0] < width else None)


def thumbnail(picture: npt.NDArray[np.uint8]) -> Pixels:
    """Return the middle of a picture (H, W, 3 or 4), uint8, at the size of `THUMBNAIL_WH`."""
    height, width = picture.shape[:2]
    scale = min(width / THUMBNAIL_WH[0], height / THUMBNAIL_WH[1])
    # Cut first: a picture like a thread would become millions of pixels long.
    across, down = (max(1, int(side * scale)) for side in THUMBNAIL_WH)
    left, top = (width - across) // 2, (height - down) // 2
    small = resized(picture[top : top + down, left : left + across], THUMBNAIL_WH)
    return small if small.shape[2] == 4 else to_display(small)
