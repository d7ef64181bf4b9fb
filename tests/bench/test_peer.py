"""The peer in another process: results, faults and its end."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.torch_peer import Peer, PeerError

JOB = """
import sys
import os

calls = 0


def total(values):
    global calls
    calls += 1
    print("a job may print")
    return {"total": sum(values), "calls": calls}


def broken():
    raise RuntimeError("out of luck")


def unspeakable():
    return object()


def gone():
    os._exit(3)


def path():
    return sys.path
"""


@pytest.fixture
def job(tmp_path: Path) -> str:
    path = tmp_path / "job.py"
    path.write_text(JOB)
    return str(path)


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer(Path(sys.executable)) as started:
        yield started


def test_job_answers_and_keeps_its_state(peer: Peer, job: str) -> None:
    assert peer.call(f"{job}:total", values=[1, 2.5]) == {"total": 3.5, "calls": 1}
    assert peer.call(f"{job}:total", values=[]) == {"total": 0, "calls": 2}


def test_fault_in_a_job_comes_with_its_traceback_and_the_peer_goes_on(peer: Peer, job: str) -> None:
    with pytest.raises(PeerError, match="RuntimeError: out of luck"):
        peer.call(f"{job}:broken")
    with pytest.raises(PeerError, match="not JSON serializable"):
        peer.call(f"{job}:unspeakable")
    with pytest.raises(PeerError, match="unexpected keyword"):
        peer.call(f"{job}:total", rows=[])
    assert peer.call(f"{job}:total", values=[4])["total"] == 4


def test_end_of_the_process_is_reported(peer: Peer, job: str) -> None:
    with pytest.raises(PeerError, match="ended during"):
        peer.call(f"{job}:gone")
