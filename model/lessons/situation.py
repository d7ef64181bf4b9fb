"""The situation that lessons and challenges refer to: the network and the screen.

The window supplies a :class:`Situation` of the state that it shows, a file that of the experiment
in it; conditions and live numbers read nothing else.
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
"""What the window can say is open; a lesson asks for it by ``{"code": "open", "has": ...}``."""

Tab = Literal["build", "teach", "vision"]

_PLACE = re.compile(r"([1-9]\d{0,2})\.[hy]([1-9]\d{0,5})(?:\.(?:[xh]([1-9]\d{0,6})|b))?")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Situation:
    """Everything that conditions and live numbers read; ``None`` means unknown.

    A file cannot tell what was open or chosen, and leaves those ``None``; the window gives an empty
    text or set where nothing is.

    Attributes
    ----------
    experiment
        What the document holds.
    network, dataset
        The weights shown, and the rows learned from.
    train, test
        How right the answers are: to the truth table where there is one, else to the training rows;
        and to the test rows.
    loss, test_loss
        Of the weights shown.
    epoch, epochs, steps
        The epoch shown, the epochs and steps done in the present run.
    running
        Whether a training is under way.
    stopped_by
        Why the run ended whose end is shown, a :data:`model.training.Reason`; empty for none.
    row
        The chosen row, counted from 1; 0 for none.
    unit
        The chosen unit as :func:`unit_text` writes it; empty for none.
    part
        The part of the training step that the microscope shows, as :class:`Part` names it.
    open
        The panels that are open.
    tab
        Which tab is in front.
    exports
        The kinds of file exported since the lesson was opened: ``"onnx"``, ``"numpy"``, ...
    predicted
        The questions that were answered before training went on.
    findings
        The codes of what the training doctor found.
    lottery_seeds, lottery_solved
        Of the lottery on show.
    seen
        What the Teach and Vision tabs have to tell, by the code of the condition: numbers, texts
        and names.
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
        """Return what an attribute holds, or what Teach and Vision tell under this code."""
        return getattr(self, code, self.seen.get(code))


def table_figures(
    experiment: Experiment, network: Network, dataset: Dataset, outputs: FloatArray | None = None
) -> Figures | None:
    """Judge the answers to a truth table's rows, ``None`` for other data.

    Parameters
    ----------
    experiment, network, dataset
        Whose answers, and what is asked.
    outputs
        The answers, shape (rows, outputs), where they are known already.
    """
    if dataset.table_x is None or dataset.table_y is None:
        return None
    if outputs is None:
        outputs = network.forward(dataset.table_x)
    threshold = decision_threshold(experiment)
    return figures_of(outputs, dataset.table_y, dataset.task, threshold, dataset.table_mask)


def snapshot_figures(snapshot: Snapshot, dataset: Dataset) -> tuple[Figures, Figures | None]:
    """Return a snapshot's figures for the training rows, and for the test rows if there are any."""

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
        What is shown.
    snapshot
        The figures of those weights, ``None`` where they are not known yet.
    outputs
        The answers to the truth table, shape (rows, outputs), where they are known already.
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
    """Return the situation in an experiment file, without the screen.

    Parameters
    ----------
    experiment
        As it was read; weights that it lacks are drawn.

    Raises
    ------
    ModelError
        Where its data cannot be read, or its network does not fit them.
    """
    drawn = initialise(experiment)
    dataset = build_dataset(drawn)
    trainer = Trainer(drawn, dataset)
    return situation_of(drawn, trainer.network, dataset, trainer.snapshot(), running=False)


# -- Places ----------------------------------------------------------------------------------------


class At(NamedTuple):
    """A unit or a weight as named in conditions and prose.

    Attributes
    ----------
    layer, unit
        Counted from 0.
    row
        The weight's row, counted from 0; -1 for the bias, ``None`` for the unit itself.
    """

    layer: int
    unit: int
    row: int | None


def place_at(text: str) -> At | None:
    """Parse ``"1.h3"`` (a unit), ``"1.h3.x1"`` (a weight) or ``"2.y1.b"`` (a bias).

    Parameters
    ----------
    text
        The layer, counted from 1; the unit, ``h`` or ``y`` with its number; where the weight comes
        from, ``x`` or ``h`` with its number, or ``b``.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    row = int(found[3]) - 1 if found[3] else -1 if text.endswith(".b") else None
    return At(int(found[1]) - 1, int(found[2]) - 1, row)


def unit_text(at: UnitAt | None, layers: int) -> str:
    """Return a unit's notation: ``"x1"``, ``"1.h3"``, ``"2.y1"``; empty for none."""
    if at is None:
        return ""
    if at.layer == INPUTS:
        return f"x{at.unit + 1}"
    return f"{at.layer + 1}.{'y' if at.layer == layers - 1 else 'h'}{at.unit + 1}"


PARTS = tuple(part.name.lower() for part in Part)
"""What :attr:`Situation.part` may be: ``"inputs"``, ``"bias"``, ... ``"predict"``."""


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
        Which row, counted from 1: of the truth table where there is one, else of the training rows
        followed by the test rows. ``None`` for the chosen one.
    """
    dataset, row = situation.dataset, situation.row if number is None else number
    return None if dataset is None or row is None else dataset.row(row - 1)
