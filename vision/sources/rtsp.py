"""Ask an RTSP server where its stream is.

FFmpeg logs in wherever it is sent on to, and has no option against that.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import secrets
import socket
import ssl
from email.message import Message
from typing import BinaryIO, Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import parse_http_list

from vision.sources.time_limit import cut_after

_MOST_BODY_BYTES: Final = 64 * 1024
_ANSWER: Final = re.compile(rb"RTSP/\S+ +(\d{3})\s")
_ALGORITHMS: Final = ("MD5", "MD5-SESS")
"""Of those that a server may want, FFmpeg knows no more."""


def describe(address: str, timeout_s: float) -> tuple[int, str]:
    """Ask a server for its stream; log in if it wants that and the address has a login.

    Returns
    -------
    The status of its answer, and where it sends on to, as it says that, or an empty text.

    Raises
    ------
    TimeoutError
        If it takes longer than that.
    OSError, ValueError
        If it cannot be reached or cuts the connection.
    http.client.HTTPException
        If it answers in another language.
    """
    parts = urlsplit(address)
    with (
        _connected(address, timeout_s) as connected,
        connected.makefile("rb") as answers,
        cut_after(connected, timeout_s),
    ):
        status, headers = _ask(connected, answers, parts)
        if status == http.HTTPStatus.UNAUTHORIZED and parts.username is not None:
            login = _login(parts, headers.get_all("WWW-Authenticate", []))
            if login:
                status, headers = _ask(connected, answers, parts, login)
    # FFmpeg too takes all of these for a word to go elsewhere.
    return status, headers.get("Location", "") if 300 <= status < 400 else ""


def _connected(address: str, timeout_s: float) -> socket.socket:
    parts = urlsplit(address)
    host, is_plain = parts.hostname or "", parts.scheme == "rtsp"
    port = parts.port or (554 if is_plain else 322)
    connected = socket.create_connection((host, port), timeout_s)
    if is_plain:
        return connected
    # As FFmpeg does: cameras have certificates of their own.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connected, server_hostname=host)


def _ask(
    connected: socket.socket, answers: BinaryIO, parts: SplitResult, login: str = ""
) -> tuple[int, Message]:
    """Send a request and return the status and the headers of its answer."""
    lines = [f"DESCRIBE {_plain(parts)} RTSP/1.0", f"CSeq: {2 if login else 1}"]
    lines += ["Accept: application/sdp", "User-Agent: Glassnet"]
    lines += [f"Authorization: {login}"] if login else []
    connected.sendall("\r\n".join([*lines, "", ""]).encode(errors="surrogateescape"))
    line = answers.readline(1000)
    if not line:
        raise http.client.RemoteDisconnected("no answer")
    if not (start := _ANSWER.match(line)):
        raise http.client.BadStatusLine(line.decode("latin-1"))
    headers = http.client.parse_headers(answers)
    length = headers.get("Content-Length", "").strip()
    if length.isdecimal():
        # Python reads no number of thousands of digits.
        answers.read(min(int(length[:9]), _MOST_BODY_BYTES))
    return int(start[1]), headers


def _plain(parts: SplitResult) -> str:
    """Return an address without its login, as a request names it."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def _login(parts: SplitResult, wanted: list[str]) -> str:
    """Return an Authorization header for what a server wants, by a hash where it takes one."""
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    for one in wanted:
        # Others than ASCII go back as the bytes that came.
        scheme, _, rest = one.encode("latin-1").decode(errors="surrogateescape").partition(" ")
        items = [item.partition("=") for item in parse_http_list(rest)]
        pairs = [(key.strip().lower(), value.strip(' "')) for key, _, value in items]
        asked = {key: value for key, value in pairs if value}  # some servers leave one empty
        if scheme.lower() == "digest" and asked.get("algorithm", "MD5").upper() in _ALGORITHMS:
            return _digest(asked, name, password, _plain(parts))
    if any(one.lower().startswith("basic") for one in wanted):
        return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
    return ""


def _digest(asked: dict[str, str], name: str, password: str, address: str) -> str:
    """Answer a challenge.

    References
    ----------
    J. Franks et al., RFC 2617, "HTTP Authentication: Basic and Digest Access Authentication",
    1999, section 3.2.2.
    """

    def md5(*words: str) -> str:
        return hashlib.md5(":".join(words).encode(errors="surrogateescape")).hexdigest()

    realm, nonce, ours = asked.get("realm", ""), asked.get("nonce", ""), secrets.token_hex(8)
    who, what = md5(name, realm, password), md5("DESCRIBE", address)
    if asked.get("algorithm", "").upper() == "MD5-SESS":
        who = md5(who, nonce, ours)
    is_counted = "auth" in asked.get("qop", "").replace(" ", "").split(",")
    middle = (nonce, "00000001", ours, "auth") if is_counted else (nonce,)
    given = {"username": name, "realm": realm, "nonce": nonce, "uri": address}
    given |= {one: asked[one] for one in ("opaque", "algorithm") if one in asked}
    given |= {"response": md5(who, *middle, what)}
    counted = f', cnonce="{ours}", nc=00000001, qop=auth' if is_counted else ""
    return "Digest " + ", ".join(f'{k}="{v}"' for k, v in given.items()) + counted
