"""An MJPEG stream on 127.0.0.1 from a process of its own, for the measurements of Vision."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from vision.formats.manifest import ASSETS

_PICTURES = 30
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


@contextmanager
def mjpeg_stream(size_wh: tuple[int, int], fps: float) -> Iterator[str]:
    """Serve a stream from another process, and yield its address.

    Parameters
    ----------
    size_wh
        Width and height of its pictures in pixels.
    fps
        Pictures a second; a client that reads more slowly gets fewer.
    """
    command = [sys.executable, "-m", __name__, str(size_wh[0]), str(size_wh[1]), str(fps)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None  # it was asked for above
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
    finally:
        server.terminate()
        server.wait()


def _parts(size_wh: tuple[int, int]) -> list[bytes]:
    """Return a photograph that wanders, as the parts of a stream."""
    photograph = cv2.imread(str(ASSETS / "images" / "coffee.png"))
    assert photograph is not None  # it is one of the assets
    picture = cv2.resize(photograph, size_wh)
    parts = []
    for index in range(_PICTURES):
        moved = np.roll(picture, 8 * index, axis=1)
        data = cv2.imencode(".jpg", moved)[1].tobytes()
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data)
        parts.append(head + data + b"\r\n")
    return parts


def _serve(client: socket.socket, parts: list[bytes], fps: float) -> None:
    """Send pictures by the clock until the client goes; late ones are not made up for."""
    client.recv(4096)
    client.sendall(_HEAD)
    due, sent = time.perf_counter(), 0
    while True:
        client.sendall(parts[sent % len(parts)])
        sent += 1
        due = max(due + 1 / fps, time.perf_counter() - 1 / fps)
        time.sleep(max(0.0, due - time.perf_counter()))


def main() -> None:
    """Serve one client after the other until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("width", type=int)
    parser.add_argument("height", type=int)
    parser.add_argument("fps", type=float)
    arguments = parser.parse_args()
    parts = _parts((arguments.width, arguments.height))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            with client:
                try:
                    _serve(client, parts, arguments.fps)
                except OSError:
                    continue


if __name__ == "__main__":
    main()
