"""Experiment files: exact round trips, clear faults, and nothing half-written."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from model.data.terms import Term
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    INITIALISERS,
    LOSSES,
    OPTIMISERS,
    SCHEDULES,
    SCHEMA_VERSION,
    CsvData,
    Curve,
    Experiment,
    GateData,
    IdxData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    Past,
    PastRun,
    PlaneData,
    PointsData,
    Progress,
    ScheduleSpec,
    SplitSpec,
    StopSpec,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.files import decode, encode, read_experiment, write_experiment
from model.training import Trainer, train
from tests.model.refusals import refused

finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(max_size=12)
paths = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
columns = st.text(st.characters(exclude_categories=["Cs", "Nd", "No"]), min_size=1, max_size=12)
terms = st.one_of(
    st.builds(lambda a: Term("column", (a,)), columns),
    st.builds(lambda a: Term("square", (a,)), columns),
    st.builds(lambda a: Term("sine", (a,)), columns),
    st.builds(lambda a, b: Term("product", (a, b)), columns, columns).filter(
        lambda term: term.columns[0] != term.columns[1]
    ),
)
share = st.floats(0.0, 0.9)


def arrays(*shape: int) -> st.SearchStrategy[np.ndarray]:
    size = int(np.prod(shape))
    return st.lists(finite, min_size=size, max_size=size).map(
        lambda values: np.array(values).reshape(shape)
    )


data_specs = st.one_of(
    st.builds(
        GateData, name=names, inputs=st.integers(1, 8), copies=st.integers(1, 9), noise=share
    ),
    st.builds(PlaneData, name=names, points=st.integers(2, 999), noise=share),
    st.builds(
        PointsData,
        points=st.lists(st.tuples(finite, finite, finite), max_size=5).map(tuple),
        classes=st.integers(2, 8),
        regression=st.booleans(),
    ),
    st.builds(TableData, name=names, scaling=st.sampled_from(["none", "standard", "min_max"])),
    st.builds(CsvData, path=paths, separator=names, header=st.sampled_from([None, True, False])),
    st.builds(IdxData, images=paths, labels=paths, limit=st.integers(0, 99)),
    st.builds(
        TruthTableData,
        input_names=st.tuples(names, names),
        output_names=st.tuples(names),
        rows=st.lists(st.tuples(finite, finite), max_size=4).map(tuple),
        targets=st.lists(st.tuples(st.none() | finite), max_size=4).map(tuple),
    ),
)


@st.composite
def networks(draw: st.DrawFn) -> NetworkSpec:
    inputs = draw(st.integers(1, 4))
    layers, width = [], inputs
    for units in draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)):
        drawn = draw(st.booleans())
        layers.append(
            LayerSpec(
                units,
                draw(st.sampled_from(ACTIVATIONS)),
                use_bias=draw(st.booleans()),
                dropout=draw(share),
                weights=draw(arrays(width, units)) if drawn else None,
                biases=draw(arrays(units)) if drawn else None,
                pinned=tuple(
                    draw(st.lists(st.tuples(st.just(0), st.integers(0, units - 1)), max_size=2))
                ),
            )
        )
        width = units
    return NetworkSpec(inputs, tuple(layers))


trainings = st.builds(
    TrainingSpec,
    loss=st.sampled_from(LOSSES),
    optimiser=st.builds(OptimiserSpec, name=st.sampled_from(OPTIMISERS), momentum=share),
    learning_rate=finite,
    schedule=st.builds(ScheduleSpec, name=st.sampled_from(SCHEDULES), every=st.integers(1, 99)),
    batch_size=st.integers(0, 500),
    initialiser=st.builds(InitialiserSpec, name=st.sampled_from(INITIALISERS), scale=finite),
    stop=st.builds(StopSpec, epochs=st.integers(0, 9999), loss_below=share),
    dtype=st.sampled_from(["float64", "float32"]),
)

experiments = st.builds(
    Experiment,
    title=names,
    data=data_specs,
    split=st.builds(SplitSpec, test_fraction=share, stratify=st.booleans()),
    features=st.lists(terms, max_size=4, unique_by=lambda term: term.key).map(
        lambda found: tuple(map(str, found))
    ),
    network=networks(),
    training=trainings,
    seed=st.integers(0, 2**40),
    progress=st.none()
    | st.builds(
        Progress,
        epoch=st.integers(0, 10**9),
        slots=st.lists(arrays(3), max_size=2).map(tuple),
        order=st.none() | st.permutations(range(5)).map(lambda p: np.array(p, float)),
    ),
)


@settings(max_examples=200)
@given(experiments)
def test_every_experiment_comes_back_exactly(experiment: Experiment) -> None:
    content = encode(experiment)
    again = decode(content)
    assert again == experiment
    assert encode(again) == content
    assert content.startswith(f'{{\n "schema_version": {SCHEMA_VERSION}'.encode())


def trained() -> Experiment:
    base = default_experiment(PlaneData("moons", 30))
    trainer = Trainer(base)
    trainer.step_epoch()
    trainer.step_batch()
    return trainer.experiment()


def test_a_file_holds_weights_where_the_contract_says(tmp_path: Path) -> None:
    experiment = trained()
    path = tmp_path / "moons.glassnet"
    write_experiment(experiment, path)
    document = json.loads(path.read_text(encoding="utf-8"))
    layer = document["network"]["layers"][0]
    assert np.array_equal(layer["weights"], np.array(experiment.network.layers[0].weights))
    assert np.array_equal(layer["biases"], np.array(experiment.network.layers[0].biases))
    assert next(iter(document)) == "schema_version"
    assert read_experiment(path) == experiment


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_epoch_under_way_goes_on_from_a_file_bit_for_bit(dtype: str) -> None:
    base = default_experiment(PlaneData("moons", 60))
    training = replace(base.training, dtype=dtype, batch_size=7, stop=StopSpec(epochs=6))
    trainer = Trainer(replace(base, training=training))
    for _ in range(2):
        trainer.step_epoch()
    for _ in range(3):
        trainer.step_batch()
    saved = trainer.experiment()
    loaded = decode(encode(saved))
    assert saved.progress is not None
    assert loaded.progress is not None
    assert saved.progress.batch == loaded.progress.batch == 3
    order, again = saved.progress.order, loaded.progress.order
    assert order is not None
    assert again is not None
    assert (order.dtype, order.tobytes()) == (again.dtype, again.tobytes())
    assert not again.flags.writeable
    other = Trainer(loaded)
    for one in (trainer, other):
        one.run()
        assert one.epoch == 6
    assert other.experiment() == trainer.experiment()
    assert encode(other.experiment()) == encode(trainer.experiment())


@pytest.mark.parametrize("order", [[0.0, 1.5], [0.0, 0.0], [1.0, 2.0], [[0.0, 1.0]], [0.0, -1.0]])
def test_an_order_that_is_none_is_damage(order: list[object]) -> None:
    document = json.loads(encode(trained()))
    document["progress"]["order"] = order
    with refused("file.invalid") as caught:
        decode(json.dumps(document).encode())
    assert "progress" in str(caught.value)


def test_a_thousand_mutated_files_are_errors_or_experiments() -> None:
    whole = encode(trained())
    draw = random.Random(20)
    outcomes = {"error": 0, "experiment": 0}
    for _ in range(1000):
        content = bytearray(whole)
        for _ in range(draw.choice((1, 1, 2, 8))):
            kind, place = draw.randrange(4), draw.randrange(len(content))
            if kind == 0:
                content[place] ^= 1 << draw.randrange(8)
            elif kind == 1:
                del content[place : place + draw.randrange(1, 40)]
            elif kind == 2:
                content[place:place] = draw.choice(
                    (b"null", b"NaN", b"1e999", b"[[[", b'"', b"-", b"\xff", b"{}", b"0", b",")
                )
            else:
                del content[place:]
            content = content or bytearray(b" ")
        try:
            found = decode(bytes(content))
        except ModelError as fault:
            outcomes["error"] += fault.code.startswith(("file.", "network.", "experiment."))
        else:
            outcomes["experiment"] += 1
            assert decode(encode(found)) == found
    assert outcomes["error"] + outcomes["experiment"] == 1000
    assert outcomes["error"] > 500
    assert outcomes["experiment"] > 20


START = b'{"schema_version": 1, '


def one_layer(weights: bytes) -> bytes:
    """Return a file of one layer with these weights."""
    layer = b'{"units": 1, "weights": ' + weights + b"}"
    return START + b'"network": {"inputs": 1, "layers": [' + layer + b"]}}"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "file.not_json", "line 1, column 1."),
        (b"{\n 'a': 1}", "file.not_json", "line 2, column 2."),
        (b"[]", "file.no_version", "no Glassnet experiment"),
        (b"{}", "file.no_version", "schema_version"),
        (b'{"schema_version": true}', "file.no_version", "schema_version"),
        (b'{"schema_version": 99}', "file.too_new", "99"),
        (START + b'"colour": 3}', "file.invalid", "colour"),
        (START + b'"training": {"l1": "x"}}', "file.invalid", "training.l1"),
        (START + b'"training": {"loss": "hope"}}', "file.invalid", "hope"),
        (START + b'"network": {"inputs": 2, "layers": []}}', "network.no_layers", "no layers"),
        (START + b'"data": {"kind": "oracle"}}', "file.invalid", "oracle"),
        (START + b'"data": {"kind": "csv", "path": "a\\u0000b"}}', "file.invalid", "data.path"),
        (
            START + b'"data": {"kind": "idx", "images": "\\u0000", "labels": ""}}',
            "file.invalid",
            "images",
        ),
        (START + b'"seed": NaN}', "file.not_json", "line 1"),
        (START + b'"training": {"l1": 1e999}}', "file.invalid", "too large"),
        (START + b'"title": "\xff"}', "file.not_text", "byte 32"),
        (b"[" * 100_000, "file.invalid", "the top: it is nested too deeply"),
        (START + b'"seed": 1' + b"0" * 5000 + b"}", "file.invalid", "too large"),
        (START + b'"training": {"l1": 1' + b"0" * 400 + b"}}", "file.invalid", "training.l1"),
        (one_layer(b"[[1" + b"0" * 400 + b"]]"), "file.invalid", "too large"),
        (one_layer(b"[[1], [2, 3]]"), "file.invalid", "network.layers[0].weights"),
        (one_layer(b'[["a"]]'), "file.invalid", "expected numbers"),
        (one_layer(b"[[1], [2]]"), "network.shape", "(1, 1)"),
        (one_layer(b'null, "pinned": [[5, 0]]'), "network.no_such_weight", "row 5"),
    ],
)
def test_a_damaged_file_is_named_with_its_fault(
    content: bytes, code: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.glassnet"
    path.write_bytes(content)
    with refused(code) as caught:
        read_experiment(path)
    assert words in caught.value.sentence()
    assert str(path) in caught.value.sentence()
    assert path.read_bytes() == content


def test_missing_folders_and_unreadable_paths_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.glassnet", tmp_path):
        with refused("file.unreadable"):
            read_experiment(path)
    with refused("file.unwritable"):
        write_experiment(Experiment(), tmp_path / "no" / "folder.glassnet")


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.glassnet"
    write_experiment(Experiment(title="old"), path)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match="No space left"):
        write_experiment(Experiment(title="new"), path)
    monkeypatch.undo()
    assert read_experiment(path).title == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["kept.glassnet"]


def test_links_are_followed_and_modes_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.glassnet"
    write_experiment(Experiment(), real)
    real.chmod(0o640)
    link = tmp_path / "link.glassnet"
    link.symlink_to(real)
    write_experiment(Experiment(title="through the link"), link)
    assert link.is_symlink()
    assert read_experiment(real).title == "through the link"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_file_of_version_1_opens_with_its_columns_as_inputs() -> None:
    now = train(default_experiment())
    document = json.loads(encode(now))
    assert document.pop("features") == []
    document["schema_version"] = 1
    assert decode(json.dumps(document).encode()) == now
    assert now.schema_version == 2


def test_the_tables_of_earlier_runs_move_with_the_folder(tmp_path: Path) -> None:
    table = tmp_path / "here" / "mine.csv"
    curve = Curve((0, 1), (0.5, 0.25))
    run = PastRun(curve, 0, TrainingSpec(), (2, 1), "tanh", CsvData(str(table)))
    experiment = Experiment(past=Past(runs=(run,)))
    path = table.parent / "saved.glassnet"
    path.parent.mkdir()
    write_experiment(experiment, path)
    assert str(tmp_path) not in path.read_text(encoding="utf-8")
    path = path.parent.rename(tmp_path / "there") / path.name
    past = read_experiment(path).past
    assert isinstance(past, Past)
    data = past.runs[0].data
    assert isinstance(data, CsvData)
    assert data.path == str(tmp_path / "there" / "mine.csv")


INFINITE = LayerSpec(1, weights=np.array([[np.inf], [0.0]]), biases=np.zeros(1))


@pytest.mark.parametrize(
    ("experiment", "code"),
    [
        (Experiment(network=NetworkSpec(2, (INFINITE,))), "file.not_finite"),
        (Experiment(title="XOR \ud800"), "file.not_unicode"),
    ],
)
def test_what_no_file_can_hold_is_refused_before_anything_is_written(
    experiment: Experiment, code: str, tmp_path: Path
) -> None:
    with refused(code) as caught:
        write_experiment(experiment, tmp_path / "x.glassnet")
    assert caught.value.sentence().isascii()
    assert list(tmp_path.iterdir()) == []


def test_damaged_features_are_refused_by_name() -> None:
    document = json.loads(encode(default_experiment())) | {"features": ["x1*x2", "x2*x1"]}
    with refused("features.twice"):
        decode(json.dumps(document).encode())
