"""Reasons why a file, a device or a connection failed, as translatable texts."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from foundation.text import Text


class Reason(StrEnum):
    """English texts for a sentence's ``{reason}``; they may contain other values of the error."""

    ADDRESS_INVALID = "this is no valid address"
    ADDRESS_KIND = "the address must start with http, https, rtsp or rtsps"
    CANNOT_OPEN = "it cannot be opened"
    CONNECTION_CUT = "the connection was cut off"
    CONNECTION_FAILED = "the connection failed or was cut off"
    CONNECTION_REFUSED = "the connection was refused"
    EXISTS = "a file of this name is there already"
    HOST_UNKNOWN = "no computer of this name was found"
    IN_USE = "it is missing or in use by another program"
    IS_FOLDER = "it is a folder"
    NESTED = "it is nested too deeply"
    NAME_INVALID = "no file can have such a name"
    NAME_TOO_LONG = "its name is too long"
    NO_ANSWER = "the server does not answer"
    NO_PERMISSION = "permission is denied"
    NO_ROOM = "no room is left on the disk"
    NO_STREAM = "no stream answers at this address"
    NO_SUCH_FOLDER = "there is no such folder"
    OTHER_FILE = "the server sends another file"
    READ_ONLY = "the disk can only be read"
    READING_FAILED = "reading failed"
    SENT_ELSEWHERE = "the server sends on to {address}, which is not followed"
    SERVER_GARBAGE = "what answers there is no web server and no camera"
    SERVER_ANSWERS = "the server answers {answer}"
    TOO_MANY_PIXELS = "a file of this kind holds no picture of this size"
    UNPLUGGED = "it was unplugged or gives no picture"
    UNREACHABLE = "it cannot be reached over the network"


def fill_reasons(
    values: Mapping[str, str | int | float], translate: Callable[[str], str] = str
) -> dict[str, str | int | float]:
    """Return `values` with each `Reason` and all nested texts translated and filled in."""
    return {
        name: translate(value.value).format(**values)
        if isinstance(value, Reason)
        else translate(value)
        if isinstance(value, Text)
        else value
        for name, value in values.items()
    }


class WordedError(ValueError):
    """An error whose `words` are a template with its values."""

    def __init__(self, template: str, **values: str | int | float) -> None:
        self.words = Text(template, **values)
        super().__init__(self.words)


def message_of(error: Exception) -> str:
    """Return the `Text` of one of this program's exceptions, or any other's message."""
    words = error.args[0] if error.args else ""
    return words if isinstance(words, Text) else str(error)


_BY_NUMBER: Final = {
    errno.EACCES: Reason.NO_PERMISSION,
    errno.EPERM: Reason.NO_PERMISSION,
    errno.EEXIST: Reason.EXISTS,
    errno.EISDIR: Reason.IS_FOLDER,
    errno.ENAMETOOLONG: Reason.NAME_TOO_LONG,
    errno.ENOENT: Reason.NO_SUCH_FOLDER,
    errno.ENOTDIR: Reason.NO_SUCH_FOLDER,
    errno.ENOSPC: Reason.NO_ROOM,
    errno.EDQUOT: Reason.NO_ROOM,
    errno.EROFS: Reason.READ_ONLY,
    errno.ECONNREFUSED: Reason.CONNECTION_REFUSED,
    errno.ECONNRESET: Reason.CONNECTION_CUT,
    errno.ECONNABORTED: Reason.CONNECTION_CUT,
    errno.EPIPE: Reason.CONNECTION_CUT,
    errno.EHOSTUNREACH: Reason.UNREACHABLE,
    errno.ENETUNREACH: Reason.UNREACHABLE,
}


def sides_text(shape: Iterable[object]) -> str:
    """Return a shape as "1 x 3 x 224 x 224", with a question mark for `None`."""
    return " x ".join("?" if side is None else str(side) for side in shape)


def reason_of(error: Exception) -> str:
    """Return why an operation failed: a `Reason`, or the error's own message if none fits."""
    import http.client  # late, as both take long to load and few need them
    import socket

    # A name that cannot be written as DNS wants it fails before it is looked up.
    is_no_name = isinstance(error, UnicodeError) and "idna" in str(error)
    if is_no_name or isinstance(error, socket.gaierror):
        return Reason.HOST_UNKNOWN
    if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead):
        return Reason.CONNECTION_CUT
    if isinstance(error, RecursionError):
        return Reason.NESTED
    if isinstance(error, http.client.HTTPException):
        return Reason.SERVER_GARBAGE
    if isinstance(error, ValueError) and "null" in str(error):
        return Reason.NAME_INVALID
    number = getattr(error, "errno", None)
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    is_word = words[1:2].islower()  # no abbreviation such as HTTP
    return words[:1].lower() + words[1:] if is_word else words
