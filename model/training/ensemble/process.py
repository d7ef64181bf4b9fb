"""An ensemble in a separate process, unaffected by other threads' use of the GIL.

The process runs this module as a program. It reads one :class:`EnsembleJob` and writes an
:class:`Answer` every `TELL_EVERY_S`, the last one with all results. It stops when its standard
input ends, either on request or because the parent process has ended. A cluster uses the same
messages.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import IO, Self

import msgspec
import numpy as np

from foundation.files import IMPORT_ROOT
from foundation.progress import ShouldStop
from model.files import decode, encode
from model.training.ensemble.ensemble import Ensemble
from model.training.ensemble.trainer import Member
from model.training.ensemble.weights import cut, pack_weights, with_weights
from model.training.snapshot import Reason


class EnsembleResults(msgspec.Struct, frozen=True):
    """The results of all members, in one order.

    Attributes
    ----------
    rows
        Seed, reason, epoch, training loss and accuracy of each member.
    weights
        Packed weights, as from :func:`pack_weights`.
    curves
        The ensemble's curves: their shapes, and their bytes in the experiment's dtype.
    """

    rows: list[tuple[int, Reason, int, float, float]]
    weights: bytes
    curves: list[tuple[tuple[int, int], bytes]]

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return an ensemble's results."""
        members = list(ensemble.members.values())
        dtype = members[0].experiment.training.dtype
        return cls(
            [
                (each.seed, each.reason, each.epoch, each.train_loss, each.accuracy)
                for each in members
            ],
            pack_weights([each.experiment for each in members], dtype).tobytes(),
            [(curve.shape, curve.astype(dtype).tobytes()) for curve in ensemble.curves],
        )

    def apply_to(self, ensemble: Ensemble) -> None:
        """Apply the results to a new ensemble created from the same job."""
        own = {start.seed: start for start in ensemble.starts}
        network, dtype = ensemble.starts[0].network, ensemble.starts[0].training.dtype
        arrays = cut(np.frombuffer(self.weights, dtype), len(self.rows), network)
        members = {
            row[0]: Member(*row, with_weights(own[row[0]], arrays, place))
            for place, row in enumerate(self.rows)
        }
        curves = [np.frombuffer(raw, dtype).reshape(shape) for shape, raw in self.curves]
        ensemble.adopt(members, curves)


class EnsembleJob(msgspec.Struct, frozen=True):
    """A training job: an experiment in file format, and the ensemble's other arguments."""

    experiment: bytes
    seeds: list[int]
    curve_every: int

    @classmethod
    def of(cls, ensemble: Ensemble) -> Self:
        """Return the job for a new ensemble."""
        starts = ensemble.starts
        return cls(encode(starts[0]), [start.seed for start in starts], ensemble.curve_every)

    def carry_out(
        self, should_stop: ShouldStop, publish: Callable[[Ensemble], None]
    ) -> EnsembleResults:
        """Run the training; the arguments are those of :meth:`Ensemble.run`."""
        ensemble = Ensemble(decode(self.experiment), self.seeds, curve_every=self.curve_every)
        ensemble.run(should_stop, publish)
        return EnsembleResults.of(ensemble)


TELL_EVERY_S = 0.05
_LENGTH_BYTES = 8


class Answer(msgspec.Struct, frozen=True):
    """The progress of the process, and its results at the end."""

    share_done: float
    ending: EnsembleResults | None = None


def _send(stream: IO[bytes], message: EnsembleJob | Answer) -> None:
    """Write a message preceded by its length."""
    content = msgspec.msgpack.encode(message)
    stream.write(len(content).to_bytes(_LENGTH_BYTES) + content)
    stream.flush()


def _receive[Message: (EnsembleJob, Answer)](stream: IO[bytes], kind: type[Message]) -> Message:
    """Read a message.

    Raises
    ------
    EOFError
        If the stream ends before the message is complete.
    """
    head = stream.read(_LENGTH_BYTES)
    content = stream.read(int.from_bytes(head))
    if len(head) < _LENGTH_BYTES or len(content) < int.from_bytes(head):
        raise EOFError
    return msgspec.msgpack.decode(content, type=kind)


# -- The side that asks ----------------------------------------------------------------------------


def train_in_subprocess(ensemble: Ensemble, should_stop: ShouldStop) -> None:
    """Train a new ensemble in a separate process, or here if that process dies.

    Parameters
    ----------
    ensemble
        Ensemble to train; receives the same members and curves as in this process.
    should_stop
        Called every `TELL_EVERY_S`.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            filter(None, (str(IMPORT_ROOT), os.environ.get("PYTHONPATH")))
        ),
        "OPENBLAS_NUM_THREADS": "1",
    }
    order = EnsembleJob.of(ensemble)
    try:
        with subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl+C is for the program that the user sees
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process:
            try:
                _follow(process, order, ensemble, should_stop)
            finally:
                process.kill()  # it has ended, or nobody waits for it any more
    except (EOFError, OSError):
        ensemble.run(should_stop)


def train_side_by_side(
    ensembles: Sequence[Ensemble],
    should_stop: ShouldStop,
    publish: Callable[[], None],
    *,
    at_once: int,
    apart: bool,
) -> None:
    """Train new ensembles in parallel.

    Parameters
    ----------
    ensembles
        Ensembles to train.
    should_stop
        Called once per epoch, from any of the threads.
    publish
        Called every `TELL_EVERY_S`, and at the end.
    at_once
        Maximum number of ensembles trained in parallel.
    apart
        Whether each runs in its own process: threads compete for the GIL a hundred thousand times a
        second.
    """
    train = train_in_subprocess if apart else Ensemble.run
    over = threading.Event()

    def is_over() -> bool:
        if not over.is_set() and should_stop():
            over.set()
        return over.is_set()

    with ThreadPoolExecutor(at_once) as pool:
        left = {pool.submit(train, ensemble, is_over) for ensemble in ensembles}
        try:
            while left and not over.is_set():
                ended, left = wait(left, timeout=TELL_EVERY_S)
                for task in ended:
                    task.result()
                publish()
        finally:
            over.set()  # also by an error or Ctrl+C, which the threads do not see
            for task in left:
                task.cancel()


def _follow(
    process: subprocess.Popen[bytes],
    order: EnsembleJob,
    ensemble: Ensemble,
    should_stop: ShouldStop,
) -> None:
    """Send the job, then receive answers until the result arrives."""
    requests, answers = process.stdin, process.stdout
    assert requests is not None
    assert answers is not None
    _send(requests, order)
    while (answer := _receive(answers, Answer)).ending is None:
        ensemble.share_done = answer.share_done
        if not requests.closed and should_stop():
            requests.close()
    answer.ending.apply_to(ensemble)


# -- The process -----------------------------------------------------------------------------------


def main() -> None:
    """Read a job from standard input, train, and write the results."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    order = _receive(requests, EnsembleJob)
    stop = threading.Event()

    def wait_for_the_end() -> None:
        requests.read()
        stop.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    due = time.monotonic()

    def publish(ensemble: Ensemble) -> None:
        nonlocal due
        if (now := time.monotonic()) >= due:
            due = now + TELL_EVERY_S
            _send(answers, Answer(ensemble.share_done))

    try:
        _send(answers, Answer(1.0, order.carry_out(stop.is_set, publish)))
    except BrokenPipeError:
        os._exit(1)  # nobody listens, and leaving by the front door would write once more


if __name__ == "__main__":
    main()
