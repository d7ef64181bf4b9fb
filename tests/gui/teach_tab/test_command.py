"""``teach`` learns folders that nobody tuned it to, says how well, and names what it skips."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gui.teach_tab.teaching import read_head, read_settings
from gui.tour.tour import write_shoes
from main import main
from model.data.build import build_dataset
from model.data.sources import named_data
from tests.vision.teaching.drawn import DRAWN, drawn_folder, folder_of_parts
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.teaching.project import read_project

SMALL = ("discs", "dots", "stripes")


def folder_of_digits(home: Path, count: int) -> Path:
    """Write pictures of 8 x 8 pixels of 3, 5, 8 and 9, which are all much alike."""
    dataset = build_dataset(named_data("digits"))
    for digit in (3, 5, 8, 9):
        (home / f"digit {digit}").mkdir(parents=True)
        chosen = np.flatnonzero(dataset.y_train.argmax(axis=1) == digit)[:count]
        for number, row in enumerate(dataset.x_train[chosen]):
            grey = np.uint8(255 * (row - row.min()) / np.ptp(row)).reshape(8, 8)
            Image.fromarray(grey).save(home / f"digit {digit}" / f"{number}.png")
    return home


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn_folder(tmp_path_factory.mktemp("drawn") / "shapes", 10, SMALL)


@pytest.mark.thorough
def test_folders_that_nobody_tuned_it_to_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine classes of 36 grey pictures with equalised histograms: brightness tells nothing."""
    home = drawn_folder(tmp_path / "shapes", 36)
    assert main(["teach", str(home), "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert err == ""
    assert report["classes"] == sorted(DRAWN)
    assert (report["pictures"], report["held_out"]) == (324, 99)
    assert report["accuracy"] >= 0.9
    assert report["baseline"] == pytest.approx(1 / 9, abs=0.01)
    counts = report["confusion"]
    assert sum(map(sum, counts)) == 99
    assert sum(counts[place][place] for place in range(9)) / 99 == pytest.approx(
        report["accuracy"], abs=1e-6
    )
    assert report["seconds_training"] < 10


def test_it_writes_a_model_and_a_project(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    onnx, out = tmp_path / "a.onnx", tmp_path / "a.glassteach"
    assert (
        main(["teach", str(folder), "--hidden", "16", "--onnx", str(onnx), "--out", str(out)]) == 0
    )
    said = capsys.readouterr().out
    assert "3 classes, 30 pictures, 9 held out" in said
    assert "stripes" in said
    classifier = open_classifier(onnx)
    found = classifier.predict(read_picture(folder / "dots" / "004.png"))
    assert found.best.label == "dots"
    project = read_project(out).project
    assert project.collection.names == SMALL
    head = read_head(project.head)
    assert [layer.units for layer in head.experiment.network.layers] == [16, 3]
    assert read_settings(project.settings).hidden == (16,)


def test_it_warns_where_held_out_pictures_repeat_training_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = folder_of_parts(tmp_path / "parts", 8)
    write_shoes(tmp_path)
    alike = folder_of_digits(tmp_path / "digits", 20)
    for home, least, most in ((tmp_path / "shoes", 0, 0), (alike, 0, 2), (parts, 3, 4)):
        assert main(["teach", str(home), "--json"]) == 0
        assert least <= json.loads(capsys.readouterr().out)["near_duplicates"] <= most
        assert main(["teach", str(home)]) == 0
        assert ("nearly the same" in capsys.readouterr().out) == (least > 0)


def test_a_seed_decides_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = []
    for _ in range(2):
        main(["teach", str(folder), "--seed", "4", "--hold-out", "0.5", "--json"])
        report = json.loads(capsys.readouterr().out)
        reports.append((report["accuracy"], report["confusion"], report["held_out"]))
    assert reports[0] == reports[1]
    assert reports[0][2] == 15


def test_nothing_held_out_is_nothing_to_judge(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["teach", str(folder), "--hold-out", "0", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["held_out"], report["accuracy"], report["baseline"]) == (0, None, None)


def test_what_is_skipped_is_named_and_the_rest_is_taught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = drawn_folder(tmp_path / "shapes", 6, SMALL)
    (home / "disc").mkdir()
    for number in range(2):
        (home / "discs" / f"00{number}.png").rename(home / "disc" / f"{number}.png")
    (home / "dots" / "torn.png").write_bytes((home / "dots" / "000.png").read_bytes()[:200])
    (home / "dots" / "inside").mkdir()
    assert main(["teach", str(home), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["pictures"] == 18
    assert "torn.png: the picture breaks off" in err
    assert "Are “disc” and “discs” one class?" in err
    assert "times as many images as the smallest" in err  # from three on, as the window says
    assert "inside" in err


BAD = {
    "no folder": (lambda home: home / "nowhere", "there is no such file"),
    "no classes": (lambda home: home / "discs", "fewer than 2 folders with pictures"),
    "a small class": (lambda home: _without(home, keep=1), "has too few pictures (1); at least 2"),
    "no picture": (lambda home: _without(home, keep=0), "has too few pictures (0); at least 2"),
    "unreadable": (lambda home: _torn(home), "cannot be read (3 in all), which leaves too few"),
    "junk": (lambda home: _torn(home, "junk"), "cannot be read (3 in all)"),
}


def _torn(home: Path, content: str = "") -> Path:
    for path in (home / "discs").iterdir():
        path.write_bytes(content.encode() or path.read_bytes()[:200])
    return home


def _without(home: Path, keep: int) -> Path:
    for path in sorted((home / "discs").iterdir())[keep:]:
        path.unlink()
    return home


@pytest.mark.parametrize("case", BAD)
def test_bad_folders_are_one_line_and_write_nothing(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, wanted = BAD[case]
    home = make(drawn_folder(tmp_path / "shapes", 3, SMALL))
    out = tmp_path / "out.glassteach"
    assert main(["teach", str(home), "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert wanted in said.err
    assert not out.exists()


def test_a_place_that_nothing_can_be_written_to_is_told_before_anything_is_done(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, same = tmp_path / "a.file", tmp_path / "." / "x" / ".." / "a.file"
    for options, wanted in (
        (["--onnx", str(tmp_path / "no" / "x.onnx")], "no such folder"),
        (["--onnx", str(name), "--out", str(same)], "the same file"),
    ):
        assert main(["teach", str(folder), *options]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert wanted in said.err
    assert not name.exists()
