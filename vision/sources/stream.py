"""Network streams: MJPEG over HTTP with our own reader, RTSP with OpenCV's FFmpeg."""

from __future__ import annotations

import base64
import contextlib
import errno
import http.client
import socket
import ssl
import time
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import cv2

from vision.errors import Fault, VisionError
from vision.pictures.pixels import Picture
from vision.reasons import Reason, reason_of
from vision.sources.capture import CaptureDevice
from vision.sources.live_source import STALL_S, LiveDevice

_MAX_PICTURE_BYTES: Final = 32 * 1024 * 1024
_MAX_HEADER_BYTES: Final = 16 * 1024
_BETWEEN_PICTURES_S: Final = 0.1
_READ_BYTES: Final = 256 * 1024
"""Buffer size: a camera's picture exceeds the usual one, and each read wakes a thread."""


def stream_device(address: str, stall_s: float = STALL_S) -> LiveDevice:
    """Return the device for a stream's address.

    Parameters
    ----------
    address
        http:// or https:// for MJPEG; rtsp:// or rtsps:// for RTSP.
    stall_s
        Seconds without data after which the connection is closed and reopened.

    Raises
    ------
    VisionError
        source_unavailable if the address has another scheme.
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
        host, scheme = parts.hostname, parts.scheme.lower()
        _ = parts.port
    except ValueError as error:
        raise _unavailable(address, Reason.ADDRESS_INVALID) from error
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        raise _unavailable(address, Reason.ADDRESS_INVALID)
    if host and scheme in ("http", "https"):
        return MjpegDevice(address, stall_s)
    if host and scheme in ("rtsp", "rtsps"):
        return RtspDevice(address, stall_s)
    raise _unavailable(address, Reason.ADDRESS_KIND)


class MjpegDevice:
    """Pictures from an HTTP response of type multipart/x-mixed-replace, as a `LiveDevice`.

    A camera that responds with a single picture is polled ten times per second.
    """

    def __init__(self, address: str, stall_s: float = STALL_S) -> None:
        self.address = address
        self.name = _without_password(address)
        self.stall_s = stall_s
        self._connection: http.client.HTTPConnection | None = None
        # http.client lets go of the socket once the answer has begun; `interrupt` needs it.
        self._socket: socket.socket | None = None
        self._body: _Body | None = None
        self._boundary = b""
        self._is_single = False

    def open(self) -> None:
        """Connect, request the stream and check that it announces pictures.

        Raises
        ------
        VisionError
            source_unavailable, also if the server redirects to another address;
            source_locked, source_stalled or source_garbage.
        """
        try:
            answer = self._ask(urlsplit(self.address))
        except TimeoutError as error:
            raise self._stalled() from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            # A host name that cannot be written as DNS wants it is a ValueError.
            raise _unavailable(self.name, reason_of(error)) from error
        if answer.status == http.HTTPStatus.UNAUTHORIZED:
            raise VisionError(Fault.SOURCE_LOCKED, file=self.name)
        if 300 <= answer.status < 400:
            raise _redirect_error(self.address, answer.getheader("Location", ""))
        if answer.status != 200:
            # What the server itself says of it may be anything.
            said = f"{answer.status} {http.client.responses.get(answer.status, '')}"
            raise _unavailable(self.name, Reason.SERVER_ANSWERS, answer=said.strip())
        kind, _, rest = answer.getheader("Content-Type", "").partition(";")
        self._is_single = kind.strip().lower().startswith("image/")
        if self._is_single:
            return
        if kind.strip().lower() != "multipart/x-mixed-replace":
            raise VisionError(Fault.SOURCE_GARBAGE, file=self.name)
        boundary = rest.partition("boundary=")[2].split(";")[0].strip().strip('"')
        # Servers disagree on whether the dashes belong to the boundary they announce.
        self._boundary = b"--" + boundary.removeprefix("--").encode("latin-1", "replace")

    def _ask(self, parts: SplitResult) -> http.client.HTTPResponse:
        """Connect to a URL and return the head of its response."""
        connection = self._connection = _connection(parts, self.stall_s)
        connection.connect()
        self._socket = connection.sock
        connection.request("GET", _target(parts), headers=_headers(parts))
        answer = connection.getresponse()
        self._body = _Body(answer, self.name)
        return answer

    def read(self) -> bytes:
        """Wait for the next complete part of the response, or for the next response.

        Raises
        ------
        VisionError
            source_unavailable, source_stalled or source_garbage.
        """
        if self._body is None:
            # The last answer was a single picture, and is read.
            time.sleep(_BETWEEN_PICTURES_S)
            self.open()
        assert self._body is not None
        deadline = time.monotonic() + self.stall_s
        try:
            if not self._is_single:
                return self._next_part(self._body, deadline)
            data = self._body.read_all(deadline, _MAX_PICTURE_BYTES)
            self.close()
            return data
        except TimeoutError as error:
            raise self._stalled() from error
        except (OSError, http.client.HTTPException, AttributeError) as error:
            # The connection was cut, perhaps by `interrupt`.
            raise _unavailable(self.name, reason_of(error)) from error

    def _next_part(self, body: _Body, deadline: float) -> bytes:
        """Return the content of the response's next part."""
        body.read_until(self._boundary, deadline, _MAX_PICTURE_BYTES)
        head = body.read_until(b"\r\n\r\n", deadline, _MAX_HEADER_BYTES)
        for line in head.split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value.strip()[:20])  # Python reads no number of thousands of digits
                if length > _MAX_PICTURE_BYTES:
                    raise VisionError(Fault.SOURCE_GARBAGE, file=self.name)
                return body.read_exactly(length, deadline)
        data = body.read_until(b"\r\n" + self._boundary, deadline, _MAX_PICTURE_BYTES)
        # The next part starts with the boundary that was just taken.
        body.put_back(self._boundary)
        return data

    def interrupt(self) -> None:
        """Close the connection, which ends a waiting read."""
        connected = self._socket
        if connected is not None:
            with contextlib.suppress(OSError):  # it may have ended just now
                connected.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        if self._body is not None:
            self._body.close()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._body = self._socket = None

    def _stalled(self) -> VisionError:
        return VisionError(Fault.SOURCE_STALLED, file=self.name, seconds=self.stall_s)


class _Body:
    """The body of an HTTP response, with a deadline for every read."""

    def __init__(self, answer: http.client.HTTPResponse, name: str) -> None:
        self._answer = answer
        self._garbage = VisionError(Fault.SOURCE_GARBAGE, file=name)
        self._buffer = bytearray()

    def _more(self, deadline: float) -> None:
        # A server that sends a byte now and then never lets the socket time out.
        if time.monotonic() > deadline:
            raise TimeoutError
        data = self._answer.read1(_READ_BYTES)
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "the server has closed the connection")
        self._buffer += data

    def read_until(self, mark: bytes, deadline: float, most_bytes: int) -> bytes:
        """Read everything up to `mark`, and consume the mark."""
        searched = 0
        while (at := self._buffer.find(mark, max(0, searched - len(mark)))) < 0:
            searched = len(self._buffer)
            if searched > most_bytes:
                raise self._garbage
            self._more(deadline)
        data = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        return data

    def read_all(self, deadline: float, most_bytes: int) -> bytes:
        """Read everything up to the end of the response."""
        while data := self._answer.read1(_READ_BYTES):
            self._buffer += data
            if len(self._buffer) > most_bytes:
                raise self._garbage
            if time.monotonic() > deadline:
                raise TimeoutError
        return bytes(self._buffer)

    def read_exactly(self, count: int, deadline: float) -> bytes:
        while len(self._buffer) < count:
            self._more(deadline)
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def close(self) -> None:
        """Close the response, which owns the socket."""
        self._answer.close()

    def put_back(self, data: bytes) -> None:
        self._buffer[:0] = data


class RtspDevice(CaptureDevice):
    """An RTSP stream read by FFmpeg, as a `LiveDevice`."""

    def __init__(self, address: str, stall_s: float = STALL_S) -> None:
        super().__init__(_without_password(address))
        self.address = address
        self.stall_s = stall_s

    def open(self) -> None:
        """Connect with a time limit.

        Raises
        ------
        VisionError
            source_unavailable.
        """
        limit_ms = int(self.stall_s * 1000)
        limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
        options = [word for limit in limits for word in (limit, limit_ms)]
        self._open(self.address, cv2.CAP_FFMPEG, options, Reason.NO_STREAM)

    def read(self) -> Picture:
        """Wait for the next picture.

        Raises
        ------
        VisionError
            source_unavailable or source_stalled.
        """
        picture = self._read()
        if picture is None:
            raise VisionError(Fault.SOURCE_STALLED, file=self.name, seconds=self.stall_s)
        return picture


def _redirect_error(address: str, place: str) -> VisionError:
    """Return the error for a redirect, naming the target so that the user can open it."""
    name = _without_password(address)
    try:
        shown = _without_password(urljoin(address, place))
    except ValueError:
        return _unavailable(name, Reason.ADDRESS_INVALID)
    return _unavailable(name, Reason.SENT_ELSEWHERE, address=shown)


def _connection(parts: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme.lower() == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _headers(parts: SplitResult) -> dict[str, str]:
    headers = {"Accept": "multipart/x-mixed-replace, image/jpeg"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return headers


def _without_password(address: str) -> str:
    """Return a URL without its password, for display."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}").geturl()


def _unavailable(name: str, reason: str, **values: str) -> VisionError:
    return VisionError(Fault.SOURCE_UNAVAILABLE, file=name, reason=reason, **values)
