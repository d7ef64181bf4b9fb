"""Why a file, a device or a connection failed, in words that the window can translate."""

from __future__ import annotations

import errno
import http.client
import socket
from enum import StrEnum
from typing import Final

__all__ = ["Reason", "reason_of"]


class Reason(StrEnum):
    """English words for a sentence's ``{reason}``; other values of the error may stand in them."""

    ADDRESS_INVALID = "this is no valid address"
    ADDRESS_KIND = "the address must start with http, https, rtsp or rtsps"
    CANNOT_OPEN = "it cannot be opened"
    CONNECTION_CUT = "the connection was cut off"
    CONNECTION_FAILED = "the connection failed or was cut off"
    CONNECTION_REFUSED = "the connection was refused"
    FILE_TOO_LARGE = "it is larger than {limit_megabytes} MB"
    HOST_UNKNOWN = "no computer of this name was found"
    IN_USE = "it is missing or in use by another program"
    IS_FOLDER = "it is a folder"
    NO_ANSWER = "the server does not answer"
    NO_PERMISSION = "permission is denied"
    NO_ROOM = "no room is left on the disk"
    NO_STREAM = "no stream answers at this address"
    NO_SUCH_FOLDER = "there is no such folder"
    READ_ONLY = "the disk can only be read"
    READING_FAILED = "reading failed"
    SERVER_ANSWERS = "the server answers {answer}"
    TOO_MANY_PIXELS = "a file of this kind holds no picture of this size"
    UNPLUGGED = "it was unplugged or gives no picture"
    UNREACHABLE = "it cannot be reached over the network"


_BY_NUMBER: Final = {
    errno.EACCES: Reason.NO_PERMISSION,
    errno.EPERM: Reason.NO_PERMISSION,
    errno.EISDIR: Reason.IS_FOLDER,
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


def reason_of(error: Exception) -> str:
    """Return why an operation failed: a `Reason`, or the error's own words where none fits."""
    if isinstance(error, socket.gaierror):
        return Reason.HOST_UNKNOWN
    if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead):
        return Reason.CONNECTION_CUT
    number = getattr(error, "errno", None)
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]
