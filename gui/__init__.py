"""The window: Qt and pyqtgraph. It uses ``model`` and ``vision``; nobody uses it."""

import sys

from gui.guard import install

# PySide would read the source of every module for a switch, ``__feature__``, that none here uses.
if feature := sys.modules.get("shibokensupport.feature"):
    setattr(feature, "_mod_uses_pyside", lambda module: True)  # noqa: B010 - not typed

# Here, because this runs before any class of the window is made.
install(__name__)
