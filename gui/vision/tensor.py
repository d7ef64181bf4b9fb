"""What the network really sees, made visible: the tensor turned back into pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from gui.vision.pixels import picture_to_image
from vision.pictures import Picture
from vision.preprocessing import Blob, Preprocessing

__all__ = ["TensorView", "view_tensor"]


@dataclass(frozen=True, eq=False)
class TensorView:
    """A tensor as numbers and pictures.

    Attributes
    ----------
    image
        The tensor as the network would have to understand it: channels taken as R, G, B if the
        network wants RGB. With the wrong colour order the colours are wrong here too.
    channels
        Each channel in grey, stretched from its own least to its greatest value.
    shape, minimum, maximum, mean
        Of the tensor itself.
    """

    image: QImage
    channels: tuple[QImage, ...]
    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float


def view_tensor(settings: Preprocessing, picture: Picture) -> TensorView:
    """Return the view of the tensor that `settings` make of `picture`."""
    blob = settings.blob(picture)
    return TensorView(
        image=picture_to_image(_as_picture(settings, blob)),
        channels=tuple(picture_to_image(_stretched(channel)) for channel in blob[0]),
        shape=blob.shape,
        minimum=float(blob.min()),
        maximum=float(blob.max()),
        mean=float(blob.mean()),
    )


def _as_picture(settings: Preprocessing, blob: Blob) -> Picture:
    count = blob.shape[1]
    std = np.asarray(settings.std[:count], np.float32)[:, None, None]
    mean = np.asarray(settings.mean[:count], np.float32)[:, None, None]
    values = blob[0] * std / settings.scale + mean
    pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    if count == 1:
        return pixels[0]
    return np.ascontiguousarray((pixels[::-1] if settings.swap_rb else pixels).transpose(1, 2, 0))


def _stretched(channel: Blob) -> Picture:
    low, high = float(channel.min()), float(channel.max())
    grey = (channel - low) * (255.0 / (high - low) if high > low else 0.0)
    return grey.astype(np.uint8)
