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
DIGEST_QOP = 'Digest realm="door", nonce="n2", qop="auth,auth-int", algorithm=SHA-256, opaque="o"'


class RtspServer:
    """Answer DESCRIBE: ask for a login, then send on or answer that there is nothing.

    Attributes
    ----------
    challenge
        What it wants to be told, or empty.
    moved
        Where it sends on to, or empty.
    asked
        What each request asked for, and its Authorization or an empty text.
    """

    def __init__(self, challenge: str = "", moved: str = "") -> None:
        self.challenge, self.moved = challenge, moved
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
        status, more = "404 Not Found", ""
        if self.challenge and not is_right(login):
            status, more = "401 Unauthorized", f"WWW-Authenticate: {self.challenge}\r\n"
        elif self.moved:
            status, more = "302 Found", f"Location: {self.moved}\r\n"
        head = f"RTSP/1.0 {status}\r\nCSeq: {headers['cseq']}\r\n{more}Content-Length: 2\r\n\r\nno"
        client.sendall(head.encode())


def is_right(login: str) -> bool:
    """Tell whether a login is user's with the password secret, word by word as RFC 7616 has it."""
    scheme, _, rest = login.partition(" ")
    if scheme == "Basic":
        return base64.b64decode(rest) == b"user:sec ret"
    if scheme != "Digest":
        return False
    given = parse_keqv_list(parse_http_list(rest))
    hashed = hashlib.sha256 if given.get("algorithm") == "SHA-256" else hashlib.md5
    first = hashed(b"user:door:sec ret").hexdigest()
    second = hashed(f"DESCRIBE:{given['uri']}".encode()).hexdigest()
    middle = given["nonce"]
    if "qop" in given:
        middle = f"{middle}:{given['nc']}:{given['cnonce']}:{given['qop']}"
    return given["response"] == hashed(f"{first}:{middle}:{second}".encode()).hexdigest()


def fault_of(address: str) -> VisionError:
    device = stream_device(address.replace("rtsp://", "rtsp://user:sec%20ret@"), stall_s=5)
    with pytest.raises(VisionError) as caught:
        device.open()
    device.close()
    assert "sec" not in caught.value.sentence()
    return caught.value


@pytest.mark.parametrize("challenge", ["", BASIC, DIGEST, DIGEST_QOP])
def test_another_port_is_not_told_the_password(challenge: str) -> None:
    with RtspServer(BASIC) as second, RtspServer(challenge, second.address) as first:
        fault = fault_of(first.address)
        assert fault.code is Fault.SOURCE_LOCKED_ELSEWHERE
        assert second.address in fault.sentence()
        assert second.asked == [(second.address, "")]
        assert [bool(login) for _, login in first.asked] == [False, True][: 1 + bool(challenge)]


def test_a_hash_is_given_where_a_server_takes_one() -> None:
    with RtspServer(DIGEST, "/other") as server:
        server.challenge = f"{BASIC}\r\nWWW-Authenticate: {DIGEST}"
        assert "again and again" in fault_of(server.address).sentence()
        logins = [login for _, login in server.asked if login]
        # The same server is told it at its other addresses too.
        assert len(logins) == 6
        assert all(login.startswith("Digest ") for login in logins)
        assert server.asked[-1][0] == f"rtsp://127.0.0.1:{server.port}/other"


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


def test_who_speaks_no_rtsp_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert fault_of(f"rtsp://127.0.0.1:{port}/x").code is Fault.SOURCE_UNAVAILABLE
        thread.join()
