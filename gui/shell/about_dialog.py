"""About Glassnet: version, dependencies with licences, and a report."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QWidget

from foundation.text import mark, tr
from gui.settings import ASSETS, language
from gui.shell.guide_dialog import Page
from gui.shell.report import packages, report
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import label, push_button
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded
from model import __version__

_MARK_PX = 40
_SIZE = QSize(680, 560)
_LEAD = mark("The report has these versions, and none of your names or folders.")


class AboutDialog(Dialog):
    """A separate window that can stay open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("about_dialog", parent, title="About Glassnet")
        mark = label()
        icon = QIcon(str(ASSETS / "icons" / "glassnet.svg"))
        mark.setPixmap(icon.pixmap(QSize(_MARK_PX, _MARK_PX)))
        name = label("card-title", "about_name", text=f"Glassnet {__version__}")
        what = label(
            "label",
            wrap=True,
            text="A window that makes neural networks transparent. Under the MIT licence.",
        )
        self._text = worded(Page("about_text"), accessible_name="Versions and licences", tip="")
        self._lead = label("hint", "about_lead", wrap=True, text=_LEAD)
        self.copy_button = push_button(
            "about_copy", "primary", do=self._copy, text="Copy the report", tip=_LEAD
        )
        head = hbox(
            (mark, 0, Qt.AlignmentFlag.AlignTop),
            (vbox(name, what), 1),
            gap=GAP_L_PX,
        )
        foot = hbox((self._lead, 1), self.copy_button, gap=GAP_L_PX)
        vbox(head, (self._text, 1), foot, on=self, gap=GAP_M_PX, margins=GAP_XL_PX)
        self.resize(_SIZE)
        self.retranslate()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(report())
        self._lead.setText(tr("The report is on the clipboard."))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        heads = (tr("Package"), tr("Version"), tr("Licence"))
        rows = ["".join(f"<th>{html.escape(head)}</th>" for head in heads)]
        rows += [
            "".join(f"<td>{html.escape(part)}</td>" for part in package) for package in packages()
        ]
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        heading = html.escape(tr("What Glassnet is made with"))
        name = "SOURCES.tr.md" if language() == "tr" else "SOURCES.md"
        sources = (ASSETS / name).read_text(encoding="utf-8")
        self._text.show_markdown(sources, f"<h2>{heading}</h2><table>{table}</table>")
