"""A model is tried in another process before it is read here, and what came of it is remembered."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.onnx_models import (
    endless_model,
    linear_classifier,
    network,
)
from tests.vision.picture_files import sample
from vision.child import stop_when
from vision.engine import Engine
from vision.errors import Fault, VisionError
from vision.formats.onnx.rewrite import normalise_for_opencv
from vision.formats.reader import parse_model
from vision.models.opening import open_classifier
from vision.networks.probe import Outcome, run_trial

NEW = cv2.dnn.ENGINE_NEW
SHAPE = (1, 3, 8, 8)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which this test's outcomes are remembered, empty at first."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    return tmp_path / "Glassnet/tried"


def greedy_model() -> bytes:
    """Return a valid classifier that makes 64 GB of zeros on its way."""
    return network(
        """(float[1, 3, 8, 8] x) => (float[1, 192] y) <int64[4] shape = {67108864, 3, 8, 8}> {
            large = Expand (x, shape)
            small = ReduceMean <axes = [0], keepdims = 1> (large)
            y = Flatten (small)
        }"""
    )


def test_what_came_of_a_model_is_remembered_by_all_that_it_depends_on(cache: Path) -> None:
    data, _, _ = linear_classifier()
    assert run_trial(data, NEW, SHAPE) is Outcome.RUNS
    [known] = cache.iterdir()
    assert known.stat().st_size == 0
    # Were it tried again, the last one would be known no longer.
    known.rename(known.with_suffix(".ends"))
    assert run_trial(data, NEW, SHAPE) is Outcome.ENDS
    other, _, _ = linear_classifier(seed=1)
    assert run_trial(other, NEW, SHAPE) is Outcome.RUNS
    assert run_trial(data, NEW, (2, 3, 8, 8)) is Outcome.RUNS
    assert run_trial(data, cv2.dnn.ENGINE_CLASSIC, SHAPE) is Outcome.RUNS
    assert len(list(cache.iterdir())) == 4


def test_a_place_that_cannot_be_written_only_costs_time(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    data, _, _ = linear_classifier()
    for _ in range(2):
        assert run_trial(data, NEW, SHAPE) is Outcome.RUNS


def test_no_more_is_remembered_than_two_thousand_models(cache: Path) -> None:
    cache.mkdir(parents=True)
    for number in range(2000):
        (cache / f"{number}.runs").touch()
    data, _, _ = linear_classifier()
    assert run_trial(data, NEW, SHAPE) is Outcome.RUNS
    assert len(list(cache.iterdir())) == 1


def test_a_model_without_end_is_given_up_and_not_remembered(cache: Path) -> None:
    outcome = run_trial(endless_model(), NEW, (1, 3, 1, 1), limit_s=2)
    assert outcome is Outcome.NO_END
    assert not cache.exists()


def test_a_model_that_wants_all_memory_is_told_from_one_that_crashes(cache: Path) -> None:
    assert run_trial(greedy_model(), NEW, SHAPE) is Outcome.MEMORY


def test_what_is_wanted_no_longer_is_ended_at_once(cache: Path) -> None:
    stop = threading.Event()
    found: list[VisionError] = []

    def load() -> None:
        with stop_when(stop.is_set), pytest.raises(VisionError) as caught:
            Engine(parse_model(endless_model(), "endless.onnx"))
        found.append(caught.value)

    thread = threading.Thread(target=load)
    thread.start()
    thread.join(1.0)
    assert thread.is_alive()
    stop.set()
    thread.join(10.0)
    assert not thread.is_alive()
    assert [error.code for error in found] == [Fault.MODEL_STOPPED]


def test_the_bundled_model_and_our_own_exports_cost_no_trial(cache: Path) -> None:
    assert open_classifier().predict(sample()).top
    assert open_classifier().predict(sample()).top
    file = replace(parse_model(linear_classifier()[0]), trusted=True, known_to_run=True)
    assert Engine(file).forward(np.zeros(SHAPE, np.float32))
    assert not cache.exists()


def test_another_size_of_input_is_tried_before_it_is_run(cache: Path) -> None:
    data = network(
        "(float[N, 3, H, W] x) => (float[N, 3] y) { p = GlobalAveragePool (x) y = Flatten (p) }"
    )
    engine = Engine(parse_model(data))
    assert len(list(cache.iterdir())) == 1
    for _ in range(2):
        blob = np.ones((1, 3, 20, 30), np.float32)
        assert engine.forward(blob)["y"] == pytest.approx(np.ones((1, 3)))
        assert len(list(cache.iterdir())) == 2


def test_a_norm_of_an_older_opset_is_held_against_a_trained_network(cache: Path) -> None:
    # ONNX's own evaluator takes it for training, with the mean of the picture.
    data = network(
        """(float[1, 3, 8, 8] x) => (float[1, 3] y)
        <float[3] s = {2, 2, 2}, float[3] b = {1, 1, 1}, float[3] m = {0.5, 0.5, 0.5},
        float[3] v = {4, 4, 4}> {
            n = BatchNormalization (x, s, b, m, v)
            p = GlobalAveragePool (n)
            y = Flatten (p)
        }""",
        11,
    )
    assert run_trial(data, NEW, SHAPE) is Outcome.RUNS


@pytest.mark.parametrize("operator", ["Softmax", "LogSoftmax"])
def test_a_softmax_of_an_older_opset_is_held_against_one_over_the_classes(
    cache: Path, operator: str
) -> None:
    # ONNX's own evaluator takes it over the last axis, which is 1 long.
    data = network(
        f"""(float[1, 3, 8, 8] x) => (float[1, 3, 1, 1] y) {{
            p = GlobalAveragePool (x)
            y = {operator} (p)
        }}""",
        11,
    )
    assert run_trial(data, NEW, SHAPE) is Outcome.RUNS


@pytest.mark.parametrize("more", [0, 3_000_000], ids=["small", "12 MB"])
def test_other_answers_than_onnx_defines_are_noticed(cache: Path, more: int) -> None:
    # As it is written, without our rewriting: OpenCV takes it for log(1 + exp x).
    data = network(
        """(float[1, 3, 8, 8] x) => (float[1, 192] y) <float two = {2}> {
            e = Exp (x)
            a = Add (two, e)
            l = Log (a)
            y = Flatten (l)
        }""",
        more=np.zeros(more, np.float32),
    )
    assert run_trial(data, NEW, SHAPE) is Outcome.DIFFERS
    assert run_trial(normalise_for_opencv(data), NEW, SHAPE) is Outcome.RUNS
