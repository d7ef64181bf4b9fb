"""Shows the network's actual input, and the effect of wrong settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from vision.classification import Classifier, top_k
from vision.errors import VisionError, as_value
from vision.formats.labels import numbered_labels
from vision.pictures.pixels import Picture, Pixels, to_display
from vision.pictures.preprocessing import Blob, Preprocessing
from vision.result import ScoredLabel


@dataclass(frozen=True, eq=False)
class TensorView:
    """A tensor as numbers and pictures.

    Attributes
    ----------
    pixels
        The picture that the tensor represents to the network, (H, W, 4) uint8; with wrong settings
        it looks wrong.
    channels
        Each channel in grey, (H, W, 4) uint8, stretched from its minimum to its maximum.
    names
        Names of the channels as the network reads them: R, G and B, in its order.
    shape, minimum, maximum, mean
        Shape and statistics of the tensor.
    """

    pixels: Pixels
    channels: tuple[Pixels, ...]
    names: tuple[str, ...]
    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float


def view_tensor(picture: Picture, preprocessing: Preprocessing, own: Preprocessing) -> TensorView:
    """Return the tensor of `picture` under `preprocessing`, for display.

    Parameters
    ----------
    picture
        (H, W, 3) BGR, uint8.
    preprocessing
        Preprocessing applied to the picture.
    own
        The model's own preprocessing, by which the tensor is interpreted.

    Raises
    ------
    TypeError, ValueError
        If `picture` is not such an array.
    """
    blob = preprocessing.blob(picture)
    return TensorView(
        pixels=to_display(tensor_picture(blob, own)),
        channels=tuple(to_display(_stretched(channel)) for channel in blob[0]),
        names=("grey",) if preprocessing.channels == 1 else tuple("RGB" if own.swap_rb else "BGR"),
        shape=blob.shape,
        minimum=float(blob.min()),
        maximum=float(blob.max()),
        mean=float(blob.mean()),
    )


def tensor_picture(blob: Blob, settings: Preprocessing) -> Picture:
    """Return the picture that a tensor represents under the given settings.

    Parameters
    ----------
    blob
        (1, C, h, w) float32.
    settings
        Preprocessing that the network was trained with.

    Returns
    -------
    (h, w, 3) BGR, uint8; values outside 0-255 are clipped, which shows as flat patches.

    Notes
    -----
    channel = tensor * std / scale + mean, the inverse of `Preprocessing.blob`.
    """
    channels = blob.shape[1]
    std = np.asarray(settings.std[:channels], np.float32)[:, None, None]
    mean = np.asarray(settings.mean[:channels], np.float32)[:, None, None]
    values = blob[0] * std / np.float32(settings.scale) + mean
    planes = list(np.rint(np.clip(values, 0, 255)).astype(np.uint8))
    if channels == 1:
        planes *= 3
    return np.asarray(cv2.merge(planes[::-1] if settings.swap_rb else planes), np.uint8)


def _stretched(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return grey levels stretched from the minimum (black) to the maximum (white)."""
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255.0 / (high - low or 1.0)) + 0.5).astype(np.uint8)


class Mistake(StrEnum):
    """A common mistake in the settings."""

    SWAPPED_COLOURS = "swapped_colours"
    NO_MEAN = "no_mean"
    NO_SCALE = "no_scale"
    OTHER_FIT = "other_fit"


def mistakes(right: Preprocessing) -> dict[Mistake, Preprocessing]:
    """Return the `right` settings with each common mistake, except those that change nothing."""
    wrong = {
        Mistake.SWAPPED_COLOURS: replace(right, swap_rb=not right.swap_rb),
        Mistake.NO_MEAN: replace(right, mean=(0.0, 0.0, 0.0)),
        Mistake.NO_SCALE: replace(right, scale=1.0, std=(1.0, 1.0, 1.0)),
        Mistake.OTHER_FIT: replace(right, crop=not right.crop),
    }
    if right.channels == 1:
        del wrong[Mistake.SWAPPED_COLOURS]
    return {mistake: settings for mistake, settings in wrong.items() if settings != right}


@dataclass(frozen=True, eq=False)
class Comparison:
    """A model's answer with other settings.

    Attributes
    ----------
    best
        The most probable class, or None if the model failed.
    error
        Error of the model, or None.
    """

    best: ScoredLabel | None
    error: VisionError | None = None


def compare(classifier: Classifier, picture: Picture, preprocessing: Preprocessing) -> Comparison:
    """Return a model's answer with other preprocessing; its own stays unchanged.

    Parameters
    ----------
    classifier
        The model.
    picture
        (H, W, 3) BGR, uint8.
    preprocessing
        Preprocessing applied to the picture.

    Raises
    ------
    TypeError, ValueError
        If `picture` is not such an array; errors of the model are in the returned comparison.
    """
    try:
        probabilities = classifier.probabilities(preprocessing.blob(picture))[0]
    except VisionError as error:
        return Comparison(None, as_value(error))
    labels = classifier.labels or numbered_labels(len(probabilities))
    return Comparison(top_k(probabilities, labels, 1)[0])
