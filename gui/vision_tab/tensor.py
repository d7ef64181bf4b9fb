"""What the network really sees, as images for Qt."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from gui.vision_tab.pixels import picture_to_image
from vision.pictures import Picture
from vision.preprocessing import Preprocessing
from vision.xray import xray

__all__ = ["TensorView", "view_tensor"]


@dataclass(frozen=True, eq=False)
class TensorView:
    """A tensor as numbers and images.

    Attributes
    ----------
    image
        The picture for which the network takes the tensor; with wrong settings it looks wrong.
    channels
        Each channel in grey, stretched from its own least to its greatest value.
    names
        What the network takes the channels for: R, G and B, in its order.
    shape, minimum, maximum, mean
        Of the tensor itself.
    """

    image: QImage
    channels: tuple[QImage, ...]
    names: tuple[str, ...]
    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float


def view_tensor(settings: Preprocessing, own: Preprocessing, picture: Picture) -> TensorView:
    """Return the view of the tensor that `settings` make of `picture`.

    Parameters
    ----------
    settings
        What the tensor is made with.
    own
        The model's own settings, by which the network reads it.
    picture
        (H, W, 3) BGR, uint8.
    """
    seen = xray(picture, settings, own)
    return TensorView(
        image=picture_to_image(seen.as_seen),
        channels=tuple(picture_to_image(channel.picture) for channel in seen.channels),
        names=tuple(channel.name for channel in seen.channels),
        shape=seen.blob.shape,
        minimum=seen.minimum,
        maximum=seen.maximum,
        mean=seen.mean,
    )
