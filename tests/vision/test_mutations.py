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
# A model is tried by each engine in another process, which may compare for three seconds.
MAX_MODEL_SECONDS = 2 * (MAX_SECONDS + 3.0)
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


PICTURE_KINDS = [*WRITINGS, "heic"]
FEW = dict.fromkeys(["models", "classic", "finders"], 25) | dict.fromkeys(
    ["pictures", "videos", "streams", *PICTURE_KINDS], 60
)


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", FEW)
def test_a_few_damaged_files_are_survived(kind: str) -> None:
    found = verdicts(kind, FEW[kind], limit_s=200)
    assert found["result"] > 0
    assert len(found) >= (1 if kind in PICTURE_KINDS else 3)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("kind", "count", "least"),
    [
        *(
            (
                kind,
                1000,
                {"result": 50, "model_not_a_model": 50, "prototxt_syntax": 10, "caffe_damaged": 10},
            )
            for kind in ("models", "classic")
        ),
        (
            "finders",
            1000,
            {"result": 50, "model_not_a_model": 50, "prototxt_syntax caffe_shape": 10},
        ),
        (
            "pictures",
            1000,
            {
                "result": 100,
                "picture_too_large": 0,
                "picture_damaged picture_undecoded": 100,
                "picture_truncated": 50,
            },
        ),
        ("videos", 1000, {"result": 100, "video_unreadable": 50, "video_damaged": 50}),
        (
            "streams",
            1000,
            {"result": 100, "source_unavailable": 100, "picture_damaged picture_truncated": 50},
        ),
        *((kind, 5000, {"result": 100}) for kind in WRITINGS),
        ("heic", 1000, {"result": 20}),
    ],
)
def test_thousands_of_damaged_files_are_survived(
    kind: str, count: int, least: dict[str, int]
) -> None:
    found = verdicts(kind, count, limit_s=3500)
    # Each outcome occurs often, or the mutations would prove little.
    for codes, most in least.items():
        assert sum(found[code] for code in codes.split()) > most
    assert found["result"] < count * 0.8 or kind not in PICTURE_KINDS
