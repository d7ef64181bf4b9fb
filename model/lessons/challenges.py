"""Challenges: small JSON files written by a teacher, checked offline.

A challenge specifies the data to learn and the limits of the network::

    {"schema_version": 1, "title": "XOR with two hidden units",
     "data": {"kind": "gate", "name": "xor"}, "accuracy": 1.0, "most_hidden_units": 2,
     "most_epochs": 500}
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from foundation.files import StrPath
from foundation.text import Text
from model.data import Dataset, build_dataset
from model.data.derived import derived_dataset
from model.data.files.paths import paths_outside, with_absolute_paths
from model.data.sources import DataSpec
from model.errors import ModelError
from model.experiment import Activation, Experiment, Optimiser, Progress, SplitSpec
from model.file_bytes import file_bytes
from model.initialisers import initialise
from model.lessons.conditions import Checked, Condition, check, validate_condition
from model.lessons.json_text import decode_json, invalid
from model.lessons.situation import Situation, situation_of
from model.metrics import decision_threshold, figures_of
from model.network import Network

MAX_BYTES = 1 << 24
"""Maximum size of a challenge file."""


Share = Annotated[float, msgspec.Meta(le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Challenge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The goals that a network must reach, and its limits.

    Attributes
    ----------
    schema_version
        Version of the file format, 1.
    title, text
        Title, and instructions for the user.
    title_tr, text_tr
        The same in Turkish; if empty, `title` and `text` are shown.
    data, split, seed
        The data to learn; all rows are checked if there is no test share.
    accuracy
        Minimum share of rows that are right, or R squared for a regression; undecided rows are
        not right.
    test_accuracy
        The same for the test rows; 0 for no requirement.
    most_hidden_layers, most_hidden_units, most_parameters, most_epochs
        Upper limits; ``None`` for no limit.
    activations, optimisers
        Activations allowed in hidden layers, and optimisers allowed; empty allows all.
    conditions
        Further conditions, as in a lesson: see :mod:`model.lessons.conditions`.
    """

    schema_version: Literal[1] = 1
    title: str = ""
    text: str = ""
    title_tr: str = ""
    text_tr: str = ""
    data: DataSpec | None = None
    split: SplitSpec = SplitSpec()
    seed: int = 0
    accuracy: Share = 1.0
    test_accuracy: Share = 0.0
    most_hidden_layers: Count | None = None
    most_hidden_units: Count | None = None
    most_parameters: Count | None = None
    most_epochs: Count | None = None
    activations: tuple[Activation, ...] = ()
    optimisers: tuple[Optimiser, ...] = ()
    conditions: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=40)] = ()

    def localised(self, language: str) -> tuple[str, str]:
        """Return title and text in a language, with the originals as fallback."""
        turkish = language == "tr"
        return (turkish and self.title_tr) or self.title, (turkish and self.text_tr) or self.text


def read_challenge(path: StrPath) -> Challenge:
    """Read a challenge file.

    Parameters
    ----------
    path
        Path of a JSON file of at most `MAX_BYTES`.

    Returns
    -------
    Challenge
        The challenge, with absolute paths of its data files.

    Raises
    ------
    ModelError
        Codes ``challenge.invalid``, ``challenge.condition``, ``challenge.outside`` and those of
        :func:`model.file_bytes.file_bytes`.
    """
    content = file_bytes(path, MAX_BYTES, "challenge")
    place = Path(path)
    challenge = decode_json(content, Challenge, place, "challenge")
    if challenge.data is None:
        fault = ModelError("challenge.no_data", "it names no data")
        raise invalid(place, 1, fault, "challenge")
    for index, condition in enumerate(challenge.conditions):
        validate_condition(condition, content, place, ("conditions", index), "challenge")
    data = with_absolute_paths(challenge.data, place.parent)
    if outside := paths_outside(data, place.parent):
        raise ModelError(
            "challenge.outside",
            "{file}: {name} is not in the challenge's folder. Copy it there and write its name "
            "alone.",
            file=str(path),
            name=outside[0],
        )
    return replace(challenge, data=data)


def check_challenge(challenge: Challenge, experiment: Experiment) -> list[Checked]:
    """Check an experiment against a challenge.

    Parameters
    ----------
    challenge
        The challenge.
    experiment
        The experiment with the weights to check; missing ones are drawn.

    Returns
    -------
    list of Checked
        One result per requirement; the challenge is met if all of them are.

    Raises
    ------
    ModelError
        If the challenge's data cannot be built.
    """
    asked = _limits(challenge)
    drawn = initialise(experiment)
    if challenge.data is None:
        situation = Situation(experiment=drawn)
        return [check(condition, situation) for condition in asked]
    columns = build_dataset(challenge.data, challenge.split, challenge.seed)
    try:
        dataset = derived_dataset(columns, experiment.features)
    except ModelError as error:  # its inputs are made of columns that these data have not
        wanted = ", ".join(columns.feature_names)
        return _misfit(asked, drawn, wanted, Text(error.template, **error.values))
    shape = (drawn.network.inputs, drawn.network.layers[-1].units)
    if shape != (dataset.inputs, dataset.outputs):
        wanted = f"{dataset.inputs} inputs and {dataset.outputs} outputs"
        return _misfit(asked, drawn, wanted, f"{shape[0]} and {shape[1]}")
    situation = _situation(drawn, dataset)
    asked.append(Condition("accuracy", at_least=challenge.accuracy))
    if challenge.test_accuracy > 0.0 and situation.test is not None:
        asked.append(Condition("test_accuracy", at_least=challenge.test_accuracy))
    return [check(condition, situation) for condition in (*asked, *challenge.conditions)]


def _misfit(
    asked: list[Condition], experiment: Experiment, wanted: str, found: str
) -> list[Checked]:
    """Return the checks possible for a network that does not fit a challenge's data."""
    situation = Situation(experiment=experiment, epochs=(experiment.progress or Progress()).epoch)
    checked = [check(condition, situation) for condition in asked]
    return [*checked, Checked("shape", wanted, found, met=False)]


def _limits(challenge: Challenge) -> list[Condition]:
    limits = {
        "hidden_layers": challenge.most_hidden_layers,
        "hidden_units": challenge.most_hidden_units,
        "parameters": challenge.most_parameters,
        "epochs": challenge.most_epochs,
    }
    asked = [Condition(code, at_most=most) for code, most in limits.items() if most is not None]
    if challenge.activations:
        asked.append(Condition("activations", only=challenge.activations))
    if challenge.optimisers:
        asked.append(Condition("optimiser", any_of=challenge.optimisers))
    return asked


def _situation(experiment: Experiment, dataset: Dataset) -> Situation:
    """Return an experiment's situation on the rows of a challenge."""
    network = Network.of(experiment)
    situation = situation_of(experiment, network, dataset, None)
    threshold = decision_threshold(experiment)
    train = situation.train
    test = None
    if train is None:
        of_train = dataset.y_train, dataset.task, threshold, dataset.mask_train
        train = figures_of(network.forward(dataset.x_train), *of_train)
    if len(dataset.x_test):
        of_test = dataset.y_test, dataset.task, threshold, dataset.mask_test
        test = figures_of(network.forward(dataset.x_test), *of_test)
    return dataclasses.replace(situation, train=train, test=test)
