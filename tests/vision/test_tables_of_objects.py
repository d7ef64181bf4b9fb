"""Tables of a folder and of a recording have a row for each object, and one where there is none."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from vision.jobs.batch import Batch, BatchItem, write_results_csv
from vision.jobs.recorder import Recorder
from vision.models.opening import open_detector, open_predictor
from vision.pictures.files import read_picture, write_picture
from vision.result import Task


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(tmp_path: Path, images: Path) -> list[Path]:
    """Return a picture with two objects, one with none and one that is none."""
    paths = [images / "astronaut.png", tmp_path / "black.png", tmp_path / "broken.png"]
    write_picture(paths[1], np.zeros((60, 80, 3), np.uint8))
    paths[2].write_bytes(b"no picture")
    return paths


def test_a_folders_table_has_a_row_a_box(folder: list[Path], tmp_path: Path) -> None:
    items: list[BatchItem] = []
    assert Batch(folder, open_detector()).run(lambda: False, items.append)
    write_results_csv(tmp_path / "t.csv", items)
    rows = rows_of(tmp_path / "t.csv")
    assert [(Path(row["picture"]).name, row["label"]) for row in rows] == [
        ("astronaut.png", "Person"),
        ("astronaut.png", "Bottle"),
        ("black.png", ""),
        ("broken.png", ""),
    ]
    assert float(rows[0]["score"]) == pytest.approx(0.583, abs=0.002)
    corners = [float(rows[0][name]) for name in ("x1", "y1", "x2", "y2")]
    assert corners == pytest.approx([16, 15, 364, 510], abs=2)
    assert "broken.png" in rows[3]["error"]
    assert rows[2]["forward ms"]


def test_a_folders_table_has_the_share_that_is_cut_out(folder: list[Path], tmp_path: Path) -> None:
    items: list[BatchItem] = []
    assert Batch(folder, open_predictor(task=Task.MASK)).run(lambda: False, items.append)
    write_results_csv(tmp_path / "t.csv", items)
    rows = rows_of(tmp_path / "t.csv")
    assert list(rows[0])[:3] == ["picture", "share of picture", "read ms"]
    shares = [row["share of picture"] for row in rows]
    assert [float(share) for share in shares[:2]] == pytest.approx([0.545, 0.0], abs=0.01)
    assert shares[2] == ""


def test_a_recording_takes_objects_and_masks(images: Path, tmp_path: Path) -> None:
    picture = read_picture(images / "astronaut.png")
    recorder = Recorder(tmp_path / "r.csv")
    recorder.write("one", "D", open_detector().predict(picture))
    recorder.write("two", "D", open_detector().predict(picture * 0))
    recorder.write("three", "M", open_predictor(task=Task.MASK).predict(picture))
    recorder.write("four", "C", open_predictor().predict(picture))
    recorder.finish()
    rows = rows_of(tmp_path / "r.csv")
    assert recorder.rows == len(rows) == 5
    assert [row["label"] for row in rows][:4] == ["Person", "Bottle", "", ""]
    assert float(rows[0]["x2"]) == pytest.approx(364, abs=2)
    assert rows[0]["second"] == rows[3]["x1"] == ""
    assert rows[3]["probability"] == rows[0]["share_of_picture"] == ""
    assert float(rows[3]["share_of_picture"]) == pytest.approx(0.545, abs=0.01)
    assert rows[4]["second"] != ""
