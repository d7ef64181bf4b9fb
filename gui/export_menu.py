"""The menu of what the network can be written as; two places of the window offer it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

__all__ = ["ExportMenu"]

_KINDS = ("onnx", "numpy", "svg", "png", "csv", "vision")


class ExportMenu(QMenu):
    """Offer the kinds, each as an action named after the menu's place and the kind.

    Parameters
    ----------
    place
        What the actions' object names begin with.

    Signals
    -------
    export_requested(str)
        ``"onnx"``, ``"numpy"``, ``"svg"``, ``"png"`` or ``"csv"``, or ``"vision"`` to take the
        network to the Vision tab.
    """

    export_requested = Signal(str)

    def __init__(self, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._kinds = {}
        for kind in _KINDS:
            action = self.addAction(kind)
            action.setObjectName(f"{place}_{kind}")
            action.triggered.connect(lambda _=False, kind=kind: self.export_requested.emit(kind))
            self._kinds[kind] = action
        self.retranslate()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        for kind, text in (
            ("onnx", self.tr("ONNX model…")),
            ("numpy", self.tr("NumPy script…")),
            ("svg", self.tr("Drawing as SVG…")),
            ("png", self.tr("Drawing as PNG…")),
            ("csv", self.tr("Predictions as CSV…")),
            ("vision", self.tr("Use in Vision")),
        ):
            self._kinds[kind].setText(text)
