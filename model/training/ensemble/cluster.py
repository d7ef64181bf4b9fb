"""Ensembles trained on the machines of a Dask cluster.

Each ensemble is one task: its job and data files are sent as bytes, and its results are returned as
bytes. A worker needs the same version of Glassnet, and no files from this machine.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from operator import call
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from foundation.progress import ShouldStop, never_stop
from model import __version__
from model.blas import blas_kernel
from model.data.files.paths import data_bytes, with_paths
from model.errors import ModelError
from model.experiment import Experiment
from model.files import decode, encode
from model.training.ensemble.ensemble import Ensemble
from model.training.ensemble.process import EnsembleJob, EnsembleResults

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 5.0
"""Time limit for the scheduler to answer, and to find a worker."""

MAX_SENT_BYTES = 8_000_000
"""Maximum total size of an experiment's data files, which are sent with every block."""

_TRAIN = "glassnet.worker:train_block"
"""Name of the function that workers call.

The function itself would be imported as soon as a message arrives: the scheduler would need
Glassnet too, and a worker without it would fail silently.
"""

_LOOK_S = 0.05
_PATIENCE = 4
"""Total time limit for connecting, including loading Dask, as a multiple of `CONNECT_S`."""


@dataclass(frozen=True)
class Machines:
    """The machines that trained.

    Attributes
    ----------
    kernels
        Names of the BLAS kernels.
    workers
        Number of cluster workers that trained; 0 for this machine.
    blocks, available
        Number of blocks that a cluster's work was divided into, and of workers at the start.
    """

    kernels: tuple[str, ...]
    workers: int = 0
    blocks: int = 0
    available: int = 0

    @property
    def have_same_kernel(self) -> bool:
        """Whether all machines had this machine's kernel, so that the numbers are the same."""
        return set(self.kernels) <= {blas_kernel()}


def this_machine() -> Machines:
    """Return the description of this machine, for training without a cluster."""
    return Machines((blas_kernel(),))


class Block(msgspec.Struct, frozen=True):
    """A worker's input: a training job and its data files."""

    version: str
    order: EnsembleJob
    files: dict[str, bytes]


class Answer(msgspec.Struct, frozen=True):
    """A worker's result, its BLAS kernel and its name."""

    ending: EnsembleResults
    kernel: str
    worker: str


# -- The side that asks ----------------------------------------------------------------------------


def train_on_cluster(
    address: str,
    ensembles: Sequence[Ensemble],
    should_stop: ShouldStop = never_stop,
    publish: Callable[[], None] = lambda: None,
) -> Machines:
    """Train new ensembles on the workers of a cluster; return the machines that trained.

    Parameters
    ----------
    address
        Address of the scheduler, such as ``tcp://host:8786``.
    ensembles
        Ensembles to train. They receive the same members and curves as locally; after a stop, only
        the finished ones do.
    should_stop
        Called about twenty times a second; true cancels the unfinished ensembles.
    publish
        Called after each finished ensemble.

    Raises
    ------
    ModelError
        Code ``cluster.missing`` if the package distributed is not installed, ``cluster.address``
        for an invalid address, ``cluster.silent`` and ``cluster.empty`` if no scheduler or no
        worker is found, ``cluster.lost``, ``cluster.worker`` if a worker fails, ``cluster.version``
        if one has another version of Glassnet, and ``cluster.files`` for data too large to send.
    """
    from_here = _files(ensembles[0].starts[0])
    kernels, workers = set(), set()
    client = _connect_with_timeout(address, should_stop)
    if client is None:
        return Machines(())
    with _cluster_errors(client, address):
        from distributed import as_completed

        available = len(client.nthreads())
        blocks = [Block(__version__, EnsembleJob.of(ensemble), from_here) for ensemble in ensembles]
        tasks = {}
        for number, (block, ensemble) in enumerate(zip(blocks, ensembles, strict=True)):
            name = f"glassnet-{uuid4()}"  # two windows that share a task might cancel it
            work = (call, (resolve_name, _TRAIN), msgspec.msgpack.encode(block))
            task = client.get({name: work}, name, sync=False, priority=-number)  # in this order
            tasks[task] = ensemble
        left = as_completed(tasks, loop=client.loop)
        try:
            while not left.is_empty() and not should_stop():
                for task in left.next_batch(block=False):
                    answer = msgspec.msgpack.decode(task.result(), type=Answer)
                    answer.ending.apply_to(tasks[task])
                    kernels.add(answer.kernel)
                    workers.add(answer.worker)
                    publish()
                time.sleep(_LOOK_S)
        finally:
            client.cancel(list(tasks))
    return Machines(tuple(sorted(kernels)), len(workers), len(ensembles), available)


def _connect_with_timeout(address: str, should_stop: ShouldStop) -> Client | None:
    """Connect to a scheduler with workers; return ``None`` after a stop.

    Dask's client cannot be interrupted while it waits, and ignores its time limit if a server
    accepts the connection but stays silent. It is therefore created on a thread, which is abandoned
    after a stop or a timeout and ends with that server or this process.
    """
    asked: Future[Client] = Future()
    end = time.monotonic() + _PATIENCE * CONNECT_S

    def connect() -> None:
        try:
            asked.set_result(_connect(address))
        except Exception as fault:  # noqa: BLE001 - raised where the client is waited for
            asked.set_exception(fault)

    threading.Thread(target=connect, daemon=True).start()
    while not wait([asked], _LOOK_S).done:
        is_over = time.monotonic() > end
        if is_over or should_stop():
            asked.add_done_callback(_close)
            if is_over:
                raise _silent(address)
            return None
    return asked.result()


def _close(asked: Future[Client]) -> None:
    """Close the connection to a scheduler that answered too late."""
    if asked.exception() is None:
        asked.result().close()


def _silent(address: str) -> ModelError:
    return ModelError(
        "cluster.silent",
        "No Dask scheduler answers at {address}. Start one there ({command}), correct the "
        "address, or leave it empty to compute on this machine.",
        address=address,
        command="dask scheduler",
    )


def _connect(address: str) -> Client:
    """Connect to a scheduler with workers; raise failures as `ModelError`."""
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ModuleNotFoundError as fault:
        raise ModelError(
            "cluster.missing",
            "A cluster needs the package {package}, which is not installed. Install it "
            "({command}), or leave the cluster's address empty.",
            package=fault.name,
            command='pip install "glassnet[dask]"',
        ) from fault
    try:
        get_address_host_port(address)  # a client begun with what is none takes long to end
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except ValueError as fault:
        raise ModelError(
            "cluster.address",
            "{address} is no address of a Dask scheduler. Write one like tcp://host:8786, or leave "
            "it empty to compute on this machine.",
            address=address,
        ) from fault
    except (OSError, OverflowError) as fault:
        raise _silent(address) from fault
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as fault:
        client.close()
        raise ModelError(
            "cluster.empty",
            "The Dask scheduler at {address} has no worker. Start one: {command}",
            address=address,
            command=f"dask worker {address}",
        ) from fault
    return client


@contextmanager
def _cluster_errors(client: Client, address: str) -> Iterator[None]:
    """Use a client and close it; raise failures as `ModelError`."""
    from distributed import KilledWorker

    with _without_dask_tracebacks(), client:
        try:
            yield
        except CancelledError as fault:
            raise ModelError(
                "cluster.lost",
                "The Dask scheduler at {address} answers no more. Start it and its workers again.",
                address=address,
            ) from fault
        except (ImportError, AttributeError, KilledWorker) as fault:
            raise ModelError(
                "cluster.worker",
                "The cluster's workers cannot train: {fault}. Check that Glassnet {version} runs "
                "where they are.",
                fault=fault,
                version=__version__,
            ) from fault


@contextmanager
def _without_dask_tracebacks() -> Iterator[None]:
    """Keep Dask from printing a traceback when a scheduler ends."""
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


def _files(experiment: Experiment) -> dict[str, bytes]:
    """Return the files of an experiment's data, by path."""
    files = {path: data_bytes(path) for path in experiment.data.paths}
    if sum(map(len, files.values())) > MAX_SENT_BYTES:
        raise ModelError(
            "cluster.files",
            "{file}: a cluster is sent files of up to {most} MB, and these are larger. Leave the "
            "cluster's address empty to compute on this machine.",
            file=next(iter(files)),
            most=MAX_SENT_BYTES // 1_000_000,
        )
    return files


# -- The side that trains --------------------------------------------------------------------------


def train_block(content: bytes) -> bytes:
    """Train a :class:`Block` on a worker; return an :class:`Answer`.

    Raises
    ------
    ModelError
        Code ``cluster.version`` if the worker has another version of Glassnet.
    """
    from distributed import Reschedule, get_worker

    block = msgspec.msgpack.decode(content, type=Block)
    worker = get_worker()
    if block.version != __version__:
        raise ModelError(
            "cluster.version",
            "The worker {worker} has Glassnet {theirs}, and this is Glassnet {ours}. Install the "
            "same version on both.",
            worker=worker.address,
            theirs=__version__,
            ours=block.version,
        )
    key = worker.get_current_task()

    def is_cancelled() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state != "executing"

    with tempfile.TemporaryDirectory() as folder:
        order = _with_local_files(block, Path(folder))
        ending = order.carry_out(is_cancelled, lambda ensemble: None)
    if is_cancelled():  # it may not be whole: whoever wants it after all shall have it trained anew
        raise Reschedule
    return msgspec.msgpack.encode(Answer(ending, blas_kernel(), worker.address))


def _with_local_files(block: Block, folder: Path) -> EnsembleJob:
    """Return the job with its files written to a local folder."""
    if not block.files:
        return block.order
    places = {}
    for number, (path, content) in enumerate(block.files.items()):
        place = folder / str(number)
        place.write_bytes(content)
        places[path] = str(place)
    experiment = decode(block.order.experiment)
    moved = replace(experiment, data=with_paths(experiment.data, places))
    return replace(block.order, experiment=encode(moved))
