"""Writes `assets/datasets/shoes.png`: shoes from Fashion-MNIST on one sheet.

Run by hand where Debian's ``dataset-fashion-mnist`` is installed: ``python
.ci/make_assets/shoes.py``. Nothing is picked out: a row holds the first pictures of its class in
the set to train with, and at its end the first of the set to test with.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import cv2
import numpy as np

SET = Path("/usr/share/datasets/fashion-mnist")
SHEET = Path(__file__).parents[2] / "assets" / "datasets" / "shoes.png"

SANDAL, SNEAKER, BOOT = 5, 7, 9
SIDE_PX, TAUGHT = 28, 40


def _read(folder: Path, name: str, offset: int) -> np.ndarray:
    return np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8, offset=offset)


def _first(folder: Path, part: str, label: int, count: int) -> np.ndarray:
    """Return the first pictures of a class side by side."""
    labels = _read(folder, f"{part}-labels-idx1-ubyte.gz", 8)
    pictures = _read(folder, f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, SIDE_PX, SIDE_PX)
    return np.hstack(pictures[labels == label][:count])


def main() -> None:
    """Write the sheet; another folder of the set can be named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SET
    rows = [
        np.hstack([_first(folder, "train", label, TAUGHT), _first(folder, "t10k", label, 1)])
        for label in (SANDAL, SNEAKER, BOOT)
    ]
    cv2.imwrite(str(SHEET), np.vstack(rows), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
