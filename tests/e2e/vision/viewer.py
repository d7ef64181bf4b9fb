"""A person at the Vision tab: knows where its things are, reads them, and follows trips there."""

from __future__ import annotations

import csv
import shutil
from operator import attrgetter
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QListView, QSlider, QTableView
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS
from gui.vision_tab.stage.overlay import Badge
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from tests.e2e.reader import Reader
from tests.gui.vision_tab.media import write_folder, write_video
from tests.vision.onnx_models import linear_classifier

__all__ = ["FRAME_MS", "Viewer", "Viewing", "read_table"]

FRAME_MS = 60_000


class Viewing(Reader):
    """Someone who can look at pictures; `folder` has their own files.

    What a line of a trip can do (``do_``) and see (``the_``) is as in
    :mod:`tests.e2e.traveller`.
    """

    folder: Path

    @property
    def vision(self) -> VisionTab:
        """The Vision tab."""
        tab = self.window.tab(self.window.VISION)
        assert isinstance(tab, VisionTab)
        return tab

    def path(self, name: str) -> Path:
        """Return a bundled picture, or a file of the user's folder."""
        bundled = ASSETS / "images" / name
        return bundled if bundled.is_file() else self.folder / name

    # -- Reading -----------------------------------------------------------------------------------

    @property
    def badge(self) -> Badge:
        """What is written over the picture on the stage."""
        return self.vision.stage.view.badge or Badge("", "")

    @property
    def bars(self) -> list[tuple[str, str]]:
        """Labels and percentages of the bars, as they are drawn and read out."""
        pairs = (line.rpartition(" ") for line in self.the_bars().split(", "))
        return [(name, share) for name, _, share in pairs]

    @property
    def card(self) -> str:
        """The sentence in the middle of the stage, or nothing where there is a picture."""
        card = self.find("stage_card_text", QLabel)
        # Where a long name may go on in the next line is nothing that is read.
        return card.text().replace("\u200b", "") if card.isVisible() else ""

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

    def the_badge(self) -> str:
        """Return the label on the picture."""
        return self.badge.title

    def the_bars(self) -> str:
        """Return the listed labels with their percentages."""
        return self.find("top_k_bars").accessibleDescription()

    def the_card(self) -> str:
        """Return the sentence in the middle of the stage."""
        return self.card

    def the_frame(self) -> int:
        """Return the number of the frame on show."""
        return self.frame

    def the_history(self) -> list[str]:
        """Return the labels of the history strip, newest first."""
        return [entry.label for entry in self.vision.model.state.history]

    def the_objects(self) -> list[str]:
        """Return what the list of objects says."""
        model = self.find("objects_list", QListView).model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def the_explanation(self) -> str:
        """Return what is said of the occlusion map on the picture."""
        shown = self.vision.stage.view.explanation
        return "" if shown is None else shown.sentence

    def the_found(self, column: str) -> list[str]:
        """Return a column of the folder's table, counted from 0."""
        model = self.find("folder_table", QTableView).model()
        return [str(model.index(row, int(column)).data()) for row in range(model.rowCount())]

    def the_csv(self, name: str, *column: str) -> list[str]:
        """Return a column of a table that was written."""
        return [row[" ".join(column)] for row in read_table(self.folder / name)]

    def the_vision(self, path: str) -> object:
        """Return a value of what Vision shows, by its place in the model."""
        return msgspec.to_builtins(attrgetter(path)(self.vision.model))

    # -- Doing -------------------------------------------------------------------------------------

    def open_by_dialog(self, source: str, path: Path) -> None:
        """Choose a source, press its button and name the file."""
        self.click(source)
        self.click("open_source")
        self.name_file("open_dialog", path)

    def drop_on_stage(self, path: Path, what: str) -> None:
        """Drop a file and wait until the window says `what` in one of its places."""

        def is_said() -> bool:
            places = (self.sentence, self.complaint, self.card, self.plain("preflight_text"))
            return any(what in said for said in places)

        self.drop(path, self.find("stage_view"), done=is_said)

    def wait_for_label(self, label: str) -> None:
        """Wait until the stage and the first bar name the picture so."""
        self.wait(
            lambda: self.badge.title == label == self.bars[0][0], f"{label} is named", FRAME_MS
        )

    def do_vision(self) -> None:
        """Bring Vision to the front, and wait until its model is loaded."""
        self.choose_tab(self.window.VISION)
        self.wait(lambda: "Preflight passed" in self.plain("preflight_text"), "the model is loaded")

    def do_drop(self, name: str, *words: str) -> None:
        """Drop a file on the stage, and wait until the window says the words."""
        self.drop_on_stage(self.path(name), " ".join(words))

    def do_copy_picture(self, name: str) -> None:
        """Put a picture on the clipboard."""
        QGuiApplication.clipboard().setImage(QImage(str(self.path(name))))

    def do_copy_path(self, name: str) -> None:
        """Put the path of a picture on the clipboard."""
        QGuiApplication.clipboard().setText(str(self.path(name)))

    def do_click_at(self, name: str, x: str, y: str) -> None:
        """Click at a place of a widget, or of what a list shows."""
        widget = self.find(name)
        target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        self.click(target, QPoint(int(x), int(y)))

    def do_drag_position(self, share: str) -> None:
        """Drag the video's position from where it is to a share of its length."""
        slider = self.find("video_position", QSlider)
        start = _knob(slider, slider.value() / slider.maximum())
        self.drag(slider, start, _knob(slider, float(share)))

    def do_click_position(self, share: str) -> None:
        """Click the video's position at a share of its length."""
        slider = self.find("video_position", QSlider)
        self.click(slider, _knob(slider, float(share)))

    def do_click_title(self, column: str, beside_px: str = "20") -> None:
        """Click a title of the folder's table; at one place twice would be a double click."""
        header = self.find("folder_table", QTableView).horizontalHeader()
        left = header.sectionViewportPosition(int(column))
        self.click(header.viewport(), QPoint(left + int(beside_px), header.height() // 2))

    def do_click_found(self, row: str) -> None:
        """Click a row of the folder's table, counted from 0."""
        view = self.find("folder_table", QTableView)
        where = view.visualRect(view.model().index(int(row), 2)).center()
        self.click(view.viewport(), where)

    def do_video(self, name: str, frames: str) -> None:
        """Make a video of 20 frames a second: first the coffee, then the cat."""
        write_video(self.folder / name, int(frames))

    def do_cut_off(self, name: str) -> None:
        """Take away the second half of a file."""
        path = self.folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def do_pictures(self, name: str, count: str) -> None:
        """Make a folder of coffees and cats in turn, with one file that is no picture."""
        write_folder(self.folder / name, int(count))

    def do_take_away(self, name: str) -> None:
        """Delete a folder."""
        shutil.rmtree(self.folder / name)

    def do_own_model(self, name: str) -> None:
        """Write a classifier of 8 x 8 pictures with labels of its own beside it."""
        path = self.folder / name
        path.write_bytes(linear_classifier(classes=4)[0])
        path.with_suffix(".txt").write_text("ant\nbee\ncow\ndog\n")


class Viewer(Viewing):
    """Someone who looks at pictures, with the Vision tab in front."""

    def __init__(self, qtbot: QtBot, window: GlassnetWindow) -> None:
        super().__init__(qtbot, window)
        self.do_vision()


def _knob(slider: QSlider, share: float) -> QPoint:
    """Return where the middle of a slider's knob is, `share` (0 to 1) along."""
    room: QRect = slider.rect().adjusted(8, 0, -8, 0)
    return QPoint(room.left() + round(share * room.width()), room.center().y())


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a written table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
