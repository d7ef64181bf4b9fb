"""A picture on the stage: dropped, pasted, opened; its label, bars, times and history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QListView
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.vision_tab.stage.images import PixelImage, image_to_picture
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import Experiment, GateData
from model.export import export_onnx
from model.initialisers import initialise
from tests.gui.finding import find
from tests.gui.painted import rgb
from tests.gui.told import told
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE, PATIENT_MS, click_entry, next_result
from tests.vision.picture_files import png_that_ended_opencv
from vision.engine import LOADS
from vision.pictures.files import read_picture
from vision.pictures.pixels import THUMBNAIL_WH, to_display
from vision.result import Task

pytestmark = pytest.mark.timeout(240)


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
    assert badge is not None
    assert (badge.title, badge.figure, badge.is_sure) == ("espresso", "94.2%", True)
    assert tab.top_k.bars.rows[0][0] == "espresso"
    assert len(tab.top_k.bars.rows) == 5
    assert len(tab.model.state.history) == 1
    assert tab.model.state.history[0].path == COFFEE
    assert tab.title() == "coffee.png"
    # 600 x 400 with a centre crop: the middle 400 x 400.
    assert tab.stage.view.seen is not None
    assert tab.stage.view.seen.getRect() == pytest.approx((100, 0, 400, 400))


@pytest.mark.parametrize("way", ["file", "bytes"])
def test_a_damaged_animation_leaves_the_window_to_the_next_picture(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path, way: str
) -> None:
    (tmp_path / "a.png").write_bytes(png_that_ended_opencv())
    mime = QMimeData()
    if way == "file":
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    else:
        mime.setData("image/png", png_that_ended_opencv())
    QGuiApplication.clipboard().setMimeData(mime)
    qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=PATIENT_MS)
    next_one = QMimeData()
    next_one.setUrls([QUrl.fromLocalFile(str(COFFEE))])
    with next_result(qtbot, tab):
        drop(tab, next_one)
    assert tab.status().sentence == "coffee.png classified as espresso."


def test_several_dropped_pictures_all_enter_the_history(qtbot: QtBot, tab: VisionTab) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (CHELSEA, COFFEE)])
    drop(tab, mime)
    qtbot.waitUntil(lambda: len(tab.model.state.history) == 2, timeout=PATIENT_MS)
    assert [tab.model.state.history[row].label for row in (1, 0)] == ["Egyptian cat", "espresso"]


def test_pasted_pixels_are_classified(qtbot: QtBot, tab: VisionTab) -> None:
    QGuiApplication.clipboard().setImage(QImage(str(COFFEE)))
    with next_result(qtbot, tab):
        qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    shown = tab.model.state.result
    assert shown is not None
    assert shown.name == "Pasted picture"
    assert shown.result.best.label == "espresso"


@pytest.mark.parametrize("text", ["", "no path"])
def test_without_a_picture_on_the_clipboard_a_sentence_says_so(
    qtbot: QtBot, tab: VisionTab, text: str
) -> None:
    QGuiApplication.clipboard().setText(text)
    if not text:
        QGuiApplication.clipboard().clear()
    with told(qtbot, tab.model.messages) as failed:
        qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert failed[0].startswith("There is no picture and no file on the clipboard.")


def test_an_address_that_is_dropped_or_pasted_is_told_from_a_file(
    qtbot: QtBot, tab: VisionTab
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://here.example/cat")])
    with told(qtbot, tab.model.messages) as failed:
        drop(tab, mime)
    assert failed[0].startswith("https://here.example/cat is an address on the network.")
    QGuiApplication.clipboard().setText(" http://here.example/dog.png\n")
    with told(qtbot, tab.model.messages) as failed:
        qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert failed[0].startswith("http://here.example/dog.png is an address")


@pytest.mark.parametrize("text", [str(COFFEE), COFFEE.as_uri(), f'"{COFFEE}"\n'])
def test_a_pasted_path_is_opened(qtbot: QtBot, tab: VisionTab, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    with next_result(qtbot, tab):
        qtbot.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert tab.model.state.result is not None
    assert tab.model.state.result.path == COFFEE


def test_keys_work_after_a_click_on_the_tab_and_rest_while_another_is_shown(
    qtbot: QtBot,
) -> None:
    window = GlassnetWindow(ExperimentDocument(Experiment()))
    qtbot.addWidget(
        window, before_close_func=lambda w: qtbot.waitUntil(w.close, timeout=PATIENT_MS)
    )
    with qtbot.waitActive(window, timeout=PATIENT_MS):
        window.show()
        window.activateWindow()
    tabs = window.header.tabs
    click = Qt.MouseButton.LeftButton
    qtbot.mouseClick(tabs, click, pos=tabs.tabRect(window.VISION).center())
    tab = window.tab(window.VISION)
    assert isinstance(tab, VisionTab)
    QGuiApplication.clipboard().setImage(QImage(str(COFFEE)))
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(window, Qt.Key.Key_V, control)
    qtbot.waitUntil(lambda: len(tab.model.state.history) == 1, timeout=PATIENT_MS)
    # Its worker may still be on its way out.
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=PATIENT_MS)
    qtbot.mouseClick(tabs, click, pos=tabs.tabRect(window.BUILD).center())
    qtbot.keyClick(window, Qt.Key.Key_V, control)
    assert not tab.model.worker.is_busy
    assert len(tab.model.state.history) == 1


def test_the_times_are_those_of_the_engine(
    tab: VisionTab, qtbot: QtBot, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    reading = tab.model.state.result
    assert reading is not None
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


def test_the_model_is_loaded_once(tab: VisionTab, classify: Callable[[Path], None]) -> None:
    classify(COFFEE)
    before = LOADS.count
    for path in (CHELSEA, COFFEE, CHELSEA):
        classify(path)
    assert LOADS.count == before


def test_a_file_that_is_no_picture_is_named_and_nothing_is_lost(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    bad = tmp_path / "notes.png"
    bad.write_text("not a picture")
    with told(qtbot, tab.model.messages) as failed:
        tab.open_path(bad)
    assert "notes.png: this is no picture" in failed[0]
    assert tab.stage.view.badge is not None
    assert tab.stage.view.badge.title == "espresso"
    assert len(tab.model.state.history) == 1
    classify(CHELSEA)
    assert len(tab.model.state.history) == 2


def test_a_row_of_the_history_keeps_to_the_model_that_said_it(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(CHELSEA)

    def rows() -> list[tuple[str, str]]:
        return [(entry.label, entry.model) for entry in tab.model.state.history]

    marked = []
    for task in (Task.DETECTION, Task.CLASSIFICATION, Task.DETECTION):
        with next_result(qtbot, tab):
            tab.model.choose_task(task)
        marked.append(tab.model.state.history_row)
    # Another model has a row of its own, once, and the marked one says what is on the stage.
    assert rows() == [("Cat", "SSD MobileNet V2"), ("Egyptian cat", "EfficientNet-Lite0")]
    assert marked == [0, 1, 0]
    entry = tab.history_panel.list.model().index(1, 0)
    assert entry.data(Qt.ItemDataRole.ToolTipRole).endswith("EfficientNet-Lite0")


def test_a_history_entry_comes_back_without_a_new_entry(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(CHELSEA)
    classify(COFFEE)
    with next_result(qtbot, tab):
        click_entry(qtbot, tab, 1)
    assert tab.title() == "chelsea.png"
    assert len(tab.model.state.history) == 2


def test_the_bar_under_a_long_history_covers_no_figure(
    dressed: None, qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    tab.resize(640, 600)
    view = tab.history_panel.list
    while not view.horizontalScrollBar().maximum():
        count = len(tab.model.state.history)
        tab.open_path(CHELSEA if count % 2 else COFFEE)
        qtbot.waitUntil(lambda count=count: len(tab.model.state.history) > count)  # type: ignore[misc]  # a lambda's default has no type
        QApplication.processEvents()
    assert view.visualRect(view.model().index(0, 0)).bottom() < view.viewport().height()


def test_closing_does_not_wait_for_the_worker(qtbot: QtBot) -> None:
    tab = VisionTab()
    qtbot.addWidget(tab)
    tab.show()
    tab.open_path(COFFEE)
    assert not tab.request_close()
    qtbot.waitUntil(tab.request_close, timeout=PATIENT_MS)


def test_a_closing_that_is_called_off_leaves_the_tab_usable(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    qtbot.waitUntil(tab.request_close, timeout=PATIENT_MS)
    classify(CHELSEA)
    assert len(tab.model.state.history) == 2


def test_pixels_survive_the_way_to_qt_and_back() -> None:
    picture = read_picture(CHELSEA)[:, :33]
    assert np.array_equal(image_to_picture(PixelImage(to_display(picture))), picture)


def test_transparent_pixels_become_white() -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    assert (image_to_picture(image) == 255).all()


class NotedImage(QImage):
    """An image that notes on which thread it is looked into."""

    threads: list[threading.Thread] = []

    def hasAlphaChannel(self) -> bool:
        self.threads.append(threading.current_thread())
        return super().hasAlphaChannel()


def test_an_image_is_converted_by_the_worker(qtbot: QtBot, tab: VisionTab) -> None:
    image = NotedImage(str(COFFEE))
    with next_result(qtbot, tab):
        tab.model.open_image(image, "pasted")
    assert image.threads
    assert threading.main_thread() not in image.threads
    shown = tab.model.state.result
    assert shown is not None
    assert np.array_equal(shown.picture, read_picture(COFFEE))


@pytest.mark.parametrize("shape", [(1, 30_000), (30_000, 1)])
def test_a_picture_like_a_thread_is_shown_and_remembered(
    qtbot: QtBot,
    tab: VisionTab,
    classify: Callable[[Path], None],
    tmp_path: Path,
    shape: tuple[int, int],
) -> None:
    path = tmp_path / "thread.png"
    cv2.imwrite(str(path), np.full((*shape, 3), (40, 90, 200), np.uint8))
    classify(path)
    jpeg = tab.model.state.history[0].thumbnail_jpeg
    thumbnail = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert thumbnail is not None
    assert thumbnail.shape[1::-1] == THUMBNAIL_WH
    # The history keeps a JPEG, whose brightness and colours are rounded to whole numbers.
    middle = tuple(thumbnail[thumbnail.shape[0] // 2, 0].tolist())
    assert middle == pytest.approx((40, 90, 200), abs=1)
    strip = find(tab, QListView, "history_list")
    entry = strip.visualRect(strip.model().index(0, 0))
    painted = strip.viewport().grab().toImage().pixelColor(entry.center().x(), entry.top() + 35)
    assert rgb(painted) == pytest.approx((200, 90, 40), abs=1)
    view = tab.stage.view
    view.show_label(False)

    def colour() -> tuple[int, ...]:
        place = view.picture_rect().toRect()
        assert min(place.width(), place.height()) == 1
        image = view.grab().toImage()
        return rgb(image.pixelColor(place.center()))

    # The history comes into sight with its first picture, and the stage gives it room.
    qtbot.waitUntil(lambda: colour() == (200, 90, 40))


def test_what_the_network_sees_of_a_picture_larger_than_any_screen_is_marked_on_it(
    tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "large.png"
    cv2.imwrite(str(path), np.full((2400, 7680, 3), 90, np.uint8))
    classify(path)
    view = tab.stage.view
    assert view.image.width() < 7680
    assert view.seen is not None
    place, seen = view.picture_rect(), view.on_screen(view.seen)
    assert seen.height() == pytest.approx(place.height(), abs=1)
    assert seen.center().x() == pytest.approx(place.center().x(), abs=1)


@pytest.mark.parametrize(
    ("names", "is_taken"),
    [
        (["and.glassnet"], False),
        (["points.csv"], False),
        (["cat.png", "points.csv"], False),
        (["cat.png"], True),
        (["net.onnx", "labels.txt"], True),
        (["rows.onnx"], False),
        (["rows.onnx", "cat.png"], False),
    ],
)
def test_what_is_not_for_vision_is_left_to_the_window(
    tab: VisionTab, tmp_path: Path, names: list[str], is_taken: bool
) -> None:
    rows = initialise(default_experiment(GateData("xor")))
    export_onnx(rows, tmp_path / "rows.onnx")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where, action = QPointF(tab.rect().center()), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(where, action, mime, buttons, keys)
    QApplication.sendEvent(tab, enter)
    assert enter.isAccepted() == is_taken
