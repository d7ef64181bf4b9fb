"""Ask an RTSP server where its stream is: FFmpeg logs in wherever it is sent on to."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import secrets
import socket
import ssl
import threading
from email.message import Message
from typing import BinaryIO, Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from vision.origin import origin

_MOVED: Final = (301, 302, 303, 305, 307, 308)
_MOST_BODY_BYTES: Final = 64 * 1024
_HASHES: Final = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def describe(address: str, timeout_s: float) -> tuple[int, str]:
    """Ask a server for its stream; log in if it wants that and the address has a login.

    Returns
    -------
    The status of its answer, and where it sends on to, as it says that, or an empty text.

    Raises
    ------
    OSError, ValueError, http.client.HTTPException
        If it cannot be reached, or answers in another language.
    """
    parts = urlsplit(address)
    with _connected(address, timeout_s) as connected, connected.makefile("rb") as answers:
        # A server that sends a byte now and then never lets the socket time out.
        late = threading.Timer(timeout_s, _cut, [connected])
        late.start()
        try:
            status, headers = _ask(connected, answers, parts)
            if status == http.HTTPStatus.UNAUTHORIZED and parts.username is not None:
                login = _login(parts, headers.get_all("WWW-Authenticate", []))
                if login:
                    status, headers = _ask(connected, answers, parts, login)
        finally:
            late.cancel()
            late.join()
    return status, headers.get("Location", "") if status in _MOVED else ""


def _connected(address: str, timeout_s: float) -> socket.socket:
    scheme, host, port = origin(address)
    connected = socket.create_connection((host or "", port or 0), timeout_s)
    if scheme != "rtsps":
        return connected
    # As FFmpeg does: cameras have certificates of their own.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connected, server_hostname=host)


def _cut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended just now
        connected.shutdown(socket.SHUT_RDWR)


def _ask(
    connected: socket.socket, answers: BinaryIO, parts: SplitResult, login: str = ""
) -> tuple[int, Message]:
    """Send a request and return the status and the headers of its answer."""
    lines = [f"DESCRIBE {_plain(parts)} RTSP/1.0", f"CSeq: {2 if login else 1}"]
    lines += ["Accept: application/sdp", "User-Agent: Glassnet"]
    lines += [f"Authorization: {login}"] if login else []
    connected.sendall("\r\n".join([*lines, "", ""]).encode())
    version, status, *_ = answers.readline(1000).split(maxsplit=2)
    if not version.startswith(b"RTSP/"):
        raise ValueError(version)
    headers = http.client.parse_headers(answers)
    answers.read(min(int(headers.get("Content-Length", "0")), _MOST_BODY_BYTES))
    return int(status), headers


def _plain(parts: SplitResult) -> str:
    """Return an address without its login, as a request names it."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def _login(parts: SplitResult, wanted: list[str]) -> str:
    """Return an Authorization header for what a server wants, by a hash where it takes one."""
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    for one in wanted:
        scheme, _, rest = one.partition(" ")
        asked = parse_keqv_list([item for item in parse_http_list(rest) if "=" in item])
        if scheme.lower() == "digest" and asked.get("algorithm", "MD5").upper() in _HASHES:
            return _digest(asked, name, password, _plain(parts))
    if any(one.lower().startswith("basic") for one in wanted):
        return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
    return ""


def _digest(asked: dict[str, str], name: str, password: str, address: str) -> str:
    """Answer a challenge.

    References
    ----------
    R. Shekh-Yusef et al., RFC 7616, "HTTP Digest Access Authentication", 2015, section 3.4.
    """

    def hashed(*words: str) -> str:
        return _HASHES[asked.get("algorithm", "MD5").upper()](":".join(words).encode()).hexdigest()

    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    given = {"username": name, "realm": realm, "nonce": nonce, "uri": address}
    who, what = hashed(name, realm, password), hashed("DESCRIBE", address)
    more = {one: asked[one] for one in ("opaque", "algorithm") if one in asked}
    counted = ""
    if "auth" in asked.get("qop", "").replace(" ", "").split(","):
        ours = secrets.token_hex(8)
        given["response"] = hashed(who, nonce, "00000001", ours, "auth", what)
        given["cnonce"] = ours
        counted = ", nc=00000001, qop=auth"
    else:
        given["response"] = hashed(who, nonce, what)
    return "Digest " + ", ".join(f'{k}="{v}"' for k, v in (given | more).items()) + counted
