"""Pictures in memory: checked, resized, and converted for the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

type Picture = npt.NDArray[np.uint8]
"""A picture (H, W, 3), BGR, 8 bits per channel."""

_STRIP_ROWS: Final = 64


def check_pixels(picture: object) -> None:
    """Raise unless an object is a picture (H, W, 3), BGR, uint8, with pixels.

    Raises
    ------
    TypeError
        If it is not a uint8 array, for example a path.
    ValueError
        If its shape is not (H, W, 3), or it has no pixels.
    """
    if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8:
        found = getattr(picture, "dtype", type(picture).__name__)
        raise TypeError(f"a picture is an array of uint8, as read_picture returns it, not {found}")
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(f"a picture has shape (H, W, 3) and some pixels; this has {picture.shape}")


def blend_with_white(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Blend BGRA (H, W, 4) with white, rounded: (a c + (255 - a) 255) / 255."""
    laid = np.empty((*pixels.shape[:2], 3), np.uint8)
    # In strips, so that a large picture does not need its 16-bit products all at once.
    for top in range(0, len(pixels), _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS]
        alpha = strip[:, :, 3:].astype(np.uint16)
        laid[top : top + _STRIP_ROWS] = (alpha * strip[:, :, :3] + (255 - alpha) * 255 + 127) // 255
    return laid


def fit_size(size_wh: tuple[int, int], room_wh: tuple[float, float]) -> tuple[int, int]:
    """Return a size scaled to fit `room_wh`, unchanged if either is empty.

    Sizes are width and height, in pixels.
    """
    width, height = size_wh
    if min(size_wh) <= 0 or min(room_wh) <= 0:
        return size_wh
    scale = min(room_wh[0] / width, room_wh[1] / height)
    return max(1, round(scale * width)), max(1, round(scale * height))


def limit_size(side_px: int, size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return a size reduced so that no side is longer than `side_px`."""
    return size_wh if max(size_wh) <= side_px else fit_size(size_wh, (side_px, side_px))


def resized(pixels: npt.NDArray[np.uint8], size_wh: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return pixels (H, W, C) or (H, W) resized for display.

    Strong reductions first average whole blocks, which is quick and skips no pixels.
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
    """Return pixels (H, W, 4) as BGR, without their fourth channel."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), np.uint8)


type Pixels = npt.NDArray[np.uint8]
"""Pixels (H, W, 4), uint8: blue, green, red, and 255 or an alpha."""

THUMBNAIL_WH: Final = (216, 124)
"""Width and height of a thumbnail; shown at half that size, and so sharp on HiDPI screens."""

# No screen shows more of a picture that is shown whole.
_SCREEN_WH: Final = (3840, 2160)


@dataclass(frozen=True)
class DisplaySize:
    """The space in which pictures are shown, read by the worker that prepares them.

    Attributes
    ----------
    room_wh
        Available width and height, in screen pixels; (0, 0) if unknown.
    ratio
        Device pixel ratio.
    is_mirrored
        Whether left and right are swapped.
    """

    room_wh: tuple[float, float] = (0.0, 0.0)
    ratio: float = 1.0
    is_mirrored: bool = False

    def pixels(self, picture: Picture) -> Pixels:
        """Return a picture, (H, W, 3) BGR, uint8, scaled to fit this space.

        The result, (h, w, 4), is that of `to_display`.
        """
        height, width = picture.shape[:2]
        return to_display(
            picture, fit_size((width, height), self.room_wh), is_mirrored=self.is_mirrored
        )


def to_display(
    picture: npt.NDArray[np.uint8],
    size_wh: tuple[int, int] | None = None,
    *,
    is_mirrored: bool = False,
) -> Pixels:
    """Return a picture in the format that is painted without conversion.

    Parameters
    ----------
    picture
        (H, W, 3) BGR or (H, W) grey, uint8.
    size_wh
        Width and height of the result, in pixels, or ``None`` for the picture's.
    is_mirrored
        Whether to swap left and right.

    Returns
    -------
    (h, w, 4) uint8: blue, green, red, and 255; always a new array.
    """
    height, width = picture.shape[:2]
    wanted_wh = size_wh or (width, height)
    if wanted_wh[0] < width:  # the fewer pixels are converted
        picture = resized(picture, wanted_wh)
    pixels = np.empty((*picture.shape[:2], 4), np.uint8)
    write_bgrx(picture, pixels, is_mirrored=is_mirrored)
    return pixels if pixels.shape[1::-1] == wanted_wh else resized(pixels, wanted_wh)


def to_screen(picture: Picture) -> Pixels:
    """Return a whole picture for display, reduced to at most a screen's size."""
    height, width = picture.shape[:2]
    smaller = fit_size((width, height), _SCREEN_WH)
    return to_display(picture, smaller if smaller[0] < width else None)


def thumbnail(picture: npt.NDArray[np.uint8]) -> Pixels:
    """Return the centre of a picture (H, W, 3 or 4), uint8, at the size `THUMBNAIL_WH`."""
    height, width = picture.shape[:2]
    scale = min(width / THUMBNAIL_WH[0], height / THUMBNAIL_WH[1])
    # Cut first: a picture like a thread would become millions of pixels long.
    across, down = (max(1, int(side * scale)) for side in THUMBNAIL_WH)
    left, top = (width - across) // 2, (height - down) // 2
    small = resized(picture[top : top + down, left : left + across], THUMBNAIL_WH)
    return small if small.shape[2] == 4 else to_display(small)
