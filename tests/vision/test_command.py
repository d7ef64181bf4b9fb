"""`main.py classify`: the dictionaries that it promises, and bad input as one sentence each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vision.picture_files import damaged_png
from tests.vision.refused import refused
from vision.command import classify_pictures, detect_pictures
from vision.engine import LOADS
from vision.errors import Fault, VisionError
from vision.pictures.files import read_picture

ROOT = Path(__file__).parents[2]


def test_photographs_are_reported_as_the_contract_says(images: Path) -> None:
    before = LOADS.count
    reports, skipped = classify_pictures([images / "chelsea.png", images / "coffee.png"])
    assert skipped == []
    assert LOADS.count == before + 1
    assert [report["top"][0]["label"] for report in reports] == ["Egyptian cat", "espresso"]
    for report in json.loads(json.dumps(reports)):
        assert list(report) == [
            "picture",
            "model",
            "load_ms",
            "preprocess_ms",
            "forward_ms",
            "top",
        ]
        assert len(report["top"]) == 5
        assert set(report["top"][0]) == {"index", "label", "probability"}
        assert report["model"] == "EfficientNet-Lite0"


def test_what_cannot_be_read_is_skipped_and_named_and_the_rest_classified(
    tmp_path: Path, images: Path
) -> None:
    folder, empty, missing = tmp_path / "folder", tmp_path / "empty", tmp_path / "no.png"
    for new in (folder, empty):
        new.mkdir()
    half, picture, pipe = folder / "a.png", folder / "b.png", tmp_path / "pipe.png"
    video = tmp_path / "clip.avi"
    half.write_bytes((images / "coffee.png").read_bytes()[:5000])
    shutil.copy(images / "coffee.png", picture)
    video.write_bytes(b"")
    others = [empty, missing, video]
    wanted = {
        empty: Fault.FOLDER_WITHOUT_PICTURES,
        half: Fault.PICTURE_TRUNCATED,
        missing: Fault.FILE_MISSING,
        video: Fault.PICTURE_IS_VIDEO,
    }
    if os.name == "posix":
        os.mkfifo(pipe)
        others.append(pipe)
        wanted[pipe] = Fault.FILE_NOT_A_FILE
    reports, skipped = classify_pictures([folder, *others])
    assert [report["picture"] for report in reports] == [str(picture)]
    assert {error.code for error in skipped} == set(wanted.values())
    for error in skipped:
        path = next(path for path, code in wanted.items() if code is error.code)
        assert error.sentence().startswith(f"{path}: ")


def test_where_no_picture_is_left_no_model_is_loaded(tmp_path: Path) -> None:
    before = LOADS.count
    reports, skipped = classify_pictures([tmp_path], tmp_path / "missing.onnx")
    assert (reports, [error.code for error in skipped]) == ([], [Fault.FOLDER_WITHOUT_PICTURES])
    assert LOADS.count == before


def test_a_model_that_cannot_be_used_is_named(tmp_path: Path, images: Path) -> None:
    picture = images / "coffee.png"
    labels = tmp_path / "labels.txt"
    labels.write_text("one\ntwo\n")
    model = tmp_path / "model.onnx"
    model.write_text("nothing")
    with refused(Fault.LABELS_MISMATCH) as caught:
        classify_pictures([picture], labels=labels)
    assert caught.value.sentence().startswith(f"{labels}: ")
    with refused(Fault.MODEL_NOT_A_MODEL) as caught:
        classify_pictures([picture], model)
    assert caught.value.sentence().startswith(f"{model}: ")


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", "classify", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("damage", [bytes(400), b""], ids=["zeros", "cut"])
def test_the_command_names_a_damaged_picture_and_ends_with_2(
    damage: bytes, tmp_path: Path, images: Path
) -> None:
    data = bytearray((images / "coffee.png").read_bytes())
    data[1000:1400] = damage
    bad = tmp_path / "bad.png"
    bad.write_bytes(data if damage else data[:4000])
    good = shutil.copy(images / "coffee.png", tmp_path / "good.png")
    done = command(str(tmp_path), "--json")
    assert [report["picture"] for report in json.loads(done.stdout)][-1] == str(good)
    named = done.stderr.splitlines()
    # A decoder may make something of zeros, without a word of its own.
    assert (done.returncode, len(named)) in ([(2, 1)] if not damage else [(2, 1), (0, 0)])
    assert all(line.startswith(f"{bad}: ") for line in named)


def test_no_damaged_picture_ends_the_command(images: Path, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(damaged_png())
    shutil.copy(images / "coffee.png", tmp_path / "b.png")
    done = command(str(tmp_path))
    assert done.returncode in (0, 2)
    assert "espresso" in done.stdout


def test_the_command_prints_nothing_where_every_picture_is_skipped(tmp_path: Path) -> None:
    done = command(str(tmp_path / "a.png"), str(tmp_path / "b.png"), "--json")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 2)


def test_objects_are_reported_as_the_contract_has_them(images: Path) -> None:
    reports, skipped = detect_pictures([images])
    assert skipped == []
    assert [Path(report["picture"]).name for report in reports] == [
        "astronaut.png",
        "chelsea.png",
        "coffee.png",
    ]
    report = json.loads(json.dumps(reports))[2]
    assert set(report) == {
        "picture",
        "model",
        "load_ms",
        "preprocess_ms",
        "forward_ms",
        "boxes",
    }
    assert report["model"] == "SSD MobileNet V2"
    [box] = report["boxes"]
    assert set(box) == {"index", "label", "score", "xyxy"}
    assert (box["index"], box["label"]) == (13, "Coffee cup")
    assert box["xyxy"] == pytest.approx([173, 22, 420, 324], abs=2)
    scores = [box["score"] for box in reports[0]["boxes"]]
    assert scores == sorted(scores, reverse=True)


def test_limits_choose_the_boxes(images: Path) -> None:
    picture = images / "coffee.png"
    counts = [
        len(detect_pictures([picture], score=score, overlap=overlap)[0][0]["boxes"])
        for score, overlap in ((0.9, 0.5), (None, None), (None, 1.0), (0.02, 1.0))
    ]
    assert counts[:3] == [0, 1, 21]
    assert counts[3] > 78


def test_drawings_of_pictures_of_one_name_do_not_cover_each_other(
    images: Path, tmp_path: Path
) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        (folder / "cat.png").write_bytes((images / "chelsea.png").read_bytes())
    detect_pictures(folders, draw=tmp_path / "new" / "drawn")
    drawn = sorted((tmp_path / "new" / "drawn").iterdir())
    assert [path.name for path in drawn] == ["cat-2.png", "cat.png"]
    original, changed = read_picture(images / "chelsea.png"), read_picture(drawn[0])
    differs = (original != changed).any(axis=2)
    assert 0.005 < differs.mean() < 0.2


def test_a_drawing_beside_its_picture_does_not_cover_it(images: Path, tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    picture.write_bytes((images / "chelsea.png").read_bytes())
    detect_pictures([tmp_path / "." / "cat.png"], draw=tmp_path)
    assert picture.read_bytes() == (images / "chelsea.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cat-2.png", "cat.png"]


def test_a_drawing_covers_neither_a_link_nor_what_it_leads_to(images: Path, tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    cat = (images / "chelsea.png").read_bytes()
    for picture in (home / "cat.png", other / "cat.png", other / "dog.png"):
        picture.write_bytes(cat)
    (other / "link.png").symlink_to(home / "cat.png")
    (home / "dog.png").symlink_to(other / "dog.png")
    detect_pictures([other / "link.png", other / "cat.png", home / "dog.png"], draw=home)
    assert (home / "cat.png").read_bytes() == (home / "dog.png").read_bytes() == cat
    assert sorted(path.name for path in home.glob("*-2.png")) == ["cat-2.png", "dog-2.png"]


def test_a_link_that_leads_nowhere_is_named_where_it_stands_for_the_folder(
    images: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("nothing")
    with pytest.raises(VisionError) as caught:
        detect_pictures([images / "coffee.png"], draw=tmp_path / "link")
    assert caught.value.values["file"] == str(tmp_path / "link")


@pytest.mark.parametrize("folder", ["file", "file/in/it"])
def test_drawings_go_into_no_file(images: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VisionError) as caught:
        detect_pictures([images / "coffee.png"], draw=tmp_path / folder)
    assert caught.value.sentence() == (
        f"{tmp_path / 'file'}: this is a file, and the pictures are written into a folder. "
        "Name a folder, or one that is not there yet."
    )
    assert (tmp_path / "file").read_text() == ""
