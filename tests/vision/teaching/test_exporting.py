"""A collection leaves as one folder a class, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.vision.refused import refused
from tests.vision.teaching.drawn import drawn_folder
from vision.errors import Fault
from vision.teaching.collection import Collection, PictureClass, with_class
from vision.teaching.exporting import write_folders
from vision.teaching.importing import FolderImport, import_folder, picture_from_frame

NAMES = ("discs", "rings", "stars")


def imported(folder: Path) -> FolderImport:
    found = import_folder(folder, lambda: False, lambda done, total: None)
    assert found is not None
    return found


def contents(collection: Collection) -> dict[str, list[str]]:
    return {one.name: [each.sha256 for each in one.pictures] for one in collection.classes}


def test_what_is_written_is_imported_as_it_was(tmp_path: Path) -> None:
    first = imported(drawn_folder(tmp_path / "shapes", 4, NAMES)).collection
    written = write_folders(first, tmp_path, "copy")
    assert (written.folder, written.count, written.unavailable) == (tmp_path / "copy", 12, ())
    assert contents(imported(written.folder).collection) == contents(first)
    assert sorted(path.name for path in (tmp_path / "copy" / "rings").iterdir()) == [
        f"00{n}.png" for n in range(4)
    ]


def test_nothing_that_is_there_is_written_into(tmp_path: Path) -> None:
    shapes = imported(drawn_folder(tmp_path / "shapes", 2, NAMES)).collection
    written = write_folders(shapes, tmp_path, "Shapes")
    assert written.folder == tmp_path / "Shapes (2)"
    assert write_folders(shapes, tmp_path, "Shapes").folder == tmp_path / "Shapes (3)"


def test_frames_and_equal_names_get_names_of_their_own(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    frames = [
        picture_from_frame(generator.integers(0, 255, (40, 40, 3)).astype(np.uint8), "webcam 1.5")
        for _ in range(3)
    ]
    collection = with_class(
        with_class(Collection(), "a/b?", tuple(frames[:2])), "A B", (frames[2],)
    )
    written = write_folders(collection, tmp_path, "")
    files = sorted(
        str(p.relative_to(written.folder).as_posix()) for p in written.folder.rglob("*.*")
    )
    assert files == ["A B (2)/webcam 1.5.jpg", "a b/webcam 1.5 (2).jpg", "a b/webcam 1.5.jpg"]
    assert (written.folder / "a b" / "webcam 1.5.jpg").read_bytes() == frames[0].packed
    assert written.folder.name == "classes"


def test_a_class_is_named_by_its_place_where_its_name_is_none_for_a_folder(tmp_path: Path) -> None:
    collection = Collection((PictureClass(0, "cat", 0), PictureClass(1, "...", 1)))
    folder = write_folders(collection, tmp_path, "pets").folder
    assert sorted(path.name for path in folder.iterdir()) == ["cat", "class 2"]


def test_what_is_gone_is_named_and_the_rest_written(tmp_path: Path) -> None:
    shapes = imported(drawn_folder(tmp_path / "shapes", 2, NAMES)).collection
    (tmp_path / "shapes" / "rings" / "001.png").unlink()
    written = write_folders(shapes, tmp_path, "copy")
    assert written.count == 5
    assert [picture.name for picture in written.unavailable] == ["001.png"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with refused(Fault.FILE_UNWRITABLE):
        write_folders(Collection(), tmp_path / "nowhere", "copy")
