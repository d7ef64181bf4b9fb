"""Why something failed, in our own words where there are some."""

from __future__ import annotations

import errno
import http.client
import socket
from pathlib import Path

import pytest

from vision.reasons import Reason, reason_of


def no_host(name: str) -> UnicodeError:
    with pytest.raises(UnicodeError) as caught:
        socket.create_connection((name, 1))
    return caught.value


def no_file(name: str) -> ValueError:
    with pytest.raises(ValueError, match="null") as caught:
        Path(name).stat()
    return caught.value


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "the connection was"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset"), Reason.CONNECTION_CUT),
        (http.client.RemoteDisconnected("gone"), Reason.CONNECTION_CUT),
        (http.client.BadStatusLine("\xe5[~K\xa4"), Reason.SERVER_GARBAGE),
        (no_file("a\0b"), Reason.NAME_INVALID),
        (socket.gaierror(-2, "Name or service not known"), Reason.HOST_UNKNOWN),
        (no_host("a..b"), Reason.HOST_UNKNOWN),
        (no_host("a" * 64), Reason.HOST_UNKNOWN),
        (PermissionError(errno.EACCES, "Permission denied"), Reason.NO_PERMISSION),
        (OSError(errno.ENOSPC, "No space left on device"), Reason.NO_ROOM),
    ],
)
def test_usual_faults_have_words_that_can_be_translated(error: Exception, reason: str) -> None:
    assert isinstance(reason_of(error), Reason)
    assert reason_of(error).startswith(reason)


def test_other_faults_keep_their_own_words() -> None:
    assert reason_of(OSError(errno.ELOOP, "Too many links")) == "too many links"
    assert reason_of(ValueError("Strange")) == "strange"
    assert reason_of(ValueError()) == "valueError"
