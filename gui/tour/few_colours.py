"""Pictures of the window in few colours: small files that look the same."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

_COLOURS, _FREQUENT = 256, 128


def in_few_colours(picture: QImage) -> QImage:
    """Return a picture in 256 of its colours, the others by the nearest of them.

    Notes
    -----
    Half of them are the most frequent. Each of the others is the one that is worst off without it:
    a few red letters stay red beside a large map of blues.
    """
    width, height = picture.width(), picture.height()
    pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(height, -1)[:, :width]
    colours, where, counts = np.unique(pixels & 0xFFFFFF, return_inverse=True, return_counts=True)
    parts = np.stack([colours >> shift & 255 for shift in (16, 8, 0)], axis=1).astype(np.float32)
    order = np.argsort(-counts, kind="stable")
    kept = order[:_FREQUENT].tolist()
    nearest = np.zeros(len(colours), np.uint8)
    apart = np.full(len(colours), np.inf, np.float32)
    for index in range(min(_COLOURS, len(colours))):
        if index >= len(kept):
            kept.append(int(np.argmax(apart * counts)))
        distance = ((parts - parts[kept[index]]) ** 2).sum(axis=1)
        is_nearer = distance < apart
        nearest[is_nearer], apart[is_nearer] = index, distance[is_nearer]
    indices = nearest[where].reshape(height, width)
    padded = np.ascontiguousarray(np.pad(indices, ((0, 0), (0, -width % 4))))
    result = QImage(padded.data, width, height, padded.shape[1], QImage.Format.Format_Indexed8)
    result.setColorTable([0xFF000000 | int(colour) for colour in colours[kept]])
    return result.copy()  # what it was made of is freed
