"""Challenges: small JSON files a teacher can write, checked without a network or a server.

A challenge names the data that must be learned and what the network may use::

    {"schema_version": 1, "title": "XOR with two hidden units",
     "data": {"kind": "gate", "name": "xor"}, "accuracy": 1.0, "most_hidden_units": 2,
     "most_epochs": 500}
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from model.data import Dataset, build_dataset
from model.data.derived import derived_dataset
from model.data_paths import with_absolute_paths
from model.errors import ModelError
from model.experiment import Activation, Experiment, Optimiser, SplitSpec
from model.experiment.data import DataSpec
from model.file_bytes import file_bytes
from model.initialisers import initialise
from model.metrics import accuracy, count_undecided, decision_threshold
from model.network import Network

MOST_BYTES = 1 << 24
"""A larger file is no challenge."""


class Challenge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a network must do, and with how little.

    Attributes
    ----------
    schema_version
        1.
    title, text
        What to call it, and what to tell the person.
    data, split, seed
        What must be learned; the rows asked are all of them where there is no test share.
    accuracy
        Least share of rows right on the data; an undecided row is not right. R squared for a
        regression.
    test_accuracy
        Likewise on the test rows; 0 asks for none.
    most_hidden_layers, most_hidden_units, most_parameters, most_epochs
        Limits; ``None`` sets none.
    activations, optimisers
        What hidden layers and training may use; empty allows all.
    """

    schema_version: Literal[1] = 1
    title: str = ""
    text: str = ""
    data: DataSpec | None = None
    split: SplitSpec = SplitSpec()
    seed: int = 0
    accuracy: float = 1.0
    test_accuracy: float = 0.0
    most_hidden_layers: int | None = None
    most_hidden_units: int | None = None
    most_parameters: int | None = None
    most_epochs: int | None = None
    activations: tuple[Activation, ...] = ()
    optimisers: tuple[Optimiser, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """One thing a challenge asks, and whether it is so.

    Attributes
    ----------
    code
        A stable name that ``gui`` translates by.
    wanted, found
        The limit and what the experiment has.
    met
        Whether that is enough.
    """

    code: str
    wanted: str
    found: str
    met: bool


def read_challenge(path: str | os.PathLike[str]) -> Challenge:
    """Read a challenge file.

    Parameters
    ----------
    path
        A JSON file; at most `MOST_BYTES`.

    Returns
    -------
    Challenge
        Paths of its data files are absolute.

    Raises
    ------
    ModelError
        Codes ``challenge.invalid`` and those of :func:`model.file_bytes.file_bytes`.
    """
    content = file_bytes(path, MOST_BYTES, "challenge")
    try:
        challenge = msgspec.json.decode(content, type=Challenge)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise ModelError(
            "challenge.invalid",
            "{file} is no challenge: {fault}.",
            file=str(path),
            fault=str(fault),
        ) from fault
    if challenge.data is None:
        raise ModelError(
            "challenge.invalid",
            "{file} is no challenge: {fault}.",
            file=str(path),
            fault="it names no data",
        )
    data = with_absolute_paths(challenge.data, Path(path).parent)
    return msgspec.structs.replace(challenge, data=data)


def check_challenge(challenge: Challenge, experiment: Experiment) -> list[Condition]:
    """Check an experiment against a challenge.

    Parameters
    ----------
    challenge
        What is asked.
    experiment
        With the weights to judge; missing ones are drawn.

    Returns
    -------
    list of Condition
        Everything the challenge asks; it is met where all of them are.

    Raises
    ------
    ModelError
        Where the challenge's data cannot be built.
    """
    layers = experiment.network.layers
    conditions = []

    def limit(code: str, most: int | None, found: int) -> None:
        if most is not None:
            conditions.append(Condition(code, f"at most {most}", str(found), found <= most))

    def allow(code: str, allowed: tuple[str, ...], found: tuple[str, ...]) -> None:
        if allowed:
            used = ", ".join(dict.fromkeys(found)) or "none"
            met = set(found) <= set(allowed)
            conditions.append(Condition(code, ", ".join(allowed), used, met))

    limit("hidden_layers", challenge.most_hidden_layers, len(layers) - 1)
    limit("hidden_units", challenge.most_hidden_units, sum(layer.units for layer in layers[:-1]))
    drawn = initialise(experiment)
    limit("parameters", challenge.most_parameters, Network.of(drawn).parameter_count())
    epochs = experiment.progress.epoch if experiment.progress else 0
    limit("epochs", challenge.most_epochs, epochs)
    allow("activations", challenge.activations, tuple(layer.activation for layer in layers[:-1]))
    allow("optimisers", challenge.optimisers, (experiment.training.optimiser.name,))
    if challenge.data is None:
        return conditions
    columns = build_dataset(challenge.data, challenge.split, challenge.seed)
    try:
        dataset = derived_dataset(columns, experiment.features)
    except ModelError as error:  # its inputs are made of columns that these data have not
        wanted = ", ".join(columns.feature_names)
        return [*conditions, Condition("shape", wanted, error.sentence(), met=False)]
    conditions += _score_conditions(challenge, drawn, dataset)
    return conditions


def _score_conditions(
    challenge: Challenge, experiment: Experiment, dataset: Dataset
) -> list[Condition]:
    """Check the answers."""
    network = Network.of(experiment)
    shape = (experiment.network.inputs, experiment.network.layers[-1].units)
    if shape != (dataset.inputs, dataset.outputs):
        wanted = f"{dataset.inputs} inputs and {dataset.outputs} outputs"
        return [Condition("shape", wanted, f"{shape[0]} and {shape[1]}", met=False)]
    threshold = decision_threshold(experiment)
    conditions = []
    clean = dataset.table_x is not None and dataset.table_y is not None
    x = dataset.table_x if clean else dataset.x_train
    y = dataset.table_y if clean else dataset.y_train
    mask = dataset.table_mask if clean else dataset.mask_train
    parts = [("accuracy", challenge.accuracy, x, y, mask)]
    if challenge.test_accuracy > 0.0 and len(dataset.x_test):
        test = (dataset.x_test, dataset.y_test, dataset.mask_test)
        parts.append(("test_accuracy", challenge.test_accuracy, *test))
    for name, least, rows, targets, free in parts:
        assert rows is not None
        assert targets is not None
        answers = network.forward(rows), targets, dataset.task, threshold, free
        reached, undecided = accuracy(*answers), count_undecided(*answers)
        wanted, found = f"at least {least:g}", f"{reached:.4g}"
        if undecided:
            found += f", {undecided} undecided"
        conditions.append(Condition(name, wanted, found, reached >= least))
    return conditions
