"""Folders of class folders, files and frames become samples; what is no picture is named."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.refused import refused
from tests.vision.teaching.drawn import drawn_folder
from vision.errors import Fault
from vision.teaching import importing
from vision.teaching.importing import (
    FolderImport,
    import_folder,
    is_class_folder,
    picture_from_bytes,
    picture_from_file,
    picture_from_frame,
    pixels_of,
)

NAMES = ("discs", "rings", "stars")


def imported(folder: Path) -> FolderImport:
    found = import_folder(folder, lambda: False, lambda done, total: None)
    assert found is not None
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return drawn_folder(tmp_path / "shapes", 4, NAMES)


def test_each_folder_is_a_class(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    found = import_folder(
        folder, lambda: False, lambda done, total: told.append((done, total)), seed=3
    )
    assert found is not None
    assert found.counts == dict.fromkeys(NAMES, 4)
    assert told == [(done, 12) for done in range(1, 13)]
    assert found.collection.seed == 3
    first = found.collection.classes[0].pictures[0]
    assert first.path == folder / "discs" / "000.png"
    assert first.packed is None
    assert (found.unreadable, found.duplicates, found.in_several, found.nested) == ((), 0, 0, ())


def test_numbers_in_names_stand_in_their_order(folder: Path) -> None:
    for place, name in enumerate(NAMES):
        (folder / name).rename(folder / f"class {(2, 10, 1)[place]}")
    assert imported(folder).collection.names == ("class 1", "class 2", "class 10")


def test_what_is_odd_is_told(folder: Path) -> None:
    (folder / "discs" / "again.png").write_bytes((folder / "discs" / "000.png").read_bytes())
    (folder / "rings" / "disc.png").write_bytes((folder / "discs" / "001.png").read_bytes())
    (folder / "rings" / "inside").mkdir()
    (folder / "rings" / "torn.png").write_bytes((folder / "rings" / "000.png").read_bytes()[:99])
    (folder / "rings" / "empty.jpg").touch()
    (folder / "rings" / "notes.txt").write_text("no picture, and none by its name")
    (folder / "rings" / ".hidden.png").touch()
    (folder / "alone.png").write_bytes((folder / "discs" / "000.png").read_bytes())
    (folder / "ring").mkdir()
    found = imported(folder)
    assert found.counts == {"discs": 4, "ring": 0, "rings": 5, "stars": 4}
    assert {error.code for error in found.unreadable} == {
        Fault.PICTURE_TRUNCATED,
        Fault.PICTURE_EMPTY,
    }
    assert (found.duplicates, found.in_several, found.loose) == (1, 1, 1)
    assert found.near_names == (("ring", "rings"),)
    assert found.nested == (folder / "rings" / "inside",)
    assert found.imbalance == 1.25


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "discs" / "pipe.png")
    (folder / "discs" / "round.png").symlink_to(folder / "discs" / "round.png")
    found = imported(folder)
    assert [error.code for error in found.unreadable] == [
        Fault.FILE_NOT_A_FILE,
        Fault.FILE_UNREADABLE,
    ]


def test_a_folder_in_a_folder_is_found(folder: Path) -> None:
    outer = folder.parent / "outer" / "middle"
    outer.mkdir(parents=True)
    folder.rename(outer / "shapes")
    assert imported(folder.parent / "outer").counts == dict.fromkeys(NAMES, 4)
    assert is_class_folder(folder.parent / "outer")


@pytest.mark.parametrize("inside", ["discs", "discs/000.png", "nowhere"])
def test_a_folder_without_class_folders_is_refused(folder: Path, inside: str) -> None:
    code = Fault.FILE_MISSING if inside == "nowhere" else Fault.TEACH_NO_CLASS_FOLDERS
    with refused(code):
        imported(folder / inside)
    assert not is_class_folder(folder / inside)


def test_too_many_files_are_refused_before_one_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_FILES", 11)
    with refused(Fault.TEACH_TOO_MANY_FILES, limit=11):
        imported(folder)


def test_an_import_can_be_stopped(folder: Path) -> None:
    told: list[int] = []
    found = import_folder(folder, lambda: len(told) >= 5, lambda done, total: told.append(done))
    assert found is None
    assert len(told) == 5


def test_folders_whose_names_differ_by_case_alone_stay_two_classes(folder: Path) -> None:
    (folder / "Discs").mkdir()
    if len(list(folder.iterdir())) == 3:
        pytest.skip("here these are one folder")
    (folder / "discs" / "000.png").rename(folder / "Discs" / "000.png")
    found = imported(folder)
    assert found.counts == {"Discs": 1, "discs (2)": 3, "rings": 4, "stars": 4}
    assert found.near_names == (("Discs", "discs"),)


@pytest.mark.skipif(os.name != "posix", reason="names are text elsewhere")
def test_a_picture_whose_name_is_no_text_travels_inside(folder: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/discs/caf\xe9.png"))
    odd.write_bytes((folder / "discs" / "000.png").read_bytes())
    made = picture_from_file(odd)
    assert made.path is None
    assert made.packed == odd.read_bytes()
    made.name.encode()


def test_frames_are_packed() -> None:
    frame = np.zeros((40, 60, 3), np.uint8)
    frame[:, :30] = 255
    made = picture_from_frame(frame, "webcam 1", burst=2)
    assert (made.path, made.burst, made.name) == (None, 2, "webcam 1")
    seen = pixels_of(made)
    assert seen.shape == frame.shape
    assert seen[:, :20].min() > 240
    assert seen[:, 40:].max() < 15


def test_what_was_pasted_is_checked() -> None:
    _, data = cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))
    assert picture_from_bytes(data.tobytes(), "pasted").packed == data.tobytes()
    with refused(Fault.PICTURE_NOT_A_PICTURE):
        picture_from_bytes(b"words", "pasted")


def test_more_class_folders_than_a_project_holds_are_refused(folder: Path) -> None:
    for number in range(260):
        (folder / f"k{number}").mkdir()
    with refused(Fault.TEACH_TOO_MANY_CLASSES):
        imported(folder)
