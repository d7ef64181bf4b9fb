"""``import vision`` gives what a person wants first, and costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import vision


def test_every_public_name_is_there() -> None:
    assert [name for name in vision.__all__ if getattr(vision, name).__name__ != name] == []
    assert set(vision.__all__) <= set(dir(vision))


def test_importing_it_loads_neither_opencv_nor_qt() -> None:
    code = "import sys, vision; print(*{'cv2', 'onnx', 'PySide6', 'numpy'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_a_picture_is_classified_as_the_docstring_says(images: Path) -> None:
    classifier = vision.open_classifier()
    result = classifier.predict(vision.read_picture(images / "coffee.png"))
    assert result.best.label == "espresso"
