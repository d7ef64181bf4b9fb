"""Experiments of every kind: their files, and their weights after 50 epochs and again at 20."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import model
from model.experiment import ACTIVATIONS, INITIALISERS, LOSSES, OPTIMISERS
from tests.net.results import normalised, sha256

EPOCHS, REPLAYED = 50, 20
Document = dict[str, Any]

XOR = {"kind": "gate", "name": "xor"}
MOONS = {"kind": "plane", "name": "moons", "points": 80}
POINTS = [[-1.0, 0.5, 0], [0.5, 0.5, 1], [0.2, -0.7, 2], [-0.4, -0.9, 0], [0.9, 0.1, 1]]


def document(data: Document, sizes: str = "2 4 1", acts: str = "tanh sigmoid", **more: Any) -> Any:
    """Return an experiment as its file holds it; `more` are keys of the training and the top."""
    inputs, *units = map(int, sizes.split())
    names = acts.split()
    layers = [{"units": n, "activation": a} for n, a in zip(units, names, strict=True)]
    top = {
        key: more.pop(key) for key in ("split", "features", "seed", "author", "title") & more.keys()
    }
    layers[0] |= more.pop("first", {})
    training = {"learning_rate": 0.1, "stop": {"epochs": EPOCHS}} | more
    network = {"inputs": inputs, "layers": layers}
    return {"schema_version": 2, "data": data, "network": network, "training": training, **top}


def of_each_kind() -> dict[str, Document]:
    """Return one experiment for each kind of data."""
    half = {"test_fraction": 0.3, "stratify": True}
    ce = {"loss": "categorical_cross_entropy"}
    adam: Document = {"optimiser": {"name": "adam"}, "learning_rate": 0.01}
    table = {
        "kind": "truth_table",
        "input_names": ["a", "b"],
        "output_names": ["x", "y"],
        "rows": [[0, 0], [0, 1], [1, 0], [1, 1]],
        "targets": [[0, 1], [1, None], [1, 0], [0, 0]],
    }
    own = {
        "kind": "arrays",
        "x": [[0.1, 1.0], [0.4, 0.2], [0.9, 0.8], [0.7, 0.1], [0.3, 0.6]],
        "y": [[1.0], [2.0], [0.5], [1.5], [2.5]],
        "feature_names": ["width", "height"],
        "target_names": ["price"],
        "class_names": [],
        "task": "regression",
        "scaling": "standard",
        "test_rows": [1],
    }
    sine = {"kind": "plane", "name": "formula", "formula": "sin(3*x1)*x2", "points": 60}
    line = {"kind": "plane", "name": "regression_plane", "points": 60}
    csv = {"kind": "csv", "path": "table.csv"}
    identity = "tanh identity"
    return {
        "data parity": document({"kind": "gate", "name": "parity", "inputs": 4}, "4 8 1"),
        "data noisy copies": document(XOR | {"copies": 10, "noise": 0.2}, split=half, batch_size=8),
        "data full adder": document({"kind": "gate", "name": "full_adder", "inputs": 3}, "3 8 2"),
        "data truth table": document(table, "2 4 2"),
        "data circle": document({"kind": "plane", "name": "circle"}, **adam, batch_size=10),
        "data spiral": document(MOONS | {"name": "spiral"}, "2 8 8 1", "tanh tanh sigmoid"),
        "data gaussians": document(MOONS | {"name": "gaussians", "noise": 0.4}, split=half),
        "data formula": document(sine, acts=identity, loss="squared", split=half),
        "data regression": document(line, "2 1", "identity", loss="squared"),
        "data points": document(
            {"kind": "points", "points": POINTS, "classes": 3}, "2 4 3", "relu softmax", **ce
        ),
        "data iris": document(
            {"kind": "table", "name": "iris", "scaling": "standard"},
            "4 6 3", "tanh softmax", **ce, **adam, batch_size=16, split=half,
        ),
        "data digits": document(
            {"kind": "table", "name": "digits", "scaling": "min_max"},
            "64 8 10", "relu softmax", **ce, **adam, batch_size=64, split=half, dtype="float32",
        ),
        "data symptoms": document({"kind": "table", "name": "symptoms"}, "4 4 1"),
        "data titanic": document(
            {"kind": "table", "name": "titanic", "scaling": "standard"},
            "2 6 1", batch_size=32, split=half,
        ),
        "data csv": document(csv, "5 4 3", "tanh softmax", **ce, split=half),
        "data csv regression": document(
            csv | {"targets": ["width"], "scaling": "min_max", "missing": "mean"},
            "7 4 1", identity, loss="squared",
        ),
        "data arrays": document(own, acts=identity, loss="huber"),
    }  # fmt: skip


def of_each_setting() -> dict[str, Document]:
    """Return one experiment for each activation, loss, optimiser and other setting."""
    found = {}
    for activation in ACTIVATIONS:
        if activation not in ("step", "softmax"):
            found[f"activation {activation}"] = document(MOONS, acts=f"{activation} sigmoid")
    for loss in LOSSES:
        if loss in ("squared", "absolute", "huber", "binary_cross_entropy"):
            found[f"loss {loss}"] = document(MOONS, loss=loss)
    found["loss hinge"] = document(MOONS, acts="tanh identity", loss="hinge")
    found["activation step"] = document(
        {"kind": "gate", "name": "and"}, "2 1", "step", optimiser={"name": "perceptron"},
        batch_size=1,
    )  # fmt: skip
    for optimiser in OPTIMISERS:
        if optimiser != "perceptron":
            found[f"optimiser {optimiser}"] = document(
                MOONS, optimiser={"name": optimiser}, batch_size=10
            )
    for initialiser in INITIALISERS:
        found[f"initialiser {initialiser}"] = document(
            MOONS, initialiser={"name": initialiser, "scale": 0.5, "bias": 0.1}
        )
    adam = {"name": "adam", "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-6}
    stop = {"epochs": EPOCHS, "loss_below": 0.01, "margin": 0.4, "patience": 10}
    step = {"name": "step", "every": 10, "factor": 0.5}
    split = {"test_fraction": 0.25}
    found |= {
        "schedule step": document(MOONS, schedule=step),
        "schedule cosine": document(MOONS, schedule={"name": "cosine", "every": 40}),
        "penalties": document(MOONS, l1=0.001, l2=0.01, clip_norm=0.5),
        "dropout": document(MOONS, "2 8 1", first={"dropout": 0.25}, batch_size=10),
        "no bias, pinned": document(MOONS, first={"use_bias": False, "pinned": [[0, 1], [1, 2]]}),
        "rows one by one in order": document(XOR, batch_size=1, shuffle=False),
        "single precision": document(MOONS, dtype="float32", optimiser=adam, batch_size=7),
        "slope at a": document(XOR, loss="squared", slope_at="a"),
        "derived inputs": document(
            MOONS, "5 3 1", features=["x1", "x2", "x1*x2", "x1^2", "sin(x2)"]
        ),
        "stop by loss": document(MOONS, stop={"epochs": EPOCHS, "loss_below": 0.5}),
        "stop by margin": document(XOR, stop={"epochs": 400, "margin": 0.3}, learning_rate=0.9),
        "stop by patience": document(
            MOONS, stop={"epochs": 400, "patience": 3}, split=split, learning_rate=2.0
        ),
        "stop rules": document(MOONS, stop=stop, split=split, author="Ada", title="Moons", seed=7),
    }
    return found


def write_all(folder: Path) -> dict[str, Path]:
    """Write every untrained experiment to a folder; return their files by name."""
    found = {}
    for name, content in (of_each_kind() | of_each_setting()).items():
        found[name] = folder / f"{name}.glassnet"
        found[name].write_text(json.dumps(content), encoding="utf-8")
    return found


def record(folder: Path) -> Iterator[tuple[str, str]]:
    """Train every experiment; yield the text of each file and the hashes of its weights."""
    for name, path in write_all(folder).items():
        trainer = model.Trainer(model.read_experiment(path))
        result = trainer.run()
        reached, back = trainer.experiment(), trainer.history.restore(min(REPLAYED, trainer.epoch))
        model.write_experiment(reached, path)
        yield f"files/{name}", normalised(path.read_text(encoding="utf-8"), folder)
        lines = [
            f"ended by {result.reason} at epoch {trainer.epoch}, step {trainer.step}",
            f"losses {trainer.history.train_loss[[0, 1, -1]].tolist()}",
            *_weights(reached),
            *_weights(back),
        ]
        yield f"replays/{name}", "\n".join(lines) + "\n"
    yield from _many_starts()


def _weights(experiment: model.Experiment) -> list[str]:
    numbers = [array for layer in experiment.network.layers for array in layer.weights_and_biases]
    content = b"".join(np.ascontiguousarray(array).tobytes() for array in numbers)
    sizes = [float(np.abs(array).sum()) for array in numbers]
    return [sha256(content), f"sums of absolute values {sizes}"]


def _many_starts() -> Iterator[tuple[str, str]]:
    """Yield what ensembles come to: a lottery across a block's end, with test rows, and a sweep."""
    xor = model.default_experiment(model.named_data("xor"))
    noisy = model.default_experiment(model.named_data("circle"))
    for name, experiment, seeds in (("xor", xor, 130), ("circle", noisy, 12)):
        trained = model.draw_lottery(experiment, seeds)
        ends = trained.last_losses.tolist()
        yield (
            f"replays/lottery {name}",
            "\n".join(
                [sha256(trained.losses.tobytes()), str(trained.reasons), *map(str, ends), ""]
            ),
        )
    sweep = model.draw_sweep(xor, range(8), rates=(0.1, 0.5), widths=(2, 4), layer=0)
    rows = [
        f"{key}: {cell.share} {dict(cell.reasons)} {cell.last_losses.tolist()}"
        for key, cell in sorted(sweep.cells.items())
    ]
    yield "replays/sweep", "\n".join([*rows, ""])
