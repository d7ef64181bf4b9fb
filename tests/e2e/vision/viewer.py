"""A person at the Vision tab: knows where its things are, and reads them."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLabel, QSlider, QTableView
from pytestqt.qtbot import QtBot

from gui.vision_tab.folder_panel import LABEL, PICTURE, PROBABILITY, SECOND
from gui.vision_tab.stage.overlay import Badge
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from tests.e2e.reader import Reader

__all__ = ["FRAME_MS", "Viewer", "read_table"]

FRAME_MS = 60_000


class Viewer(Reader):
    """Someone who looks at pictures, with the Vision tab in front."""

    def __init__(self, qtbot: QtBot, window: GlassnetWindow) -> None:
        super().__init__(qtbot, window)
        self.choose_tab(window.VISION)
        tab = window.tab(window.VISION)
        assert isinstance(tab, VisionTab)
        self.tab = tab
        self.wait(lambda: "Preflight passed" in self.plain("preflight_text"), "the model is loaded")

    # -- Reading -----------------------------------------------------------------------------------

    @property
    def badge(self) -> Badge:
        """What is written over the picture on the stage."""
        return self.tab.stage.view.badge or Badge("", "")

    @property
    def bars(self) -> list[tuple[str, str]]:
        """Labels and percentages of the bars, as they are drawn and read out."""
        said = self.find("top_k_bars").accessibleDescription()
        pairs = (line.rpartition(" ") for line in said.split(", "))
        return [(name, share) for name, _, share in pairs]

    @property
    def card(self) -> str:
        """The sentence in the middle of the stage, or nothing where there is a picture."""
        card = self.find("stage_card_text", QLabel)
        # Where a long name may go on in the next line is nothing that is read.
        return card.text().replace("\u200b", "") if card.isVisible() else ""

    @property
    def history(self) -> list[str]:
        """The labels of the history strip, newest first."""
        return [entry.label for entry in self.tab.model.state.history]

    @property
    def title(self) -> str:
        """What stands in the header."""
        return self.find("document_title").text()  # type: ignore[attr-defined]  # a tool button

    @property
    def sentence(self) -> str:
        """The last thing said in the status bar."""
        return self.text("status_sentence")

    @property
    def frame(self) -> int:
        """The number of the frame on show, as the status bar has it."""
        return int(self.figure("frame").replace(" ", ""))

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return picture, label, probability and second of the folder's rows, as shown."""
        model = self.find("folder_table", QTableView).model()
        columns = (PICTURE, LABEL, PROBABILITY, SECOND)
        return [
            (texts[0], texts[1], texts[2], texts[3])
            for row in range(model.rowCount())
            for texts in [[str(model.index(row, column).data()) for column in columns]]
        ]

    # -- Doing -------------------------------------------------------------------------------------

    def open_by_dialog(self, source: str, path: Path) -> None:
        """Choose a source, press its button and name the file."""
        self.click(source)
        self.click("open_source")
        self.name_file("open_dialog", path)

    def drop_on_stage(self, path: Path, what: str) -> None:
        """Drop a file and wait until the window says `what` in one of its places."""

        def is_said() -> bool:
            return any(what in said for said in (self.sentence, self.complaint, self.card))

        self.drop(path, self.find("stage_view"), done=is_said)

    def click_header(self, column: int, beside_px: int = 20) -> None:
        """Click a title of the folder's table; at one place twice would be a double click."""
        header = self.find("folder_table", QTableView).horizontalHeader()
        left = header.sectionViewportPosition(column)
        self.click(header.viewport(), QPoint(left + beside_px, header.height() // 2))

    def drag_position(self, share: float) -> None:
        """Drag the video's position from where it is to a share of its length."""
        slider = self.find("video_position", QSlider)
        start, end = (_knob(slider, of) for of in (slider.value() / slider.maximum(), share))
        self.drag(slider, start, end)

    def click_position(self, share: float) -> None:
        """Click the video's position at a share of its length."""
        slider = self.find("video_position", QSlider)
        self.click(slider, _knob(slider, share))

    def wait_for_label(self, label: str) -> None:
        """Wait until the stage and the first bar name the picture so."""
        self.wait(
            lambda: self.badge.title == label == self.bars[0][0], f"{label} is named", FRAME_MS
        )


def _knob(slider: QSlider, share: float) -> QPoint:
    """Return where the middle of a slider's knob is, `share` (0 to 1) along."""
    room: QRect = slider.rect().adjusted(8, 0, -8, 0)
    return QPoint(room.left() + round(share * room.width()), room.center().y())


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a written table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
