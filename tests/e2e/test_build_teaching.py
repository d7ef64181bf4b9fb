"""What the window says of a network is true: undecided answers, contradicting rows, perceptrons."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

from gui.build_tab.output_panel.confusion import ConfusionMatrix
from model.experiment import GateData
from model.metrics import OPEN, RIGHT
from model.places import UnitAt
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.test_build_documents import export
from tests.e2e.ways import both

ROOT = Path(__file__).resolve().parents[2]


def remove_hidden_layer(builder: Builder, by_keys: bool) -> None:
    if by_keys:
        builder.reach("layer_0_menu")
        builder.press_menu_entry("Remove layer")
    else:
        builder.pick("layer_0_menu", "layer_0_remove")
    inputs = builder.document.experiment.network.inputs
    builder.wait(lambda: builder.drawn_units == [inputs, 1], "the hidden layer is gone", SOON_MS)


def choose_or(builder: Builder, by_keys: bool) -> None:
    builder.choose_tile_by("gate_tiles", "gate:or", ["Right"], by_keys)
    builder.wait(lambda: builder.document.experiment.data == GateData("or"), "OR", SOON_MS)


@both
def test_or_without_a_bias_is_three_of_four_right_and_one_undecided(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    choose_or(builder, by_keys)
    remove_hidden_layer(builder, by_keys)
    if by_keys:
        builder.reach("layer_0_menu")
        builder.press_menu_entry("Bias")
    else:
        builder.pick("layer_0_menu", "layer_0_bias")
    builder.wait(lambda: builder.text("status_fact") == "2 parameters", "no bias", SOON_MS)
    builder.push("more", by_keys)
    builder.enter("stop_epochs", "10000", by_keyboard=by_keys)
    builder.enter("stop_margin", "0", by_keyboard=by_keys)
    builder.press("Escape")
    if by_keys:
        builder.reach("speed_10")
        builder.press("Right", times=2)
    else:
        builder.click("speed_max")
    builder.push("train", by_keys)
    builder.wait(lambda: builder.tab.model.state.epoch == 10_000, "10,000 epochs")
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself", SOON_MS)

    assert builder.cell(0, 3) == "0.500"
    spoken = [builder.cell(row, 4, spoken=True) for row in range(4)]
    assert spoken == ["undecided", "right", "right", "right"]
    builder.wait(
        lambda: builder.text("train_counts") == "3 of 4 right, 1 undecided", "counted", SOON_MS
    )
    assert builder.text("train_accuracy") == "75.0%"
    matrix = builder.find("confusion_small", ConfusionMatrix)
    assert matrix.isVisible()
    assert matrix.counts.tolist() == [[0, 0, 1], [0, 3, 0]]
    assert builder.map.outcomes.tolist() == [OPEN, RIGHT, RIGHT, RIGHT]
    unit = builder.canvas.scene.units[UnitAt(0, 0)]
    builder.wait(lambda: unit.style.caption == "1 undecided", "no gate", SOON_MS)
    assert "3 of 4 rows right, 1 undecided" in builder.text("status_sentence")

    path = tmp_path / "or.csv"
    export(builder, "csv", path, by_keys)
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["prediction"] for row in rows] == ["undecided", "1", "1", "1"]

    builder.save()
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "train", builder.file, "--epochs", "10000", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert (told["epochs"], told["accuracy"], told["undecided"]) == (10_000, 0.75, 1)
