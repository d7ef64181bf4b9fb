"""Check for a screen before Qt does, which aborts the process if there is none.

As a program it exits with 0 if there is a screen, otherwise with 1.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def has_screen() -> bool:
    """Return whether Qt can open a window here.

    Notes
    -----
    Only two values of QT_QPA_PLATFORM need a screen.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return True
    return answers()


def answers() -> bool:
    """Return whether a display server answers."""
    return sys.platform in ("win32", "darwin") or has_wayland() or has_x11()


def has_wayland() -> bool:
    """Return whether a Wayland compositor answers at WAYLAND_DISPLAY."""
    name = os.environ.get("WAYLAND_DISPLAY", "")
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"), name)
    if not name or not path.exists():
        return False
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def has_x11() -> bool:
    """Return whether the X server named by DISPLAY accepts a connection.

    Notes
    -----
    The display may be stale, remote or closed to this user, which only an attempt shows. libxcb
    makes the same attempt as Qt, with the same credentials; it takes a fraction of a millisecond.
    The connection stays open, since a server that loses its only client restarts, which takes
    longer.
    """
    if not os.environ.get("DISPLAY"):
        return False
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    return bool(xcb.xcb_connection_has_error(xcb.xcb_connect(None, None)) == 0)


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
