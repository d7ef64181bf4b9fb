"""Derived inputs: from the question whether one unit can, to the file that answers elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from gui.format import significant
from model.data import build_dataset
from model.experiment import Experiment
from model.network import Network
from tests.e2e.builder import Builder

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)


def solve_with_the_product(builder: Builder) -> Experiment:
    """Let one unit with x1 x2 among its inputs learn XOR, and save that."""
    builder.wait(lambda: builder.find("verdict_add_inputs").isVisible(), "the card offers an input")
    builder.click("verdict_add_inputs")
    builder.wait(lambda: builder.drawn_units == [3, 4, 1], "the product is drawn as an input")
    builder.wait(lambda: builder.text("verdict_answer") == "Yes", "one unit can do it")
    builder.pick("layer_0_menu", "layer_0_remove")
    builder.wait(lambda: builder.drawn_units == [3, 1], "one unit is left")
    builder.click("train")
    builder.wait(lambda: builder.rows_right == [True] * 4, "four rows are right")
    builder.wait(lambda: not builder.tab.model.is_training, "the run has ended by itself")
    return builder.save()


def assert_exports_answer(builder: Builder, folder: Path, expected: np.ndarray) -> None:
    """Export the network by clicking, as a model and as a script, and run both elsewhere."""
    for kind, name in (("onnx", "xor.onnx"), ("numpy", "xor.py")):
        builder.pick("export", f"export_{kind}")
        builder.name_file("export_dialog", folder / name)
        builder.wait((folder / name).exists, f"{name} is written")
    net = cv2.dnn.readNetFromONNX(str(folder / "xor.onnx"))
    net.setInput(CORNERS)
    np.testing.assert_allclose(net.forward(), expected, rtol=1e-6, atol=1e-6)
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "xor.py")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    *rows, last = done.stdout.splitlines()
    np.testing.assert_allclose([float(row) for row in rows], expected[:, 0], rtol=1e-12)
    loss = significant(float(last.split()[1]))
    builder.wait(lambda: builder.figure("loss") == loss, "the same loss")


def test_the_solved_file_is_opened_again_and_exported(builder: Builder, tmp_path: Path) -> None:
    saved = solve_with_the_product(builder)
    shown = [builder.cell(row, 3) for row in range(4)]
    builder.pick("document_title", "file_new")
    builder.wait(lambda: builder.drawn_units == [2, 4, 1], "a new one")
    builder.pick("document_title", "file_open")
    builder.name_file("open_dialog", builder.file)
    builder.wait(lambda: builder.drawn_units == [3, 1], "the unit is there again")
    assert builder.document.experiment == saved
    builder.wait(lambda: builder.rows_right == [True] * 4, "four rows are right")
    assert [builder.cell(row, 3) for row in range(4)] == shown
    expected = Network.of(saved).forward(build_dataset(saved).x_train)
    assert [row[0] > 0.5 for row in expected] == [False, True, True, False]
    assert_exports_answer(builder, tmp_path, expected)


def test_the_exported_files_take_the_columns(builder: Builder, tmp_path: Path) -> None:
    builder.wait(lambda: builder.find("verdict_add_inputs").isVisible(), "the card offers an input")
    builder.click("verdict_add_inputs")
    builder.wait(lambda: builder.drawn_units == [3, 4, 1], "the product is drawn as an input")
    saved = builder.save()
    expected = Network.of(saved).forward(build_dataset(saved).x_train)
    assert_exports_answer(builder, tmp_path, expected)
