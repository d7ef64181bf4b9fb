"""Finds the part of a picture that decided the result, by hiding parts in turn.

References
----------
M. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks", 2014, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from vision.classification import Classifier
from vision.pictures.pixels import Picture, Pixels
from vision.pictures.preprocessing import Blob

GRID: Final = 14
"""Rows and columns of the map."""

BATCH: Final = 4
"""Pictures per forward pass; larger batches exceed the processor's cache and are slower."""


MIN_DROP: Final = 0.005
"""Minimum drop in probability for hiding a part to matter."""

ENLARGED_SIDE: Final = 56
"""Rows and columns of an enlarged map."""

DARKEST: Final = 160
_UNKNOWN: Final = 120


class Strongest(NamedTuple):
    """The part whose hiding costs most: its position on the map and the drop in probability."""

    row: int
    column: int
    drop: float


@dataclass(frozen=True, eq=False)
class OcclusionMap:
    """The drop in a class's probability when each part is hidden.

    Attributes
    ----------
    drops
        (rows, columns) float32; NaN if not computed yet, negative if hiding helps.
    class_index
        Index of the class.
    base_probability
        Probability when nothing is hidden.
    done, total
        Number of parts computed, and of all parts.
    """

    drops: npt.NDArray[np.float32]
    class_index: int
    base_probability: float
    done: int
    total: int

    @property
    def finished(self) -> bool:
        """Whether every part has been computed."""
        return self.done == self.total

    @property
    def scale_maximum(self) -> float:
        """The drop at the bright end of the scale.

        While the map is growing, it is the whole probability, so that parts keep their shade as
        others are added; for a finished map it is the greatest drop.
        """
        return max(float(self.drops.max()) if self.finished else self.base_probability, MIN_DROP)

    def strongest(self) -> Strongest | None:
        """Return the part whose hiding costs most so far, or None if there is none yet."""
        if self.done == 0:
            return None
        row, column = np.unravel_index(int(np.nanargmax(self.drops)), self.drops.shape)
        return Strongest(int(row), int(column), float(self.drops[row, column]))


def occlusion_map(
    classifier: Classifier,
    picture: Picture,
    should_stop: Callable[[], bool] = lambda: False,
    publish: Callable[[OcclusionMap], None] = lambda _: None,
    *,
    class_index: int | None = None,
) -> OcclusionMap:
    """Hide each part of a picture in turn and measure the drop for a class.

    Parameters
    ----------
    classifier
        The model to explain.
    picture
        (H, W, 3) BGR, uint8.
    should_stop
        Called before each batch.
    publish
        Called after each batch with the map so far.
    class_index
        Index of the class; the most probable one if None.

    Returns
    -------
    The map, unfinished if stopped.

    Raises
    ------
    VisionError
        As `Classifier.predict`.

    Notes
    -----
    drop = p(class | picture) - p(class | picture with the part hidden). A part is a cell of
    the grid enlarged by half a cell on each side, and is hidden by the mean of each channel.
    """
    blob = classifier.preprocessing.blob(picture)
    whole = classifier.probabilities(blob)[0]
    index = int(whole.argmax()) if class_index is None else class_index
    drops = np.full((GRID, GRID), np.nan, np.float32)

    def so_far(done: int) -> OcclusionMap:
        return OcclusionMap(drops.copy(), index, float(whole[index]), done, GRID * GRID)

    shape = classifier.engine.input_shape
    # The file may fix the number of pictures.
    size = 1 if shape is not None and shape[0] == 1 else BATCH
    done = 0
    for cells, blobs in _hidden_batches(blob, GRID, size):
        if should_stop():
            break
        rows = classifier.probabilities(blobs)
        for (row, column), probabilities in zip(cells, rows, strict=True):
            drops[row, column] = whole[index] - probabilities[index]
        done += len(cells)
        publish(so_far(done))
    return so_far(done)


def _hidden_batches(
    blob: Blob, grid: int, batch: int
) -> Iterator[tuple[tuple[tuple[int, int], ...], Blob]]:
    """Yield the cells of each batch, and a blob with one cell hidden in each row."""
    buffer = np.repeat(blob, batch, axis=0)
    mean = blob[0].mean(axis=(1, 2))[:, None, None]
    height, width = blob.shape[2:]
    cells = [divmod(number, grid) for number in range(grid * grid)]
    for some in batched(cells, batch):
        blobs = buffer[: len(some)]
        blobs[:] = blob
        for one, (row, column) in zip(blobs, some, strict=True):
            one[:, _span(row, height, grid), _span(column, width, grid)] = mean
        yield some, blobs


def _span(cell: int, side: int, grid: int) -> slice:
    """Return the range of a cell along an axis, enlarged by half its size on each side."""
    step = side / grid
    first = max(0, round((cell - 0.5) * step))
    return slice(first, max(first + 1, round((cell + 1.5) * step)))


def veil_of(found: OcclusionMap) -> Pixels:
    """Return black pixels (H, W, 4) whose alpha is lower where hiding costs more.

    While a map is growing, by the square root of the share of the whole probability, as most parts
    cost little of it; for a finished map, by the share of the greatest drop.
    """
    shares = shares_of(found.drops, found.scale_maximum)
    if not found.finished:
        shares = np.sqrt(shares)
    alpha = np.where(np.isnan(shares), _UNKNOWN, DARKEST * (1 - shares))
    fine = enlarge(alpha.astype(np.float32)) if found.finished else alpha
    pixels = np.zeros((*fine.shape, 4), np.uint8)
    pixels[..., 3] = np.clip(np.rint(fine), 0, 255)
    return pixels


def shares_of(drops: npt.NDArray[np.float32], most: float) -> npt.NDArray[np.float32]:
    """Return drops as shares of `most`, 0 if negative; unknown ones stay NaN."""
    return np.clip(drops, 0, None) / np.float32(most)


def enlarge(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a map (FINE, FINE), interpolated between the centres of the cells."""
    found = cv2.resize(values, (ENLARGED_SIDE, ENLARGED_SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(found, np.float32)
