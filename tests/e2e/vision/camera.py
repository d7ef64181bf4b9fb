"""A camera on the network: an MJPEG server in a process of its own.

Run as a program with a port and a picture, it serves that picture until it is killed; each line on
its standard input is the mood it turns to.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2

from tests.vision.mjpeg_server import MjpegServer, Mood
from tests.vision.picture_files import encoded

__all__ = ["Camera"]

_FPS = 20


class Camera:
    """The server as a test sees it: it can be started, told how to behave, and killed.

    Attributes
    ----------
    address
        Where it is found, the same after every start.
    """

    def __init__(self, picture: Path) -> None:
        self._picture = picture
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Where the stream is found."""
        return f"http://127.0.0.1:{self._port}/stream"

    def start(self) -> None:
        """Switch the camera on, at the port it had before."""
        command = [sys.executable, "-m", __name__, str(self._port), str(self._picture)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._process = process
        assert process.stdout is not None
        self._port = int(process.stdout.readline())

    def turn(self, mood: Mood) -> None:
        """Behave otherwise from the next frame on."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{mood.name}\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """Pull the plug: the connections are cut without a word."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _serve(port: int, picture: Path) -> None:
    shown = cv2.resize(cv2.imread(str(picture)), (480, 320))
    with MjpegServer(_FPS, port, picture=encoded(".jpg", shown)) as server:
        print(server.port, flush=True)
        for line in sys.stdin:
            server.mood = Mood[line.strip()]


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]))
