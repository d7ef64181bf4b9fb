"""The sliders at the foot of the data panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.foot import DataSettings
from gui.build_tab.workbench import Workbench
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import DataSpec, GateData, IdxData, PlaneData, TableData
from model.files import write_experiment


def write_pictures(folder: Path, part: str, rows: int) -> tuple[str, str]:
    """Write pictures of 7 x 7 pixels and their labels; return both paths."""
    images, labels = folder / f"{part}-images", folder / f"{part}-labels"
    shape = np.array([rows, 7, 7], ">u4").tobytes()
    images.write_bytes(b"\0\0\x08\x03" + shape + bytes(range(49)) * rows)
    count = np.array([rows], ">u4").tobytes()
    labels.write_bytes(b"\0\0\x08\x01" + count + bytes([0, 1, 2, 3]) * (rows // 4))
    return str(images), str(labels)


@pytest.mark.parametrize("is_given", [False, True])
def test_test_rows_in_files_of_their_own_are_not_split(
    qtbot: QtBot, build_model: BuildModel, tmp_path: Path, is_given: bool
) -> None:
    test = write_pictures(tmp_path, "t10k", 20) if is_given else ("", "")
    data = IdxData(*write_pictures(tmp_path, "train", 60), *test)
    foot = DataSettings(build_model)
    qtbot.addWidget(foot)
    build_model.document.load(default_experiment(data), None)
    foot.show_state(build_model.state)
    assert foot.split.slider.isEnabled() != is_given
    assert foot.split.by_class.isHidden() == is_given
    assert ("which rows are for testing" in foot.split.slider.toolTip()) == is_given
    if is_given:
        assert foot.split.slider.value() == 75
    build_model.document.load(default_experiment(GateData("xor")), None)
    foot.show_state(build_model.state)
    assert foot.split.slider.isEnabled()


@pytest.mark.parametrize(
    ("data", "caption", "said"),
    [
        (GateData("xor", copies=10, noise=0.2), "Noise σ", "added to the inputs"),
        (PlaneData("moons", noise=0.3), "Noise", "of the points: standard deviation 0.15"),
        (PlaneData("spiral", noise=0.3), "Noise", "of the points: standard deviation 0.075"),
        (PlaneData("gaussians", noise=0.3), "Noise", "of the points: standard deviation 0.3"),
        (
            PlaneData("regression_plane", noise=0.3),
            "Noise",
            "added to the targets: standard deviation 0.15",
        ),
        (PlaneData("formula", formula="x1 +"), "Noise", "of the points"),
    ],
)
def test_the_noise_says_what_it_is_added_to_and_its_deviation(
    qtbot: QtBot, build_model: BuildModel, data: DataSpec, caption: str, said: str
) -> None:
    foot = DataSettings(build_model)
    qtbot.addWidget(foot)
    build_model.document.load(replace(default_experiment(), data=data), None)
    foot.show_state(build_model.state)
    assert foot.noise.caption.text() == caption
    assert foot.noise.slider.toolTip() == f"Scatter {said}"


def typed(foot: DataSettings, qtbot: QtBot, formula: str) -> None:
    """Type a formula in the place of the one on show."""
    foot.formula.setFocus()
    foot.formula.selectAll()
    qtbot.keyClicks(foot.formula, formula)
    qtbot.keyClick(foot.formula, Qt.Key.Key_Return)


def test_a_function_of_ones_own_is_typed(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench
) -> None:
    foot, model = bench.data.foot, bench.model
    assert not foot.formula.isVisible()
    tiles = bench.data.tiles[-1]
    at = tiles.tile_rect("plane:formula").center().toPoint()
    qtbot.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert foot.formula.isVisible()
    assert foot.formula.text() == "x1^2 + x2^2 < 0.5"
    task = model.state.dataset.task
    assert task == "binary"
    typed(foot, qtbot, "x1 < 0,25")
    x, y = model.state.dataset.x_train, model.state.dataset.y_train[:, 0]
    *_, last = model.state.experiment.network.layers
    assert last.activation == "sigmoid"
    # The noise of 0.05 moves a point after its class is known.
    far = abs(x[:, 0] - 0.25) > 0.3
    np.testing.assert_array_equal(y[far], x[far, 0] < 0.25)
    typed(foot, qtbot, "sin(3*x1)")
    task = model.state.dataset.task
    assert task == "regression"
    assert model.state.experiment.network.layers[-1].activation == "identity"
    assert model.state.experiment.training.loss == "squared"
    model.document.undo_stack.undo()
    assert foot.formula.text() == "x1 < 0,25"
    task = model.state.dataset.task
    assert task == "binary"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x1 +", "“x1 +” is no formula of x1 and x2."),
        ("log(x1)", "“log(x1)” has no value, or too large a one, at x1 = "),
    ],
)
def test_what_is_no_function_is_answered_and_the_one_before_stays(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench, formula: str, said: str
) -> None:
    foot, model = bench.data.foot, bench.model
    model.choose_data(PlaneData("formula", formula="x1*x2"))
    before = model.document.experiment
    typed(foot, qtbot, formula)
    message = model.messages.shown
    assert message is not None
    assert message.sentence().startswith(said)
    assert model.document.experiment is before
    assert foot.formula.text() == "x1*x2"


@pytest.mark.parametrize(
    "data",
    [
        PlaneData("formula", formula="foo(x1)"),
        PlaneData("formula", formula="log(x1)"),
        PlaneData("of another version"),
        GateData("of another version"),
        TableData("of another version"),
    ],
    ids=str,
)
def test_what_a_file_says_of_its_data_is_mended_where_it_is_wrong(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench, tmp_path: Path, data: DataSpec
) -> None:
    foot, model = bench.data.foot, bench.model
    experiment = default_experiment(PlaneData("formula", formula="x1*x2"))
    path = tmp_path / "wrong.glassnet"
    write_experiment(replace(experiment, data=data), path)
    window.open_paths([path])
    qtbot.waitUntil(lambda: model.messages.shown is not None)
    assert model.document.experiment.data == data
    if foot.formula.isVisible():
        typed(foot, qtbot, "x1 < x2")
    else:
        assert model.choose_data(PlaneData("formula", formula="x1 < x2"))
    assert model.state.dataset.task == "binary"
    assert model.state.experiment.network.layers[-1].activation == "sigmoid"
    assert len(model.state.dataset.x_train) > 0
    assert model.choose_data(GateData("xor"))
