"""Folders of drawn pictures, one a class: grey, histograms equalised, no two alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

IMAGES = Path(__file__).parents[3] / "assets" / "images"
SIDE = 96
_FULL_TURN = 2 * np.pi

type Grey = npt.NDArray[np.uint8]
type Draw = Callable[[Grey, np.random.Generator], None]


def _corners(
    centre: npt.NDArray[np.float64], radii: list[float], angle: float
) -> npt.NDArray[np.int32]:
    turns = angle + np.arange(len(radii)) * _FULL_TURN / len(radii)
    around = np.stack([np.cos(turns), np.sin(turns)], axis=1) * np.array(radii)[:, None]
    return np.asarray(np.rint(centre + around), np.int32)


def _polygon(radii: list[float]) -> Draw:
    def draw(page: Grey, generator: np.random.Generator) -> None:
        size, centre = generator.uniform(18, 32), generator.uniform(36, 60, 2)
        corners = _corners(centre, [size * r for r in radii], generator.uniform(0, _FULL_TURN))
        cv2.fillPoly(page, [corners], int(generator.integers(0, 90)))

    return draw


def _disc(page: Grey, generator: np.random.Generator) -> None:
    centre = generator.integers(36, 60, 2).tolist()
    cv2.circle(page, centre, int(generator.integers(16, 30)), int(generator.integers(0, 90)), -1)


def _ring(page: Grey, generator: np.random.Generator) -> None:
    centre = generator.integers(36, 60, 2).tolist()
    cv2.circle(page, centre, int(generator.integers(18, 30)), int(generator.integers(0, 90)), 4)


def _dots(page: Grey, generator: np.random.Generator) -> None:
    for place in generator.integers(6, SIDE - 6, (40, 2)).tolist():
        cv2.circle(page, place, 3, int(generator.integers(0, 90)), -1)


def _stripes(page: Grey, generator: np.random.Generator) -> None:
    step = int(generator.integers(9, 14))
    for x in range(int(generator.integers(0, step)), SIDE, step):
        cv2.line(page, (x, 0), (x, SIDE), int(generator.integers(0, 90)), 3)


def _bars(page: Grey, generator: np.random.Generator) -> None:
    turned = np.ascontiguousarray(page.T)
    _stripes(turned, generator)
    page[:] = turned.T


def _lattice(page: Grey, generator: np.random.Generator) -> None:
    _stripes(page, generator)
    _bars(page, generator)


DRAWN: dict[str, Draw] = {
    "bars": _bars,
    "discs": _disc,
    "dots": _dots,
    "lattices": _lattice,
    "rings": _ring,
    "squares": _polygon([1.0] * 4),
    "stars": _polygon([1.0, 0.4] * 5),
    "stripes": _stripes,
    "triangles": _polygon([1.0] * 3),
}


def draw(name: str, generator: np.random.Generator) -> Grey:
    """Return one picture (SIDE, SIDE), grey."""
    page = np.full((SIDE, SIDE), int(generator.integers(150, 250)), np.uint8)
    DRAWN[name](page, generator)
    noisy = page + generator.normal(0, 12, page.shape)
    return np.asarray(cv2.equalizeHist(np.clip(noisy, 0, 255).astype(np.uint8)), np.uint8)


def folder_of_parts(home: Path, count: int) -> Path:
    """Write `count` overlapping parts of each of two photographs into a folder of its name."""
    generator = np.random.default_rng(0)
    for name in ("chelsea", "coffee"):
        (home / name).mkdir(parents=True)
        pixels = cv2.resize(cv2.imread(str(IMAGES / f"{name}.png")), (400, 300))
        for number, (top, left) in enumerate(generator.integers(0, 60, (count, 2)).tolist()):
            part = pixels[top : top + 240, left : left + 240]
            cv2.imwrite(str(home / name / f"{number:03}.png"), part)
    return home


def drawn_folder(
    home: Path, count: int, names: tuple[str, ...] = tuple(DRAWN), seed: int = 0
) -> Path:
    """Write `count` pictures of each class into a folder of its name, and return the whole."""
    generator = np.random.default_rng(seed)
    for name in names:
        (home / name).mkdir(parents=True)
        for number in range(count):
            cv2.imwrite(str(home / name / f"{number:03}.png"), draw(name, generator))
    return home
