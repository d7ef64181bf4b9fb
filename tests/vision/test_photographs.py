"""The bundled detector finds in photographs what the published one finds by its own runtime."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from tests.vision.photographs import PHOTOGRAPHS, find
from vision.detections import Limits
from vision.models.opening import open_detector
from vision.networks.detector import Detector
from vision.pictures.files import read_picture

GOLDEN = json.loads((Path(__file__).parent / "golden" / "boxes.json").read_text())


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector()


@pytest.mark.parametrize("photograph", PHOTOGRAPHS)
def test_boxes_are_those_of_the_reference_runtime(detector: Detector, photograph: str) -> None:
    path = find(photograph)
    if path is None:
        pytest.skip(f"{photograph.split('/')[0]} is not installed")
    golden = GOLDEN[photograph]
    if hashlib.sha256(path.read_bytes()).hexdigest() != golden["sha256"]:
        pytest.skip("this version of the package has another picture")
    result = detector.predict(read_picture(path))
    # A score that is a hundredth off may fall on the other side of the limit.
    every = result.select(Limits(0.29, 1.0)).kept
    for wanted in golden["boxes"]:
        is_there = (
            (every.indices == wanted["index"])
            & (np.abs(every.scores - wanted["score"]) <= 0.01)
            & (np.abs(every.xyxy - wanted["xyxy"]).max(axis=1) <= 1)
        )
        assert is_there.any(), wanted
    sure = [one for one in golden["boxes"] if one["score"] > 0.31]
    assert len(sure) <= len(result.select(Limits(0.3, 1.0)).kept)
    assert (every.scores > 0.31).sum() <= len(golden["boxes"])
    # What overlap leaves of them.
    kept = result.select(Limits(0.3, 0.5)).kept
    for wanted in golden["boxes"]:
        if wanted["is_kept"] and wanted["score"] > 0.31:
            assert (np.abs(kept.xyxy - wanted["xyxy"]).max(axis=1) <= 1).any(), wanted
