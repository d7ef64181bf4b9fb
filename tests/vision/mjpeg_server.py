"""A small MJPEG server on 127.0.0.1 that a test can stall, break, kill and start again."""

from __future__ import annotations

import socket
import threading
from enum import Enum

import numpy as np

from tests.vision.picture_files import encoded


class Mood(Enum):
    """What the server does to those who are connected."""

    STREAM = "stream"
    NO_LENGTH = "stream without Content-Length"
    STALL = "send nothing"
    TRICKLE = "send a byte now and then"
    GARBAGE = "send noise in place of pictures"
    ENDLESS_LENGTH = "announce a picture whose length has thousands of digits"
    WRONG_TYPE = "answer with a page"
    SINGLE = "answer with one picture"
    NOT_FOUND = "answer 404"
    LOCKED = "answer 401"
    DIE_MID_FRAME = "cut the connection inside a picture"


NO_STREAM = {
    Mood.NOT_FOUND: b"404 Not Found\r\nContent-Length: 0\r\n\r\n",
    Mood.LOCKED: b"401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    Mood.WRONG_TYPE: b"200 OK\r\nContent-Type: text/html\r\n\r\n<p>",
}


class MjpegServer:
    """Serve frames whose mean grey level counts up, so that a test can tell them apart.

    Where a JPEG `picture` is given, every frame is that one.

    Attributes
    ----------
    moved
        A status and an address to which whoever asks for the stream is sent on; ``None``: nobody.
    asked
        What each one who has connected has said first.
    """

    def __init__(
        self, fps: float = 50.0, port: int = 0, size: int = 64, picture: bytes = b""
    ) -> None:
        self.mood = Mood.STREAM
        self.picture = picture
        self.moved: tuple[int, str] | None = None
        self.asked: list[bytes] = []
        self.sent = 0
        self._period = 1 / fps
        self._size = size
        self._stopping = threading.Event()
        self._progress = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where a client finds the stream."""
        return f"http://127.0.0.1:{self.port}/stream"

    def wait_until_sent(self, count: int, timeout_s: float) -> None:
        """Wait until so many frames were sent."""
        with self._progress:
            was_sent = self._progress.wait_for(lambda: self.sent >= count, timeout_s)
        assert was_sent, f"{count} frames were to be sent, {self.sent} were"

    def __enter__(self) -> MjpegServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Cut all connections and free the port."""
        self._stopping.set()
        self._thread.join()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            client.settimeout(2.0)
            try:
                self.asked.append(client.recv(4096))
                if self.moved is not None:
                    status, address = self.moved
                    head = f"HTTP/1.1 {status} Moved\r\nLocation: {address}\r\nContent-Length: 0"
                    client.sendall(f"{head}\r\n\r\n".encode())
                    return
                if self.mood in NO_STREAM:
                    client.sendall(b"HTTP/1.1 " + NO_STREAM[self.mood])
                    return
                if self.mood is Mood.SINGLE:
                    client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
                    client.sendall(self._grey())
                    self.sent += 1
                    return
                client.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: "
                    b"multipart/x-mixed-replace; boundary=frame\r\n\r\n"
                )
                while not self._stopping.is_set():
                    if not self._send(client):
                        return
                    self._stopping.wait(self._period)
            except OSError:
                return

    def _send(self, client: socket.socket) -> bool:
        if self.mood is Mood.STALL:
            return True
        if self.mood is Mood.TRICKLE:
            client.sendall(b"-")
            return True
        if self.mood is Mood.GARBAGE:
            noise = np.random.default_rng(self.sent).bytes(2000)
            client.sendall(self._part(noise))
            return True
        if self.mood is Mood.ENDLESS_LENGTH:
            client.sendall(b"--frame\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n")
            return True
        part = self._part(self.picture or self._grey())
        if self.mood is Mood.DIE_MID_FRAME:
            client.sendall(part[: len(part) // 2])
            return False
        client.sendall(part)
        with self._progress:
            self.sent += 1
            self._progress.notify_all()
        return True

    def _grey(self) -> bytes:
        return encoded(".jpg", np.full((self._size, self._size, 3), self.sent % 250, np.uint8))

    def _part(self, data: bytes) -> bytes:
        length = b"Content-Length: %d\r\n" % len(data)
        if self.mood is Mood.NO_LENGTH:
            length = b""
        return b"--frame\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + data + b"\r\n"
