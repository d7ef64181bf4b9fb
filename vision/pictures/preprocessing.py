"""Converts a picture to a network's input tensor, exactly as `cv2.dnn.blobFromImage` does."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.pictures.pixels import Picture, check_pixels, fit_size

type Blob = npt.NDArray[np.float32]
"""A batch of tensors (N, C, H, W), float32, C-contiguous."""

_LETTERBOX_GREY: Final = 114
# How many times as long as what the network sees a picture may be that OpenCV enlarges.
_LONGEST: Final = 16
# What divides has this size: in single precision, less is 0 and more may be infinite.
_MIN: Final = 1e-30
_MAX: Final = 1e30


class Rectangle(NamedTuple):
    """A rectangle in picture pixels, relative to the top left corner; edges may be fractional."""

    left_px: float
    top_px: float
    width_px: float
    height_px: float


@dataclass(frozen=True)
class Preprocessing:
    """Settings that turn a picture into a blob.

    Attributes
    ----------
    size_wh
        Width and height of the tensor in pixels.
    mean
        Value subtracted from each channel, in the network's channel order (after the swap), on
        the scale 0-255.
    scale
        Factor applied to each value after subtracting the mean.
    std
        Divisor of each channel, applied last; (1, 1, 1) for none.
    swap_rb
        True for a network that needs RGB (pictures are BGR).
    crop
        True to scale the shorter side to fit and crop the centre; False to squash the whole
        picture into the tensor.
    channels
        3, or 1 for a network that needs grey.
    letterbox
        Without `crop`, True to keep the picture's aspect ratio: it is scaled to fit into the
        tensor, and the rest on the right and below is filled with grey 114, as in YOLOX.

    Notes
    -----
    blob = (channel - mean) * scale / std, the order of `cv2.dnn.blobFromImage`.
    """

    size_wh: tuple[int, int] = (224, 224)
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: float = 1.0
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    swap_rb: bool = False
    crop: bool = False
    channels: int = 3
    letterbox: bool = False

    def __post_init__(self) -> None:
        """Validate the settings.

        Raises
        ------
        VisionError
            preprocessing_invalid, with the field, its value and what is allowed.
        """
        if len(self.size_wh) != 2 or not all(1 <= side <= 4096 for side in self.size_wh):
            raise _invalid("size_wh", self.size_wh, Text("two sides from 1 to 4096 pixels"))
        if len(self.mean) != 3 or not all(abs(m) <= _MAX for m in self.mean):
            raise _invalid("mean", self.mean, Text("three numbers from -1e30 to 1e30"))
        if not _MIN <= abs(self.scale) <= _MAX:
            allowed = Text("1e-30 to 1e30, or the same with a minus sign")
            raise _invalid("scale", self.scale, allowed)
        if len(self.std) != 3 or not all(_MIN <= s <= _MAX for s in self.std):
            raise _invalid("std", self.std, Text("three numbers from 1e-30 to 1e30"))
        if self.channels not in (1, 3):
            raise _invalid("channels", self.channels, Text("1 or 3"))

    def blob(self, picture: Picture) -> Blob:
        """Return the tensor (1, C, H, W) of one picture (H', W', 3) BGR, uint8.

        Raises
        ------
        TypeError, ValueError
            As `check_pixels`.
        """
        check_pixels(picture)
        ready = self._prepare(picture)
        made = cv2.dnn.blobFromImage(
            ready, self.scale, self.size_wh, self.mean, self.swap_rb, self.crop
        )
        blob = np.asarray(made, np.float32)
        if self.std != (1.0, 1.0, 1.0):
            std = np.asarray(self.std[: self.channels], np.float32)
            np.divide(blob, std[:, None, None], out=blob)
        return blob

    def region(self, picture_wh: tuple[int, int]) -> Rectangle:
        """Return the part of a picture of this size that the network sees, in pixels.

        Notes
        -----
        With `crop`, the picture is scaled by f = max(w / W, h / H), each side rounded to whole
        pixels, and the tensor is cut from the middle, the odd pixel to the right and below. With
        `letterbox` the part extends beyond the picture, to the right or below.
        """
        left, top, width, height = self._middle(picture_wh)
        if self.letterbox and not self.crop:
            across, down = fit_size((width, height), self.size_wh)
            factor_w, factor_h = across / width, down / height
            return Rectangle(0.0, 0.0, self.size_wh[0] / factor_w, self.size_wh[1] / factor_h)
        if not self.crop:
            return Rectangle(0.0, 0.0, float(width), float(height))
        factor = max(self.size_wh[0] / width, self.size_wh[1] / height)
        # OpenCV holds the factor in single precision, which decides how a half is rounded.
        single = float(np.float32(factor))
        scaled_w, scaled_h = round(width * single), round(height * single)
        cut_left = (scaled_w - self.size_wh[0]) // 2
        cut_top = (scaled_h - self.size_wh[1]) // 2
        # OpenCV samples at 1 / f even where rounding the sides changed the ratio a little.
        return Rectangle(
            left + cut_left / factor,
            top + cut_top / factor,
            self.size_wh[0] / factor,
            self.size_wh[1] / factor,
        )

    def _middle(self, picture_wh: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return left, top, width and height of the part of a picture given to OpenCV.

        Notes
        -----
        OpenCV scales the whole picture before it crops the middle: 5 GB for 30,000 x 1 pixels.
        Very elongated pictures are therefore cropped before; others are passed whole.
        """
        left, top = 0, 0
        width, height = picture_wh
        if self.crop:
            longest_w = math.ceil(_LONGEST * height * self.size_wh[0] / self.size_wh[1])
            longest_h = math.ceil(_LONGEST * width * self.size_wh[1] / self.size_wh[0])
            left, top = max(0, (width - longest_w) // 2), max(0, (height - longest_h) // 2)
        return left, top, width - 2 * left, height - 2 * top

    def _letterboxed(self, picture: Picture) -> Picture:
        across, down = fit_size((picture.shape[1], picture.shape[0]), self.size_wh)
        whole = np.full((self.size_wh[1], self.size_wh[0], 3), _LETTERBOX_GREY, np.uint8)
        shown = cv2.resize(picture, (across, down), interpolation=cv2.INTER_LINEAR)
        whole[:down, :across] = shown
        return whole

    def _prepare(self, picture: Picture) -> npt.NDArray[np.uint8]:
        left, top, width, height = self._middle((picture.shape[1], picture.shape[0]))
        picture = picture[top : top + height, left : left + width]
        if self.letterbox and not self.crop:
            picture = self._letterboxed(picture)
        if self.channels == 3:
            return picture
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


SSD_RGB: Final = Preprocessing(mean=(127.5, 127.5, 127.5), scale=1 / 127.5, swap_rb=True)
"""Preprocessing of SSD MobileNet: RGB from -1 to 1, squashed."""

YOLO_RGB: Final = Preprocessing(scale=1 / 255, swap_rb=True, letterbox=True)
"""Preprocessing of YOLO from version 5 on: RGB from 0 to 1, in a letterbox."""

UNIT_RGB: Final = Preprocessing(scale=1 / 255, swap_rb=True)
"""RGB from 0 to 1, squashed."""


def _invalid(field: str, value: object, allowed: str) -> VisionError:
    return VisionError(Fault.PREPROCESSING_INVALID, field=field, value=str(value), allowed=allowed)


def settings_changed(own: Preprocessing, used: Preprocessing) -> frozenset[str]:
    """Return the names of the settings that differ, such as ``"swap_rb"``."""
    names = [field.name for field in fields(Preprocessing)]
    return frozenset(name for name in names if getattr(own, name) != getattr(used, name))
