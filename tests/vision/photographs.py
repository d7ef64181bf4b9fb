"""Photographs that public packages carry, and where they lie if the packages are here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "assets" / "images"

PHOTOGRAPHS = (
    *(f"glassnet/{name}.png" for name in ("astronaut", "chelsea", "coffee")),
    *(f"sklearn/datasets/images/{name}.jpg" for name in ("china", "flower")),
    *(
        f"skimage/data/{name}"
        for name in (
            "camera.png",
            "clock_motion.png",
            "coins.png",
            "horse.png",
            "hubble_deep_field.jpg",
            "motorcycle_left.png",
            "motorcycle_right.png",
            "page.png",
            "retina.jpg",
            "rocket.jpg",
        )
    ),
    *(
        f"gradio/media_assets/images/{name}"
        for name in (
            "bus.png",
            "cheetah.jpg",
            "cheetah1.jpg",
            "groot.jpeg",
            "lion.jpg",
            "tower.jpg",
        )
    ),
    "gradio/test_data/cheetah2.jpg",
    *(f"ultralytics/assets/{name}.jpg" for name in ("bus", "zidane")),
)
"""Each by its package and its path in it; the first three are Glassnet's own copies."""


def find(photograph: str) -> Path | None:
    """Return where a photograph is, or None where its package is not installed."""
    package, _, path = photograph.partition("/")
    if package == "glassnet":
        return ASSETS / path
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / path
    return found if found.is_file() else None
