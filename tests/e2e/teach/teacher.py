"""A person at the Teach tab: knows where its things are, and reads them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from gui.teach_tab.confusion_grid import ConfusionGrid
from gui.teach_tab.state import TeachState
from gui.teach_tab.tab import TeachTab
from gui.vision_tab.stage.overlay import Badge
from gui.window import GlassnetWindow
from tests.e2e.reader import SOON_MS, Reader

__all__ = ["LONG_MS", "Teacher"]

LONG_MS = 60_000
"""For features and training, on a busy machine too."""


class Teacher(Reader):
    """Someone who makes classes of images, with the Teach tab in front."""

    def __init__(self, qtbot: QtBot, window: GlassnetWindow) -> None:
        super().__init__(qtbot, window)
        self.choose_tab(window.TEACH)
        tab = window.tab(window.TEACH)
        assert isinstance(tab, TeachTab)
        self.tab = tab

    # -- Reading -----------------------------------------------------------------------------------

    @property
    def state(self) -> TeachState:
        """What the tab shows."""
        return self.tab.model.state

    @property
    def classes(self) -> dict[str, str]:
        """What the cards say: each class's name, and how many images it has."""
        keys = [one.key for one in self.state.collection.classes]
        return {self.text(f"class_{key}_name"): self.text(f"class_{key}_count") for key in keys}

    @property
    def badge(self) -> Badge:
        """What is written over the picture of the preview."""
        return self.tab.right.preview.view.badge or Badge("", "")

    def is_open(self, dialog: str) -> bool:
        """Tell whether a dialog is there."""
        return any(box.isVisible() for box in self.window.findChildren(QDialog, dialog))

    def count_in(self, truth: int, guess: int) -> int:
        """Return a number of the matrix, as its cell says it."""
        grid = self.find("teach_confusion", ConfusionGrid)
        return int(grid.words_of((truth, guess)).split()[0])

    # -- Doing -------------------------------------------------------------------------------------

    def answer(self, dialog: str, button: str, back: bool = True) -> None:
        """Press a button of a dialog; `back` leads to the window."""
        self.wait(lambda: self.is_open(dialog), f"{dialog} is open")
        self.click(button)
        self.wait(lambda: not self.is_open(dialog), f"{dialog} is closed", SOON_MS)
        if back:
            self.come_back()

    def train(self) -> None:
        """Press Train, and wait for the end."""
        before = self.state.head
        self.click("teach_train")
        self.wait(
            lambda: self.state.head is not before and self.text("status_state") == "Head trained",
            "the head is trained",
            LONG_MS,
        )

    def preview(self, path: Path, name: str) -> None:
        """Drop a picture on the preview and wait until it is called so."""
        self.drop(path, self.find("preview_view"), done=lambda: self.badge.title == name)

    def open_cell(self, truth: int, guess: int) -> None:
        """Click a cell of the matrix, and wait for its pictures."""
        grid = self.find("teach_confusion", ConfusionGrid)
        self.click(grid, grid.rect_of((truth, guess)).center())
        self.wait(lambda: self.is_open("picture_viewer"), "the pictures are open")
