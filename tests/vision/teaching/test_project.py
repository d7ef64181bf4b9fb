"""Projects come back as they were; what no project holds is refused, what has gone is told."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.vision.refused import refused
from tests.vision.teaching.drawn import drawn_folder
from vision.errors import Fault, VisionError
from vision.teaching import project as project_module
from vision.teaching.collection import (
    Collection,
    PictureClass,
    new_burst,
    set_excluded,
    with_pictures,
)
from vision.teaching.importing import import_folder, picture_from_bytes
from vision.teaching.project import Project, read_project, unpack_project, write_project


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    folder = drawn_folder(tmp_path / "shapes", 3, ("discs", "stars"))
    found = import_folder(folder, lambda: False, lambda done, total: None, hold_out=0.4, seed=5)
    assert found is not None
    data = (folder / "discs" / "000.png").read_bytes()
    burst = new_burst(found.collection)
    frame = replace(picture_from_bytes(data + b"\0", "webcam 1"), burst=burst)
    return with_pictures(found.collection, 1, [frame]).collection


@pytest.fixture
def path(tmp_path: Path, collection: Collection) -> Path:
    path = tmp_path / "shapes.glassteach"
    write_project(Project(collection, {"classes": [0, 1]}, {"epochs": 3}), path)
    return path


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Rewrite a project with its document changed."""
    with zipfile.ZipFile(path) as archive:
        kept = {entry: archive.read(entry) for entry in archive.namelist()}
    document = json.loads(kept["project.json"])
    change(document)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, json.dumps(document) if name == "project.json" else data)
    return path


def fault_of(path: Path) -> VisionError:
    with pytest.raises(VisionError) as caught:
        read_project(path)
    assert str(path) in caught.value.sentence()
    return caught.value


def test_it_comes_back_as_it_was(path: Path, collection: Collection) -> None:
    opened = read_project(path)
    assert opened.project.collection == collection
    assert opened.project.head == {"classes": [0, 1]}
    assert opened.project.settings == {"epochs": 3}
    assert (opened.missing, opened.changed) == ((), ())


def test_what_is_left_out_of_training_stays_so_and_older_files_leave_nothing_out(
    path: Path, collection: Collection
) -> None:
    with zipfile.ZipFile(path) as archive:
        assert b"left_out" not in archive.read("project.json"), "as older programs write it"
    assert read_project(path).project.collection.included.names == ("discs", "stars")
    write_project(Project(set_excluded(collection, 0, True)), path)
    kept = read_project(path).project.collection
    assert kept.names == ("discs", "stars")
    assert kept.included.names == ("stars",)


def test_a_class_without_images_has_an_empty_list_of_them(tmp_path: Path) -> None:
    """As docs/teach.md says; what reads the file need not ask whether the key is there."""
    path = tmp_path / "empty.glassteach"
    write_project(Project(Collection((PictureClass(0, "cups", 0),))), path)
    with zipfile.ZipFile(path) as archive:
        (kept,) = json.loads(archive.read("project.json"))["classes"]
    assert kept == {"key": 0, "name": "cups", "colour": 0, "pictures": []}


def test_it_moves_with_its_folder(path: Path, tmp_path: Path, collection: Collection) -> None:
    there = tmp_path / "elsewhere"
    there.mkdir()
    (tmp_path / "shapes").rename(there / "shapes")
    moved = path.rename(there / path.name)
    opened = read_project(moved)
    assert opened.missing == ()
    first = opened.project.collection.classes[0].pictures[0]
    assert first.path == there / "shapes" / "discs" / "000.png"


def test_pictures_beside_the_project_are_found(path: Path, tmp_path: Path) -> None:
    (tmp_path / "shapes" / "stars" / "001.png").rename(tmp_path / "001.png")
    (tmp_path / "shapes" / "discs" / "001.png").unlink()
    opened = read_project(path)
    assert [one.name for one in opened.project.collection.classes[1].pictures][1] == "001.png"
    # Under one name another class's picture may lie there: its size tells.
    assert len(opened.missing) == 0
    assert len(opened.changed) <= 1


def test_moved_and_changed_pictures_are_told(path: Path, tmp_path: Path) -> None:
    (tmp_path / "shapes" / "discs" / "001.png").unlink()
    (tmp_path / "shapes" / "stars" / "002.png").write_bytes(b"something else")
    opened = read_project(path)
    assert [one.name for one in opened.missing] == ["001.png"]
    assert [one.name for one in opened.changed] == ["002.png"]
    assert opened.project.collection.count == 7


def test_writing_is_all_or_nothing(path: Path, collection: Collection) -> None:
    before = path.read_bytes()
    with refused(Fault.FILE_UNWRITABLE):
        write_project(Project(collection), path.parent / "nowhere" / "x.glassteach")
    with pytest.raises(TypeError):
        write_project(Project(collection, {"head": object()}), path)
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["shapes", path.name]


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_project_is_called_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.glassteach"
    path.write_bytes(content)
    assert fault_of(path).code is Fault.PROJECT_NOT_A_PROJECT


def test_a_torn_project_is_damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert fault_of(path).code is Fault.PROJECT_DAMAGED
    whole = bytearray(content)
    whole[60:90] = bytes(30)
    path.write_bytes(whole)
    assert fault_of(path).code is Fault.PROJECT_DAMAGED


def test_a_newer_one_is_refused_by_its_version(path: Path) -> None:
    def newer(document: dict[str, Any]) -> None:
        document["schema_version"] = 7

    error = fault_of(changed(path, newer))
    assert (error.code, error.values["version"]) == (Fault.PROJECT_TOO_NEW, 7)


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "no version": lambda document: document.pop("schema_version"),
    "no classes": lambda document: document.pop("classes"),
    "a key twice": lambda document: document["classes"][0].update(key=1),
    "a name twice": lambda document: document["classes"][0].update(name="Stars"),
    "a colour out of all": lambda document: document["classes"][0].update(colour=-1),
    "a picture twice": lambda document: document["classes"][0]["pictures"].append(
        document["classes"][0]["pictures"][0]
    ),
    "a hash that is none": lambda document: document["classes"][0]["pictures"][0].update(
        sha256="../../etc/passwd"
    ),
    "a way out": lambda document: document["classes"][0]["pictures"][0].update(
        path="shapes/../../other.png"
    ),
    "no packed picture": lambda document: document["classes"][0]["pictures"][0].update(path=""),
    "no share held out": lambda document: document["split"].pop("hold_out"),
    "all held out": lambda document: document["split"].update(hold_out=1.0),
    "no size": lambda document: document["backbone"]["preprocessing"].update(size_wh=[0, 0]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_document_that_was_tampered_with_is_damaged(path: Path, name: str) -> None:
    assert fault_of(changed(path, CHANGES[name])).code is Fault.PROJECT_DAMAGED


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_bomb_is_not_unpacked(path: Path, collection: Collection) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"pictures/{'a' * 64}", bytes(10**8), zipfile.ZIP_DEFLATED)
        archive.writestr("../outside.png", b"what no project holds is not unpacked either")
    assert read_project(path).project.collection == collection
    with zipfile.ZipFile(path, "a") as archive:
        packed = next(name for name in archive.namelist() if name.startswith("pictures/"))
        archive.writestr(packed, bytes(10**8), zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    assert fault_of(path).code is Fault.PROJECT_DAMAGED
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10**7


def test_what_could_not_be_opened_again_is_not_written(
    tmp_path: Path, path: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    many = tuple(PictureClass(key, f"k{key}", 0) for key in range(300))
    with refused(Fault.TEACH_TOO_MANY_CLASSES):
        write_project(Project(Collection(many)), path)
    monkeypatch.setattr(project_module, "MAX_DOCUMENT_BYTES", 100)
    with refused(Fault.TEACH_TOO_LARGE):
        write_project(Project(collection), path)
    assert path.read_bytes() == before


def test_saved_while_pictures_are_gone_it_knows_their_sizes_still(
    tmp_path: Path, path: Path
) -> None:
    gone = tmp_path / "shapes" / "discs" / "001.png"
    size = gone.stat().st_size
    gone.unlink()
    write_project(read_project(path).project, path)
    gone.write_bytes(bytes(size + 1))
    assert [one.name for one in read_project(path).changed] == ["001.png"]
    write_project(read_project(path).project, path)
    assert [one.name for one in read_project(path).changed] == ["001.png"]


def taught_from(folder: Path) -> Project:
    found = import_folder(folder, lambda: False, lambda done, total: None)
    assert found is not None
    return Project(found.collection)


def test_under_a_link_to_its_folder_paths_are_relative_too(tmp_path: Path) -> None:
    home, link = tmp_path / "home", tmp_path / "link"
    drawn_folder(home / "shapes", 2, ("discs", "stars"))
    link.symlink_to(home, target_is_directory=True)
    write_project(taught_from(link / "shapes"), link / "both.glassteach")
    write_project(taught_from(home / "shapes"), link / "pictures.glassteach")
    write_project(taught_from(link / "shapes"), home / "project.glassteach")
    link.unlink()
    moved = home.rename(tmp_path / "moved")
    for name in ("both", "pictures", "project"):
        assert read_project(moved / f"{name}.glassteach").missing == ()


def test_pictures_that_were_named_by_the_way_up_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_folder(tmp_path / "shapes", 2, ("discs", "stars"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = Path("up.glassteach")
    write_project(taught_from(Path("../shapes")), path)
    assert read_project(path).missing == ()


def test_folders_outside_are_named_before_anything_there_is_looked_at(tmp_path: Path) -> None:
    home, private = tmp_path / "mail", tmp_path / "private"
    drawn_folder(private, 2, ("discs", "stars"))
    drawn_folder(home / "shapes", 2, ("rings", "stripes"))
    (home / "out").symlink_to(private / "stars", target_is_directory=True)
    (home / "shapes" / "stripes" / "000.png").unlink()
    (home / "shapes" / "stripes" / "000.png").symlink_to(private / "discs" / "000.png")
    path = home / "stranger.glassteach"
    write_project(taught_from(home / "shapes"), path)
    assert unpack_project(path).folders_outside() == (str(home / "shapes/stripes/000.png"),)

    def refer(document: dict[str, Any]) -> None:
        first, second = (one["pictures"] for one in document["classes"])
        first[0]["path"] = str(private / "discs" / "000.png")
        first[1]["path"] = "out/000.png"
        second[1]["path"] = "//host/share/a.png"

    outside = set(unpack_project(changed(path, refer)).folders_outside())
    linked, other = str(home / "shapes/stripes/000.png"), str(Path("//host/share"))
    assert outside == {str(private / "discs"), str(home / "out"), linked, other}
