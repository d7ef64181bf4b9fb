"""Cuts connections, since a server that sends single bytes never lets a socket time out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator


def cut(connected: socket.socket) -> None:
    """Close a connection, ending what waits for it in another thread."""
    with contextlib.suppress(OSError):  # it may have ended just now
        connected.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cut_after(connected: socket.socket, limit_s: float) -> Iterator[None]:
    """Cut the connection if this block takes longer.

    Raises
    ------
    TimeoutError
        If so, whatever the block made of it.
    """
    deadline = time.monotonic() + limit_s
    late = threading.Timer(limit_s, cut, [connected])
    late.start()
    try:
        yield
    finally:
        late.cancel()
        late.join()
        if time.monotonic() > deadline:
            raise TimeoutError
