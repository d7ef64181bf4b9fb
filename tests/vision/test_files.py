"""Files are read only where they are files, and written without touching what lies beside them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vision.refused import refused
from vision.errors import Fault, VisionError
from vision.files import read_file, write_file
from vision.formats.labels import read_labels
from vision.formats.manifest import read_manifest
from vision.formats.reader import read_model_file
from vision.jobs.recorder import Recorder
from vision.pictures.files import read_picture
from vision.sources.video_source import VideoSource

needs_devices = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")

ROOT = Path(__file__).parents[2]

DOORS: dict[str, Callable[[Path], object]] = {
    "picture": read_picture,
    "labels": read_labels,
    "model": read_model_file,
    "prototxt": lambda path: read_model_file(ROOT / "LICENSE", path),
    "manifest": read_manifest,
    "video": lambda path: VideoSource(path).start(),
}


@pytest.fixture(params=["pipe", "device", "link to a device"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "innocent.png"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "device":
        return Path("/dev/zero")
    else:
        path.symlink_to("/dev/zero")
    return path


@needs_devices
@pytest.mark.timeout(30)
@pytest.mark.parametrize("door", DOORS)
def test_devices_and_pipes_are_refused_at_every_door(door: str, no_file: Path) -> None:
    with refused(Fault.FILE_NOT_A_FILE, str(no_file)):
        DOORS[door](no_file)


def test_a_file_over_the_limit_names_its_size_and_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate((3 << 20) + 1)
    with refused(Fault.FILE_TOO_LARGE, "4 MB") as caught:
        read_file(path, 3 << 20)
    assert "3 MB" in caught.value.sentence()
    assert len(read_file(path, 4 << 20)) == (3 << 20) + 1


def write_table(path: Path) -> None:
    write_file(path, b"new")


def record(path: Path) -> None:
    Recorder(path).finish()


@pytest.mark.parametrize("write", [write_table, record])
def test_a_persons_own_file_beside_is_left_alone(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    path, own = tmp_path / "table.csv", tmp_path / "table.csv.part"
    own.write_text("a person's own")
    write(path)
    assert own.read_text() == "a person's own"
    assert sorted(tmp_path.iterdir()) == [path, own]


@needs_devices
@pytest.mark.parametrize("write", [write_table, record])
def test_a_link_laid_in_the_way_is_not_followed(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    path, victim = tmp_path / "table.csv", tmp_path / "victim"
    victim.write_text("a person's own")
    (tmp_path / "table.csv.part").symlink_to(victim)
    write(path)
    assert victim.read_text() == "a person's own"
    assert path.is_file()
    assert not path.is_symlink()


@needs_devices
@pytest.mark.parametrize("write", [write_table, record])
def test_what_a_link_leads_to_is_replaced_with_its_rights(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    target, link = folder / "target.csv", tmp_path / "table.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_text() != "old"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(folder.iterdir()) == [target]


@needs_devices
@pytest.mark.parametrize("write", [write_table, record])
def test_a_pipe_is_not_replaced_by_a_file(write: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    os.mkfifo(path)
    with pytest.raises(VisionError):
        write(path)
    assert path.is_fifo()


def test_what_a_killed_process_left_is_cleared_away_and_a_recording_kept(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    old, new = (tmp_path / f".table.csv.{name}.part" for name in ("abcd_123", "efgh_456"))
    recording, own = tmp_path / "table.csv.abcd_123.part", tmp_path / ".table.csv.old.part"
    for part in (old, new, recording, own):
        part.write_text("half")
    for part in (old, recording, own):
        os.utime(part, (1, 1))
    write_table(path)
    assert set(tmp_path.iterdir()) == {path, new, recording, own}
    assert path.read_bytes() == b"new"
