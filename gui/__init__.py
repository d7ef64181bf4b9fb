"""The window: Qt and pyqtgraph. It uses ``model`` and ``vision``; nobody uses it."""
