"""A virtual screen of known size for the measurements that open windows."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_SIZE = "1440x900x24"


@contextmanager
def virtual_screen() -> Iterator[dict[str, str]]:
    """Run Xvfb and yield an environment in which Qt opens its windows there.

    Where Xvfb is not installed (Windows, macOS) the environment is unchanged and windows open on
    the real screen.
    """
    program = shutil.which("Xvfb")
    environment = dict(os.environ)
    if program is None:
        yield environment
        return
    reader, writer = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writer), "-screen", "0", _SIZE, "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as pipe:
            # The server writes its display's number once it accepts connections.
            environment["DISPLAY"] = f":{pipe.readline().strip()}"
        environment["QT_QPA_PLATFORM"] = "xcb"
        environment.pop("WAYLAND_DISPLAY", None)
        yield environment
    finally:
        server.terminate()
        server.wait()
