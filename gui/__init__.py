"""The window: Qt and pyqtgraph. It uses ``model`` and ``vision``; nobody uses it."""

from gui.guard import install

# Here, because this runs before any class of the window is made.
install(__name__)
