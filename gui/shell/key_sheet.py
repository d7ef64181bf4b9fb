"""The sheet of keys: all of them, place by place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from foundation.text import tr
from gui.actions import Actions, Place, place_names, shown_keys
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import label
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Dialog

_PLACES = (Place.EVERYWHERE, Place.DOCUMENTS, Place.BUILD, Place.TEACH, Place.VISION)
"""The places whose actions have keys."""

_WIDTH_PX = 960


class KeySheet(Dialog):
    """A window of its own with all shortcuts; it can stay open beside the work."""

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__("keys_dialog", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = actions
        self._lead = label("label", wrap=True)
        self._headings = [label("title") for _ in _PLACES]
        self._lines = [
            [(label("strong"), label("label", wrap=True)) for _ in self._keys(p)] for p in _PLACES
        ]
        everywhere, documents, build, teach, vision = zip(self._headings, self._lines, strict=True)
        columns = hbox(
            (self._column(everywhere, documents, vision), 1),
            (self._column(build, teach), 1),
            gap=GAP_XL_PX * 2,
        )
        vbox(self._lead, columns, on=self, gap=GAP_L_PX, margins=GAP_XL_PX)
        self.retranslate()

    @staticmethod
    def _column(*groups: tuple[QLabel, list[tuple[QLabel, QLabel]]]) -> QGridLayout:
        column = QGridLayout()
        column.setHorizontalSpacing(GAP_XL_PX)
        column.setVerticalSpacing(5)
        for heading, lines in groups:
            row = column.rowCount()
            if row > 1:
                column.setRowMinimumHeight(row, GAP_M_PX - column.verticalSpacing())
                row += 1
            column.addWidget(heading, row, 0, 1, 2)
            for place, line in enumerate(lines, row + 1):
                for side, widget in enumerate(line):
                    column.addWidget(widget, place, side, Qt.AlignmentFlag.AlignTop)
        column.setRowStretch(column.rowCount(), 1)
        column.setColumnStretch(1, 1)
        return column

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setWindowTitle(tr("Shortcuts"))
        self._lead.setText(
            tr(
                "Choose data at the left, press Train, and watch. Click any line of the drawing to "
                "change its weight. Drop a picture anywhere to see what a network makes of it."
            )
        )
        names = place_names()
        for place, heading, lines in zip(_PLACES, self._headings, self._lines, strict=True):
            heading.setText(names[place][0])
            for (key, meaning), (keys, text) in zip(lines, self._keys(place), strict=True):
                key.setText(keys)
                meaning.setText(text)
        if (layout := self.layout()) is not None:
            self.setFixedSize(_WIDTH_PX, layout.totalHeightForWidth(_WIDTH_PX))

    def _keys(self, place: Place) -> list[tuple[str, str]]:
        keys = [
            (", ".join(map(shown_keys, action.shortcuts())), action.text().removesuffix("…"))
            for action in self._actions.of(place)
            if action.shortcuts()
        ]
        if place is Place.BUILD:  # the drawing's own keys are about what has the focus in it
            keys += [
                ("Ctrl+0", tr("Fit the drawing")),
                ("Ctrl++, Ctrl+-", tr("While the keyboard is in the drawing: zoom it alone")),
                ("Tab", tr("In the drawing: the next unit; arrows: its neighbours")),
                (tr("Alt+arrow, Enter"), tr("Choose a weight, change it")),
                (tr("Shift+arrow, Ctrl+A"), tr("Select units, all weights")),
                ("P, Delete", tr("Pin what is selected; set to 0 or remove it")),
            ]
        if place is Place.TEACH:
            keys += [
                (tr("Space on the button"), tr("Hold it down to record images")),
                ("Delete, M", tr("Remove or move the image that is framed")),
            ]
        return keys
