"""From the label to the pixels: what is chosen inside the network, by pointer and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import helper
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.vision_tab.inside.inside_model import PICTURE
from gui.vision_tab.inside.layer_strip import landmarks
from gui.vision_tab.state import VisionState
from gui.vision_tab.tab import VisionTab
from gui.widgets.screen_readers import tell_screen_readers
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE, PATIENT_MS, next_model, next_result
from tests.vision.look.inside.networks import public_network
from tests.vision.onnx_models import linear_classifier, model_bytes
from vision.look.inside.cell import Cell
from vision.look.inside.graph import Kind, read_graph

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def inside(qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]) -> VisionTab:
    """Return the tab, looking inside the network that named the cup of coffee."""
    classify(COFFEE)
    look(qtbot, tab)
    return tab


def look(qtbot: QtBot, tab: VisionTab) -> None:
    choose_task(qtbot, tab, "inside")
    state = tab.model.inside
    qtbot.waitUntil(
        lambda: state.state.view is not None or state.state.error is not None, timeout=PATIENT_MS
    )


def choose_task(qtbot: QtBot, tab: VisionTab, task: str) -> None:
    button = find(tab, QToolButton, f"task_{task}")
    # What is said of a model and of a picture moves the column.
    qtbot.waitUntil(lambda: not tab.model.state.is_busy, timeout=PATIENT_MS)
    QApplication.processEvents()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def text(tab: VisionTab, name: str) -> str:
    found = find(tab, QLabel, name)
    return found.text()


def click(qtbot: QtBot, tab: VisionTab, name: str, x: int, y: int) -> None:
    widget = find(tab, QWidget, name)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def test_from_the_label_to_the_pixels_in_five_clicks(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    assert "espresso: 11.01 = the sum of 1\xa0280 terms and a bias" in text(
        inside, "inside_why_title"
    )
    click(qtbot, inside, "inside_why", 20, 10)
    layer = model.state.layer
    assert layer is not None
    assert (layer.kind, layer.maps_shape) == (Kind.CONVOLUTION, (1280, 7, 7))
    assert model.state.cell.channel == 1213
    assert text(inside, "inside_verdict") == "OpenCV says the same"
    # The first layer's tile, one of its maps, a cell of it, a number of the patch.
    click(qtbot, inside, "inside_strip", 3 + 96 + 12 + 24 + 40, 50)
    assert model.state.place == 0
    click(qtbot, inside, "inside_maps", 10, 10)
    assert model.state.cell.channel == 0
    assert text(inside, "inside_cell_name") == "conv 1, map 1"
    click(qtbot, inside, "inside_map", 150, 160)
    cell, told = model.state.cell, model.state.explanation
    assert told is not None
    assert told.agrees
    assert (model.state.box.height, model.state.box.width) == (3, 3)
    click(qtbot, inside, "inside_kernel", 60, 40)
    assert model.state.place == PICTURE
    pixel = model.state.cell
    assert (pixel.row, pixel.column) in {
        (2 * cell.row + row, 2 * cell.column + column) for row in range(3) for column in range(3)
    }
    assert "what the network is given" in text(inside, "inside_sums")


def test_the_way_there_by_keys(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    why, strip, large = (
        inside.findChild(QWidget, name) for name in ("inside_why", "inside_strip", "inside_map")
    )
    why.setFocus()
    qtbot.keyClick(why, Qt.Key.Key_Down)
    qtbot.keyClick(why, Qt.Key.Key_Return)
    assert model.state.cell.channel == 1143
    strip.setFocus()
    last = model.state.place
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert model.state.place == last - 1
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    assert model.state.place == PICTURE
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert model.state.place == 0
    large.setFocus()
    model.choose_cell(50, 60)
    channel = model.state.cell.channel
    for key, place in (
        (Qt.Key.Key_Right, (50, 61)),
        (Qt.Key.Key_Down, (51, 61)),
        (Qt.Key.Key_Left, (51, 60)),
        (Qt.Key.Key_Up, (50, 60)),
    ):
        qtbot.keyClick(large, key)
        assert model.state.cell == Cell(channel, *place)
    maps = inside.findChild(QWidget, "inside_maps")
    model.choose_map(3)
    qtbot.keyClick(maps, Qt.Key.Key_Right)
    assert model.state.cell.channel == 4
    follow = inside.findChild(QPushButton, "inside_follow")
    qtbot.keyClick(follow, Qt.Key.Key_Space)
    assert model.state.place == PICTURE


def test_every_layer_is_in_the_list_and_is_recomputed(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    box = find(inside, QComboBox, "inside_layers")
    view = model.state.view
    assert view is not None
    assert box.count() == len(view.graph.layers) + 1
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for place in range(len(view.graph.layers)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert model.state.place == place
        assert text(inside, "inside_verdict") == "OpenCV says the same"
        assert text(inside, "inside_layer_title").startswith(box.currentText())


def test_another_picture_is_looked_into_at_the_same_place(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    model.choose_layer(5)
    model.choose_map(7)
    model.choose_cell(10, 20)
    before = model.state
    with next_result(qtbot, inside):
        inside.open_path(CHELSEA)
    qtbot.waitUntil(lambda: model.state.view is not before.view, timeout=PATIENT_MS)
    assert (model.state.place, model.state.cell) == (before.place, before.cell)
    assert model.state.explanation is not None
    assert before.explanation is not None
    assert model.state.explanation.result != before.explanation.result
    assert "Egyptian cat" in text(inside, "inside_why_title")


def test_back_to_the_picture(qtbot: QtBot, inside: VisionTab) -> None:
    assert not inside.stage.isVisible()
    assert not inside.top_k.isVisible()
    choose_task(qtbot, inside, "classification")
    assert inside.stage.isVisible()
    assert inside.top_k.isVisible()
    assert not inside.inside_page.isVisible()
    assert inside.model.inside.state.view is None


def test_a_network_of_ones_own_of_one_layer(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    data, weights, _ = linear_classifier(classes=4)
    path = tmp_path / "farm.onnx"
    path.write_bytes(data)
    path.with_suffix(".txt").write_text("ant\nbee\ncow\ndog\n")
    classify(COFFEE)
    with next_result(qtbot, tab):
        tab.open_paths([path, path.with_suffix(".txt")])
    look(qtbot, tab)
    state = tab.model.inside.state
    assert state.why is not None
    assert state.why.weights is not None
    best = state.view.shown.result.best.index
    # The weights of each unit are a kernel as large as the picture.
    expected = weights[:, best].reshape(3, 8, 8)
    np.testing.assert_allclose(state.why.weights, expected, rtol=1e-6)
    click(qtbot, tab, "inside_why", 20, 10)
    assert tab.model.inside.state.place == PICTURE


def model_on_show(tab: VisionTab) -> str:
    """Return the name of the model that the picture was given to."""
    result = tab.model.state.result
    assert result is not None
    return result.model.choice.name


def test_a_detector_and_a_segmenter_are_looked_into(qtbot: QtBot, inside: VisionTab) -> None:
    model, tab = inside.model.inside, inside
    for task, layers in (("detection", 50), ("mask", 40)):
        with next_model(qtbot, tab):
            choose_task(qtbot, tab, task)
        qtbot.waitUntil(lambda: not tab.model.state.is_busy, timeout=PATIENT_MS)
        look(qtbot, tab)
        view = model.state.view
        assert view is not None
        assert len(view.graph.layers) > layers
        assert text(tab, "inside_note").startswith(f"{model_on_show(tab)} · ")
        convolutions = [
            place for place, layer in enumerate(view.graph.layers) if layer.kind is Kind.CONVOLUTION
        ]
        for place in (convolutions[0], convolutions[-1]):
            model.choose_layer(place)
            assert text(tab, "inside_verdict") == "OpenCV says the same"
        # There is no label to give reasons for.
        assert not tab.findChild(QWidget, "inside_why").isVisible()
        assert not tab.objects.isVisible()
        assert not tab.cut.isVisible()


def test_closing_waits_for_what_is_computed(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    before = model.state.view
    choose_task(qtbot, inside, "classification")
    qtbot.waitUntil(inside.request_close, timeout=PATIENT_MS)
    # The maps are asked for anew, and the window is closed at once.
    inside.model.look_inside()
    assert not inside.request_close()
    qtbot.waitUntil(inside.request_close, timeout=PATIENT_MS)
    assert model.state.view is not before


def test_another_model_is_looked_into_when_it_comes(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    before = model.state.view
    stale = []

    def note(state: VisionState) -> None:
        view, result = model.state.view, state.result
        if view is not None and result is not None:
            stale.append(view.shown.model.choice != result.model.choice)

    inside.model.state_changed.connect(note)
    inside.model.choose_model("bundled_detector")
    qtbot.waitUntil(lambda: model.state.view is not before, timeout=PATIENT_MS)
    qtbot.waitUntil(lambda: model.state.view is not None, timeout=PATIENT_MS)
    # While its maps are computed, those of the one before are not passed off as its own.
    assert not any(stale)
    assert inside.model.state.is_inside
    assert inside.inside_page.isVisible()
    choose_task(qtbot, inside, "detection")
    assert inside.objects.isVisible()
    assert inside.stage.isVisible()


def test_a_cleared_stage_shows_nothing_of_the_last_picture(
    qtbot: QtBot, inside: VisionTab, classify: Callable[[Path], None]
) -> None:
    qtbot.mouseClick(inside.findChild(QToolButton, "source_video"), Qt.MouseButton.LeftButton)
    assert inside.stage.isVisible()
    panel = inside.cell_panel
    told = {"inside_cell_title", "inside_nothing"}

    def seen() -> set[str]:
        """Return what is written in the panel, by name."""
        labels = panel.findChildren(QLabel)
        return {label.objectName() for label in labels if label.isVisible() and label.text()}

    assert seen() == told
    classify(COFFEE)
    qtbot.waitUntil(lambda: inside.model.inside.state.view is not None, timeout=PATIENT_MS)
    assert "inside_nothing" not in seen()
    assert seen() - told


def fits(shown: QLabel) -> bool:
    flags = Qt.TextFlag.TextWordWrap if shown.wordWrap() else Qt.TextFlag.TextSingleLine
    needed = shown.fontMetrics().boundingRect(shown.rect(), flags, shown.text())
    return needed.width() <= shown.width() + 1 and needed.height() <= shown.height() + 1


def test_nothing_is_cut_in_a_small_window_in_turkish(
    qtbot: QtBot, inside: VisionTab, qapp: QApplication
) -> None:
    inside.setMinimumSize(1024, 610)
    choose_language(qapp, "tr")
    inside.resize(1024, 610)
    page = inside.inside_page
    qtbot.waitUntil(lambda: page.minimumSizeHint().width() <= page.width(), timeout=PATIENT_MS)
    column, room = inside.right.widget(), inside.right.viewport()
    qtbot.waitUntil(lambda: column.width() <= room.width(), timeout=PATIENT_MS)
    for name in ("inside_why_title", "inside_layer_title", "inside_verdict", "inside_note"):
        found = find(inside, QLabel, name)
        qtbot.waitUntil(partial(fits, found), timeout=5_000)


def test_the_strip_shows_the_way_whatever_the_network() -> None:
    file = public_network("resnet50")
    graph = read_graph(onnx.load_from_string(file.data), (1, 3, 224, 224), "r")
    for count in (2, 5, 8, 12):
        for chosen in (PICTURE, 0, 17, len(graph.layers) - 1):
            places = landmarks(graph, count, chosen)
            assert places == sorted(set(places))
            assert places[0] == 0 or count < 3
            assert len(places) <= count
            assert chosen == PICTURE or chosen in places


def test_what_only_puts_numbers_into_another_order_does_not_begin_the_way() -> None:
    # As Keras exports it: the picture is scaled while its channels are still last.
    nodes = [
        helper.make_node("Transpose", ["x"], ["last"], perm=[0, 2, 3, 1]),
        helper.make_node("Mul", ["last", "part"], ["scaled"]),
        helper.make_node("Transpose", ["scaled"], ["second"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["second", "w"], ["maps"]),
        helper.make_node("Conv", ["maps", "v"], ["y"]),
    ]
    weights: dict[str, npt.NDArray[np.generic]] = {
        name: np.ones((3, 3, 2, 2), np.float32) for name in "wv"
    }
    weights["part"] = np.full(1, 1 / 255, np.float32)
    data = model_bytes(nodes, {"x": [1, 3, 9, 9]}, {"y": [1, 3, 7, 7]}, weights)
    graph = read_graph(onnx.load_from_string(data), (1, 3, 9, 9), "k")
    assert graph.layers[graph.first].kind is Kind.CONVOLUTION
    assert landmarks(graph, 8, PICTURE)[0] == graph.first
    assert landmarks(graph, 2, PICTURE)[0] == graph.first
    # It can be chosen from the list all the same, and is shown then.
    assert landmarks(graph, 8, 0)[0] == 0


def test_the_maps_are_laid_out_in_a_window_of_any_size(qtbot: QtBot, inside: VisionTab) -> None:
    """Maps that fit without a scroll bar and not beside it came and went with it without end."""
    maps = inside.inside_page.maps

    def is_settled() -> bool:
        return maps.visibleRegion().boundingRect().width() == maps.width()

    for width in range(1560, 1660, 20):
        inside.resize(1440, 940)
        qtbot.waitUntil(is_settled, timeout=PATIENT_MS)
        click(qtbot, inside, "inside_why", 60, 10)
        qtbot.waitUntil(is_settled, timeout=PATIENT_MS)
        inside.resize(width, 760)
        qtbot.waitUntil(is_settled, timeout=PATIENT_MS)
        inside.model.inside.choose_layer(0)
        qtbot.waitUntil(is_settled, timeout=PATIENT_MS)


def test_what_is_seen_inside_is_heard(qtbot: QtBot, inside: VisionTab) -> None:
    name, description = QAccessible.Text.Name, QAccessible.Text.Description

    def told(widget: str) -> QAccessibleInterface:
        found = find(inside, QWidget, widget)
        tree = QAccessible.queryAccessibleInterface(found)
        assert tree is not None
        return tree

    tell_screen_readers()  # as the window does before it makes its first tab
    why = told("inside_why")
    first, second = why.child(0), why.child(1)
    assert first is not None
    assert second is not None
    assert re.fullmatch(r"feature [\d\xa0]+ [\d.]+ times [\d.]+ = [\d.]+", first.text(name))
    terms = find(inside, QWidget, "inside_why")
    terms.setFocus()
    qtbot.keyClick(terms, Qt.Key.Key_Down)
    assert why.focusChild() is second
    click(qtbot, inside, "inside_strip", 3 + 96 + 12 + 24 + 40, 50)
    large = find(inside, QWidget, "inside_map")
    before = told("inside_map").text(description)
    assert re.match(r"map \d+ = (minus )?[\d.]+\. Cell \(\d+, \d+\) depends on", before)
    large.setFocus()
    qtbot.keyClick(large, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: told("inside_map").text(description) != before)
    assert re.match(
        r"R: (minus |\+)0\.\d\d, .+ times .+ = ", told("inside_kernel").text(description)
    )


def test_what_opens_is_said_and_has_the_keyboard(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], said: list[str]
) -> None:
    classify(COFFEE)
    tab.stage.view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.stage.view, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: tab.model.inside.state.view is not None, timeout=PATIENT_MS)
    assert said[-1].startswith("The way through 49 convolutions. conv 1, 32 maps of 112 times 112")
    assert "Why espresso" in said[-1]
    assert QApplication.focusWidget() is tab.inside_page.strip
    qtbot.keyClick(tab.inside_page.strip, Qt.Key.Key_Right)
    assert len([text for text in said if text.startswith("The way")]) == 1
    qtbot.keyClick(tab.inside_page.strip, Qt.Key.Key_Escape)
    assert not tab.model.state.is_inside
    assert QApplication.focusWidget() is tab.stage.view
    qtbot.keyClick(tab.stage.view, Qt.Key.Key_I)
    qtbot.keyClick(tab, Qt.Key.Key_I)
    assert not tab.model.state.is_inside
