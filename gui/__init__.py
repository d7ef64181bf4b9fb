"""The window, built with Qt and pyqtgraph on top of ``model`` and ``vision``."""

import builtins

from gui.guard import install

# PySide's own looks, in Python, for a switch ``__feature__`` at every import; none here uses it.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

# Here, because this runs before any class of the window is made.
install(__name__)
