"""Frames come from files, videos, cameras and streams; trouble is named and never a hang."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.mjpeg_server import MjpegServer, Mood
from tests.vision.refused import refused
from vision.errors import Fault, VisionError
from vision.sources.base import Frame
from vision.sources.camera import CameraDevice, CameraInfo
from vision.sources.live_source import LiveSource
from vision.sources.stream import stream_device
from vision.sources.video_source import VideoSource

LIMIT_S = 10.0


def grey_level(frame: Frame) -> int:
    return round(float(frame.picture.mean()))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Return a video of 40 frames at 20 a second; frame i has grey level 5 i."""
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    assert writer.isOpened()
    for index in range(40):
        writer.write(np.full((48, 64, 3), 5 * index, np.uint8))
    writer.release()
    return path


def test_a_video_gives_every_frame_when_it_is_not_paced(video: Path) -> None:
    source = VideoSource(video, paced=False)
    source.start()
    assert source.length == 40
    frames = list(iter(lambda: source.next_frame(0.1), None))
    assert [grey_level(frame) for frame in frames] == pytest.approx(
        [5 * i for i in range(40)], abs=2
    )
    assert [frame.name for frame in frames] == [f"video.avi {n}" for n in range(1, 41)]
    assert source.ended
    assert source.dropped == 0
    source.stop()


def test_seeking_goes_to_the_very_frame(video: Path) -> None:
    source = VideoSource(video, paced=False)
    source.start()
    for index in (30, 3, 39, 0):
        source.seek(index)
        frame = source.next_frame(0.1)
        assert frame is not None
        assert frame.index == index
        assert grey_level(frame) == pytest.approx(5 * index, abs=2)
    source.seek(1000)
    last = source.next_frame(0.1)
    assert last is not None
    assert last.index == 39
    source.stop()


def compute_for(seconds: float) -> None:
    """Be a slow network."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        np.ones((64, 64)) @ np.ones((64, 64))


def test_a_paced_video_keeps_to_the_clock_and_drops_what_is_late(video: Path) -> None:
    source = VideoSource(video)
    source.start()
    started = time.perf_counter()
    seen = []
    while not source.ended:
        frame = source.next_frame(0.5)
        if frame is not None:
            seen.append(frame.index)
            compute_for(0.15)  # three frames' time
    seconds = time.perf_counter() - started
    source.stop()
    assert 1.7 < seconds < 4.0
    assert seen == sorted(set(seen))
    assert 4 <= len(seen) <= 20
    assert len(seen) + source.dropped == 40


def write_clip(path: Path, codec: str) -> bytearray:
    """Write a video of 60 frames and return its bytes."""
    rng = np.random.default_rng(0)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 30, (320, 240))
    for index in range(60):
        frame = cv2.resize(rng.integers(0, 256, (12, 16, 3), np.uint8), (320, 240))
        writer.write(np.roll(frame, index, axis=1))
    writer.release()
    return bytearray(path.read_bytes())


def play(path: Path, *, paced: bool = False) -> tuple[list[int], list[VisionError]]:
    """Return the numbers of the frames that came, and what was said of the others."""
    source = VideoSource(path, paced=paced)
    source.start()
    indices: list[int] = []
    said: list[VisionError] = []
    while not source.ended:
        try:
            frame = source.next_frame(0.1)
        except VisionError as error:
            said.append(error)
            continue
        if frame is not None:
            indices.append(frame.index)
    source.stop()
    return indices, said


def test_a_video_damaged_in_its_midst_is_said_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    data = write_clip(path, "mp4v")
    start, end = len(data) * 4 // 10, len(data) * 6 // 10
    data[start:end] = np.random.default_rng(1).bytes(end - start)
    path.write_bytes(data)
    indices, said = play(path)
    assert said
    assert {error.code for error in said} == {Fault.VIDEO_DAMAGED}
    missing = sum(int(error.values["count"]) for error in said)
    assert missing > 0
    assert len(indices) + missing == 60
    assert indices[-1] == 59
    first = int(said[0].values["first"]) - 1
    assert first not in indices
    assert first - 1 in indices
    assert any(index > first for index in indices)


@pytest.mark.thorough
@pytest.mark.parametrize("paced", [False, True])
@pytest.mark.parametrize(
    ("name", "codec", "is_cut"),
    [("clip.avi", "MJPG", True), ("clip.avi", "MJPG", False), ("clip.webm", "VP80", False)],
)
def test_damage_that_reaches_the_end_is_said_too(
    tmp_path: Path, name: str, codec: str, is_cut: bool, paced: bool
) -> None:
    path = tmp_path / name
    data = write_clip(path, codec)
    good = len(data) * 5 // 10
    path.write_bytes(data[:good] + (b"" if is_cut else bytes(len(data) - good)))
    indices, said = play(path, paced=paced)
    assert [error.code for error in said] == [Fault.VIDEO_DAMAGED]
    first, count = int(said[0].values["first"]), int(said[0].values["count"])
    assert first + count == 61
    assert 1 < first < 46
    assert max(indices) + 2 == first


def test_a_codec_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (64, 48))
    for level in range(20):
        writer.write(np.full((48, 64, 3), 10 * level, np.uint8))
    writer.release()
    # The same frames, said to be of AV1: none of them can be decoded.
    data = path.read_bytes()
    path.write_bytes(data.replace(b"mp4v", b"av01").replace(b"esds", b"free"))
    source = VideoSource(path, paced=False)
    source.start()

    def read_all() -> None:
        while not source.ended:
            source.next_frame(1.0)

    with pytest.raises(VisionError) as caught:
        read_all()
    source.stop()
    assert caught.value.code is Fault.VIDEO_CODEC
    assert "(AV01)" in caught.value.sentence()


@pytest.mark.parametrize(
    ("name", "codec"), [("clip.avi", "MJPG"), ("clip.mp4", "mp4v"), ("clip.webm", "VP80")]
)
def test_nothing_is_said_of_a_whole_video(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write_clip(path, codec)
    indices, said = play(path)
    assert indices == list(range(60))
    assert said == []


def test_what_is_no_video_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    with refused(Fault.FILE_MISSING):
        VideoSource(path).start()
    path.write_bytes(b"no video" * 100)
    with refused(Fault.VIDEO_UNREADABLE):
        VideoSource(path).start()


@pytest.fixture
def live() -> Iterator[Callable[[str], LiveSource]]:
    """Return a function that starts a stream; all are stopped and waited for at the end."""
    started: list[LiveSource] = []

    def start(address: str) -> LiveSource:
        source = LiveSource(stream_device(address, stall_s=1.0), stall_s=1.0)
        started.append(source)
        source.start()
        return source

    yield start
    for source in started:
        began = time.perf_counter()
        source.stop()
        assert source.join(5.0)
        # Stopping cuts the connection; it does not wait for a stall to be noticed.
        assert time.perf_counter() - began < 0.9


def next_of(source: LiveSource) -> Frame:
    limit = time.perf_counter() + LIMIT_S
    while time.perf_counter() < limit:
        frame = source.next_frame(0.1)
        if frame is not None:
            return frame
    raise AssertionError(f"no frame within {LIMIT_S} s: {source.trouble}")


def wait_for_trouble(source: LiveSource, code: Fault = Fault.SOURCE_UNAVAILABLE) -> VisionError:
    """Return that fault when it comes; on a busy machine a stream may stall for a moment first."""
    limit = time.perf_counter() + LIMIT_S
    while time.perf_counter() < limit:
        source.next_frame(0.05)
        if source.trouble is not None and source.trouble.code is code:
            return source.trouble
    raise AssertionError(f"no {code} within {LIMIT_S} s, but {source.trouble}")


@pytest.mark.parametrize("mood", [Mood.STREAM, Mood.NO_LENGTH, Mood.SINGLE])
def test_a_stream_gives_its_frames_in_order(live: Callable[[str], LiveSource], mood: Mood) -> None:
    with MjpegServer() as server:
        server.mood = mood
        source = live(server.address)
        levels = [grey_level(next_of(source)) for _ in range(10)]
        assert levels == sorted(set(levels))
        assert source.trouble is None


def test_a_slow_worker_gets_the_newest_frame_and_the_rest_is_counted(
    live: Callable[[str], LiveSource],
) -> None:
    with MjpegServer(fps=100) as server:
        source = live(server.address)
        next_of(source)
        server.wait_until_sent(server.sent + 50, LIMIT_S)
        dropped = source.dropped
        frame = next_of(source)
        assert server.sent - grey_level(frame) < 25
        assert frame.age_ms() < 250
        assert 10 <= dropped <= frame.index - 1 <= source.dropped


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (Mood.STALL, Fault.SOURCE_STALLED),
        (Mood.TRICKLE, Fault.SOURCE_STALLED),
        (Mood.GARBAGE, Fault.SOURCE_GARBAGE),
        (Mood.DIE_MID_FRAME, Fault.SOURCE_UNAVAILABLE),
    ],
)
def test_a_stream_that_goes_wrong_is_named_and_taken_up_again(
    live: Callable[[str], LiveSource], mood: Mood, code: Fault
) -> None:
    with MjpegServer() as server:
        source = live(server.address)
        next_of(source)
        server.mood = mood
        wait_for_trouble(source, code)
        server.mood = Mood.STREAM
        next_of(source)
        assert source.trouble is None
        # Bytes that trickle in keep the connection; everything else is connected anew.
        assert source.reopened >= (0 if mood is Mood.TRICKLE else 1)


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (Mood.NOT_FOUND, Fault.SOURCE_UNAVAILABLE),
        (Mood.LOCKED, Fault.SOURCE_LOCKED),
        (Mood.WRONG_TYPE, Fault.SOURCE_GARBAGE),
        (Mood.ENDLESS_LENGTH, Fault.SOURCE_GARBAGE),
    ],
)
def test_what_is_no_stream_is_named_so(
    live: Callable[[str], LiveSource], mood: Mood, code: Fault
) -> None:
    with MjpegServer() as server:
        server.mood = mood
        wait_for_trouble(live(server.address), code)


@pytest.mark.parametrize(
    ("status", "place", "said"),
    [
        (301, "/other", "/other, which is not followed"),
        (302, "file:///etc/passwd", "file:///etc/passwd"),
        (303, "ftp://127.0.0.1/x", "ftp://127.0.0.1/x"),
        (307, "rtsp://127.0.0.1/x", "rtsp://127.0.0.1/x"),
        (308, "http://user:secret@", "http://user@"),
        (302, "http://[x", "no valid address"),
    ],
)
def test_what_a_server_sends_on_to_is_named_without_a_password_and_not_followed(
    live: Callable[[str], LiveSource], status: int, place: str, said: str
) -> None:
    with MjpegServer() as server:
        server.moved = status, place
        trouble = wait_for_trouble(live(server.address))
        assert trouble.code is Fault.SOURCE_UNAVAILABLE
        assert said in trouble.sentence()
        assert "secret" not in trouble.sentence()
        assert all(request.startswith(b"GET /stream ") for request in server.asked)


def test_a_killed_server_is_found_again_when_it_is_back(
    live: Callable[[str], LiveSource],
) -> None:
    server = MjpegServer()
    source = live(server.address)
    next_of(source)
    server.stop()
    wait_for_trouble(source)
    with MjpegServer(port=server.port):
        next_of(source)
    assert source.reopened >= 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "rtsp://127.0.0.1:{port}/x",
        f"http://{'a' * 70}.example/stream",  # no name that can be looked up
    ],
)
def test_an_address_nobody_answers_is_unavailable(
    live: Callable[[str], LiveSource], address: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = address.format(port=free.getsockname()[1])
    assert wait_for_trouble(live(address)).sentence().startswith(f"{address}: ")


@pytest.mark.parametrize(
    "address",
    ["", "file:///etc/passwd", "http://", "ftp://h/x", "http://[x", "http://a door", "http://h/\0"],
)
def test_other_addresses_are_refused(address: str) -> None:
    with refused(Fault.SOURCE_UNAVAILABLE):
        stream_device(address)


def test_a_source_can_be_started_again(live: Callable[[str], LiveSource]) -> None:
    with MjpegServer() as server:
        source = live(server.address)
        next_of(source)
        source.stop()
        assert source.join(5.0)
        source.start()
        next_of(source)


def test_a_password_is_not_shown() -> None:
    device = stream_device("http://user:secret@camera.example:81/live")
    assert device.name == "http://user@camera.example:81/live"


def test_a_missing_camera_is_unavailable() -> None:
    source = LiveSource(CameraDevice(CameraInfo(97, "Camera 97"), (640, 480)))
    source.start()
    wait_for_trouble(source)
    source.stop()
    assert source.join(5.0)
