"""Documents: save, reopen, export, undo and redo, recent files, shortcuts."""

from __future__ import annotations

import csv
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from PySide6.QtGui import QColor, QImage

from gui.theme import active
from model.experiment import Experiment
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.ways import both

SVG = "{http://www.w3.org/2000/svg}"


# -- Save and reopen -------------------------------------------------------------------------------


# -- One file, one work ----------------------------------------------------------------------------


# -- Export ----------------------------------------------------------------------------------------


def trained(builder: Builder) -> Experiment:
    builder.click("train")
    builder.wait(lambda: builder.rows_right == [True] * 4, "XOR is learned", SOON_MS)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself", SOON_MS)
    return builder.save()


ENTRIES = {
    "onnx": "ONNX model…",
    "numpy": "NumPy script…",
    "svg": "Drawing as SVG…",
    "png": "Drawing as PNG…",
    "csv": "Predictions as CSV…",
}


def export(builder: Builder, kind: str, path: Path, by_keys: bool) -> None:
    """Export by the bar's button, or by keys through the file menu."""
    if by_keys:
        builder.reach("document_title")
        builder.press_menu_entry("Export", ENTRIES[kind])
    else:
        builder.pick("export", f"export_{kind}")
    builder.name_file("export_dialog", path)
    said = f"{path.name} is written."
    builder.wait(lambda: builder.text("status_sentence").startswith(said), "it says so", SOON_MS)


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@both
def test_the_trained_model_is_exported_as_onnx(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    wanted = builder.answers(trained(builder))
    path = tmp_path / "xor.onnx"
    export(builder, "onnx", path, by_keys)
    said = builder.text("status_sentence")
    assert "Run by OpenCV on 4 rows" in said
    digits, _, power = said.rstrip(".").rpartition(" ")[2].partition("×10")
    assert float(digits) * 10 ** int(power.translate(_RAISED) or 0) < 1e-6
    model = onnx.load(str(path))
    session = ReferenceEvaluator(model)
    given = CORNERS.astype(np.float32)
    (answers,) = session.run(None, {model.graph.input[0].name: given})
    np.testing.assert_allclose(np.asarray(answers)[:, 0], wanted, atol=1e-6)


@both
def test_the_trained_model_is_exported_as_code(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    wanted = builder.answers(trained(builder))
    path = tmp_path / "xor.py"
    export(builder, "numpy", path, by_keys)
    run = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True
    )
    for answer in wanted:
        assert f"{answer:.6f}"[:6] in run.stdout, run.stdout


@both
def test_the_predictions_are_exported(builder: Builder, tmp_path: Path, by_keys: bool) -> None:
    wanted = builder.answers(trained(builder))
    path = tmp_path / "xor.csv"
    export(builder, "csv", path, by_keys)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    column = next(i for i, name in enumerate(rows[0]) if name.endswith("(output)"))
    assert [float(row[column]) for row in rows[1:]] == wanted


@both
def test_the_drawing_is_exported(builder: Builder, tmp_path: Path, by_keys: bool) -> None:
    trained(builder)
    export(builder, "svg", tmp_path / "xor.svg", by_keys)
    export(builder, "png", tmp_path / "xor.png", by_keys)
    svg = ET.parse(tmp_path / "xor.svg").getroot()
    written = {"".join(text.itertext()).strip() for text in svg.iter(f"{SVG}text")}
    assert {"x₁", "x₂", "h₁", "h₄", "ŷ", "= XOR"} <= written
    assert len(list(svg.iter(f"{SVG}image"))) == 7
    picture = QImage(str(tmp_path / "xor.png"))
    box = [float(part) for part in svg.attrib["viewBox"].split()]
    assert picture.width() / picture.height() == pytest.approx(box[2] / box[3], rel=0.02)
    # The drawing's own colours: a strong edge of either sign.
    for colour in (active().pos, active().neg):
        assert any(
            picture.pixelColor(x, y) == QColor(colour)
            for x in range(0, picture.width(), 2)
            for y in range(0, picture.height(), 2)
        )


# -- Undo and redo ---------------------------------------------------------------------------------


# -- Shortcuts -------------------------------------------------------------------------------------
