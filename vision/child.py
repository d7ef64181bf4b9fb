"""A process of its own for what may end one: how it is started, and what bounds it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Final

LIMIT_S: Final = 60.0
LIMIT_GB: Final = 4
_ROOT: Final = Path(__file__).resolve().parent.parent


_LOOK_S: Final = 0.05

_should_stop: ContextVar[Callable[[], bool]] = ContextVar("should_stop", default=lambda: False)


class StoppedError(Exception):
    """What a process was started for is wanted no longer."""


@contextlib.contextmanager
def stopped_by(should_stop: Callable[[], bool]) -> Iterator[None]:
    """End what this thread runs within the block as soon as `should_stop` says so."""
    token = _should_stop.set(should_stop)
    try:
        yield
    finally:
        _should_stop.reset(token)


def run_module(
    module: str, words: list[str], content: bytes, limit_s: float = LIMIT_S
) -> tuple[int | None, bytes]:
    """Run a module of this package with some words, and `content` to read.

    Returned are its exit status, None if it was given up after `limit_s` seconds, and what it
    wrote.

    Raises
    ------
    StoppedError
        If `stopped_by` says so meanwhile; the process is ended.
    """
    should_stop, ends_at = _should_stop.get(), time.monotonic() + limit_s
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=_ROOT,
        env={**os.environ, "PYTHONSAFEPATH": ""},  # with it the folder would not be looked into
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None  # both were asked for
    assert process.stdout is not None
    with process, ThreadPoolExecutor(2, module) as pool:
        told = pool.submit(process.stdout.read)
        pool.submit(_feed, process.stdin, content)
        try:
            while time.monotonic() < ends_at:
                if should_stop():
                    raise StoppedError
                with contextlib.suppress(TimeoutError):
                    answer = told.result(_LOOK_S)
                    return process.wait(), answer
            return None, b""
        finally:
            process.kill()


def _feed(stdin: IO[bytes], content: bytes) -> None:
    """Write to the other process, which may end before it has read all."""
    with contextlib.suppress(BrokenPipeError), stdin:
        stdin.write(content)


def limit_memory() -> None:
    """Let this process take no more memory than `LIMIT_GB`, where the system can see to that."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit; there the time limit stands alone.
        return
    for kind, most in ((resource.RLIMIT_AS, LIMIT_GB << 30), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
