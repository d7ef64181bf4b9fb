"""``import vision`` gives what a person wants first, and costs next to nothing."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest

import vision


def test_every_public_name_is_there() -> None:
    assert [name for name in vision.__all__ if getattr(vision, name).__name__ != name] == []
    assert set(vision.__all__) <= set(dir(vision))


@pytest.mark.parametrize("name", vision.__all__)
def test_every_public_name_says_what_it_takes_and_holds(name: str) -> None:
    value = getattr(vision, name)
    if inspect.isfunction(value):
        text, held = value.__doc__ or "", [*inspect.signature(value).parameters]
    elif issubclass(value, Enum | Exception):
        text, held = value.__doc__ or "", []
    else:
        own = [each for each in value.__mro__ if each.__module__.startswith("vision")]
        text = "".join(f"{each.__doc__} {each.__init__.__doc__}" for each in own)
        held = [*getattr(value, "__dataclass_fields__", inspect.signature(value).parameters)]
    assert text
    assert [part for part in held if not re.search(rf"\b{part}\b", text)] == []


def test_importing_it_loads_neither_opencv_nor_qt() -> None:
    code = "import sys, vision; print(*{'cv2', 'onnx', 'PySide6', 'numpy'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "name", ["open_predictor", "open_classifier", "open_detector", "open_segmenter"]
)
def test_what_opens_a_model_takes_the_same_words_in_the_same_order(name: str) -> None:
    words = [*inspect.signature(getattr(vision, name)).parameters]
    assert words[:5] == ["model", "prototxt", "labels", "compute", "preprocessing"]


def test_a_path_may_be_a_text_wherever_one_is_taken(images: Path, tmp_path: Path) -> None:
    picture, video = str(images / "coffee.png"), str(tmp_path / "none.mp4")
    assert vision.list_pictures(str(images))
    items: list[vision.BatchItem] = []
    vision.Batch([picture], vision.open_classifier()).run(lambda: False, items.append)
    assert [item.path for item in items] == [Path(picture)]
    (tmp_path / "m.onnx").touch()
    choice = vision.choice_from_files("key", "", [str(tmp_path / "m.onnx")])
    assert choice is not None
    assert choice.model == tmp_path / "m.onnx"
    assert vision.ModelLibrary(str(tmp_path)).folder == tmp_path
    with pytest.raises(vision.VisionError, match="no such file"):
        vision.VideoSource(video).start()
