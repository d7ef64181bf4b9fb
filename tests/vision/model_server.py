"""A file server on 127.0.0.1 that a test can make break off, lie, redirect and be slow."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelServer:
    """Serve one file.

    Attributes
    ----------
    data
        The file.
    cut_after
        Break off after so many bytes of each answer, or None.
    resumes
        Whether the server understands ranges.
    redirect_to
        Send clients there, or None.
    status
        Answer with this status if it is not 200.
    ranges
        The Range header of each request, or None.
    logins
        The Authorization header of each request, or None.
    may_end
        While it is not set, an answer waits in its middle.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cut_after: int | None = None
        self.resumes = True
        self.redirect_to: str | None = None
        self.status = 200
        self.ranges: list[str | None] = []
        self.logins: list[str | None] = []
        self.may_end = threading.Event()
        self.may_end.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"http://127.0.0.1:{self._server.server_port}/model.onnx"

    def __enter__(self) -> ModelServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.may_end.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(owner: ModelServer) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                owner.ranges.append(self.headers.get("Range"))
                owner.logins.append(self.headers.get("Authorization"))
                self.close_connection = True
                if owner.redirect_to is not None:
                    self.send_response(302)
                    self.send_header("Location", owner.redirect_to)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if owner.status != 200:
                    self.send_error(owner.status)
                    return
                first = 0
                wanted = self.headers.get("Range")
                if wanted and owner.resumes:
                    first = int(wanted.removeprefix("bytes=").removesuffix("-"))
                    self.send_response(206)
                    last = len(owner.data) - 1
                    self.send_header("Content-Range", f"bytes {first}-{last}/{len(owner.data)}")
                else:
                    self.send_response(200)
                rest = owner.data[first:]
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                rest = rest if owner.cut_after is None else rest[: owner.cut_after]
                half = len(rest) // 2
                try:
                    self.wfile.write(rest[:half])
                    owner.may_end.wait()
                    self.wfile.write(rest[half:])
                except ConnectionError:
                    # The client has stopped, which is what a test wants to see.
                    return

        return Handler
