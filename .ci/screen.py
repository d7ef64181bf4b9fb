"""Exit with 0 if a window can be shown here, else with 1."""

import ctypes
import os
import socket
import sys
from pathlib import Path


def has_wayland() -> bool:
    """Tell whether a Wayland compositor answers at WAYLAND_DISPLAY."""
    name = os.environ.get("WAYLAND_DISPLAY", "")
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"), name)
    if not name or not path.exists():
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def has_x11() -> bool:
    """Tell whether the X server named by DISPLAY accepts a connection.

    Notes
    -----
    The display may be stale, remote or closed to this user, which only an attempt shows. libxcb
    makes the same attempt as Qt, with the same credentials.
    """
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    return bool(xcb.xcb_connection_has_error(xcb.xcb_connect(None, None)) == 0)


if __name__ == "__main__":
    sys.exit(0 if sys.platform in {"darwin", "win32"} or has_wayland() or has_x11() else 1)
