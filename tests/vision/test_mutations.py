"""Damaged files give an error or a result; never a crash, a hang, or a gigabyte of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.vision.picture_files import WRITINGS

ROOT = Path(__file__).parents[2]
MAX_SECONDS = 2.0
# A model is tried by each engine in another process, which may compare for three seconds, and the
# operator that fails is looked for in fifteen.
MAX_MODEL_SECONDS = 2 * (MAX_SECONDS + 3.0) + 15.0
# Most kinds of pictures are read in another process, which may have to be started anew.
MAX_START_SECONDS = 8.0
MAX_PEAK_MB = 1024.0


def verdicts(kind: str, count: int, limit_s: float) -> Counter[str]:
    """Run cases 0 to `count` in a process of their own and judge each."""
    command = [sys.executable, "-m", "tests.vision.mutation_worker", kind, "0", str(count)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=limit_s, check=False
        )
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as error:
        output, code = bytes(error.stdout or b"").decode(), None
    lines = [json.loads(line) for line in output.splitlines() if line.endswith("}")]
    assert code == 0, f"ended with {code} in case {lines[-1] if lines else 'none'}"
    ends = [line for line in lines if "end" in line]
    assert len(ends) == count
    most = MAX_MODEL_SECONDS if kind in ("models", "classic", "finders") else MAX_SECONDS
    if kind in ("pictures", *WRITINGS, "heic"):
        most += MAX_START_SECONDS
    slow = [line for line in ends if line["seconds"] > most]
    assert slow == []
    assert max(line["peak_mb"] for line in ends) < MAX_PEAK_MB
    return Counter(line["verdict"] for line in ends)


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("models", 25),
        ("classic", 25),
        ("finders", 25),
        ("pictures", 60),
        ("videos", 60),
        ("streams", 60),
    ],
)
def test_a_few_damaged_files_are_survived(kind: str, count: int) -> None:
    found = verdicts(kind, count, limit_s=200)
    assert found["result"] > 0
    assert len(found) >= 3


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["models", "classic"])
def test_a_thousand_damaged_models_are_survived(kind: str) -> None:
    found = verdicts(kind, 1000, limit_s=3500)
    # Both kinds of outcome occur often, or the mutations would prove little.
    assert found["result"] > 50
    assert found["model_not_a_model"] > 50
    assert found["prototxt_syntax"] > 10
    assert found["caffe_damaged"] > 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_damaged_detectors_and_segmenters_are_survived() -> None:
    found = verdicts("finders", 1000, limit_s=3500)
    assert found["result"] > 50
    assert found["model_not_a_model"] > 50
    assert found["prototxt_syntax"] + found["caffe_shape"] > 10


def of_each_kind(count: int, of_heic: int) -> list[tuple[str, int]]:
    return [*((kind, count) for kind in WRITINGS), ("heic", of_heic)]


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "count"), of_each_kind(60, 60))
def test_a_few_damaged_pictures_of_each_kind_end_no_process(kind: str, count: int) -> None:
    assert verdicts(kind, count, limit_s=200)["result"] > 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("kind", "count"), of_each_kind(5000, 1000))
def test_thousands_of_damaged_pictures_of_each_kind_end_no_process(kind: str, count: int) -> None:
    found = verdicts(kind, count, limit_s=3500)
    # Both kinds of outcome occur often, or the mutations would prove little.
    assert count / 50 < found["result"] < count * 0.8


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_thousand_damaged_pictures_are_survived() -> None:
    found = verdicts("pictures", 1000, limit_s=300)
    assert found["result"] > 100
    assert found["picture_too_large"] > 0
    assert found["picture_damaged"] + found["picture_undecoded"] > 100
    assert found["picture_truncated"] > 50


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_thousand_damaged_videos_are_survived() -> None:
    found = verdicts("videos", 1000, limit_s=300)
    assert found["result"] > 100
    assert found["video_unreadable"] > 50
    assert found["video_damaged"] > 50


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_thousand_damaged_streams_are_survived() -> None:
    found = verdicts("streams", 1000, limit_s=300)
    assert found["result"] > 100
    assert found["source_unavailable"] > 100
    assert found["picture_damaged"] + found["picture_truncated"] > 50
