"""Products take one thread unless asked, and the number is put back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
