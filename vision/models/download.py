"""Downloads a file over https, resumably, and verifies its hash."""

from __future__ import annotations

import errno
import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests

from vision.errors import Fault, VisionError
from vision.files import unwritable_error
from vision.formats.manifest import ModelManifest
from vision.reasons import Reason

_PIECE_BYTES: Final = 64 * 1024
CONNECT_S: Final = 10.0
"""Timeout for connecting, in seconds."""
_READ_S: Final = 20.0
_STOP_HEARD_S: Final = 0.1
_MAX_REDIRECTS: Final = 5


@dataclass(frozen=True)
class DownloadProgress:
    """The progress of a download.

    Attributes
    ----------
    received_bytes, total_bytes
        Bytes received, including earlier attempts, and size of the file.
    bytes_per_s
        Speed of this attempt.
    """

    received_bytes: int
    total_bytes: int
    bytes_per_s: float


class _StoppedError(Exception):
    """The user has stopped the download."""


@dataclass(frozen=True)
class Download:
    """An attempt to download a model.

    Attributes
    ----------
    part
        Path of the partial file.
    schemes
        Allowed URL schemes, also after a redirect.
    """

    entry: ModelManifest
    part: Path
    schemes: frozenset[str]
    should_stop: Callable[[], bool]
    publish: Callable[[DownloadProgress], None]

    def fetch_into(self, path: Path) -> bool:
        """Download the file, verify its hash and move it into place; return False if stopped.

        Raises
        ------
        VisionError
            download_failed, download_hash, download_not_https, download_disk_full or
            file_unwritable.
        """
        try:
            self._complete_part()
            with self.part.open("rb") as part:
                digest = hashlib.file_digest(part, "sha256").hexdigest()
            if digest != self.entry.sha256:
                raise self._discard_partial()
            self.part.replace(path)
        except _StoppedError:
            return False
        except requests.RequestException as error:
            if self.should_stop():
                return False
            raise _failed(self.entry.name, error) from error
        except OSError as error:
            raise self._disk_fault(error) from error
        return True

    def _complete_part(self) -> None:
        if self.part.is_symlink() and self.part.is_file():
            self.part.unlink()  # whose file it leads to is not ours to write to
        if self._received() > self.entry.bytes:
            self.part.unlink()
        if self._received() < self.entry.bytes:
            self._receive_on_thread()
        if self._received() != self.entry.bytes:
            missing = self.entry.bytes - self._received()
            raise requests.ConnectionError(f"{missing} bytes are missing")

    def _discard_partial(self) -> VisionError:
        """Delete a partial file that cannot be resumed; return the error."""
        self.part.unlink(missing_ok=True)
        return VisionError(Fault.DOWNLOAD_HASH, file=self.entry.name)

    def _receive_on_thread(self) -> None:
        """Receive on another thread, which a stop abandons while it waits for the server.

        Name lookup, connecting and the TLS handshake wait in part without a socket that could be
        closed. An abandoned thread writes nothing more, and ends by its timeouts or with the
        program.
        """
        done: Future[None] = Future()

        def receive() -> None:
            try:
                with requests.Session() as session:
                    self._receive(session)
                done.set_result(None)
            except Exception as fault:  # noqa: BLE001 - raised where the end is waited for
                done.set_exception(fault)

        threading.Thread(target=receive, daemon=True).start()
        while not wait([done], _STOP_HEARD_S).done:
            if self.should_stop():
                wait([done], _STOP_HEARD_S)  # between two pieces it ends by itself
                raise _StoppedError
        done.result()

    def _receive(self, session: requests.Session) -> None:
        resumed = self._received()
        with self._open(session, self.entry.url, resumed) as answer:
            self._raise_if_stopped()
            if answer.status_code == 206:
                mode = "ab"
            else:
                # The server does not resume: it sends all of it again.
                self._require_full_size(answer)
                resumed, mode = 0, "wb"
            started, received = time.perf_counter(), resumed
            with self.part.open(mode, buffering=0) as part:
                for piece in answer.iter_content(_PIECE_BYTES):
                    self._raise_if_stopped()
                    received += len(piece)
                    if received > self.entry.bytes:
                        raise self._discard_partial()
                    part.write(piece)
                    seconds = max(time.perf_counter() - started, 1e-6)
                    self.publish(
                        DownloadProgress(received, self.entry.bytes, (received - resumed) / seconds)
                    )

    def _raise_if_stopped(self) -> None:
        if self.should_stop():
            raise _StoppedError

    def _require_full_size(self, answer: requests.Response) -> None:
        """Raise if the response is shorter than the model, such as a login page.

        It would replace the partial file, or be resumed later.
        """
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) < self.entry.bytes:
            name, reason = self.entry.name, Reason.OTHER_FILE
            raise VisionError(Fault.DOWNLOAD_FAILED, file=name, reason=reason, answer="")

    def _open(self, session: requests.Session, url: str, resumed: int) -> requests.Response:
        """Send the request, checking every redirect."""
        # Compressed pieces could not be resumed.
        headers = {"Accept-Encoding": "identity"}
        if resumed:
            headers["Range"] = f"bytes={resumed}-"
        for _ in range(_MAX_REDIRECTS):
            self._check(url)
            try:
                answer = session.get(
                    url,
                    headers=headers,
                    auth=_without_login,
                    stream=True,
                    allow_redirects=False,
                    timeout=(CONNECT_S, _READ_S),
                )
            except ValueError as error:
                # Where the server sends on to is no address.
                raise requests.exceptions.InvalidURL(str(error)) from error
            if answer.ok and not answer.is_redirect:
                return answer
            answer.close()
            answer.raise_for_status()
            url = urljoin(url, answer.headers["Location"])
        raise requests.TooManyRedirects("too many redirects")

    def _check(self, url: str) -> None:
        if urlsplit(url).scheme.lower() not in self.schemes:
            raise VisionError(Fault.DOWNLOAD_NOT_HTTPS, file=self.entry.name, url=url)

    def _received(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _disk_fault(self, error: OSError) -> VisionError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            megabytes = -(-self.entry.bytes // 1_000_000)
            return VisionError(Fault.DOWNLOAD_DISK_FULL, file=self.entry.name, megabytes=megabytes)
        return unwritable_error(self.part, error)


def _without_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return a request unchanged, so that neither netrc nor the URL adds credentials."""
    return request


def _failed(name: str, error: requests.RequestException) -> VisionError:
    reason, said = Reason.CONNECTION_FAILED, ""
    if error.response is not None:
        reason = Reason.SERVER_ANSWERS
        said = f"{error.response.status_code} {error.response.reason}"
    elif isinstance(error, requests.Timeout):
        reason = Reason.NO_ANSWER
    elif isinstance(error, requests.ConnectionError) and "missing" in str(error):
        reason = Reason.CONNECTION_CUT
    return VisionError(Fault.DOWNLOAD_FAILED, file=name, reason=reason, answer=said)
