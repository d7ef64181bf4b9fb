"""A server on 127.0.0.1 that takes every call and never answers."""

from __future__ import annotations

import contextlib
import socket


class SilentServer:
    """Listen, and say nothing.

    Attributes
    ----------
    port
        Where it listens.
    """

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setblocking(False)
        self._calls: list[socket.socket] = []
        self.port = int(self._server.getsockname()[1])

    def was_called(self) -> bool:
        """Tell whether somebody has called, and is waiting since."""
        with contextlib.suppress(BlockingIOError):
            self._calls.append(self._server.accept()[0])
        return bool(self._calls)

    def __enter__(self) -> SilentServer:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (*self._calls, self._server):
            each.close()
