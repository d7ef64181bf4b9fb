"""Tell whether two addresses belong to one server: who may be given a name and a password."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


def origin(address: str) -> tuple[str, str | None, int | None]:
    """Return an address's scheme, host and port; those of one server are equal.

    Raises
    ------
    ValueError
        If `address` is not a valid one.

    References
    ----------
    A. Barth, RFC 6454, "The Web Origin Concept", 2011, section 4.
    """
    parts = urlsplit(address)
    port = _PORTS.get(parts.scheme) if parts.port is None else parts.port
    return parts.scheme, parts.hostname, port
