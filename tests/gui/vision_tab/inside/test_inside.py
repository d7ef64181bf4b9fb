"""From the label to the pixels: what is chosen inside the network, by pointer and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import helper
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QListView, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.vision_tab.inside.inside_model import PICTURE
from gui.vision_tab.inside.layer_strip import landmarks
from gui.vision_tab.state import VisionState
from gui.vision_tab.tab import VisionTab
from gui.widgets.screen_readers import install_accessible_interfaces
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    next_model,
    next_result,
)
from tests.vision.look.inside.networks import public_network
from tests.vision.onnx_models import linear_classifier, model_bytes
from vision.look.inside.graph import Kind, read_graph


@pytest.fixture
def inside(qtbot: QtBot, tab: VisionTab, classify: Classify) -> VisionTab:
    """Return the tab, looking inside the network that named the cup of coffee."""
    classify(COFFEE)
    look(qtbot, tab)
    return tab


def look(qtbot: QtBot, tab: VisionTab) -> None:
    choose_task(qtbot, tab, "inside")
    state = tab.model.inside
    qtbot.waitUntil(lambda: state.state.view is not None or state.state.error is not None)


def choose_task(qtbot: QtBot, tab: VisionTab, task: str) -> None:
    button = find(tab, QToolButton, f"task_{task}")
    # What is said of a model and of a picture moves the column.
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)
    QApplication.processEvents()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def text(tab: VisionTab, name: str) -> str:
    found = find(tab, QLabel, name)
    return found.text()


def click(qtbot: QtBot, tab: VisionTab, name: str, x: int, y: int) -> None:
    widget = find(tab, QWidget, name)
    if isinstance(widget, QListView):
        widget = widget.viewport()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def test_every_layer_is_in_the_list_and_is_recomputed(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    box = find(inside, QComboBox, "inside_layers")
    view = model.state.view
    assert box.count() == len(view.graph.layers) + 1
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert model.state.tensor == view.graph.picture
    for place in range(len(view.graph.layers)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert model.state.place == place
        assert text(inside, "inside_verdict") == "OpenCV says the same"
        assert text(inside, "inside_layer_title").startswith(box.currentText())


def test_another_picture_is_looked_into_at_the_same_place(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    assert not inside.stage.isVisible()
    model.choose_layer(5)
    model.choose_map(7)
    model.choose_cell(10, 20)
    before = model.state
    with next_result(qtbot, inside):
        inside.open_path(CHELSEA)
    qtbot.waitUntil(lambda: model.state.view is not before.view)
    assert (model.state.place, model.state.cell) == (before.place, before.cell)
    assert model.state.explanation.result != before.explanation.result
    assert "Egyptian cat" in text(inside, "inside_why_title")
    choose_task(qtbot, inside, "classification")
    assert inside.stage.isVisible()
    assert inside.top_k.isVisible()
    assert not inside.inside_page.isVisible()
    assert model.state.view is None


def test_a_network_of_ones_own_of_one_layer(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
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
    assert state.why.weights is not None
    best = state.view.shown.result.best.index
    # The weights of each unit are a kernel as large as the picture.
    expected = weights[:, best].reshape(3, 8, 8)
    np.testing.assert_allclose(state.why.weights, expected, rtol=1e-6)
    click(qtbot, tab, "inside_why", 20, 10)
    assert tab.model.inside.state.place == PICTURE


def test_a_detector_and_a_segmenter_are_looked_into(qtbot: QtBot, inside: VisionTab) -> None:
    model, tab = inside.model.inside, inside
    for task, layers in (("detection", 50), ("mask", 40)):
        with next_model(qtbot, tab):
            choose_task(qtbot, tab, task)
        qtbot.waitUntil(lambda: not tab.model.state.is_busy)
        look(qtbot, tab)
        view = model.state.view
        assert len(view.graph.layers) > layers
        shown = tab.model.state.result.model.choice.name
        assert text(tab, "inside_note").startswith(f"{shown} · ")
        kinds = [layer.kind for layer in view.graph.layers]
        for place in (
            kinds.index(Kind.CONVOLUTION),
            len(kinds) - 1 - kinds[::-1].index(Kind.CONVOLUTION),
        ):
            model.choose_layer(place)
            assert text(tab, "inside_verdict") == "OpenCV says the same"
        # There is no label to give reasons for.
        assert not tab.findChild(QWidget, "inside_why").isVisible()
        assert not tab.objects.isVisible()
        assert not tab.cut.isVisible()


def test_closing_waits_for_what_is_computed(qtbot: QtBot, inside: VisionTab) -> None:
    choose_task(qtbot, inside, "classification")
    qtbot.waitUntil(inside.request_close)
    # The maps are asked for anew, and the window is closed at once.
    inside.model.look_inside()
    assert not inside.request_close()
    qtbot.waitUntil(inside.request_close)


def test_another_model_is_looked_into_when_it_comes(qtbot: QtBot, inside: VisionTab) -> None:
    model = inside.model.inside
    before, stale = model.state.view, list[bool]()

    def note(state: VisionState) -> None:
        view, result = model.state.view, state.result
        if view is not None and result is not None:
            stale.append(view.shown.model.choice != result.model.choice)

    inside.model.state_changed.connect(note)
    inside.model.choose_model("bundled_detector")
    qtbot.waitUntil(lambda: model.state.view not in (None, before))
    # While its maps are computed, those of the one before are not passed off as its own.
    assert not any(stale)
    assert inside.model.state.is_inside
    choose_task(qtbot, inside, "detection")
    assert inside.objects.isVisible()
    assert inside.stage.isVisible()


def test_a_cleared_stage_shows_nothing_of_the_last_picture(
    qtbot: QtBot, inside: VisionTab, classify: Classify
) -> None:
    def seen() -> set[str]:
        """Return what is written in the panel, by name."""
        labels = inside.cell_panel.findChildren(QLabel)
        return {label.objectName() for label in labels if label.isVisible() and label.text()}

    qtbot.mouseClick(inside.findChild(QToolButton, "source_video"), Qt.MouseButton.LeftButton)
    assert inside.stage.isVisible()
    assert seen() == {"inside_cell_title", "inside_nothing"}
    assert "recomputed here" in text(inside, "inside_nothing")
    classify(COFFEE)
    qtbot.waitUntil(lambda: inside.model.inside.state.view is not None)
    assert "inside_nothing" not in seen()


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


def test_what_is_seen_inside_is_heard(qtbot: QtBot, inside: VisionTab) -> None:
    name, description = QAccessible.Text.Name, QAccessible.Text.Description

    def told(widget: str) -> QAccessibleInterface:
        found = find(inside, QWidget, widget)
        tree = QAccessible.queryAccessibleInterface(found)
        assert tree is not None
        return tree

    install_accessible_interfaces()  # as the window does before it makes its first tab
    why = told("inside_why")
    first, second = why.child(0), why.child(1)
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
    qtbot: QtBot, tab: VisionTab, classify: Classify, said: list[str]
) -> None:
    classify(COFFEE)
    tab.stage.view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.stage.view, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: tab.model.inside.state.view is not None)
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
