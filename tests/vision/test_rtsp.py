"""An RTSP stream's name and password are told to nobody but the server they were typed for."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from urllib.request import parse_http_list, parse_keqv_list

import pytest

from vision.errors import Fault, VisionError
from vision.sources.stream import stream_device

BASIC = 'Basic realm="door"'
DIGEST = 'Digest realm="door", nonce="n1"'
DIGEST_EMPTY = 'Digest realm = "door", nonce="n1", opaque=, algorithm="", stale'
DIGEST_QOP = 'Digest realm="kapı", nonce="n2", qop="auth-int, auth", algorithm=MD5-sess, opaque="o"'
MUCH = 64 * 1024 * 1024


class RtspServer:
    """Answer DESCRIBE: ask for a login, then send on or answer that there is nothing.

    Attributes
    ----------
    challenge
        What it wants to be told, or empty.
    moved, moved_status
        Where it sends on to, or empty; by which status.
    raw, endless
        What it answers instead of all this, or None; what it sends after that, over and over.
    asked
        What each request asked for, and its Authorization or an empty text.
    sent
        How many bytes of `endless` it got rid of.
    """

    def __init__(
        self,
        challenge: str = "",
        moved: str = "",
        moved_status: str = "302 Found",
        raw: bytes | None = None,
        endless: bytes = b"",
    ) -> None:
        self.challenge, self.moved, self.moved_status = challenge, moved, moved_status
        self.raw, self.endless, self.sent = raw, endless, 0
        self.asked: list[tuple[str, str]] = []
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
        self.address = f"rtsp://127.0.0.1:{self.port}/door"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> RtspServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            with client, client.makefile("rb") as requests:
                client.settimeout(5)
                try:
                    while line := requests.readline():
                        self._answer(client, line.decode().strip(), self._headers(requests))
                        if self.raw is not None:
                            break
                except OSError:
                    continue

    def _headers(self, requests: object) -> dict[str, str]:
        found = {}
        while line := requests.readline().strip():  # type: ignore[attr-defined]  # a binary file
            name, _, value = line.decode().partition(":")
            found[name.lower()] = value.strip()
        return found

    def _answer(self, client: socket.socket, line: str, headers: dict[str, str]) -> None:
        login = headers.get("authorization", "")
        self.asked.append((line.split()[1], login))
        if self.raw is not None:
            client.sendall(self.raw)
            while self.endless and self.sent < MUCH and not self._stopping.is_set():
                client.sendall(self.endless)
                self.sent += len(self.endless)
                if len(self.endless) == 1:
                    self._stopping.wait(0.02)
            return
        status, more = "404 Not Found", ""
        if self.challenge and not is_right(login):
            status, more = "401 Unauthorized", f"WWW-Authenticate: {self.challenge}\r\n"
        elif self.moved:
            status, more = self.moved_status, f"Location: {self.moved}\r\n"
        head = f"RTSP/1.0 {status}\r\nCSeq: {headers['cseq']}\r\n{more}Content-Length: 2\r\n\r\nno"
        client.sendall(head.encode())


def is_right(login: str) -> bool:
    """Tell whether a login is user's with the password secret, word by word as RFC 2617 has it."""
    scheme, _, rest = login.partition(" ")
    if scheme == "Basic":
        return base64.b64decode(rest) == b"user:sec ret"
    if scheme != "Digest":
        return False
    given = parse_keqv_list(parse_http_list(rest))
    if given["realm"] not in ("door", "kapı"):
        return False
    first = md5(f"user:{given['realm']}:sec ret")
    middle = given["nonce"]
    if given.get("algorithm") == "MD5-sess":
        first = md5(f"{first}:{middle}:{given['cnonce']}")
    if "qop" in given:
        middle = f"{middle}:{given['nc']}:{given['cnonce']}:{given['qop']}"
    return given["response"] == md5(f"{first}:{middle}:{md5(f'DESCRIBE:{given["uri"]}')}")


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def fault_of(address: str, stall_s: float = 5) -> VisionError:
    device = stream_device(address.replace("rtsp://", "rtsp://user:sec%20ret@"), stall_s)
    with pytest.raises(VisionError) as caught:
        device.open()
    device.close()
    assert "sec" not in caught.value.sentence()
    return caught.value


@pytest.mark.parametrize("challenge", ["", BASIC, DIGEST, DIGEST_EMPTY, DIGEST_QOP])
def test_another_port_is_not_told_the_password(challenge: str) -> None:
    with RtspServer(BASIC) as second, RtspServer(challenge, second.address) as first:
        fault = fault_of(first.address)
        assert fault.code is Fault.SOURCE_UNAVAILABLE
        assert second.address in fault.sentence()
        assert second.asked == []
        assert [bool(login) for _, login in first.asked] == [False, True][: 1 + bool(challenge)]


def test_a_hash_is_given_where_a_server_takes_one() -> None:
    with RtspServer(DIGEST, "/other") as server:
        # FFmpeg knows no SHA-256, so nothing would come of it.
        longer = f"{DIGEST}, algorithm=SHA-256"
        server.challenge = "\r\nWWW-Authenticate: ".join((BASIC, longer, DIGEST))
        other = f"rtsp://user@127.0.0.1:{server.port}/other"
        assert other in fault_of(server.address).sentence()
        (login,) = [login for _, login in server.asked if login]
        assert login.startswith("Digest ")


def test_who_reads_the_stream_then_logs_in_too() -> None:
    with RtspServer(BASIC) as server:
        assert fault_of(server.address).code is Fault.SOURCE_UNAVAILABLE
        # The first two are ours; FFmpeg comes after them.
        assert any(is_right(login) for _, login in server.asked[2:])


def test_a_wrong_password_is_said() -> None:
    with RtspServer('Digest realm="another door", nonce="n"') as server:
        assert fault_of(server.address).code is Fault.SOURCE_LOCKED
        assert [bool(login) for _, login in server.asked] == [False, True]


def test_what_is_sent_on_to_another_language_is_not_followed() -> None:
    with RtspServer(moved="http://127.0.0.1:1/x") as server:
        fault = fault_of(server.address)
        assert fault.code is Fault.SOURCE_UNAVAILABLE
        assert "http://127.0.0.1:1/x, which is not followed" in fault.sentence()


def test_every_status_that_ffmpeg_follows_is_refused() -> None:
    with RtspServer() as second, RtspServer(BASIC, second.address, "300 Choose") as first:
        assert fault_of(first.address).code is Fault.SOURCE_UNAVAILABLE
        assert second.asked == []
        assert len(first.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad\r\n\r\n",
        b"RTSP/1.0\r\n\r\n",
        b"RTSP/1.0 2OO OK\r\n\r\n",
        b"\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_who_speaks_no_rtsp_sends_garbage(answer: bytes) -> None:
    with RtspServer(raw=answer) as server:
        assert fault_of(server.address).code is Fault.SOURCE_GARBAGE


def test_who_hangs_up_at_once_has_cut_the_connection() -> None:
    with RtspServer(raw=b"") as server:
        fault = fault_of(server.address)
        assert fault.code is Fault.SOURCE_UNAVAILABLE
        assert "cut off" in fault.sentence()


@pytest.mark.parametrize(
    "start", [b"", b"RTSP/1.0 401 No\r\n", b"RTSP/1.0 302 Found\r\nLocation: "]
)
def test_an_answer_that_drips_is_waited_for_no_longer_than_a_picture(start: bytes) -> None:
    with RtspServer(raw=start, endless=b"x") as server:
        assert fault_of(server.address, stall_s=0.5).code is Fault.SOURCE_STALLED


@pytest.mark.parametrize("length", [b"-1", b"9" * 5000, b"a few"])
def test_no_more_of_an_answer_is_read_than_it_may_have(length: bytes) -> None:
    head = b"RTSP/1.0 401 No\r\nContent-Length: " + length + b"\r\n\r\n"
    with RtspServer(raw=head, endless=bytes(65536)) as server:
        assert fault_of(server.address).code is Fault.SOURCE_LOCKED
    assert server.sent < MUCH
