"""Help: every key, and where to read more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import label
from gui.widgets.panel import Dialog

__all__ = ["KeySheet"]


class KeySheet(Dialog):
    """A window of its own with all shortcuts; it can stay open beside the work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL_PX, GAP_XL_PX, GAP_XL_PX, GAP_XL_PX)
        layout.setSpacing(GAP_L_PX)
        self._lead = label("label", wrap=True)
        layout.addWidget(self._lead)
        columns = QGridLayout()
        columns.setHorizontalSpacing(GAP_XL_PX * 2)
        columns.setVerticalSpacing(6)
        self._headings: list[QLabel] = []
        self._lines: list[tuple[QLabel, QLabel]] = []
        row = 0
        for _, keys in self._keys():
            self._headings.append(label("title"))
            self._headings[-1].setContentsMargins(0, GAP_M_PX if row else 0, 0, 0)
            columns.addWidget(self._headings[-1], row, 0, 1, 2)
            row += 1
            for _ in keys:
                line = label("strong"), label("label")
                self._lines.append(line)
                for column, widget in enumerate(line):
                    columns.addWidget(widget, row, column)
                row += 1
        layout.addLayout(columns)
        self.retranslate()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setWindowTitle(self.tr("Help and shortcuts"))
        self._lead.setText(
            self.tr(
                "Choose data at the left, press Train, and watch. Click any line of the drawing to "
                "change its weight. Drop a picture anywhere to see what a network makes of it."
            )
        )
        groups = self._keys()
        for heading, (text, _) in zip(self._headings, groups, strict=True):
            heading.setText(text)
        lines = [line for _, keys in groups for line in keys]
        for (name, meaning), (key, text) in zip(self._lines, lines, strict=True):
            name.setText(key)
            meaning.setText(text)

    def _keys(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (
                self.tr("Everywhere"),
                [
                    ("Ctrl+1, Ctrl+2", self.tr("Build, Vision")),
                    ("Ctrl+Z, Ctrl+Shift+Z", self.tr("undo, redo")),
                    ("Ctrl+N, Ctrl+O, Ctrl+S", self.tr("new, open, save")),
                    ("Ctrl+Shift+S", self.tr("save under another name")),
                    ("F1", self.tr("this help")),
                ],
            ),
            (
                self.tr("Build"),
                [
                    (self.tr("Space"), self.tr("train, pause")),
                    ("S", self.tr("one step (Shift+S: one epoch)")),
                    ("R", self.tr("reset with the same seed")),
                    ("←, →", self.tr("one epoch back, on")),
                    ("Home, End", self.tr("first, last epoch")),
                    ("B", self.tr("branch from the epoch on screen")),
                    ("Ctrl+0", self.tr("fit the drawing")),
                    ("Tab", self.tr("in the drawing: the next unit; arrows: its neighbours")),
                    (self.tr("Alt+arrow, Enter"), self.tr("choose a weight, change it")),
                    (self.tr("Shift+arrow, Ctrl+A"), self.tr("select units, all weights")),
                    ("P, Delete", self.tr("pin what is selected; set to 0 or remove it")),
                ],
            ),
            (
                self.tr("Vision"),
                [
                    ("F", self.tr("freeze, resume")),
                    ("Ctrl+V", self.tr("paste a picture")),
                ],
            ),
        ]
