"""Which files belong to a data set of pictures in IDX files, by the names they usually have."""

from __future__ import annotations

from pathlib import Path

from model.experiment import IdxData

__all__ = ["idx_data", "is_idx"]

_IMAGES, _LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


def is_idx(path: Path) -> bool:
    """Tell whether a file's name is that of an IDX file of pictures or labels."""
    return _IMAGES in path.name or _LABELS in path.name


def idx_data(path: Path) -> IdxData | None:
    """Return the data set that one of its files belongs to, ``None`` where a part is missing.

    Parameters
    ----------
    path
        ``train-images-idx3-ubyte``, ``t10k-labels-idx1-ubyte``, ..., gzipped or not.
    """
    images = path.with_name(path.name.replace(_LABELS, _IMAGES).replace("t10k", "train"))
    labels = images.with_name(images.name.replace(_IMAGES, _LABELS))
    if not images.is_file() or not labels.is_file():
        return None
    test_images = images.with_name(images.name.replace("train", "t10k"))
    test_labels = labels.with_name(labels.name.replace("train", "t10k"))
    if test_images == images or not (test_images.is_file() and test_labels.is_file()):
        return IdxData(str(images), str(labels))
    return IdxData(str(images), str(labels), str(test_images), str(test_labels))
