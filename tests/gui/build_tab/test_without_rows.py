"""An experiment whose rows cannot be had: every panel shows the network, and no figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.data.cache import forget_datasets
from model.data.files.idx import write_idx
from model.defaults import default_experiment
from model.experiment import CsvData, DataSpec, IdxData, LayerSpec, NetworkSpec
from model.initialisers import initialise
from tests.gui.finding import find
from tests.gui.told import told
from tests.tiers import thorough

TABLES = {
    "yes or no": "a,b,y\n" + "1,2,no\n2,1,yes\n" * 10,
    "classes": "a,b,c,y\n" + "1,2,3,red\n2,1,4,blue\n5,4,1,green\n" * 10,
    "values": "a,y\n" + "".join(f"{k},{2.5 * k}\n" for k in range(30)),
}


def pictures_in(folder: Path, part: str) -> tuple[str, str]:
    """Write pictures and their labels, and return both paths."""
    images, labels = folder / f"{part}images", folder / f"{part}labels"
    write_idx(images, np.zeros((40, 8, 8), np.uint8))
    write_idx(labels, np.arange(40, dtype=np.uint8) % 4)
    return str(images), str(labels)


def data_in(folder: Path, what: str) -> DataSpec:
    if what.startswith("pictures"):
        images, labels = pictures_in(folder, "")
        tests = pictures_in(folder, "test_") if what == "pictures and test" else ("", "")
        return IdxData(images, labels, tests[0], tests[1])
    path = folder / "table.csv"
    path.write_text(TABLES[what])
    return CsvData(str(path))


@pytest.mark.parametrize(
    "what", ["yes or no", "classes", "values", "pictures", "pictures and test"]
)
@pytest.mark.parametrize("width", [thorough(1024), 1440])
def test_every_panel_shows_what_is_known(
    bench: Workbench,
    tab: BuildTab,
    document: ExperimentDocument,
    qtbot: QtBot,
    tmp_path: Path,
    what: str,
    width: int,
) -> None:
    experiment = default_experiment(data_in(tmp_path, what), seed=3)
    for path in tmp_path.iterdir():
        path.unlink()
    forget_datasets()
    tab.window().resize(width, 720)
    with told(qtbot, tab.model.messages):
        document.load(experiment, None)
    state, model = tab.model.state, tab.model
    assert len(state.dataset.x_train) == 0
    assert state.snapshot is None
    model.choose_row(0)
    assert model.state.row_x is None
    for key in ("weights", "lottery", "landscape"):
        bench.dock.choose(key)
    again = find(bench, QPushButton, "loading_cancel")
    qtbot.waitUntil(again.isVisible)
    with told(qtbot, model.messages):
        again.click()
    with told(qtbot, model.messages):
        model.train()
    assert not model.is_training
    model.add_layer(0)
    assert len(model.state.network.spec.layers) == len(experiment.network.layers) + 1
    document.undo_stack.undo()
    train = find(bench.output, QLabel, "train_accuracy")
    assert not any(digit in train.text() for digit in "123456789")


def test_rows_that_come_back_are_shown(
    bench: Workbench, tab: BuildTab, document: ExperimentDocument, qtbot: QtBot, tmp_path: Path
) -> None:
    data = data_in(tmp_path, "classes")
    experiment = default_experiment(data)
    (path,) = tmp_path.iterdir()
    text = path.read_text()
    path.unlink()
    forget_datasets()
    with told(qtbot, tab.model.messages):
        document.load(experiment, None)
    path.write_text(text)
    tab.model.train()
    assert tab.model.state.data.is_ready, "Train reads them again"
    qtbot.waitUntil(lambda: tab.model.state.epoch > 0)
    tab.model.pause()
    qtbot.waitUntil(lambda: tab.model.is_idle)
    train = find(bench.output, QLabel, "train_accuracy")
    qtbot.waitUntil(lambda: "%" in train.text())


@pytest.mark.parametrize("asks", ["inputs", "outputs"])
def test_a_network_of_other_columns_than_its_table_is_mended_by_a_click(
    window: GlassnetWindow, bench: Workbench, qtbot: QtBot, tmp_path: Path, asks: str
) -> None:
    """As of a file that was made when a column with units was one of words."""
    path = tmp_path / "table.csv"
    path.write_text(
        "mass;size;y\n" + "".join(f"{k % 7} kg;{k % 5};{'abc'[k % 3]}\n" for k in range(40))
    )
    fitting = initialise(default_experiment(CsvData(str(path))))
    first, last = fitting.network.layers
    network = NetworkSpec(7, (replace(first, weights=None, biases=None), last))
    if asks == "outputs":
        network = NetworkSpec(2, (first, LayerSpec(1, "sigmoid")))
    window.document.load(initialise(replace(fitting, network=network)), None)
    button = find(window.message_bar, QPushButton, "message_remedy")
    texts = {"inputs": "Give it 2 inputs", "outputs": "Give it 3 output units"}
    assert button.text() == texts[asks]
    button.click()
    state = bench.model.state
    assert (state.experiment.network.inputs, state.dataset.inputs) == (2, 2)
    assert [layer.units for layer in state.experiment.network.layers] == [first.units, 3]
    assert len(state.dataset.x_train) + len(state.dataset.x_test) == 40
    assert window.message_bar.isHidden()
    assert any("2 → 3" in each.text() for each in bench.data.findChildren(QLabel))
    window.document.undo_stack.undo()
    assert (
        window.document.experiment.network == initialise(replace(fitting, network=network)).network
    )
