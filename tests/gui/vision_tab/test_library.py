"""The model library's dialog, against a server on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.vision_tab.library_dialog import LibraryDialog
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import COFFEE, Classify, next_result
from tests.vision.model_server import ModelServer
from tests.vision.onnx_models import linear_classifier
from vision.formats.manifest import ModelManifest
from vision.models.library import ModelLibrary
from vision.pictures.preprocessing import Preprocessing

DATA, _, _ = linear_classifier(classes=40, size=64)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(DATA) as running:
        yield running


@pytest.fixture
def dialog(tab: VisionTab, server: ModelServer, tmp_path: Path) -> LibraryDialog:
    """Return the open dialog of a library that holds one model."""
    entry = ModelManifest(
        key="test",
        name="Test model",
        file="test.onnx",
        preprocessing=Preprocessing((64, 64)),
        sha256=hashlib.sha256(DATA).hexdigest(),
        bytes=len(DATA),
        licence="MIT",
        accuracy="top-1 2.5 %",
        url=server.url,
    )
    tab.model.registry.open_library(
        ModelLibrary(tmp_path / "models", (entry,), frozenset({"http"}))
    )
    return opened(tab)


def opened(tab: VisionTab) -> LibraryDialog:
    """Open the dialog by its link."""
    tab.model_panel.library_button.click()
    assert tab.model_panel.library is not None
    return tab.model_panel.library


def button(dialog: LibraryDialog, name: str) -> QPushButton:
    """Return a button of the test model's card."""
    return find(dialog, QPushButton, f"library_test_{name}")


def message(dialog: LibraryDialog) -> str:
    """Return the line under the test model's facts."""
    return find(dialog, QLabel, "library_test_message").text()


def click(qtbot: QtBot, widget: QPushButton) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_model_is_fetched_used_and_removed(
    qtbot: QtBot,
    tab: VisionTab,
    dialog: LibraryDialog,
    server: ModelServer,
    classify: Classify,
) -> None:
    assert not button(dialog, "use").isVisible()
    assert server.ranges == [], "opening the library fetches nothing"
    classify(COFFEE)
    click(qtbot, button(dialog, "download"))
    qtbot.waitUntil(lambda: button(dialog, "use").isVisible())
    assert message(dialog) == "Downloaded and checked."
    assert tab.findChild(QRadioButton, "model_library_test") is not None
    with next_result(qtbot, tab):
        click(qtbot, button(dialog, "use"))
    assert not dialog.isVisible()
    assert find(tab, QRadioButton, "model_library_test").isChecked()
    assert tab.top_k.bars.rows[0][0].startswith("class ")
    reading = tab.model.state.result
    assert reading.preprocessing.size_wh == (64, 64)
    # Back to the bundled model, the fetched one can go.
    tab.model.choose_model("bundled")
    opened(tab)
    click(qtbot, button(dialog, "remove"))
    assert button(dialog, "download").isVisible()
    assert tab.findChild(QRadioButton, "model_library_test") is None
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy)


def test_a_stopped_download_can_go_on_by_the_keyboard(
    qtbot: QtBot, dialog: LibraryDialog, server: ModelServer
) -> None:
    server.may_end.clear()
    click(qtbot, button(dialog, "download"))
    progress = find(dialog, QProgressBar, "library_test_progress")
    assert progress.isVisible()
    assert dialog.focusWidget() is button(dialog, "cancel")
    qtbot.waitUntil(lambda: progress.value() > 0)
    click(qtbot, button(dialog, "cancel"))
    server.may_end.set()
    qtbot.waitUntil(lambda: button(dialog, "download").isVisible())
    assert dialog.focusWidget() is button(dialog, "download")
    assert message(dialog) == "Stopped. What has come is kept."
    assert button(dialog, "download").text() == "Go on downloading"
    click(qtbot, button(dialog, "download"))
    qtbot.waitUntil(lambda: button(dialog, "use").isVisible())
    assert dialog.focusWidget() is button(dialog, "use")
    # The second request asked only for the rest.
    assert server.ranges[0] is None
    assert server.ranges[1] is not None
    click(qtbot, button(dialog, "remove"))
    assert dialog.focusWidget() is button(dialog, "download")


def test_a_wrong_file_and_no_connection_are_said_and_nothing_is_offered(
    qtbot: QtBot, dialog: LibraryDialog, server: ModelServer
) -> None:
    server.data = b"x" * len(DATA)
    click(qtbot, button(dialog, "download"))
    qtbot.waitUntil(lambda: "SHA-256" in message(dialog))
    assert not button(dialog, "use").isVisible()
    server.status = 503
    click(qtbot, button(dialog, "download"))
    qtbot.waitUntil(lambda: "503" in message(dialog))
    assert button(dialog, "download").isVisible()


def test_the_library_is_written_in_the_language_in_use(
    qtbot: QtBot, tab: VisionTab, qapp: QApplication
) -> None:
    dialog = opened(tab)

    def written() -> str:
        return " ".join(label.text() for label in dialog.findChildren(QLabel))

    assert "right label first 67.8%, among five 88.3%" in written()
    assert "onnx/models, version b1eeaa1a" in written()
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: "eğitim yazısındaki" in written())
    shares = "doğru etiket ilk sırada: %67,8; ilk beşte: %88,3"
    qtbot.waitUntil(lambda: shares in written())
    assert "MNIST rakamları" in written()
    assert "weights from" not in written()
    assert "version" not in written()
