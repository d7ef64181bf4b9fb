"""The table of what was classified."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from vision.jobs.history import MAX_ENTRIES, HistoryEntry, with_newest, write_history_csv
from vision.jobs.session import Session
from vision.models.choice import ModelChoice
from vision.pictures.files import read_picture
from vision.pictures.pixels import THUMBNAIL_WH
from vision.result import Task

PIXELS = np.zeros((2, 3, 3), np.uint8)
FIRST = HistoryEntry(
    name="Camera 0, frame 3",
    path=None,
    picture=PIXELS,
    thumbnail_jpeg=b"",
    label="cup, small",
    probability=0.25,
    model="Own",
    forward_ms=1.5,
    when=datetime(2026, 11, 24, 9, 30, 1, 250_000),
)
SECOND = replace(FIRST, name="coffee.png", path=Path("coffee.png"), probability=0.5)


def test_the_oldest_comes_first_and_numbers_have_a_point(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    write_history_csv(path, [SECOND, FIRST], threshold=0.5)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["picture"] for row in rows] == ["Camera 0, frame 3", "coffee.png"]
    assert [row["sure"] for row in rows] == ["no", "yes"]
    assert rows[0] == {
        "time": "2026-11-24T09:30:01.250",
        "picture": "Camera 0, frame 3",
        "model": "Own",
        "label": "cup, small",
        "probability": "0.250000",
        "sure": "no",
        "objects": "",
        "forward_ms": "1.500",
        "share_of_picture": "",
    }


def test_the_share_of_a_mask_has_its_own_column_and_no_class(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    write_history_csv(path, [replace(FIRST, task=Task.MASK, label="person")], threshold=0.5)
    (row,) = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    assert (row["label"], row["probability"], row["share_of_picture"]) == ("", "", "0.250000")


def test_an_entry_keeps_pixels_only_of_what_is_no_file(images: Path) -> None:
    session = Session(ModelChoice("bundled", "Bundled"))
    picture = read_picture(images / "coffee.png")
    pasted = HistoryEntry.of(session.read(picture, "pasted"))
    opened = HistoryEntry.of(session.read(picture, "coffee.png", images / "coffee.png"))
    assert pasted.picture is picture
    assert opened.picture is None
    assert (opened.label, opened.model) == ("espresso", "Bundled")
    small = cv2.imdecode(np.frombuffer(opened.thumbnail_jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert small is not None
    assert small.shape == (THUMBNAIL_WH[1], THUMBNAIL_WH[0], 3)


def test_the_pixels_of_the_newest_are_kept_while_there_is_room() -> None:
    entries: tuple[HistoryEntry, ...] = (SECOND,)
    for _ in range(3):
        entries = with_newest(replace(FIRST), entries, most_bytes=2 * PIXELS.nbytes)
    assert [entry.picture is None for entry in entries[:3]] == [False, False, True]
    alone = with_newest(FIRST, (), most_bytes=0)
    assert alone[0].picture is PIXELS
    assert len(with_newest(FIRST, [SECOND] * 600)) == MAX_ENTRIES
