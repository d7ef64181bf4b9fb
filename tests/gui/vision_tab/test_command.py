"""What a person reads of ``classify`` and ``detect``."""

from __future__ import annotations

from gui.settings import ASSETS
from gui.vision_tab.command import classify_text, detect_text
from vision.command import classify_pictures, detect_pictures

CAT, CUP = ASSETS / "images" / "chelsea.png", ASSETS / "images" / "coffee.png"


def test_labels_are_listed_best_first() -> None:
    lines = classify_text(classify_pictures([CAT])[0]).splitlines()
    assert lines[0].startswith(f"{CAT}  (EfficientNet-Lite0, preprocess ")
    assert lines[1] == "  1. Egyptian cat, 40.37%"
    assert [line[:4] for line in lines[1:]] == [f"  {place}." for place in range(1, 6)]


def test_boxes_are_listed_with_their_corners() -> None:
    text = detect_text(detect_pictures([CUP, CAT])[0])
    assert "  1. Coffee cup, 55.49%, 173 22 420 324" in text.splitlines()
    assert "  1. Cat, 85." in text


def test_classes_are_called_as_whoever_prints_them_says() -> None:
    assert "  1. COFFEE CUP, " in detect_text(detect_pictures([CUP])[0], str.upper)
    assert "  1. EGYPTIAN CAT, " in classify_text(classify_pictures([CAT])[0], str.upper)


def test_a_picture_without_a_box_says_so() -> None:
    assert "nothing found" in detect_text(detect_pictures([CUP], score=0.9)[0])
