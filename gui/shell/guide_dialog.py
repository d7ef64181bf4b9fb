"""The guide to the window, offline, in the current language."""

from __future__ import annotations

import functools

from markdown_it import MarkdownIt
from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTextBrowser, QWidget

from gui.settings import ASSETS, language
from gui.theme import FIGURE_PX, GAP_L_PX, GAP_XL_PX, TITLE_PX
from gui.widgets.basic import named
from gui.widgets.layouts import hbox
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded

FOLDER = ASSETS.parent / "docs" / "guide"
"""The guide's folder, the same in a clone and in an installed program; docs/adr/0079."""
_LIST_PX, _PAGE_PX, _HEIGHT_PX, _ROW_PX = 200, 640, 560, 26
_STRONG = '<span style="font-weight:600">'
_PICTURE = '<p style="line-height:100%"><img'
_STYLE = f"""
body, p, li, td, th {{ font-size: {TITLE_PX}px; }}
p, li {{ line-height: 135%; }}
p, li {{ margin: 6px 0; }}
h1, h2 {{ font-size: {FIGURE_PX}px; font-weight: 600; margin: 10px 0 8px 0; }}
th {{ font-weight: 600; text-align: left; }}
td, th {{ padding: 3px 12px 3px 0; }}
"""
_FIRST_SIZE = QSize(1000, 760)


def read_guide(code: str) -> tuple[tuple[str, str], ...]:
    """Return the guide in a language, else in English: each part's heading and CommonMark text."""
    path = FOLDER / f"{code}.md"
    text = (path if path.exists() else FOLDER / "en.md").read_text(encoding="utf-8")
    _, *parts = text.split("\n## ")
    return tuple((part.partition("\n")[0].strip(), f"## {part}") for part in parts)


class Page(QTextBrowser):
    """A page of CommonMark in the window's font; its owner handles links.

    Pictures are read from the guide's folder, and are at most as wide as the page.
    """

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setOpenLinks(False)
        self.document().setDocumentMargin(GAP_L_PX)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def show_markdown(self, text: str, before: str = "") -> None:
        """Show CommonMark, optionally preceded by HTML."""
        self.document().setDefaultStyleSheet(_STYLE)
        # <strong> asks for a weight that the window's font lacks.
        html = _markdown().render(text).replace("<strong>", _STRONG).replace("</strong>", "</span>")
        self.setHtml(before + html.replace("<p><img", _PICTURE))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return a picture of the guide's folder, scaled to the page's width."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, QUrl(name))
        picture, ratio = QImage(str(FOLDER / QUrl(name).path())), self.devicePixelRatio()
        room = round((self.viewport().width() - 2 * self.document().documentMargin()) * ratio)
        if not picture.isNull() and picture.width() > room > 0:
            smooth = Qt.TransformationMode.SmoothTransformation
            in_full = picture.convertToFormat(QImage.Format.Format_RGB32)
            picture = in_full.scaledToWidth(room, smooth)
        picture.setDevicePixelRatio(ratio)
        return picture


@functools.cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


class GuideDialog(Dialog):
    """A separate window with a list of parts on the left and one part on the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("guide_dialog", parent, title="Guide")
        self._parts: tuple[tuple[str, str], ...] = ()
        parts = named(QListWidget(), "guide_parts")
        self.parts = worded(parts, accessible_name="Parts of the guide")
        self.parts.setFixedWidth(_LIST_PX)
        self.page = worded(Page("guide_page"), accessible_name="Text of the guide", tip="")
        hbox(self.parts, (self.page, 1), on=self, gap=GAP_XL_PX, margins=GAP_XL_PX)
        self.setMinimumSize(_LIST_PX + _PAGE_PX + 3 * GAP_XL_PX, _HEIGHT_PX)
        room = parent.screen().availableSize() * 0.9
        self.resize(_FIRST_SIZE.boundedTo(room).expandedTo(self.minimumSize()))
        self.parts.currentRowChanged.connect(self._show_part)
        self.page.anchorClicked.connect(self._on_link)
        self.retranslate()

    def _show_part(self, row: int) -> None:
        if 0 <= row < len(self._parts):
            self.page.show_markdown(self._parts[row][1])

    def _on_link(self, url: QUrl) -> None:
        """Go to the part of a link: ``#3`` is the third."""
        number = url.fragment()
        if number.isdigit():
            self.parts.setCurrentRow(int(number) - 1)

    def retranslate(self) -> None:
        """Show the guide in the current language, at the same part."""
        row = max(self.parts.currentRow(), 0)
        self._parts = read_guide(language())
        self.parts.clear()
        for heading, _ in self._parts:
            item = QListWidgetItem(heading)
            item.setSizeHint(QSize(0, _ROW_PX))
            self.parts.addItem(item)
        self.parts.setCurrentRow(row)

    def restyle(self) -> None:
        """Render the page in the current colours."""
        self._show_part(self.parts.currentRow())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pictures to the page."""
        super().resizeEvent(event)
        self._show_part(self.parts.currentRow())
