"""The choice of models: bundled, own, the tutorial's, from another tab; engine and device."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from onnx import helper
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QPushButton,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from gui.vision_tab.model_panel import ModelPanel
from gui.vision_tab.model_registry import BUNDLED, OWN
from gui.vision_tab.state import ModelRow, Origin
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.vision_tab.conftest import (
    COFFEE,
    PATIENT_MS,
    next_model,
    next_result,
    refused_model,
)
from tests.gui.vision_tab.media import write_video
from tests.gui.vision_tab.test_folder import choose_file
from tests.vision.golden.caffe_nets import googlenet
from tests.vision.onnx_corpus import small_classifier
from tests.vision.onnx_models import (
    endless_model,
    linear_classifier,
    model_bytes,
    unsure_of_grey,
)
from vision.classification import Classifier
from vision.engine import LOADS, ComputeChoice
from vision.formats.manifest import ModelManifest, write_manifest
from vision.models.choice import ModelChoice
from vision.models.opening import open_classifier
from vision.pictures.preprocessing import Preprocessing

pytestmark = pytest.mark.timeout(240)


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
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
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
    # The picture has a row by each of the two.
    assert len(tab.model.state.history) == 2


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


def test_a_model_that_is_none_is_refused_and_the_old_one_stays(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model at all")
    with refused_model(qtbot, tab):
        tab.model.open_paths([bad])
    text = tab.model_panel.card_text.text()
    assert "“bad” cannot be used" in text
    assert "“EfficientNet-Lite0” stays in use" in text
    assert find(tab, QRadioButton, f"model_{BUNDLED}").isChecked()
    classify(COFFEE)
    assert tab.top_k.bars.rows[0][0] == "espresso"


def test_a_model_that_ends_opencv_is_used_or_refused_by_its_operator(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    # As JAX writes GELU, the constants on one side, and a remainder of floats.
    (tmp_path / "gelu.onnx").write_bytes(small_classifier("gelu by tanh", is_turned=True))
    (tmp_path / "remainder.onnx").write_bytes(small_classifier("remainder"))
    with next_result(qtbot, tab):
        tab.model.open_paths([tmp_path / "gelu.onnx"])
    assert "Preflight passed" in tab.model_panel.card_text.text()
    with refused_model(qtbot, tab):
        tab.model.open_paths([tmp_path / "remainder.onnx"])
    text = tab.model_panel.card_text.text()
    assert "OpenCV crashes at the operator Mod" in text
    assert "“gelu” stays in use" in text


def test_choosing_another_model_ends_the_trial_of_the_first(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    (tmp_path / "endless.onnx").write_bytes(endless_model())
    tab.model.open_paths([tmp_path / "endless.onnx"])
    assert "Looking at the model" in tab.model_panel.card_text.text()
    bundled = find(tab, QRadioButton, f"model_{BUNDLED}")
    started = time.monotonic()
    with next_model(qtbot, tab):
        click_box(qtbot, bundled)
    # Far less than the minute that a trial may take.
    assert time.monotonic() - started < 30
    assert tab.model.state.models.chosen == BUNDLED
    classify(COFFEE)
    assert tab.top_k.bars.rows[0][0] == "espresso"


def test_closing_ends_the_trial_of_a_model(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    (tmp_path / "endless.onnx").write_bytes(endless_model())
    tab.model.open_paths([tmp_path / "endless.onnx"])
    assert not tab.request_close()
    qtbot.waitUntil(tab.request_close, timeout=30_000)


def test_the_tutorials_row_asks_for_its_files(qtbot: QtBot, tab: VisionTab) -> None:
    qtbot.mouseClick(find(tab, QPushButton, "model_googlenet_action"), Qt.MouseButton.LeftButton)
    dialog = find(tab, QFileDialog, "model_dialog")
    assert dialog.isVisible()
    dialog.close()


def test_a_model_from_elsewhere_is_added_and_used(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    path = small_model(tmp_path)
    calls: list[int] = []

    def load(compute: ComputeChoice) -> Classifier:
        calls.append(1)
        return open_classifier(path, compute=compute)

    choice = ModelChoice("other_1", "My first classes", load=load)
    with next_result(qtbot, tab):
        tab.model.registry.put(ModelRow(choice, Origin.BUILD, classes=4))
        tab.model.choose_model(choice.key)
    assert find(tab, QRadioButton, "model_other_1").isChecked()
    classify(COFFEE)
    assert len(calls) == 1


def test_another_engine_is_used_and_named(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    box = tab.latency.compute_box
    assert box.currentText() == "Automatic: New engine, CPU"
    assert not find(tab, QLabel, "compute_use").isVisible()
    with next_result(qtbot, tab):
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_End)
    shown = tab.model.state.result
    assert shown is not None
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
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
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
    reading = tab.model.state.result
    assert reading is not None
    # The tutorial's preprocessing: BGR, the mean taken off, the whole picture squashed.
    assert reading.preprocessing.mean == (104.0, 117.0, 123.0)
    assert not reading.preprocessing.swap_rb
    assert not reading.preprocessing.crop
    assert tab.top_k.bars.rows[0][0].startswith("word ")
    assert "," not in tab.top_k.bars.rows[0][0]
    again = VisionTab()
    qtbot.addWidget(again)
    find(again, QRadioButton, "model_googlenet")
    assert find(again, QPushButton, "model_googlenet_action").isHidden()


def test_a_bad_file_in_place_of_an_own_model_brings_the_good_one_back(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    good, bad = small_model(tmp_path), tmp_path / "bad <i>.onnx"
    bad.write_bytes(b"no model at all")
    with next_model(qtbot, tab):
        tab.model.open_paths([good])
    with refused_model(qtbot, tab):
        tab.model.open_paths([bad])
    assert tab.model.registry.chosen.model == good
    text = tab.model_panel.card_text.text()
    assert "“bad &lt;i&gt;” cannot be used" in text
    assert "“own” stays in use" in text


def test_a_model_that_another_was_chosen_instead_of_is_never_in_use(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    own, loaded = small_model(tmp_path), []
    tab.model.state_changed.connect(lambda state: loaded.append(state.models.report))
    # The first model is still being loaded.
    assert tab.model.worker.is_busy
    tab.model.open_paths([own])
    qtbot.waitUntil(lambda: any(loaded), timeout=PATIENT_MS)
    assert next(filter(None, loaded)).choice.model == own


def test_of_two_models_of_one_name_it_is_clear_which_stays(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    model, labels = small_model(tmp_path), tmp_path / "three.txt"
    with next_model(qtbot, tab):
        tab.model.open_paths([model])
    labels.write_text("ant\nbee\ncow\n")
    with refused_model(qtbot, tab):
        tab.model.open_paths([model, labels])
    said = tab.model_panel.card_text.text()
    assert "“own” cannot be used." in said
    assert "three.txt: the file has 3 labels, but the model gives 4 scores." in said
    assert said.endswith("stays in use.")


def test_the_tasks_stand_in_one_row_where_there_is_room(tab: VisionTab, qtbot: QtBot) -> None:
    panel = ModelPanel(tab.model)
    qtbot.addWidget(panel)
    panel.show()
    buttons = [panel.tasks.button(place) for place in range(4)]
    needed = sum(button.sizeHint().width() for button in buttons)

    def rows() -> int:
        QApplication.processEvents()
        return len({button.y() for button in buttons})

    for more, count in ((60, 1), (-8, 2), (60, 1)):
        panel.resize(needed + more, panel.height())
        assert rows() == count
