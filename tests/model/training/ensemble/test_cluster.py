"""A Dask cluster trains a lottery to the same bits as this machine."""

from __future__ import annotations

import logging.handlers
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from glassnet.worker import train_block
from model import __version__
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import CsvData, DataSpec, Experiment, GateData, PlaneData
from model.files import encode
from model.initialisers import initialise
from model.training.ensemble import cluster as of_cluster
from model.training.ensemble.cluster import Answer, Block
from model.training.ensemble.ensemble import Ensemble
from model.training.ensemble.lottery import Lottery, draw_lottery
from model.training.ensemble.process import EnsembleJob, EnsembleResults
from model.training.ensemble.sweep import draw_sweep
from tests.model.refusals import refused
from tests.model.training.ensemble.test_sweep import xor
from tests.silent_server import SilentServer

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

ROOT = Path(__file__).parents[4]

pytest.importorskip("distributed", reason="the extra “dask” is not installed")


@contextmanager
def cluster_of(workers: int) -> Iterator[LocalCluster]:
    """Run a scheduler and its workers on threads of this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=":0",
        memory_limit=None,
    ) as cluster:
        yield cluster


def client_of(address: str) -> Client:
    from distributed import Client

    return Client(address, set_as_default=False)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a cluster of two workers."""
    with cluster_of(2) as cluster:
        yield cluster.scheduler_address


def bits(lottery: Lottery) -> tuple[object, ...]:
    """Return all that is promised of a lottery, to the last bit."""
    weights = tuple(
        layer.weights.tobytes()
        for member in lottery.members.values()
        for layer in member.experiment.network.layers
        if layer.weights is not None
    )
    arrays = (lottery.seeds, lottery.epochs, lottery.losses, lottery.last_losses, lottery.solved)
    tested = b"" if lottery.held_out is None else lottery.held_out.values.tobytes()
    return *(array.tobytes() for array in arrays), lottery.reasons, weights, tested


@pytest.mark.parametrize("data", [GateData("xor"), PlaneData("moons", 40)])
def test_a_lottery_comes_to_the_same(address: str, data: DataSpec) -> None:
    shares: list[float] = []
    experiment = msgspec.structs.replace(xor(2), data=data, split=data.default_split)
    there = draw_lottery(experiment, range(7, 300), publish=shares.append, cluster=address)
    here = draw_lottery(experiment, range(7, 300))
    assert (here.held_out is None) == isinstance(data, GateData)
    assert bits(there) == bits(here)
    assert len(shares) == 3  # blocks
    assert shares[-1] == 1.0
    assert there.machines.workers in (1, 2)
    assert (there.machines.blocks, there.machines.available) == (3, 2)
    assert there.machines.have_same_kernel
    assert here.machines.workers == 0


def test_a_sweep_comes_to_the_same_in_its_order_whichever_ends_first(address: str) -> None:
    # The first rate learns nothing, the others get there soon.
    there, here = (
        draw_sweep(
            xor(3, epochs=4000, loss_below=0.68),
            range(20),
            rates=(1e-6, 2.0, 3.0),
            widths=(3,),
            layer=0,
            cluster=where,
        )
        for where in (address, "")
    )
    assert list(there.cells) == list(here.cells) == [(1e-6, 3), (2.0, 3), (3.0, 3)]
    for key, cell in here.cells.items():
        assert there.cells[key].last_losses.tobytes() == cell.last_losses.tobytes()
        assert there.cells[key].reasons == cell.reasons


def test_a_stop_keeps_the_blocks_that_have_ended_and_frees_the_worker() -> None:
    done: list[float] = []
    with cluster_of(1) as cluster:
        # With the first rate all get there soon, the other would take for ever.
        sweep = draw_sweep(
            xor(8, epochs=100_000_000),
            range(3),
            rates=(1.0, 1e-9),
            widths=(8,),
            layer=0,
            should_stop=lambda: bool(done),
            publish=lambda share, known: done.append(share),
            cluster=cluster.scheduler_address,
        )
        assert list(sweep.cells) == [(1.0, 8)]
        after = draw_lottery(xor(2), range(3), cluster=cluster.scheduler_address)
        assert after.reasons.keys() <= {"epochs", "loss_below"}


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("tcp://127.0.0.1:9", "cluster.silent"),
        ("there", "cluster.address"),
        ("127.0.0.1:1x", "cluster.address"),
        ("carrier://pigeon:1", "cluster.address"),
        ("tcp://127.0.0.1:99999", "cluster.silent"),
    ],
)
def test_where_nobody_answers_it_is_said(
    where: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_cluster, "CONNECT_S", 0.2)
    with refused(code) as caught:
        draw_lottery(xor(2), range(3), cluster=where)
    assert where in caught.value.sentence()


def test_a_cluster_without_workers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_cluster, "CONNECT_S", 0.5)
    with cluster_of(0) as cluster, refused("cluster.empty") as caught:
        draw_lottery(xor(2), range(3), cluster=cluster.scheduler_address)
    assert f"dask worker {cluster.scheduler_address}" in caught.value.sentence()


def test_a_scheduler_that_ends_is_named_and_no_traceback_written() -> None:
    written = logging.handlers.BufferingHandler(1000)
    logging.getLogger("distributed.client").addHandler(written)
    with cluster_of(1) as cluster:

        def end_it() -> bool:
            if cluster.scheduler.tasks:  # asked while it connects, too
                cluster.close()
            return False

        with pytest.raises(ModelError) as caught:
            draw_lottery(
                xor(2, epochs=3000),
                range(9),
                should_stop=end_it,
                cluster=cluster.scheduler_address,
            )
    assert caught.value.code == "cluster.lost"
    logging.getLogger("distributed.client").removeHandler(written)
    assert [record.getMessage() for record in written.buffer] == []


def order_of(experiment: Experiment) -> EnsembleJob:
    return EnsembleJob(encode(initialise(experiment)), [0, 1], 1)


def test_another_version_is_refused_by_name(address: str) -> None:
    block = Block("0.0.7", order_of(xor(2)), {})
    with client_of(address) as client:
        task = client.submit(train_block, msgspec.msgpack.encode(block), pure=False)
        with pytest.raises(ModelError) as caught:
            task.result()
    assert caught.value.code == "cluster.version"
    assert caught.value.values["ours"] == "0.0.7"
    assert caught.value.values["theirs"] == __version__


def test_a_worker_needs_no_file_of_this_machine(address: str, tmp_path: Path) -> None:
    table = tmp_path / "flowers.csv"
    lines = "\n".join(f"{i % 7},{i % 3},{i % 2}" for i in range(30))
    table.write_text(f"long,wide,kind\n{lines}\n", encoding="utf-8")
    experiment = default_experiment(CsvData(str(table)))
    experiment = msgspec.structs.replace(experiment, training=xor(2).training)
    order, here = order_of(experiment), Ensemble(experiment, [0, 1])
    here.run()
    files = {str(table): table.read_bytes()}
    table.unlink()
    block = msgspec.msgpack.encode(Block(__version__, order, files))
    with client_of(address) as client:
        content = client.submit(train_block, block, pure=False).result()
    answer = msgspec.msgpack.decode(content, type=Answer)
    assert answer.ending == EnsembleResults.of(here)


def test_files_too_large_to_send_are_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "flowers.csv"
    table.write_text("long,kind\n1,0\n2,1\n3,0\n", encoding="utf-8")
    monkeypatch.setattr(of_cluster, "MAX_SENT_BYTES", 10)
    with refused("cluster.files"):
        draw_lottery(default_experiment(CsvData(str(table))), range(3), cluster=address)


# -- Workers of their own --------------------------------------------------------------------------


@contextmanager
def worker_at(address: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker as a person starts one, that finds its packages in `path` too."""
    others = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    away = [part for part in others if Path(part).resolve() != ROOT]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "distributed.cli.dask_worker", address, "--nthreads", "1",
         "--no-dashboard", "--no-nanny"],
        cwd=path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(path), *away])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.thorough
def test_a_worker_without_glassnet_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_cluster, "CONNECT_S", 30.0)
    with (
        cluster_of(0) as cluster,
        worker_at(cluster.scheduler_address, tmp_path),
        refused("cluster.worker") as caught,
    ):
        draw_lottery(xor(2), range(3), cluster=cluster.scheduler_address)
    assert __version__ in caught.value.sentence()


@pytest.mark.thorough
def test_what_a_worker_that_died_had_is_trained_by_another() -> None:
    experiment = xor(2, epochs=5000)
    with cluster_of(0) as cluster:
        where = cluster.scheduler_address
        with worker_at(where, ROOT) as first, worker_at(where, ROOT):
            with client_of(where) as client:
                client.wait_for_workers(2, timeout=60)
            killed: list[float] = []

            def kill(share: float) -> None:
                if not killed:
                    first.kill()
                killed.append(share)

            there = draw_lottery(experiment, range(400), publish=kill, cluster=where)
    assert 0.0 < killed[0] < 1.0
    assert bits(there) == bits(draw_lottery(experiment, range(400)))


def test_a_server_that_takes_the_call_and_is_silent_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(of_cluster, "CONNECT_S", 0.2)
    with SilentServer() as silent, refused("cluster.silent"):
        draw_lottery(xor(), range(4), cluster=f"tcp://127.0.0.1:{silent.port}")


def test_a_stop_is_heard_while_it_connects() -> None:
    import distributed  # loading it takes longer than to hear a stop

    assert distributed.__version__
    with SilentServer() as silent:
        lottery = draw_lottery(
            xor(), range(4), should_stop=silent.was_called, cluster=f"tcp://127.0.0.1:{silent.port}"
        )
    assert lottery.machines.workers == 0
    assert not lottery.members
