"""A picture on the stage: dropped, pasted, opened; its label, bars, times and history."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.vision_tab.stage.images import PixelImage, image_to_picture
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import GateData
from model.export import export_onnx
from model.initialisers import initialise
from tests.gui.told import told
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    click_entry,
    next_result,
)
from tests.vision.picture_files import damaged_png
from tests.vision.teaching.drawn import drawn_folder
from vision.engine import LOADS
from vision.pictures.files import read_picture
from vision.pictures.pixels import to_display
from vision.result import Task


def drop(tab: VisionTab, mime: QMimeData) -> None:
    """Drag `mime` into the middle of the tab and let it go."""
    where = QPointF(tab.rect().center())
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(tab, enter)
    assert enter.isAccepted()
    event = QDropEvent(where, Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(tab, event)
    assert event.isAccepted()


def test_a_dropped_picture_is_classified_and_enters_the_history(
    qtbot: QtBot, tab: VisionTab
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(COFFEE))])
    with next_result(qtbot, tab):
        drop(tab, mime)
    assert tab.status().sentence == "coffee.png classified as espresso."
    badge = tab.stage.view.badge
    assert (badge.title, badge.figure, badge.is_sure) == ("espresso", "94.2%", True)
    assert tab.top_k.bars.rows[0][0] == "espresso"
    assert len(tab.top_k.bars.rows) == 5
    assert len(tab.model.state.history) == 1
    assert tab.model.state.history[0].path == COFFEE
    assert tab.title() == "coffee.png"
    # 600 x 400 with a centre crop: the middle 400 x 400.
    assert tab.stage.view.seen.getRect() == pytest.approx((100, 0, 400, 400))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no picture and no file on the clipboard."),
        ("no path", "There is no picture and no file on the clipboard."),
        (" http://here.example/dog.png\n", "http://here.example/dog.png is an address"),
    ],
)
def test_without_a_picture_on_the_clipboard_a_sentence_says_so(
    qtbot: QtBot, tab: VisionTab, text: str, sentence: str
) -> None:
    mime = QMimeData()
    mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime if text else QMimeData())
    with told(qtbot, tab.model.messages) as failed:
        qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert failed[0].startswith(sentence)


@pytest.mark.parametrize("text", [str(COFFEE), COFFEE.as_uri(), f'"{COFFEE}"\n'])
def test_a_pasted_path_is_opened(qtbot: QtBot, tab: VisionTab, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    with next_result(qtbot, tab):
        qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert tab.model.state.result.path == COFFEE


def test_keys_work_after_a_click_on_the_tab_and_rest_while_another_is_shown(
    qtbot: QtBot, window: GlassnetWindow
) -> None:
    tabs, click = window.header.tabs, Qt.MouseButton.LeftButton
    qtbot.mouseClick(tabs, click, pos=tabs.tabRect(window.VISION).center())
    vision = window.session.vision
    QGuiApplication.clipboard().setImage(QImage(str(COFFEE)))
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    # Its worker may still be on its way out.
    qtbot.waitUntil(lambda: bool(vision.state.history))
    qtbot.waitUntil(lambda: not vision.worker.is_busy)
    qtbot.mouseClick(tabs, click, pos=tabs.tabRect(window.BUILD).center())
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert not vision.worker.is_busy
    assert len(vision.state.history) == 1


def test_the_times_are_those_of_the_engine(
    tab: VisionTab, qtbot: QtBot, classify: Classify
) -> None:
    classify(COFFEE)
    reading = tab.model.state.result
    # The last part is drawing: converting the picture, and painting it for the first time.
    convert_ms = reading.result.timings.draw_ms
    qtbot.waitUntil(lambda: tab.latency.bar.parts_ms[4] > convert_ms > 0)
    times = reading.result.timings
    assert tab.latency.bar.parts_ms[:4] == (
        times.read_ms,
        times.preprocess_ms,
        times.forward_ms,
        times.postprocess_ms,
    )
    assert min(tab.latency.bar.parts_ms[:3]) > 0


def test_a_file_that_is_no_picture_is_named_and_nothing_is_lost(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    loads = LOADS.count
    bad = tmp_path / "notes.png"
    bad.write_text("not a picture")
    with told(qtbot, tab.model.messages) as failed:
        tab.open_path(bad)
    assert "notes.png: this is no picture" in failed[0]
    assert tab.stage.view.badge.title == "espresso"
    assert len(tab.model.state.history) == 1
    # It has ended other programs that use OpenCV.
    bad.write_bytes(damaged_png())
    tab.open_path(bad)
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy)
    classify(CHELSEA)
    assert tab.status().sentence == "chelsea.png classified as Egyptian cat."
    assert LOADS.count == loads


def test_a_row_of_the_history_keeps_to_the_model_that_said_it(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    classify(CHELSEA)

    def rows() -> list[tuple[str, str]]:
        return [(entry.label, entry.model) for entry in tab.model.state.history]

    marked = []
    for task in (Task.DETECTION, Task.CLASSIFICATION):
        with next_result(qtbot, tab):
            tab.model.choose_task(task)
        marked.append(tab.model.state.history_row)
    # Another model has a row of its own, and the marked one says what is on the stage.
    of_classifier = ("Egyptian cat", "EfficientNet-Lite0")
    assert rows() == [of_classifier, ("Cat", "SSD MobileNet V2"), of_classifier]
    assert marked == [0, 0]
    entry = tab.history_panel.list.model().index(1, 0)
    assert entry.data(Qt.ItemDataRole.ToolTipRole).endswith("SSD MobileNet V2")


def test_a_history_entry_comes_back_without_a_new_entry(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    classify(CHELSEA)
    classify(COFFEE)
    with next_result(qtbot, tab):
        click_entry(qtbot, tab, 1)
    assert tab.title() == "chelsea.png"
    assert len(tab.model.state.history) == 2


def test_a_closing_that_is_called_off_leaves_the_tab_usable(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    classify(COFFEE)
    qtbot.waitUntil(tab.request_close)
    classify(CHELSEA)
    assert len(tab.model.state.history) == 2


def test_pixels_survive_the_way_to_qt_and_back() -> None:
    picture = read_picture(CHELSEA)[:, :33]
    assert np.array_equal(image_to_picture(PixelImage(to_display(picture))), picture)


def test_transparent_pixels_become_white() -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    assert (image_to_picture(image) == 255).all()


def test_what_the_network_sees_of_a_picture_larger_than_any_screen_is_marked_on_it(
    tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    path, view = tmp_path / "large.png", tab.stage.view
    cv2.imwrite(str(path), np.full((2400, 7680, 3), 90, np.uint8))
    classify(path)
    assert view.image.width() < 7680
    place, seen = view.picture_rect(), view.on_screen(view.seen)
    assert seen.height() == pytest.approx(place.height(), abs=1)
    assert seen.center().x() == pytest.approx(place.center().x(), abs=1)


@pytest.mark.parametrize(
    ("names", "is_taken"),
    [
        (["and.glassnet"], False),
        (["p.glassteach"], False),
        (["points.csv"], False),
        (["cat.png", "points.csv"], False),
        (["cat.png"], True),
        (["net.onnx", "labels.txt"], True),
        (["rows.onnx"], False),
        (["rows.onnx", "cat.png"], False),
        (["classes"], False),
        (["classes/discs"], True),
    ],
)
def test_what_is_not_for_vision_is_left_to_the_window(
    tab: VisionTab, tmp_path: Path, names: list[str], is_taken: bool
) -> None:
    export_onnx(initialise(default_experiment(GateData("xor"))), tmp_path / "rows.onnx")
    drawn_folder(tmp_path / "classes", 1, ("discs", "stars"))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where, action = QPointF(tab.rect().center()), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(where, action, mime, buttons, keys)
    QApplication.sendEvent(tab, enter)
    assert enter.isAccepted() == is_taken
