"""Scores are told from logits in one way, for classifiers and detectors."""

from __future__ import annotations

import numpy as np
import pytest

from vision.heads.arrays import are_within_unit


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.0, 0.3, 1.0], True),
        ([-5e-7, 1 + 5e-7], True),
        ([-1e-5, 0.5], False),
        ([0.5, 1.00001], False),
        ([np.nan, 0.5], True),
        ([np.nan, 7.0], False),
        ([np.inf, 0.5], False),
        ([np.nan], True),
        ([], True),
    ],
)
def test_scores_lie_in_0_to_1_up_to_rounding(scores: list[float], expected: bool) -> None:
    assert are_within_unit(np.array(scores, np.float32)) is expected
