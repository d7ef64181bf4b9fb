"""The situation that lessons and challenges refer to: the network and the screen.

The window supplies a :class:`Situation` of its current state, a file that of its
experiment; conditions and live numbers read nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from model.data import Dataset, build_dataset
from model.experiment import Experiment, FloatArray
from model.initialisers import initialise
from model.insight.step.walk import Part
from model.metrics import Figures, decision_threshold, figures_of
from model.network import Network
from model.places import INPUTS, UnitAt
from model.training import Snapshot, Trainer

Panel = Literal[
    "challenge",
    "class_pictures",
    "confusion_matrix",
    "decision_map",
    "doctor",
    "export",
    "fit_plot",
    "glossary",
    "held_out_picture",
    "hidden_space",
    "landscape",
    "learning_curve",
    "loss",
    "lottery",
    "microscope",
    "mistakes",
    "more_settings",
    "network_inside",
    "occlusion_map",
    "runs",
    "table",
    "try_values",
    "verdict",
    "weights",
]
"""Panels that the window reports as open; a lesson uses ``{"code": "open", "has": ...}``."""

Tab = Literal["build", "teach", "vision"]

_PLACE = re.compile(r"([1-9]\d{0,2})\.[hy]([1-9]\d{0,5})(?:\.(?:[xh]([1-9]\d{0,6})|b))?")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Situation:
    """Everything that conditions and live numbers read; ``None`` means unknown.

    A file does not record what was open or chosen, so that these fields are ``None``; the
    window supplies an empty text or set if nothing is.

    Attributes
    ----------
    experiment
        The document's experiment.
    network, dataset
        The network with the weights shown, and the data set.
    train, test
        Figures for the truth table if there is one, else for the training rows; and for the
        test rows.
    loss, test_loss
        Losses of the weights shown.
    epoch, epochs, steps
        The epoch shown; the epochs and steps done in the current run.
    running
        Whether training is running.
    stopped_by
        Why the run ended, if its end is shown, a :data:`model.training.Reason`; empty for none.
    row
        The chosen row, counted from 1; 0 for none.
    unit
        The chosen unit in the notation of :func:`unit_text`; empty for none.
    part
        The part of the training step that the microscope shows, one of `PARTS`.
    open
        The open panels.
    tab
        The tab in front.
    exports
        The kinds of file exported since the lesson was opened: ``"onnx"``, ``"numpy"``, ...
    predicted
        The questions answered before training continued.
    findings
        Codes of the training doctor's findings.
    lottery_seeds, lottery_solved
        Number of random starts in the lottery shown, and of those that solve it.
    seen
        Values from the Teach and Vision tabs by condition code: numbers, texts and names.
    """

    experiment: Experiment
    network: Network | None = None
    dataset: Dataset | None = None
    train: Figures | None = None
    test: Figures | None = None
    loss: float | None = None
    test_loss: float | None = None
    epoch: int | None = None
    epochs: int | None = None
    steps: int | None = None
    running: bool | None = None
    stopped_by: str | None = None
    row: int | None = None
    unit: str | None = None
    part: str | None = None
    open: frozenset[str] | None = None
    tab: Tab | None = None
    exports: frozenset[str] | None = None
    predicted: frozenset[str] | None = None
    findings: frozenset[str] | None = None
    lottery_seeds: int | None = None
    lottery_solved: int | None = None
    seen: Mapping[str, float | str | frozenset[str]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def value(self, code: str) -> Any:
        """Return the field with this code, or the value from Teach and Vision."""
        return getattr(self, code, self.seen.get(code))


def table_figures(
    experiment: Experiment, network: Network, dataset: Dataset, outputs: FloatArray | None = None
) -> Figures | None:
    """Evaluate the answers for a truth table's rows; ``None`` for other data.

    Parameters
    ----------
    experiment, network, dataset
        The experiment, its network, and its data set.
    outputs
        The answers, shape (rows, outputs), if already computed.
    """
    if dataset.table_x is None or dataset.table_y is None:
        return None
    if outputs is None:
        outputs = network.forward(dataset.table_x)
    threshold = decision_threshold(experiment)
    return figures_of(outputs, dataset.table_y, dataset.task, threshold, dataset.table_mask)


def snapshot_figures(snapshot: Snapshot, dataset: Dataset) -> tuple[Figures, Figures | None]:
    """Return a snapshot's figures for the training rows, and for any test rows."""

    def figures(accuracy: float, undecided: int, rows: int) -> Figures:
        right = 0 if dataset.task == "regression" else round(accuracy * rows)
        return Figures(accuracy, rows, right, undecided)

    train = figures(snapshot.train_accuracy, snapshot.train_undecided, snapshot.train_rows)
    if snapshot.test_accuracy is None:
        return train, None
    rows = len(dataset.x_test)
    return train, figures(snapshot.test_accuracy, snapshot.test_undecided, rows)


def situation_of(
    experiment: Experiment,
    network: Network,
    dataset: Dataset,
    snapshot: Snapshot | None,
    outputs: FloatArray | None = None,
    **seen: Any,
) -> Situation:
    """Return the situation of a network with its figures.

    Parameters
    ----------
    experiment, network, dataset
        The experiment, network and data set shown.
    snapshot
        Figures of those weights, ``None`` if not yet known.
    outputs
        The answers for the truth table, shape (rows, outputs), if already computed.
    **seen
        Further fields of :class:`Situation`: what is open, chosen and done.
    """
    figures: dict[str, Any] = {"train": table_figures(experiment, network, dataset, outputs)}
    if snapshot is not None:
        train, test = snapshot_figures(snapshot, dataset)
        figures |= {
            "train": figures["train"] or train,
            "test": test,
            "loss": snapshot.train_loss,
            "test_loss": snapshot.test_loss,
            "epoch": snapshot.epoch,
            "epochs": snapshot.epoch,
            "steps": snapshot.step,
        }
    elif experiment.progress is None:
        figures |= {"epoch": 0, "epochs": 0, "steps": 0}
    else:
        done = experiment.progress
        figures |= {"epoch": done.epoch, "epochs": done.epoch, "steps": done.step}
    return Situation(
        **{"experiment": experiment, "network": network, "dataset": dataset, **figures, **seen}
    )


def situation_in_file(experiment: Experiment) -> Situation:
    """Return the situation of an experiment file, without the screen.

    Parameters
    ----------
    experiment
        The experiment as read; missing weights are drawn.

    Raises
    ------
    ModelError
        If its data cannot be read, or its network does not fit them.
    """
    drawn = initialise(experiment)
    dataset = build_dataset(drawn)
    trainer = Trainer(drawn, dataset)
    return situation_of(drawn, trainer.network, dataset, trainer.snapshot(), running=False)


# -- Places ----------------------------------------------------------------------------------------


class UnitOrWeight(NamedTuple):
    """A unit or a weight as named in conditions and prose.

    Attributes
    ----------
    layer, unit
        Indices from 0.
    row
        Index of the weight's row, from 0; -1 for the bias, ``None`` for the unit itself.
    """

    layer: int
    unit: int
    row: int | None


def place_at(text: str) -> UnitOrWeight | None:
    """Parse ``"1.h3"`` (a unit), ``"1.h3.x1"`` (a weight) or ``"2.y1.b"`` (a bias).

    Parameters
    ----------
    text
        The layer, counted from 1; the unit, ``h`` or ``y`` with its number; for a weight its
        source, ``x`` or ``h`` with its number, or ``b``.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    row = int(found[3]) - 1 if found[3] else -1 if text.endswith(".b") else None
    return UnitOrWeight(int(found[1]) - 1, int(found[2]) - 1, row)


def unit_text(at: UnitAt | None, layers: int) -> str:
    """Return a unit's notation: ``"x1"``, ``"1.h3"``, ``"2.y1"``; empty for none."""
    if at is None:
        return ""
    if at.layer == INPUTS:
        return f"x{at.unit + 1}"
    return f"{at.layer + 1}.{'y' if at.layer == layers - 1 else 'h'}{at.unit + 1}"


PARTS = tuple(part.name.lower() for part in Part)
"""Values of :attr:`Situation.part`: ``"inputs"``, ``"bias"``, ... ``"predict"``."""


def weight_at(situation: Situation, text: str) -> float | None:
    """Return a weight or a bias, ``None`` if it does not exist."""
    at, network = place_at(text), situation.network
    if at is None or at.row is None or network is None:
        return None
    if at.layer >= len(network.layers) or at.unit >= network.layers[at.layer].units:
        return None
    if at.row < 0:
        use_bias = network.layers[at.layer].use_bias
        return float(network.biases[at.layer][at.unit]) if use_bias else None
    weights = network.weights[at.layer]
    return float(weights[at.row, at.unit]) if at.row < len(weights) else None


def row_of(situation: Situation, number: int | None = None) -> tuple[FloatArray, FloatArray] | None:
    """Return inputs and targets of a row, shape (inputs,) and (outputs,).

    Parameters
    ----------
    number
        Number of the row, from 1: in the truth table if there is one, else in the training rows
        followed by the test rows. ``None`` for the chosen row.
    """
    dataset, row = situation.dataset, situation.row if number is None else number
    return None if dataset is None or row is None else dataset.row(row - 1)
