"""The first page and its lessons, the narrow window's drawer, and where the keyboard is led back.

Gates built by hand are here too: they are what the lessons lead to.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import GateData
from model.files import write_experiment
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.reader import Reader
from tests.e2e.ways import both

# -- The first page --------------------------------------------------------------------------------


def at_work(newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, folder: Path) -> Builder:
    """Return the same person once all panels are there."""
    newcomer.wait(newcomer.find("train").isVisible, "all panels are shown", SOON_MS)
    return Builder(qtbot, window, folder)


@both
def test_a_saved_network_is_opened_from_the_first_page(
    newcomer: Reader, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path, by_keys: bool
) -> None:
    path = tmp_path / "given.glassnet"
    given = default_experiment(GateData("nor"), hidden=(3,), seed=5)
    write_experiment(given, path)
    newcomer.push("open_saved_network", by_keys)
    newcomer.name_file("open_dialog", path)
    builder = at_work(newcomer, qtbot, window, tmp_path)
    builder.wait(lambda: builder.drawn_units == [2, 3, 1], "its network is drawn", SOON_MS)
    builder.file = path
    assert builder.save().data == given.data
    builder.push("undo", by_keyboard=False)
    assert builder.document.experiment.data == given.data, "there is nothing to undo"


# -- Gates by hand ---------------------------------------------------------------------------------


# -- The narrow window -----------------------------------------------------------------------------


# -- The keyboard ----------------------------------------------------------------------------------


@both
def test_a_message_shows_its_details_and_goes(builder: Builder, by_keys: bool) -> None:
    before = builder.save()
    builder.window.show_unexpected_error("Traceback\nValueError: tried")
    bar = builder.find("message_bar", QWidget)
    builder.wait(bar.isVisible, "the message is shown", SOON_MS)
    details = builder.find("message_details_text", QPlainTextEdit)
    builder.push("message_details", by_keys)
    builder.wait(details.isVisible, "the details are shown", SOON_MS)
    assert "ValueError: tried" in details.toPlainText()
    builder.push("message_close", by_keys)
    builder.wait(lambda: not bar.isVisible(), "the message has gone", SOON_MS)
    assert builder.save() == before
