"""The command line's functions: flags, what they print, and one line for every fault."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from main import command_line
from model.command.check import check_command, check_text
from model.command.lottery import lottery_command, lottery_text
from model.command.run import export_command, train_command, train_text
from model.command.sweep import sweep_command, sweep_text
from model.command.wanted import experiment_for
from model.errors import ModelError
from model.files import read_experiment
from model.lessons.challenges import read_challenge
from tests.model.refusals import refused


def parse(command: str, *flags: object) -> argparse.Namespace:
    return command_line(command).parse_args([command, *map(str, flags)])


def train(*flags: object, **more: Any) -> dict[str, Any]:
    return train_command(parse("train", *flags), **more)


def test_xor_by_the_defaults() -> None:
    result = train("--data", "xor", "--hidden", "4", "--json")
    assert set(result) >= {
        "epochs", "steps", "seconds", "loss", "test_loss", "accuracy", "undecided",
        "predictions",
    }  # fmt: skip
    assert result["accuracy"] == 1.0
    assert np.round(result["predictions"]).ravel().tolist() == [0, 1, 1, 0]
    assert result["prediction_rows"] == [1, 2, 3, 4]
    assert result["test_loss"] is None
    assert json.loads(json.dumps(result)) == result
    assert "every row is right" in train_text(result)


def test_features_are_the_inputs_and_go_on_with_the_file(tmp_path: Path) -> None:
    out = tmp_path / "xor.glassnet"
    flags = ("--data", "xor", "--hidden", "0", "--features", "x1, x2, x1*x2")
    result = train(*flags, "--out", out)
    assert result["accuracy"] == 1.0
    assert np.round(result["predictions"]).ravel().tolist() == [0, 1, 1, 0]
    found = read_experiment(out)
    assert found.features == ("x1", "x2", "x1*x2")
    assert found.network.inputs == 3
    more = train(out, "--features", "x1,x2,x1*x2,sin(x1)", "--epochs", "0", "--out", out)
    assert more["epochs"] == 0
    widened = read_experiment(out)
    assert_array_equal(
        widened.network.layers[0].weights[:3],
        found.network.layers[0].weights,
    )


def test_epochs_end_the_run_exactly_and_nought_writes_the_start(tmp_path: Path) -> None:
    start, half, whole, at_once = (tmp_path / name for name in ("0", "100", "200", "all"))
    flags = ("--data", "xor", "--hidden", "3,2", "--seed", "9")
    result = train(*flags, "--epochs", "0", "--out", start)
    assert (result["epochs"], result["steps"]) == (0, 0)
    untrained = read_experiment(start)
    assert untrained.progress is None
    assert all(layer.weights is not None for layer in untrained.network.layers)
    train(start, "--epochs", "100", "--out", half)
    resumed = train(half, "--epochs", "200", "--out", whole)
    single = train(*flags, "--epochs", "200", "--out", at_once)
    assert resumed["epochs"] == single["epochs"] == 200
    assert resumed["loss"] == single["loss"]
    assert "past" not in json.loads(start.read_text(encoding="utf-8"))
    curves = [
        json.loads(path.read_text(encoding="utf-8"))["past"]["curve"] for path in (whole, at_once)
    ]
    assert curves[0] == curves[1]
    assert curves[0]["epochs"] == list(range(201))
    train(whole, "--epochs", "0", "--out", start)
    assert "past" not in json.loads(start.read_text(encoding="utf-8"))
    assert read_experiment(whole).network == read_experiment(at_once).network


def test_flags_override_a_file(tmp_path: Path) -> None:
    out = tmp_path / "a.glassnet"
    train("--data", "xor", "--epochs", "50", "--out", out)
    changed = experiment_for(parse("train", out, "--rate", "0.01"))
    assert changed.training.learning_rate == 0.01
    assert changed.progress is not None
    assert changed.network == read_experiment(out).network
    other = experiment_for(parse("train", out, "--hidden", "5"))
    assert [layer.units for layer in other.network.layers] == [5, 1]
    assert other.progress is None
    reseeded = experiment_for(parse("train", out, "--seed", "4"))
    assert reseeded.network.layers[0].weights is None
    assert reseeded.progress is None


@pytest.mark.parametrize(
    "flags",
    [
        ("--activation", "leaky_relu", "--init", "he"),
        ("--loss", "hinge"),
        ("--optimizer", "nesterov", "--batch", "2"),
        ("--hidden", "8", "--optimizer", "adam", "--rate", "0.02"),
    ],
)
def test_every_flag_is_heard_and_still_learns(flags: tuple[str, ...]) -> None:
    reached = [
        train("--data", "xor", *flags, "--epochs", "3000", "--seed", seed)["accuracy"]
        for seed in range(3)
    ]
    assert max(reached) == 1.0


def test_the_perceptron_by_flags() -> None:
    result = train("--data", "or", "--optimizer", "perceptron")
    assert (result["accuracy"], result["reason"]) == (1.0, "margin")
    failed = train("--data", "xor", "--optimizer", "perceptron", "--epochs", "200")
    assert (failed["accuracy"] < 1.0, failed["reason"]) == (True, "epochs")
    assert failed["loss"] == 1.0 - failed["accuracy"]
    with pytest.raises(ModelError, match="no loss hinge"):
        train("--data", "or", "--optimizer", "perceptron", "--loss", "hinge")


def test_a_perceptron_of_a_file_learns_by_gradients_where_a_flag_says_so(tmp_path: Path) -> None:
    out = tmp_path / "or.glassnet"
    train("--data", "or", "--optimizer", "perceptron", "--out", out)
    train(out, "--optimizer", "sgd", "--epochs", "500", "--out", out)
    mended = read_experiment(out)
    assert mended.network.layers[0].activation == "sigmoid"
    assert mended.training.loss == "binary_cross_entropy"


def test_a_loss_to_reach_and_progress_on_the_way() -> None:
    seen: list[tuple[int, int, float]] = []
    result = train(
        "--data", "xor", "--until-loss", "0.01", "--epochs", "5000",
        progress=lambda epoch, total, loss: seen.append((epoch, total, loss)),
    )  # fmt: skip
    assert result["reason"] == "loss_below"
    assert result["loss"] < 0.01
    assert seen[0][:2] == (0, 5000)
    assert seen[-1][0] == result["epochs"]


def test_rows_and_lines_that_were_left_out_are_said(tmp_path: Path) -> None:
    table = tmp_path / "gaps.csv"
    table.write_text("My points\nx,y\n1,0\n,1\n3,1\n0,0\n", encoding="utf-8")
    result = train("--data", table, "--epochs", "2")
    said = ["1 of 4 rows left out for missing values: 2.", "Lines passed over: 1 at the top."]
    assert result["left_out"] == said
    # Row 3 is the second without a gap, and kept back for testing.
    assert train("--data", table, "--epochs", "2", "--seed", "1")["prediction_rows"] == [3]
    assert train_text(result).splitlines()[:2] == said
    assert "on test rows" in train_text(result)
    assert train("--data", "xor", "--epochs", "1")["left_out"] == []


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ((), "command.what"),
        (("file", "--data", "xor"), "command.what"),
        (("--data", "nonsense"), "data.unknown_name"),
        (("--data", "missing.csv"), "data.unreadable"),
        (("missing.glassnet",), "file.unreadable"),
        (("--data", "xor", "--rate", "nan"), "experiment.range"),
        (("--data", "xor", "--until-loss", "-1"), "experiment.range"),
        (("--data", "xor", "--features", "x1,x2^3"), "features.term"),
        (("--data", "digits", "--features", "r0c0"), "features.pictures"),
        (("--data", "xor", "--hidden=3", "--optimizer=perceptron"), "training.perceptron_layers"),
        (("--data", "regression_plane", "--loss", "hinge"), "training.loss_domain"),
        (("--data", "xor", "--activation", "step"), "training.step_gradient"),
        (("--data", "xor", "--out", "/nowhere/at/all"), "command.out_folder"),
    ],
)  # fmt: skip
def test_bad_flags_are_one_error(flags: tuple[str, ...], code: str) -> None:
    with refused(code):
        train(*flags)


def test_a_run_without_an_end_is_refused(tmp_path: Path) -> None:
    from model.experiment import Experiment
    from model.files import write_experiment

    path = tmp_path / "endless.glassnet"
    write_experiment(Experiment(), path)
    with refused("command.endless"):
        train(path)


@pytest.mark.parametrize(
    "flag",
    ["--hidden=4,x", "--hidden=-1", "--hidden=4,0", "--epochs=-1", "--seed=-3", "--threads=-1"],
)
def test_what_is_no_value_of_a_flag_is_refused_by_its_name(
    flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse("train", "--data", "xor", flag)
    assert flag.partition("=")[0] in capsys.readouterr().err


def test_export_writes_what_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "xor.glassnet"
    result = train("--data", "xor", "--out", out)
    onnx, script = tmp_path / "xor.onnx", tmp_path / "xor.py"
    written = export_command(parse("export", out, "--onnx", onnx, "--numpy", script))
    assert written == [onnx, script]
    done = subprocess.run(
        [sys.executable, "-I", str(script)], capture_output=True, text=True, check=True
    )
    printed = [float(line) for line in done.stdout.splitlines()[:-1]]
    assert printed == pytest.approx(np.ravel(result["predictions"]).tolist(), abs=1e-12)
    loss = float(done.stdout.splitlines()[-1].split()[1])
    assert loss == pytest.approx(result["loss"], rel=1e-12)
    with refused("command.export_what"):
        export_command(parse("export", out))


def challenge(folder: Path, **content: Any) -> Path:
    path = folder / "challenge.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_challenge_is_met_or_not(tmp_path: Path) -> None:
    out = tmp_path / "xor.glassnet"
    train("--data", "xor", "--hidden", "4", "--out", out)
    data = {"kind": "gate", "name": "xor"}
    limits = {"most_hidden_units": 4, "most_epochs": 500, "most_parameters": 17}
    met = challenge(tmp_path, title="XOR", data=data, activations=["tanh"], **limits)
    (result,), _ = check_command(parse("check", met, out))
    assert result.met is True
    assert check_text([result]).endswith("The challenge is met.")
    for change in (
        {"most_hidden_units": 3},
        {"most_parameters": 16},
        {"most_epochs": 5},
        {"most_hidden_layers": 0},
        {"activations": ["relu"]},
        {"optimisers": ["adam"]},
        {"data": {"kind": "gate", "name": "and"}},
        {"data": {"kind": "gate", "name": "full_adder"}},
    ):
        failing = challenge(tmp_path, **{"data": data, **change})
        (result,), _ = check_command(parse("check", failing, out))
        assert result.met is False
        assert check_text([result]).count("NOT met") == 1


def test_a_challenge_and_a_lottery_take_derived_inputs(tmp_path: Path) -> None:
    out = tmp_path / "xor.glassnet"
    train("--data", "xor", "--hidden", "0", "--features", "x1,x2,x1*x2", "--out", out)
    met = challenge(tmp_path, data={"kind": "gate", "name": "xor"}, most_hidden_layers=0)
    (result,), _ = check_command(parse("check", met, out))
    assert result.met is True
    other = challenge(tmp_path, data={"kind": "table", "name": "symptoms"})
    (result,), _ = check_command(parse("check", other, out))
    assert result.met is False
    assert "no column x1" in check_text([result])
    drawn = lottery_command(parse("lottery", out, "--seeds", 20))
    assert drawn["solved"] == 20  # one lowest point, whatever the start


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("{", "invalid", "breaks off"),
        ("{}", "invalid", "names no data"),
        ('{"data": {"kind": "gate"}, "prize": 1}', "invalid", "prize is not known here"),
        ('{"schema_version": 2, "data": {"kind": "gate"}}', "invalid", "schema_version"),
        ('{"data": {"kind": "gate"}, "accuracy": 2.0}', "invalid", "line 1: accuracy has a value"),
        ('{"data": {"kind": "gate"}, "most_epochs": -1}', "invalid", "most_epochs has a value"),
        ('{"data": {"kind": "csv", "path": "/etc/hostname"}}', "outside", "challenge's folder"),
        ('{"data": {"kind": "csv", "path": "../table.csv"}}', "outside", "challenge's folder"),
        ('{"data": {"kind": "csv", "path": "//host/table.csv"}}', "outside", "challenge's folder"),
    ],
)
def test_a_challenge_that_is_damaged_or_leads_out_of_its_folder_is_refused(
    content: str, code: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "challenge.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=words) as caught:
        read_challenge(path)
    assert caught.value.code == f"challenge.{code}"
    assert str(path) in caught.value.sentence()


def test_r_squared_of_one_row_is_no_number(tmp_path: Path) -> None:
    table = tmp_path / "one.csv"
    table.write_text("x,y\n1,2.5\n", encoding="utf-8")
    result = train("--data", table, "--epochs", "3")
    assert result["task"] == "regression"
    assert (result["accuracy"], result["test_accuracy"]) == (None, None)
    assert "NaN" not in json.dumps(result)
    assert "R² - (not defined: the targets are all equal)" in train_text(result)


def test_a_lottery_tells_how_many_get_there(tmp_path: Path) -> None:
    file = tmp_path / "xor"
    train("--data", "xor", "--hidden", "2", "--seed", "5", "--epochs", "0", "--out", file)
    result = lottery_command(parse("lottery", file, "--seeds", "150", "--json"))
    assert list(result) == [
        "seeds", "solved", "share", "interval_95", "epochs", "seconds", "reasons", "task",
        "threshold", "test_accuracy", "kernel", "workers", "blocks", "available",
    ]  # fmt: skip
    assert (result["threshold"], result["test_accuracy"]) == (1.0, None)
    assert json.loads(json.dumps(result)) == result
    assert result["seeds"] == sum(result["reasons"].values()) == 150
    assert result["share"] == result["solved"] / 150
    low, high = result["interval_95"]
    assert 0.0 < low < result["share"] < high < 1.0
    words = lottery_text(result)
    assert words.startswith(f"{result['solved']} of 150 seeds get there")
    assert result["kernel"] in words
    assert f"{result['reasons']['epochs']} did all 1000 epochs" in words, (
        "the file has no stop rule"
    )
    cluster = {"workers": 3, "blocks": 4, "available": 64, "kernel": "Zen, Abacus"}
    there = lottery_text(result | cluster)
    assert "4 blocks of seeds on 3 of 64 workers, BLAS kernel Zen, Abacus." in there
    assert f"This machine has {result['kernel']}" in there
    assert "This machine" not in lottery_text(result | {"workers": 3})


@pytest.mark.parametrize(
    ("data", "goal", "score"),
    [
        ("moons", "There: accuracy 95.0% on the training rows.", "On test rows: accuracy "),
        ("titanic", "the most that rows with equal inputs and", "On test rows: accuracy "),
        ("regression_plane", "There: R² 0.950 on the training rows.", "On test rows: R² "),
    ],
)
def test_a_lottery_says_how_good_its_starts_are_on_test_rows(
    tmp_path: Path, data: str, goal: str, score: str
) -> None:
    file = tmp_path / data
    train("--data", data, "--epochs", "3", "--out", file)
    result = lottery_command(parse("lottery", file, "--seeds", "4", "--json"))
    assert json.loads(json.dumps(result)) == result
    scores = result["test_accuracy"]
    assert len(scores["values"]) == 4
    assert scores["mean"] == pytest.approx(np.mean(scores["values"]))
    assert (scores["min"], scores["max"]) == (min(scores["values"]), max(scores["values"]))
    assert scores["max"] <= scores["ceiling"]
    assert scores["baseline"] < scores["ceiling"]
    words = lottery_text(result)
    assert goal in words
    assert score in words


def test_a_sweep_is_a_table_of_lotteries(tmp_path: Path) -> None:
    file = tmp_path / "xor"
    train("--data", "xor", "--hidden", "2", "--epochs", "0", "--out", file)
    flags = ("--rates", "0,05;0,5", "--widths", "2,4", "--seeds", "30")
    result = sweep_command(parse("sweep", file, *flags))
    assert json.loads(json.dumps(result)) == result
    keys = ["layer", "seeds", "cells", "seconds", "kernel", "workers", "blocks", "available"]
    assert list(result) == keys
    assert (result["layer"], result["seeds"], result["workers"]) == (1, 30, 0)
    places = [(cell["rate"], cell["width"]) for cell in result["cells"]]
    assert places == [(0.05, 2), (0.5, 2), (0.05, 4), (0.5, 4)]
    # The proposal for XOR: the second cell is what the file holds.
    drawn = lottery_command(parse("lottery", file, "--seeds", 30))
    for name in ("solved", "share", "interval_95", "reasons"):
        assert result["cells"][1][name] == drawn[name]
    table = sweep_text(result).splitlines()
    assert table[1].split() == ["0.05", "0.5"]
    assert table[3].split() == ["4", *(f"{100 * c['share']:.0f}%" for c in result["cells"][2:])]


def test_a_sweep_takes_the_layer_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "xor"
    train("--data", "xor", "--hidden", "3,2", "--epochs", "0", "--out", file)
    flags = ("--rates", "0.5", "--widths", "2,4", "--seeds", "30")
    result = sweep_command(parse("sweep", file, *flags, "--layer", "2"))
    assert result["layer"] == 2
    assert "units of hidden layer 2" in sweep_text(result)
    # Of two units is what the file holds; the first layer keeps its three.
    drawn = lottery_command(parse("lottery", file, "--seeds", 30))
    assert result["cells"][0]["reasons"] == drawn["reasons"]
    first = sweep_command(parse("sweep", file, *flags))
    assert first["layer"] == 1
    for layer in ("0", "3", "-1"):
        with refused("sweep.no_layer"):
            sweep_command(parse("sweep", file, f"--layer={layer}"))


def test_without_a_hidden_layer_only_rates_are_swept(tmp_path: Path) -> None:
    file = tmp_path / "and"
    train("--data", "and", "--hidden", "0", "--epochs", "5", "--out", file)
    result = sweep_command(parse("sweep", file, "--rates", "0.5", "--seeds", "3"))
    assert result["layer"] is None
    assert [cell["width"] for cell in result["cells"]] == [None]
    assert sweep_text(result).splitlines()[1].split() == ["0.5"]
    for flag in ("--widths=2", "--layer=1"):
        with refused("sweep.layer"):
            sweep_command(parse("sweep", file, flag))


@pytest.mark.parametrize("seeds", [0, -1, 100_001])
def test_none_and_too_many_seeds_are_refused(seeds: int, tmp_path: Path) -> None:
    file = tmp_path / "xor"
    train("--data", "xor", "--epochs", "0", "--out", file)
    with refused("command.seeds"):
        lottery_command(parse("lottery", file, "--seeds", seeds))
