"""The window: Qt and pyqtgraph. It uses ``model`` and ``vision``; nobody uses it."""

import builtins
import signal

# While PySide makes itself ready, an exception by a signal would end it with a core dump.
_can_wait = hasattr(signal, "pthread_sigmask")
_signals = {signal.SIGINT, signal.SIGTERM}
_before = signal.pthread_sigmask(signal.SIG_BLOCK, _signals) if _can_wait else set()
from gui.guard import install  # noqa: E402

if _can_wait:
    signal.pthread_sigmask(signal.SIG_SETMASK, _before)

# PySide's own looks, in Python, for a switch ``__feature__`` at every import; none here uses it.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

# Here, because this runs before any class of the window is made.
install(__name__)
