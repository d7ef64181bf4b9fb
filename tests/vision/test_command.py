"""`main.py classify`: CONTRACT's dictionaries, and bad input as one sentence."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vision.command import classify_pictures, classify_text
from vision.engine import LOADS
from vision.errors import Fault, VisionError

ROOT = Path(__file__).parents[2]


def test_photographs_are_reported_as_the_contract_says(images: Path) -> None:
    before = LOADS.count
    reports = classify_pictures([images / "chelsea.png", images / "coffee.png"])
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


def test_a_folder_stands_for_its_pictures(images: Path) -> None:
    reports = classify_pictures([str(images)], top=1)
    assert [Path(report["picture"]).name for report in reports] == ["chelsea.png", "coffee.png"]
    text = classify_text(reports)
    assert "  1. Egyptian cat, 40.37%" in text.splitlines()


def test_faults_name_the_file(tmp_path: Path, images: Path) -> None:
    picture = images / "coffee.png"
    half = tmp_path / "half.png"
    half.write_bytes(picture.read_bytes()[:5000])
    labels = tmp_path / "labels.txt"
    labels.write_text("one\ntwo\n")
    model = tmp_path / "model.onnx"
    model.write_text("nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    cases: list[tuple[dict[str, object], Fault, Path]] = [
        ({"pictures": [half]}, Fault.PICTURE_TRUNCATED, half),
        ({"pictures": [tmp_path / "no.png"]}, Fault.FILE_MISSING, tmp_path / "no.png"),
        ({"pictures": [empty]}, Fault.FOLDER_WITHOUT_PICTURES, empty),
        ({"pictures": [picture], "labels": labels}, Fault.LABELS_MISMATCH, labels),
        ({"pictures": [picture], "model": model}, Fault.MODEL_NOT_A_MODEL, model),
    ]
    for arguments, code, path in cases:
        with pytest.raises(VisionError) as caught:
            classify_pictures(**arguments)  # type: ignore[arg-type]  # mixed keyword values
        assert caught.value.code is code
        assert caught.value.sentence().startswith(f"{path}: ")


def test_the_command_line_prints_nothing_of_its_own_on_a_damaged_picture(
    tmp_path: Path, images: Path
) -> None:
    data = bytearray((images / "coffee.png").read_bytes())
    data[1000:1400] = bytes(400)
    bad = tmp_path / "bad.png"
    bad.write_bytes(data)
    shutil.copy(images / "coffee.png", tmp_path / "good.png")
    program = (
        "import sys\n"
        "from vision.command import classify_pictures\n"
        "from vision.errors import VisionError\n"
        "try:\n    classify_pictures(sys.argv[1:])\n"
        "except VisionError as error:\n    print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "good.png"), str(bad)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.strip() in ("", "picture_damaged")


def test_importing_the_room_loads_neither_qt_nor_the_model() -> None:
    files = sorted((ROOT / "vision").rglob("*.py"))
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    assert "vision.sources.camera" in modules
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in "
        "('PySide6', 'pyqtgraph', 'model', 'gui', 'qtawesome')]\n"
        "print(bad)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
