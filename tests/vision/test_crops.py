"""Objects are written as pictures that a class can be made of; counts go over frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vision.refused import refused
from vision.detections import NO_DETECTIONS, ClassCount, Detections, Tally
from vision.errors import Fault
from vision.formats.labels import Labels
from vision.pictures.crops import file_name, write_crops
from vision.pictures.files import read_picture

PICTURE = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
FOUND = Detections(
    np.array([[2, 3, 12, 13], [0, 0, 40, 30], [39.9, 29.9, 40, 30]], np.float32),
    np.array([0.9, 0.8, 0.7], np.float32),
    np.array([1, 0, 1], np.int32),
)


def test_each_object_lies_in_the_folder_of_its_name(tmp_path: Path) -> None:
    written = write_crops(tmp_path / "out", "cats: 1/2", PICTURE, FOUND, Labels(("a/b", "Cat")))
    assert [path.relative_to(tmp_path / "out").as_posix() for path in written] == [
        "Cat/cats 1 2-1.png",
        "a b/cats 1 2-1.png",
        "Cat/cats 1 2-2.png",
    ]
    assert np.array_equal(read_picture(written[0]), PICTURE[3:13, 2:12])
    assert np.array_equal(read_picture(written[1]), PICTURE)
    # A box thinner than a pixel is one pixel.
    assert read_picture(written[2]).shape == (1, 1, 3)


@pytest.mark.parametrize("names", [("crane", "crane"), ("a/b", "a b"), ("Crane", "crane")])
def test_names_that_give_one_folder_lose_no_object(tmp_path: Path, names: tuple[str, str]) -> None:
    written = write_crops(tmp_path, "x", PICTURE, FOUND, Labels(names))
    assert len({str(path).casefold() for path in written}) == 3
    assert np.array_equal(read_picture(written[0]), PICTURE[3:13, 2:12])
    assert np.array_equal(read_picture(written[1]), PICTURE)


def test_another_picture_of_the_same_name_loses_no_object(tmp_path: Path) -> None:
    first = write_crops(tmp_path, "x", PICTURE, FOUND, Labels(("a", "b")))
    second = write_crops(tmp_path, "x", 255 - PICTURE, FOUND, Labels(("a", "b")))
    assert not {*first} & {*second}
    assert np.array_equal(read_picture(first[1]), PICTURE)
    assert np.array_equal(read_picture(second[1]), 255 - PICTURE)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with refused(Fault.FOLDER_IS_FILE):
        write_crops(tmp_path / "out", "x", PICTURE, FOUND, Labels(("a", "b")))


@pytest.mark.parametrize(
    ("words", "name"), [("..", ""), (" a  b. ", "a b"), ("x" * 300, "x" * 80), ("a\0b", "a b")]
)
def test_names_are_made_fit_for_files(words: str, name: str) -> None:
    assert file_name(words) == name


def test_frames_are_counted_by_name() -> None:
    tally = Tally()
    tally.add(FOUND)
    tally.add(NO_DETECTIONS)
    tally.add(FOUND.take(np.array([1])))
    assert tally.counts == (ClassCount(1, 2, 1), ClassCount(0, 1, 2))
