"""Child processes for work that may crash, with limits on time and memory."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import IO, Final

from foundation.files import IMPORT_ROOT

LIMIT_S: Final = 60.0
LIMIT_GB: Final = 4

_LOOK_S: Final = 0.05
_LENGTH_BYTES: Final = 8

_should_stop: ContextVar[Callable[[], bool]] = ContextVar("should_stop", default=lambda: False)


class StoppedError(Exception):
    """The process was stopped because its result is no longer needed."""


@contextlib.contextmanager
def stop_when(should_stop: Callable[[], bool]) -> Iterator[None]:
    """Stop child processes started in the block once `should_stop` returns true."""
    token = _should_stop.set(should_stop)
    try:
        yield
    finally:
        _should_stop.reset(token)


def read_ahead[T, R](read: Callable[[T], R], items: Iterable[T]) -> Generator[Future[R]]:
    """Yield a future of `read(item)` for each item, reading one item ahead on a thread.

    Close the generator to end the thread.
    """
    with ThreadPoolExecutor(1, "read ahead") as reader:
        ahead: Future[R] | None = None
        for item in items:
            coming = reader.submit(read, item)
            if ahead is not None:
                yield ahead
            ahead = coming
        if ahead is not None:
            yield ahead


def run_module(
    module: str, words: list[str], content: bytes, limit_s: float = LIMIT_S
) -> tuple[int | None, bytes]:
    """Run a module of this package with arguments and `content` as standard input.

    Returns
    -------
    status, output
        Exit status and standard output; ``(None, b"")`` after `limit_s` seconds.

    Raises
    ------
    StoppedError
        If the caller's job is stopped meanwhile; the process is killed.
    """
    process, stdin, stdout = _start(module, words)
    with process, ThreadPoolExecutor(2, module) as pool:
        told = pool.submit(stdout.read)
        pool.submit(_feed, stdin, content)
        try:
            answer = _wait_for(told, limit_s)
            return (None, b"") if answer is None else (process.wait(), answer)
        finally:
            process.kill()


class Service:
    """A module of this package that answers requests with `serve` in a long-lived process.

    The process starts at the first request, and again at the next request after it has ended.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._turn = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]] | None = None
        atexit.register(self._end)

    def ask(self, question: bytes) -> bytes:
        """Return the answer, empty if the process ended or took longer than `LIMIT_S`.

        Raises
        ------
        StoppedError
            If the caller's job is stopped meanwhile; the process is killed.
        """
        while not self._turn.acquire(timeout=_LOOK_S):
            if _should_stop.get()():
                raise StoppedError
        answer = None
        try:
            if self._running is None or self._running[0].poll() is not None:
                self._end()
                self._running = _start(self._module, [])
            _, stdin, stdout = self._running
            with ThreadPoolExecutor(1, self._module) as pool:
                try:
                    answer = _wait_for(pool.submit(_exchange, stdin, stdout, question), LIMIT_S)
                finally:
                    if not answer:
                        self._end()
        finally:
            self._turn.release()
        return answer or b""

    def _end(self) -> None:
        if self._running is not None:
            process, self._running = self._running[0], None
            with contextlib.suppress(OSError), process:
                process.kill()


def serve(answer: Callable[[bytes], list[bytes | memoryview]]) -> None:
    """Answer the requests of a `Service` until it closes the pipe; answers come in parts."""
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while length := stdin.read(_LENGTH_BYTES):
        parts = answer(stdin.read(int.from_bytes(length)))
        stdout.write(sum(len(part) for part in parts).to_bytes(_LENGTH_BYTES))
        for part in parts:
            stdout.write(part)
        stdout.flush()


def _start(module: str, words: list[str]) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=IMPORT_ROOT,
        env={**os.environ, "PYTHONSAFEPATH": ""},  # with it the folder would not be looked into
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None  # both were asked for
    assert process.stdout is not None
    return process, process.stdin, process.stdout


def _wait_for(answer: Future[bytes], limit_s: float) -> bytes | None:
    should_stop, ends_at = _should_stop.get(), time.monotonic() + limit_s
    while time.monotonic() < ends_at:
        if should_stop():
            raise StoppedError
        with contextlib.suppress(TimeoutError):
            return answer.result(_LOOK_S)
    return None


def _exchange(stdin: IO[bytes], stdout: IO[bytes], question: bytes) -> bytes:
    """Send a request and return the answer, or nothing if the process ends first."""
    try:
        stdin.write(len(question).to_bytes(_LENGTH_BYTES))
        stdin.write(question)
        stdin.flush()
    except OSError:
        return b""
    length = int.from_bytes(stdout.read(_LENGTH_BYTES))
    answer = stdout.read(length)
    return answer if len(answer) == length else b""


def _feed(stdin: IO[bytes], content: bytes) -> None:
    """Write to the process, which may end before reading everything."""
    with contextlib.suppress(BrokenPipeError), stdin:
        stdin.write(content)


def limit_memory() -> None:
    """Limit this process's memory to `LIMIT_GB`, where the system supports it."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit; there the time limit stands alone.
        return
    for kind, most in ((resource.RLIMIT_AS, LIMIT_GB << 30), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
