"""Exports from the menu, each read back by something else."""

from __future__ import annotations

import argparse
import codecs
import csv
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetricsF
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from foundation.tables import csv_bytes
from gui.build_tab.exports import predictions, round_trip
from gui.build_tab.state import BuildState
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.format import show_number, with_power_of_ten
from gui.theme import font
from model.command.run import export_command
from model.data import build_dataset
from model.defaults import default_experiment
from model.experiment import (
    CsvData,
    Experiment,
    LayerSpec,
    NetworkSpec,
    SplitSpec,
    TableData,
    TruthTableData,
)
from model.files import write_bytes, write_experiment
from model.initialisers import initialise
from model.network import Network
from tests.gui.build_tab.runs_seen import run_ends
from tests.gui.finding import find
from tests.gui.told import told
from vision.engine import predict_rows


@pytest.fixture
def trained(qtbot: QtBot, tab: BuildTab, bench: Workbench) -> BuildTab:
    with run_ends(qtbot, tab.model, 20000):
        tab.model.train()
    return tab


def export(qtbot: QtBot, tab: BuildTab, kind: str, path: Path) -> None:
    """Choose an export in the menu and type the file's name."""
    find(tab.window(), QAction, f"export_{kind}").trigger()
    qtbot.waitUntil(lambda: tab.findChild(QFileDialog, "export_dialog") is not None, timeout=2000)
    dialog = find(tab, QFileDialog, "export_dialog")
    line = find(dialog, QLineEdit, "fileNameEdit")
    line.setText(str(path))
    with qtbot.waitSignal(tab.model.messages.said, timeout=5000):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert path.stat().st_size > 0


def test_opencv_s_answers_are_compared_with_the_networks(
    qtbot: QtBot, trained: BuildTab, tmp_path: Path
) -> None:
    with qtbot.waitSignal(trained.model.messages.said, timeout=5000) as said:
        trained.exporter.write("onnx", tmp_path / "xor.onnx")
    experiment = trained.model.displayed_experiment()
    trip = round_trip(tmp_path / "xor.onnx", experiment, trained.model.state.dataset)
    assert trip.rows == 4
    assert said.args is not None
    assert said.args[0].startswith("xor.onnx is written. Run by OpenCV on 4 rows, ")
    assert with_power_of_ten(show_number(trip.difference, 2)) in said.args[0]
    rows = trained.model.state.dataset.x_train
    answers = predict_rows(tmp_path / "xor.onnx", rows)
    apart = np.abs(answers - trained.model.state.network.forward(rows)).max()
    assert trip.difference == apart < 1e-6
    assert trip.difference > 0.0, "float32 beside float64"


def test_a_scaled_tables_file_is_run_on_its_own_rows(
    qtbot: QtBot, tab: BuildTab, bench: Workbench, document: ExperimentDocument, tmp_path: Path
) -> None:
    bench.model.choose_data(TableData("iris", "standard"))
    with qtbot.waitSignal(tab.model.messages.said, timeout=5000):
        tab.exporter.write("onnx", tmp_path / "iris.onnx")
    own = build_dataset(TableData("iris"), document.experiment.split, document.experiment.seed)
    answers = predict_rows(tmp_path / "iris.onnx", own.x_train)
    state = tab.model.state
    np.testing.assert_allclose(answers, state.network.forward(state.dataset.x_train), atol=1e-5)
    assert round_trip(tmp_path / "iris.onnx", document.experiment, state.dataset).difference < 1e-5
    saved = tmp_path / "iris.glassnet"
    write_experiment(document.experiment, saved)
    arguments = argparse.Namespace(
        experiment=saved, onnx=tmp_path / "again.onnx", numpy=None, pytorch=None, notebook=None
    )
    export_command(arguments)
    assert arguments.onnx.read_bytes() == (tmp_path / "iris.onnx").read_bytes()


def test_the_epoch_that_is_shown_is_exported(
    qtbot: QtBot, trained: BuildTab, tmp_path: Path
) -> None:
    controller, path = trained.model, tmp_path / "early.onnx"
    controller.show_epoch(2)
    qtbot.waitUntil(lambda: controller.shown is not controller.document.experiment)
    export(qtbot, trained, "onnx", path)
    rows = controller.state.dataset.x_train
    shown = controller.state.network.forward(rows)
    np.testing.assert_allclose(predict_rows(path, rows), shown, atol=1e-6)


def test_a_file_is_proposed_under_the_works_name(
    qtbot: QtBot, trained: BuildTab, document: ExperimentDocument
) -> None:
    named = msgspec.structs.replace(document.experiment, title="AND/OR: first")
    document.edit("title", named)
    trained.export("csv")
    dialog = find(trained, QFileDialog, "export_dialog")
    assert find(dialog, QLineEdit, "fileNameEdit").text() == "AND-OR- first.csv"
    dialog.reject()


def test_predictions_are_rows_with_every_number(
    qtbot: QtBot, trained: BuildTab, tmp_path: Path, document: ExperimentDocument
) -> None:
    path = tmp_path / "xor.csv"
    export(qtbot, trained, "csv", path)
    assert path.read_bytes().startswith(codecs.BOM_UTF8)  # as Excel wants it, for a Turkish name
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["set"] for row in rows] == ["train"] * 4
    assert [row["prediction"] for row in rows] == [row["target"] for row in rows]
    shown = trained.model.state.network.forward(trained.model.state.dataset.x_train)
    assert [float(row["y (output)"]) for row in rows] == shown[:, 0].tolist()


def test_predictions_of_scaled_data_are_in_their_own_units(tmp_path: Path) -> None:
    table = tmp_path / "houses.csv"
    areas = [131.0, 61.3, 17.8, 13.1]
    table.write_text("area,price\n" + "".join(f"{a},{1000 * a + 0.5}\n" for a in areas))
    data = CsvData(str(table), task="regression")
    layers = (LayerSpec(1, "identity", weights=np.ones((1, 1)), biases=np.zeros(1)),)
    experiment = Experiment(data=data, network=NetworkSpec(1, layers))
    state = BuildState(experiment, build_dataset(experiment), Network.of(experiment))
    head, *cells = predictions(state)
    rows = [dict(zip(head, row, strict=True)) for row in cells]
    assert [row["area"] for row in rows] == [str(area) for area in areas]
    prices = [1000 * area + 0.5 for area in areas]
    assert [row["price (target)"] for row in rows] == [str(price) for price in prices]
    # Price is a line of area, so the scaled network that passes its input on is right everywhere.
    assert [float(row["price (output)"]) for row in rows] == pytest.approx(prices)


def test_predictions_say_which_row_of_the_file_they_are_of(tmp_path: Path) -> None:
    table = tmp_path / "gaps.csv"
    lines = [f"{n},{n % 2}" if n % 7 else f",{n % 2}" for n in range(1, 41)]
    table.write_text("\n".join(["n,y", *lines]))
    data = CsvData(str(table), missing="drop", scaling="none")
    experiment = replace(default_experiment(data), split=SplitSpec(0.3))
    state = BuildState(experiment, build_dataset(experiment), Network.of(initialise(experiment)))
    head, *cells = predictions(state)
    assert head[:3] == ["row", "set", "n"]
    assert {name for _, name, *_ in cells} == {"train", "test"}
    assert [number for number, *_ in cells] == [str(int(float(row[2]))) for row in cells]
    assert sorted(int(number) for number, *_ in cells) == [n for n in range(1, 41) if n % 7]


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_target_that_may_be_anything_is_an_empty_cell(outputs: int) -> None:
    names, targets = ("r", "s")[:outputs], ((None, 1.0), (0.0, 1.0))
    data = TruthTableData(("p",), names, ((0.0,), (1.0,)), tuple(t[:outputs] for t in targets))
    experiment = initialise(default_experiment(data))
    state = BuildState(experiment, build_dataset(experiment), Network.of(experiment))
    head, *cells = predictions(state)
    first, second = (dict(zip(head, row, strict=True)) for row in cells)
    assert (first["r (target)"], second["r (target)"]) == ("", "0.0")
    assert float(first["r (output)"]) == pytest.approx(state.network.forward([[0.0]])[0, 0])
    if outputs == 1:
        assert (first["target"], second["target"]) == ("", "0")
    else:
        assert first["s (target)"] == "1.0"


def test_names_in_a_table_of_predictions_are_no_formulas(tmp_path: Path) -> None:
    table = tmp_path / "odd.csv"
    table.write_text("=a,kind\n-1,@x\n2,=y\n3,@x\n")
    experiment = default_experiment(CsvData(str(table), scaling="none"))
    state = BuildState(experiment, build_dataset(experiment), Network.of(initialise(experiment)))
    path = tmp_path / "predictions.csv"
    write_bytes(path, csv_bytes(predictions(state)))
    head, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert head[2] == "'=a"
    assert {float(row[2]) for row in rows} == {-1.0, 2.0, 3.0}
    assert {row[-2] for row in rows} == {"'@x", "'=y"}


@pytest.mark.parametrize("what", ["drawing", "loss"])
def test_texts_of_a_picture_keep_their_width_in_another_font(
    trained: BuildTab, bench: Workbench, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "picture.svg"
    if what == "drawing":
        bench.canvas.render_svg(path)
    else:
        assert bench.loss.export(path)
    texts = list(ET.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text"))
    assert len(texts) > 5
    for text in texts:
        size, weight = int(text.attrib["font-size"]), int(text.attrib["font-weight"])
        width = QFontMetricsF(font(size, weight)).horizontalAdvance("".join(text.itertext()))
        assert float(text.attrib["textLength"]) == pytest.approx(width, abs=0.01)
        assert text.attrib["lengthAdjust"] == "spacingAndGlyphs"
        assert text.attrib["font-family"].endswith(", sans-serif")


def test_a_folder_that_is_not_there_is_reported(
    qtbot: QtBot, trained: BuildTab, tmp_path: Path
) -> None:
    with told(qtbot, trained.model.messages) as failed:
        trained.exporter.write("csv", tmp_path / "no" / "where.csv")
    assert "where.csv" in failed[0]
    shown = trained.model.messages.shown
    assert shown is not None
    assert shown.details == ""


def test_several_files_are_written_one_after_the_other(
    qtbot: QtBot, trained: BuildTab, tmp_path: Path
) -> None:
    model = trained.model
    qtbot.waitUntil(lambda: model.is_idle and model.insight.is_idle, timeout=5000)
    said: list[str] = []
    model.messages.said.connect(said.append)
    paths = [tmp_path / f"ağ {n}.csv" for n in range(3)]
    for path in paths:
        trained.exporter.write("csv", path)
    assert not trained.exporter.is_idle
    written = [f"{path.name} is written." for path in paths]
    qtbot.waitUntil(lambda: said == written, timeout=5000)
    assert len({path.read_bytes() for path in paths}) == 1
    assert trained.exporter.is_idle


@pytest.mark.parametrize("kind", ["numpy", "notebook", "pytorch"])
def test_a_program_is_run_before_it_is_called_written(
    kind: str, qtbot: QtBot, trained: BuildTab, tmp_path: Path
) -> None:
    with qtbot.waitSignal(trained.model.messages.said, timeout=130_000) as said:
        trained.exporter.write(kind, tmp_path / "xor")
    assert said.args is not None
    if kind == "pytorch" and find_spec("torch") is None:
        how = "It was not run here: PyTorch is not installed beside Glassnet."
    elif kind == "pytorch":
        how = "Run by PyTorch on 4 rows, its answers differ by at most "
    else:
        how = "Run on 4 rows, its answers differ by at most 0."
    assert said.args[0].startswith(f"xor is written. {how}")
    assert trained.model.exported[-1] == kind
