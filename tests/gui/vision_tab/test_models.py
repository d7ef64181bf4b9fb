"""The choice of models: bundled, own, the tutorial's, from another tab; engine and device."""

from __future__ import annotations

from pathlib import Path

import pytest
from onnx import helper
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QPushButton,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from gui.vision_tab.model_registry import BUNDLED, OWN
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    next_model,
    next_result,
    refused_model,
)
from tests.gui.vision_tab.media import write_video
from tests.gui.vision_tab.test_folder import choose_file
from tests.vision.golden.caffe_nets import googlenet
from tests.vision.onnx_models import (
    endless_model,
    linear_classifier,
    model_bytes,
    unsure_of_grey,
)
from vision.engine import LOADS, ComputeChoice
from vision.formats.manifest import ModelManifest, write_manifest
from vision.pictures.preprocessing import Preprocessing


def small_model(folder: Path) -> Path:
    """Write a classifier of 4 classes that takes 8 x 8 pictures."""
    path = folder / "own.onnx"
    path.write_bytes(linear_classifier(classes=4)[0])
    return path


def click_box(qtbot: QtBot, button: QAbstractButton) -> None:
    """Click a check box or radio button on its mark, at its left."""
    where = QPoint(8, button.rect().center().y())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=where)


def test_an_own_model_is_loaded_once_and_used(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    half = tmp_path / "half.prototxt"
    half.write_text('layer { name: "x" }')
    tab.model.open_paths([half])
    assert tab.model.messages.shown is not None
    model = small_model(tmp_path)
    (tmp_path / "own.txt").write_text("ant\nbee\ncow\ndog\n")
    before = LOADS.count
    with next_result(qtbot, tab):
        tab.model.open_paths([model])
    assert tab.model.messages.shown is None  # the half of a model that was given before
    assert LOADS.count == before + 1
    assert find(tab, QRadioButton, f"model_{OWN}").isChecked()
    assert {name for name, _ in tab.top_k.bars.rows} == {"ant", "bee", "cow", "dog"}
    assert "Preflight passed" in tab.model_panel.card_text.text()
    first = find(tab, QRadioButton, f"model_{BUNDLED}")
    with next_result(qtbot, tab):
        click_box(qtbot, first)
    assert tab.top_k.bars.rows[0][0] == "espresso"
    # Each answer has a row of its own.
    assert len(tab.model.state.history) == 3


@pytest.mark.parametrize("source", ["picture", "video"])
def test_the_card_says_what_a_later_picture_shows_of_the_scores(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path, source: str
) -> None:
    model = tmp_path / "own.onnx"
    model.write_bytes(unsure_of_grey())
    said = ModelManifest(
        key="own",
        name="Own",
        file="own.onnx",
        preprocessing=Preprocessing((8, 8)),
        softmax_needed=False,
    )
    write_manifest(tmp_path / "own.json", said)
    with next_model(qtbot, tab):
        tab.model.open_paths([model])
    card = tab.model_panel.card_text
    assert "3 scores from 0 to 1" in card.text()
    assert "softmax" not in card.text()
    path = COFFEE if source == "picture" else write_video(tmp_path / "clip.avi")
    with next_result(qtbot, tab):
        tab.open_path(path)
    assert "3 scores that softmax makes sum to 1" in card.text()
    assert "Its description says that the scores are probabilities, but" in card.text()


def test_a_model_of_pictures_of_any_size_is_called_so(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["y"]),
    ]
    path = tmp_path / "any.onnx"
    path.write_bytes(model_bytes(nodes, {"x": ["N", 3, "H", "W"]}, {"y": ["N", 3]}))
    with next_model(qtbot, tab):
        tab.model.open_paths([path])
    assert "takes 1×3×H×W, gives 3 scores" in tab.model_panel.card_text.text()


def test_choosing_another_model_or_closing_ends_the_trial_of_the_first(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    endless = tmp_path / "endless.onnx"
    endless.write_bytes(endless_model())
    tab.model.open_paths([endless])
    assert "Looking at the model" in tab.model_panel.card_text.text()
    with next_model(qtbot, tab):
        click_box(qtbot, find(tab, QRadioButton, f"model_{BUNDLED}"))
    assert tab.model.state.models.chosen == BUNDLED
    classify(CHELSEA)
    tab.model.open_paths([endless])
    assert not tab.request_close()
    qtbot.waitUntil(tab.request_close, timeout=30_000)


def test_another_engine_is_used_and_named(qtbot: QtBot, tab: VisionTab, classify: Classify) -> None:
    classify(COFFEE)
    box = tab.latency.compute_box
    assert box.currentText() == "Automatic: New engine, CPU"
    assert not find(tab, QLabel, "compute_use").isVisible()
    with next_result(qtbot, tab):
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_End)
    shown = tab.model.state.result
    use = shown.model.use
    assert use.chosen is ComputeChoice.CLASSIC_OPENCL
    said = find(tab, QLabel, "compute_use")
    # What really computes is said, and why, where there is no OpenCL device.
    if use.used is ComputeChoice.CLASSIC_CPU:
        assert "Classic engine, CPU" in said.text()
        assert use.reason in said.text()
        assert said.isVisible()
    assert tab.top_k.bars.rows[0][0] == "espresso"


@pytest.mark.thorough
def test_the_tutorials_own_files_are_found_used_and_remembered(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    net = googlenet()
    (tmp_path / "bvlc_googlenet.prototxt").write_bytes(net.prototxt)
    model = tmp_path / "bvlc_googlenet.caffemodel"
    model.write_bytes(net.caffemodel)
    words = "\n".join(f"n{index:08d} word {index}, more" for index in range(1000))
    (tmp_path / "synset_words.txt").write_text(words)
    classify(COFFEE)
    qtbot.mouseClick(find(tab, QPushButton, "model_googlenet_action"), Qt.MouseButton.LeftButton)
    with next_result(qtbot, tab):
        choose_file(qtbot, tab, "model_dialog", model)
    settings, label = tab.model.state.result.preprocessing, tab.top_k.bars.rows[0][0]
    # The tutorial's preprocessing: BGR, the mean taken off, the whole picture squashed.
    assert settings.mean == (104.0, 117.0, 123.0)
    assert not settings.swap_rb
    assert not settings.crop
    assert label.startswith("word ")
    assert "," not in label
    again = VisionTab()
    qtbot.addWidget(again)
    find(again, QRadioButton, "model_googlenet")
    assert find(again, QPushButton, "model_googlenet_action").isHidden()


def test_a_bad_file_in_place_of_an_own_model_brings_the_good_one_back(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    good, bad, labels = small_model(tmp_path), tmp_path / "bad <i>.onnx", tmp_path / "three.txt"
    bad.write_bytes(b"no model at all")
    labels.write_text("ant\nbee\ncow\n")
    with next_model(qtbot, tab):
        tab.model.open_paths([good])
    for paths, *words in (
        ([bad], "“bad &lt;i&gt;” cannot be used", "“own” stays in use"),
        ([good, labels], "three.txt: the file has 3 labels, but the model gives 4 scores."),
    ):
        with refused_model(qtbot, tab):
            tab.model.open_paths(paths)
        text = tab.model_panel.card_text.text()
        assert all(word in text for word in words)
        assert tab.model.registry.chosen.model == good
    classify(COFFEE)
    assert tab.top_k.bars.rows[0][0].startswith("class ")
