"""Long lotteries train in processes: the same results, and no process outlives who asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal

import model.training.ensemble.population as population_module
from model.defaults import default_experiment
from model.experiment import Experiment, OptimiserSpec, StopSpec
from model.training.ensemble.population import Population
from model.training.ensemble.trainer import Member

linux = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="children are told by Linux's /proc"
)
SEEDS = range(300)


def spec(epochs: int, loss_below: float = 0.0) -> Experiment:
    base = default_experiment()
    training = replace(
        base.training,
        optimiser=OptimiserSpec("adam"),
        learning_rate=0.05,
        stop=StopSpec(epochs=epochs, loss_below=loss_below),
    )
    return replace(base, training=training)


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call any work long."""
    monkeypatch.setattr(population_module, "LONG_S", 0.0)


def children() -> list[int]:
    """Return the ensembles' processes that this one has started and that are still there."""
    tasks = Path("/proc/self/task").glob("*/children")
    pids = [int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()]
    return [pid for pid in pids if b"ensemble.process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline, "waited for half a minute"
        os.sched_yield()


def assert_same(found: dict[int, Member], wanted: dict[int, Member]) -> None:
    assert tuple(found) == tuple(wanted)
    for seed, member in wanted.items():
        mine = found[seed]
        assert (mine.reason, mine.epoch) == (member.reason, member.epoch)
        assert (mine.train_loss, mine.accuracy) == (member.train_loss, member.accuracy)
        assert mine.experiment == member.experiment


@pytest.mark.usefixtures("in_processes")
def test_processes_give_what_one_thread_gives(capfd: pytest.CaptureFixture[str]) -> None:
    experiment = spec(200, loss_below=0.05)
    apart, here = Population(experiment, SEEDS, threads=2), Population(experiment, SEEDS, threads=1)
    shares: list[float] = []
    assert_same(apart.run(publish=lambda: shares.append(apart.share_done)), here.run())
    assert {member.reason for member in here.members.values()} == {"epochs", "loss_below"}
    assert_array_equal(apart.losses(), here.losses())
    assert shares == sorted(shares)
    assert apart.share_done == here.share_done == 1.0
    assert capfd.readouterr() == ("", "")


@linux
@pytest.mark.usefixtures("in_processes")
def test_stopping_ends_the_process_and_keeps_what_was_reached() -> None:
    population = Population(spec(10**9), SEEDS, threads=2)
    seen: set[int] = set()

    def child_trains() -> bool:
        seen.update(children())
        return bool(seen) and population.share_done > 0

    members = population.run(child_trains)
    assert seen
    assert tuple(members) == tuple(SEEDS)
    assert {member.reason for member in members.values()} == {"stopped"}
    assert not any(map(is_there, seen))


@linux
@pytest.mark.usefixtures("in_processes")
def test_a_process_that_is_killed_is_made_up_for() -> None:
    experiment = spec(400)
    population = Population(experiment, SEEDS, threads=2)
    killed: list[int] = []

    def kill_once() -> None:
        if not killed and (found := children()):
            killed.extend(found)
            os.kill(found[0], signal.SIGKILL)

    assert_same(population.run(publish=kill_once), Population(experiment, SEEDS, threads=1).run())
    assert killed


@linux
def test_the_process_ends_with_the_program_that_started_it() -> None:
    program = """
from model.training.ensemble.population import Population
from tests.model.training.ensemble.test_process import SEEDS, children, spec
told = False
def tell():
    global told
    if not told and (found := children()):
        print(*found, flush=True)
        told = True
Population(spec(10**9), SEEDS, threads=2).run(publish=tell)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        started = [*map(int, process.stdout.readline().split())]
        assert any(map(is_there, started))
        process.kill()
    wait_for(lambda: not any(map(is_there, started)))
