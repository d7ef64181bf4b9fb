"""The key sheet: all shortcuts, by place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.actions import Actions, Place, place_names, shortcut_text
from gui.format import escape
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX, TITLE_PX
from gui.widgets.basic import as_html, label
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Dialog

_COLUMNS = ((Place.EVERYWHERE, Place.DOCUMENTS, Place.VISION), (Place.BUILD, Place.TEACH))
"""Places of the actions with shortcuts, by column of the sheet."""

_WIDTH_PX, _KEYS_PX = 960, 135
_STYLE = f"""<style>
h3 {{ font-size: {TITLE_PX}px; font-weight: 600; margin: {GAP_M_PX}px 0 0 0; }}
td {{ padding: 2px {GAP_L_PX}px 2px 0; }}
.keys {{ font-weight: 600; white-space: nowrap; }}
</style>"""


class KeySheet(Dialog):
    """A separate window with all shortcuts, which can stay open."""

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__("keys_dialog", parent, title="Shortcuts")
        self._actions = actions
        lead = label(
            "label",
            wrap=True,
            text="Choose data at the left, press Train, and watch. Click any line of the drawing "
            "to change its weight. Drop a picture anywhere to see what a network makes of it.",
        )
        self._columns = [as_html(label(wrap=True)) for _ in _COLUMNS]
        above = [(column, 1, Qt.AlignmentFlag.AlignTop) for column in self._columns]
        vbox(lead, hbox(*above, gap=GAP_XL_PX), on=self, gap=GAP_L_PX, margins=GAP_XL_PX)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for column, places in zip(self._columns, _COLUMNS, strict=True):
            column.setText(_STYLE + "".join(map(self._section, places)))
        if (layout := self.layout()) is not None:
            self.setFixedSize(_WIDTH_PX, layout.totalHeightForWidth(_WIDTH_PX))

    def _section(self, place: Place) -> str:
        """Return a place's keys as HTML."""
        rows = (
            f'<tr><td class="keys" width="{_KEYS_PX}">{escape(keys)}</td>'
            f"<td>{escape(meaning)}</td></tr>"
            for keys, meaning in self._keys(place)
        )
        return f"<h3>{escape(place_names()[place][0])}</h3><table>{''.join(rows)}</table>"

    def _keys(self, place: Place) -> list[tuple[str, str]]:
        keys = [
            (", ".join(map(shortcut_text, action.shortcuts())), action.text().removesuffix("…"))
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
