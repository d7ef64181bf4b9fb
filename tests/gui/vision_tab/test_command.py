"""What a person reads of ``classify`` and ``detect``."""

from __future__ import annotations

from gui.settings import ASSETS
from gui.vision_tab.command import classify_text, detect_text
from vision.command import classify_pictures, detect_pictures

CAT, CUP = ASSETS / "images" / "chelsea.png", ASSETS / "images" / "coffee.png"


def test_labels_are_listed_best_first() -> None:
    reports = classify_pictures([CAT])[0]
    lines = classify_text(reports).splitlines()
    assert lines[0].startswith(f"{CAT}  (EfficientNet-Lite0, preprocess ")
    assert lines[1] == "  1. Egyptian cat, 40.37%"
    assert [line[:4] for line in lines[1:]] == [f"  {place}." for place in range(1, 6)]
    assert "  1. EGYPTIAN CAT, " in classify_text(reports, str.upper)


def test_boxes_are_listed_with_their_corners() -> None:
    reports = detect_pictures([CUP, CAT])[0]
    text = detect_text(reports)
    assert "  1. Coffee cup, 55.49%, 173 22 420 324" in text.splitlines()
    assert "  1. Cat, 85." in text
    assert "  1. COFFEE CUP, " in detect_text(reports, str.upper)
    assert "nothing found" in detect_text(detect_pictures([CUP], score=0.9)[0])
