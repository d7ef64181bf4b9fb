"""An ensemble trained in a process of its own, where no other thread holds the interpreter's lock.

The process is this module run as a program. It reads one :class:`Order` and writes an
:class:`Answer` every `TELL_EVERY_S`, the last with all results. When its standard input ends,
because someone says stop or because the program that started it is no more, it stops.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from model.training.ensemble import Ensemble
from model.training.ensemble_order import Ending, Order

START_S = 0.25
"""About how long the process takes to start."""

TELL_EVERY_S = 0.05
_LENGTH_BYTES = 8


class Answer(msgspec.Struct, frozen=True):
    """How far the process is, and the ending when it has ended."""

    share_done: float
    ending: Ending | None = None


def _send(stream: IO[bytes], message: Order | Answer) -> None:
    """Write a message and its length."""
    content = msgspec.msgpack.encode(message)
    stream.write(len(content).to_bytes(_LENGTH_BYTES) + content)
    stream.flush()


def _receive[Message: (Order, Answer)](stream: IO[bytes], kind: type[Message]) -> Message:
    """Read one message.

    Raises
    ------
    EOFError
        Where the other side has ended before it was whole.
    """
    head = stream.read(_LENGTH_BYTES)
    content = stream.read(int.from_bytes(head))
    if len(head) < _LENGTH_BYTES or len(content) < int.from_bytes(head):
        raise EOFError
    return msgspec.msgpack.decode(content, type=kind)


# -- The side that asks ----------------------------------------------------------------------------


def run_apart(ensemble: Ensemble, should_stop: Callable[[], bool]) -> None:
    """Train a fresh ensemble in a process of its own; here, where that process ends too early.

    Parameters
    ----------
    ensemble
        Gets the members and curves that it would have had here.
    should_stop
        Asked every `TELL_EVERY_S`.
    """
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH")))),
        "OPENBLAS_NUM_THREADS": "1",
    }
    order = Order.of(ensemble)
    try:
        with subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl+C is for the program that a person sees
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process:
            try:
                _follow(process, order, ensemble, should_stop)
            finally:
                process.kill()  # it has ended, or nobody waits for it any more
    except (EOFError, OSError):
        ensemble.run(should_stop)


def _follow(
    process: subprocess.Popen[bytes],
    order: Order,
    ensemble: Ensemble,
    should_stop: Callable[[], bool],
) -> None:
    """Give the order, then take answers until the ending."""
    requests, answers = process.stdin, process.stdout
    assert requests is not None
    assert answers is not None
    _send(requests, order)
    while (answer := _receive(answers, Answer)).ending is None:
        ensemble.share_done = answer.share_done
        if not requests.closed and should_stop():
            requests.close()
    answer.ending.hand_to(ensemble)


# -- The process -----------------------------------------------------------------------------------


def main() -> None:
    """Train what standard input orders."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    order = _receive(requests, Order)
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
