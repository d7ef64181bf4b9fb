"""About Glassnet: its version, what it is made with and under which licences, and a report."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.settings import ASSETS, language
from gui.shell.guide_dialog import Page
from gui.shell.report import packages, report
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import describe, label, push_button, write_on
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Dialog
from model import __version__

_MARK_PX = 40
_SIZE = QSize(680, 560)


class AboutDialog(Dialog):
    """A window of its own that can stay open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("about_dialog", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._mark = label()
        mark = QIcon(str(ASSETS / "icons" / "glassnet.svg"))
        self._mark.setPixmap(mark.pixmap(QSize(_MARK_PX, _MARK_PX)))
        self._name, self._what = label("card-title", "about_name"), label("label", wrap=True)
        self._text = Page("about_text")
        self._lead = label("hint", "about_lead", wrap=True)
        self.copy_button = push_button("about_copy", "primary")
        self.copy_button.clicked.connect(self._copy)
        head = hbox(
            (self._mark, 0, Qt.AlignmentFlag.AlignTop),
            (vbox(self._name, self._what), 1),
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
        """Write every text in the language in use."""
        self.setWindowTitle(tr("About Glassnet"))
        self._name.setText(f"Glassnet {__version__}")
        self._what.setText(
            tr("A window that makes neural networks transparent. Under the MIT licence.")
        )
        self._lead.setText(tr("The report has these versions, and none of your names or folders."))
        write_on(self.copy_button, tr("Copy the report"), self._lead.text())
        describe(self._text, tr("Versions and licences"), "")
        self._write()

    def _write(self) -> None:
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
