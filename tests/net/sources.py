"""What commands and the window are given: tables, pictures, a challenge, and damaged files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from PIL import Image

ASSETS = Path("assets").resolve()
TABLE = """name;width;height;colour;kind
a;1,5;2,0;red;bolt
b;2,5;1,0;blue;nut
c;;3,5;red;washer
d;3,5;0,5;green;bolt
e;0,5;4,5;blue;nut
f;2,0;2,5;green;washer
g;1,0;3,0;red;bolt
h;4,0;1,5;blue;nut
"""
CHALLENGE = {
    "schema_version": 1,
    "title": "XOR with two hidden units",
    "data": {"kind": "gate", "name": "xor"},
    "accuracy": 1.0,
    "most_hidden_units": 2,
    "most_epochs": 500,
}
TAUGHT = 8
"""How many pictures of each class there are."""
PICTURE_PX, SHOWN_PX = 28, 112


def write_sources(folder: Path) -> None:
    """Write them all to a folder."""
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    (folder / "empty.csv").write_text("")
    (folder / "challenge.json").write_text(json.dumps(CHALLENGE))
    (folder / "bad challenge.json").write_text('{"schema_version": 1, "acuracy": 1}')
    (folder / "cut.glassnet").write_text('{"schema_version": 2, "data": {"kind"')
    (folder / "newer.glassnet").write_text('{"schema_version": 99}')
    (folder / "slip.glassnet").write_text('{"schema_version": 2, "sede": 3}')
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    for name in ("coffee", "chelsea", "astronaut"):
        shutil.copy(ASSETS / "images" / f"{name}.png", folder)
    write_shoes(folder / "shoes")


def write_shoes(folder: Path) -> None:
    """Write a folder of three classes."""
    sheet = Image.open(ASSETS / "datasets" / "shoes.png").convert("RGB")
    for row, name in enumerate(("Sandal", "Sneaker", "Boot")):
        (folder / name).mkdir(parents=True)
        for k in range(TAUGHT):
            left, top = k * PICTURE_PX, row * PICTURE_PX
            shoe = sheet.crop((left, top, left + PICTURE_PX, top + PICTURE_PX))
            shoe.resize((SHOWN_PX, SHOWN_PX)).save(folder / name / f"{name.lower()}-{k + 1}.png")
