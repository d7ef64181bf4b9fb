"""Products take one thread unless asked; on two, a process restores what it wrote and ran."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from bench.experiments import picture_experiment
from model.experiment import Experiment, IdxData, StopSpec
from model.files import read_experiment, write_experiment
from model.training import Trainer


@pytest.fixture
def pictures(tmp_path: Path) -> Experiment:
    """Return 784-128-10 in float32 on 300 random pictures: products large enough to be split."""
    generator = np.random.default_rng(0)
    images, labels = tmp_path / "images-idx3-ubyte", tmp_path / "labels-idx1-ubyte"
    head = b"".join(n.to_bytes(4) for n in (0x803, 300, 28, 28))
    images.write_bytes(head + generator.integers(0, 256, 300 * 784, dtype=np.uint8).tobytes())
    head = b"".join(n.to_bytes(4) for n in (0x801, 300))
    labels.write_bytes(head + generator.integers(0, 10, 300, dtype=np.uint8).tobytes())
    return picture_experiment(IdxData(str(images), str(labels)), 0, StopSpec(epochs=6))


def until(experiment: Experiment, epochs: int) -> Trainer:
    """Train until so many epochs are done in all."""
    stop = StopSpec(epochs=epochs)
    trainer = Trainer(replace(experiment, training=replace(experiment.training, stop=stop)))
    trainer.run()
    return trainer


def flat(trainer: Trainer) -> np.ndarray:
    return trainer.network.parameters.flat


def flat_at(trainer: Trainer, epoch: int) -> np.ndarray:
    """Return the weights of an epoch as the time machine restores them."""
    return Trainer(trainer.history.restore(epoch)).network.parameters.flat


def test_a_file_from_two_threads_opens_exactly_and_goes_on_to_rounding(
    pictures: Experiment, tmp_path: Path
) -> None:
    file = tmp_path / "two.glassnet"
    with threadpool_limits(2, "blas"):
        half = until(pictures, 3)
        write_experiment(half.experiment(), file)
        whole = until(pictures, 6)
    with threadpool_limits(1, "blas"):
        opened = Trainer(read_experiment(file))
        assert_array_equal(flat(opened), flat(half))
        on = until(read_experiment(file), 6)
        assert_array_equal(flat_at(on, 3), flat(half))
        assert on.epoch == whole.epoch
        assert_allclose(flat(on), flat(whole), rtol=0.0, atol=1e-4)


OBSERVE = """
import sys
from concurrent.futures import ThreadPoolExecutor
import numpy
from threadpoolctl import threadpool_info
import model

def threads(*_):
    return next(each["num_threads"] for each in threadpool_info() if "numpy" in each["filepath"])

def trained(seed):
    seen = set()
    note = lambda *_: seen.add(threads())
    stop = model.StopSpec(epochs=30)
    spec = model.Experiment(training=model.TrainingSpec(stop=stop), seed=seed)
    model.Trainer(spec).run(note)
    model.Population(spec, range(2), threads=1).run(note)
    return seen

before = threads()
with ThreadPoolExecutor(3) as pool:
    seen = set().union(*pool.map(trained, range(6)))
print(before, *seen, threads())
"""


@pytest.mark.parametrize("asked", [None, "2"])
def test_a_training_of_the_library_takes_the_threads_asked_for_and_puts_them_back(
    asked: str | None,
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    if asked is not None:
        environment["OPENBLAS_NUM_THREADS"] = asked
    done = subprocess.run(
        [sys.executable, "-c", OBSERVE],
        cwd=Path(__file__).resolve().parents[3],
        env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    before, *seen, after = done.stdout.split()
    assert seen == ["1" if asked is None else before], done.stderr
    assert after == before
