"""Cuts objects out of a picture with the network's mask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.engine import Outputs
from vision.errors import Fault, VisionError
from vision.formats.labels import Labels
from vision.heads.arrays import are_within_unit, sigmoid
from vision.heads.mask import are_planes_last, mask_channels
from vision.networks.predictor import Predictor
from vision.pictures.pixels import Picture, limit_size
from vision.pictures.preprocessing import Rectangle
from vision.reasons import sides_text
from vision.result import TOP, Result, Task

type Mask = npt.NDArray[np.float32]
"""Confidence that each cell is foreground, (H, W), float32, 0 to 1."""

PEOPLE = Labels((Text("person"),), "mask")
FOREGROUND = Labels((Text("foreground"),), "mask")
"""Default names of a mask's subject."""
THRESHOLD = 0.5
MIN_SHARE = 0.001
"""Minimum foreground share of a picture; less is a few stray cells, so nothing was found."""
# The edge is soft over this much of the mask's range, so that hair keeps no hard rim.
_SOFT, _HARDEST = 0.2, 1e-3
# A preview needs no more cells than a network gives: 256 of them a side.
_PREVIEW_PX = 512
_BLUR_SHARE = 0.02


class Backdrop(StrEnum):
    """The replacement of the background."""

    REMOVE = "remove"
    BLUR = "blur"
    COLOUR = "colour"


@dataclass(frozen=True)
class CutOut:
    """How to use a mask.

    Attributes
    ----------
    threshold
        Minimum mask value of the foreground, 0 to 1.
    backdrop
        Replacement of the background.
    colour_bgr
        The colour for `Backdrop.COLOUR`, 0 to 255 each.
    """

    threshold: float = THRESHOLD
    backdrop: Backdrop = Backdrop.REMOVE
    colour_bgr: tuple[int, int, int] = (255, 255, 255)


REMOVED = CutOut()


@dataclass(frozen=True, eq=False)
class MaskResult(Result):
    """A segmenter's result for one picture; it has no classes, so `top` is empty.

    Attributes
    ----------
    mask
        Confidence that each cell is foreground, (h, w) float32, 0 to 1, at the size of the
        network's output; covers `seen`.
    share
        Foreground share of the seen part, 0 to 1, at the default threshold.
    subject
        What the network cuts out: "person", or "foreground" if unknown.
    """

    mask: Mask
    share: float = 0.0
    subject: str = FOREGROUND[0]

    def share_of_picture(self, threshold: float, picture_wh: tuple[int, int]) -> float:
        """Return the foreground share of a picture, 0 to 1; unseen parts are background.

        Parameters
        ----------
        threshold
            Minimum mask value of the foreground, 0 to 1.
        picture_wh
            Width and height of the picture in pixels.
        """
        size = limit_size(_PREVIEW_PX, picture_wh)
        seen = _scaled(self.seen, picture_wh, size)
        there = _resample_to_picture(np.ones_like(self.mask), seen, size) >= 0.5
        mask = _resample_to_picture(self.mask, seen, size)
        return float(np.mean(there & (mask >= np.float32(threshold))))


class Segmenter(Predictor):
    """A loaded segmenter; for one thread at a time."""

    task = Task.MASK
    # Nothing was below 0 yet; what is above 1 may then be a depth or the number of a class.
    _are_logits = False

    def predict(self, picture: Picture, read_ms: float = 0.0, top: int = TOP) -> MaskResult:
        """Compute the mask of one picture; see `Predictor.predict`.

        Raises
        ------
        VisionError
            model_forward, model_busy, output_not_mask or output_not_finite.
        """
        one = self._pass(picture, read_ms)
        mask = self._mask(one.outputs)
        share = float(np.mean(mask >= THRESHOLD))
        subject = (self.labels or FOREGROUND)[-1]  # the background may have a name too
        return MaskResult((), one.timings(), one.seen, mask, share, subject)

    def _mask(self, outputs: Outputs) -> Mask:
        """Return the mask among the outputs, the largest if there are several."""
        values = max(outputs.values(), key=lambda one: one.size)
        channels = mask_channels(values.shape)
        if channels not in (1, 2):
            shape = sides_text(values.shape) or "nothing"
            raise VisionError(Fault.OUTPUT_NOT_MASK, file=self.engine.name, shape=shape)
        are_last = are_planes_last(values.shape)
        planes = (
            values[0].transpose(2, 0, 1) if are_last else values.reshape(-1, *values.shape[-2:])
        )
        if not np.isfinite(planes).all():
            raise VisionError(Fault.OUTPUT_NOT_FINITE, file=self.engine.name)
        if channels == 2:
            # Background and foreground: a softmax over two is the sigmoid of their difference.
            is_done = np.allclose(planes.sum(axis=0), 1, atol=1e-3) and planes.min() >= -1e-6
            return planes[1] if is_done else sigmoid(planes[1] - planes[0])
        plane = planes[0]
        if are_within_unit(plane):
            return np.asarray(np.clip(plane, 0, 1), np.float32)
        self._are_logits = self._are_logits or bool(plane.min() < 0)
        if not self._are_logits:
            most = float(plane.max())
            shape = Text(
                "{shape} and holds numbers up to {most}",
                shape=sides_text(values.shape),
                most=f"{most:g}",
            )
            raise VisionError(Fault.OUTPUT_NOT_MASK, file=self.engine.name, shape=shape)
        return sigmoid(plane)


def _opacity(result: MaskResult, picture_wh: tuple[int, int], threshold: float) -> Mask:
    """Return the opacity of the foreground at each pixel, (H, W), 0 to 1."""
    width, height = picture_wh
    mask = _resample_to_picture(result.mask, result.seen, (width, height))
    # Narrower near an end, so that 0 is never half seen and 1 always whole.
    soft = max(min(_SOFT, 2 * threshold, 2 * (1 - threshold)), _HARDEST)
    surely = (mask - np.float32(threshold)) / np.float32(soft) + np.float32(0.5)
    opacity = np.asarray(np.clip(surely, 0, 1), np.float32)
    if threshold < _HARDEST or threshold > 1 - _HARDEST:
        # From 0 on all that was seen is cut out, as `share` has it; from 1 on, what is surely it.
        seen = _resample_to_picture(np.ones_like(result.mask), result.seen, (width, height))
        return np.where(mask >= np.float32(threshold), seen, np.float32(0))
    return opacity


def _scaled(seen: Rectangle, from_wh: tuple[int, int], to_wh: tuple[int, int]) -> Rectangle:
    """Return a rectangle scaled along with its picture."""
    return Rectangle(*(value * to_wh[i % 2] / from_wh[i % 2] for i, value in enumerate(seen)))


def _resample_to_picture(mask: Mask, seen: Rectangle, picture_wh: tuple[int, int]) -> Mask:
    """Return a mask resampled from `seen` to the whole picture; 0 outside."""
    width, height = picture_wh
    rows, columns = mask.shape
    across, down = seen.width_px / columns, seen.height_px / rows
    # Pixel centres: cell i covers seen.left + (i, i + 1) across.
    matrix = np.array(
        [
            [across, 0, seen.left_px + across / 2 - 0.5],
            [0, down, seen.top_px + down / 2 - 0.5],
        ]
    )
    whole = (seen.left_px, seen.top_px, seen.width_px, seen.height_px) == (0, 0, width, height)
    edge = cv2.BORDER_REPLICATE if whole else cv2.BORDER_CONSTANT
    placed = cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=edge)
    return np.asarray(placed, np.float32)


def _blurred(
    picture: Picture, small_wh: tuple[int, int], size_wh: tuple[int, int], shrink: int
) -> Picture:
    """Return a picture blurred at a small size, so that large ones take no longer."""
    small = cv2.resize(picture, small_wh, interpolation=shrink)
    small = cv2.GaussianBlur(small, (0, 0), max(1.0, _BLUR_SHARE * max(small_wh)))
    return np.asarray(cv2.resize(small, size_wh, interpolation=cv2.INTER_LINEAR), np.uint8)


def cut_out(picture: Picture, result: MaskResult, how: CutOut = REMOVED) -> npt.NDArray[np.uint8]:
    """Return a picture with its background replaced, as (H, W, 4) BGRA, uint8.

    Parameters
    ----------
    picture
        The picture given to the segmenter, (H, W, 3) BGR, uint8.
    result
        The segmenter's result for it.
    how
        Threshold and replacement of the background, which is transparent if removed, else opaque.
    """
    height, width = picture.shape[:2]
    opacity = _opacity(result, (width, height), how.threshold)
    if how.backdrop is Backdrop.REMOVE:
        alpha = np.rint(opacity * 255).astype(np.uint8)
        return np.dstack([picture, alpha])
    if how.backdrop is Backdrop.BLUR:
        size = limit_size(_PREVIEW_PX, (width, height))
        behind = _blurred(picture, size, (width, height), cv2.INTER_AREA)
    else:
        behind = np.empty_like(picture)
        behind[:] = how.colour_bgr
    mixed = cv2.blendLinear(picture, behind, opacity, 1 - opacity)
    return np.dstack([mixed, np.full((height, width), 255, np.uint8)])


def veil_of(picture: Picture, result: MaskResult, how: CutOut) -> npt.NDArray[np.uint8]:
    """Return an overlay that shows the cut-out of a picture on the screen.

    Returns
    -------
    (h, w, 4) BGRA, uint8, no side longer than 512 pixels; it covers the whole picture. A removed
    background is shown as a checkerboard.
    """
    height, width = picture.shape[:2]
    size = limit_size(_PREVIEW_PX, (width, height))
    seen = _scaled(result.seen, (width, height), size)
    small = MaskResult((), result.timings, seen, result.mask)
    veil = np.empty((size[1], size[0], 4), np.uint8)
    if how.backdrop is Backdrop.BLUR:
        # Smaller still: a frame of a stream has a millisecond or two.
        fewer = (max(1, size[0] // 4), max(1, size[1] // 4))
        veil[..., :3] = _blurred(picture, fewer, size, cv2.INTER_LINEAR)
    elif how.backdrop is Backdrop.COLOUR:
        veil[..., :3] = how.colour_bgr
    else:
        veil[..., :3] = _checkerboard(size)[..., None]
    veil[..., 3] = 255.5 - 255 * _opacity(small, size, how.threshold)
    return veil


@lru_cache(maxsize=4)
def _checkerboard(size_wh: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return a checkerboard (H, W) that represents transparency."""
    width, height = size_wh
    side = max(4, max(size_wh) // 48)
    x, y = np.arange(width) // side, np.arange(height) // side
    is_dark = (x[None, :] + y[:, None]) % 2 == 1
    return np.where(is_dark, np.uint8(204), np.uint8(245))
