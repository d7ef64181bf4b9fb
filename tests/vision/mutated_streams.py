"""Videos and MJPEG streams that are damaged in their bytes, opened as a person's would be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from tests.vision.picture_files import encoded
from vision.errors import VisionError
from vision.pictures.files import decode_picture
from vision.sources.stream import stream_device
from vision.sources.video_source import VideoSource

__all__ = ["stream_case", "video_case"]

type Mutate = Callable[[bytes, np.random.Generator], bytes]

FRAMES = 20
KINDS = ((".avi", "MJPG"), (".mp4", "mp4v"), (".webm", "VP80"), (".mkv", "mp4v"))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
_CLIPS: dict[str, bytes] = {}


def clip(folder: Path, suffix: str, codec: str) -> bytes:
    """Return a good video, written once."""
    if suffix not in _CLIPS:
        path = folder / f"good{suffix}"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 20, (96, 64))
        noise = np.random.default_rng(2).integers(0, 256, (8, 12, 3), np.uint8)
        for index in range(FRAMES):
            writer.write(np.roll(cv2.resize(noise, (96, 64)), index, axis=1))
        writer.release()
        _CLIPS[suffix] = path.read_bytes()
    return _CLIPS[suffix]


def video_case(number: int, folder: Path, mutate: Mutate) -> None:
    """Take every frame of one mutated video, and seek in it; raise what was first said of it."""
    random = np.random.default_rng(number)
    suffix, codec = KINDS[number % len(KINDS)]
    path = folder / f"v{suffix}"
    path.write_bytes(mutate(clip(folder, suffix, codec), random))
    source = VideoSource(path, paced=False)
    said: list[VisionError] = []
    source.start()
    try:
        for place in (None, int(random.integers(0, FRAMES))):
            if place is not None:
                source.seek(place)
            while not source.ended:
                try:
                    frame = source.next_frame(0.0)
                except VisionError as error:
                    said.append(error)
                    continue
                if frame is not None:
                    assert frame.picture.dtype == np.uint8
                    assert frame.picture.ndim == 3
    finally:
        source.stop()
    if said:
        raise said[0]


def stream_case(number: int, _folder: Path, mutate: Mutate) -> None:
    """Read and decode four pictures of one mutated stream."""
    random = np.random.default_rng(number)
    parts = []
    for _ in range(4):
        data = encoded(".jpg", random.integers(0, 256, (40, 60, 3), np.uint8))
        head = b"--frame\r\nContent-Type: image/jpeg\r\n"
        if number % 2:
            head += b"Content-Length: %d\r\n" % len(data)
        parts.append(head + b"\r\n" + data + b"\r\n")
    body = b"".join(parts) + b"--frame\r\n"
    answer = mutate(HEAD + body, random) if number % 4 else HEAD + mutate(body, random)
    with _server(answer) as address:
        device = stream_device(address, stall_s=1.0)
        try:
            device.open()
            for _ in range(4):
                picture = device.read()
                assert not isinstance(picture, np.ndarray)
                decode_picture(picture)
        finally:
            device.close()


@contextmanager
def _server(answer: bytes) -> Iterator[str]:
    """Send `answer` to the one who connects, and hang up."""

    def serve() -> None:
        try:
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                client.sendall(answer)
        except OSError:
            # The client went away first.
            pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5.0)
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()
