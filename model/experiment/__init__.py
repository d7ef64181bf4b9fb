"""The experiment: all of the user's choices and every weight, as frozen values.

An :class:`Experiment` is the content of a document, a step of undo, the content of a ``.glassnet``
file, and the command line's input for training. It is immutable; an edit makes a new one with
:func:`msgspec.structs.replace`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec.structs import replace

from foundation.text import Names
from model.arrays import FloatArray
from model.data.sources import DataSpec
from model.data.sources.arrays import ArraysData
from model.data.sources.csv import CsvData
from model.data.sources.gate import GateData
from model.data.sources.idx import IdxData
from model.data.sources.plane import PlaneData
from model.data.sources.points import PointsData
from model.data.sources.table import TableData
from model.data.sources.truth_table import TruthTableData
from model.data.split import SplitSpec
from model.data.terms import check_features
from model.errors import ModelError, require
from model.experiment.learning import LessonRecord
from model.experiment.network import ACTIVATIONS, Activation, LayerSpec, NetworkSpec
from model.experiment.past import Curve, Past, PastFinding, PastRun
from model.experiment.training import (
    INITIALISERS,
    LOSSES,
    OPTIMISERS,
    SCHEDULES,
    Initialiser,
    InitialiserSpec,
    Loss,
    Optimiser,
    OptimiserSpec,
    Progress,
    Schedule,
    ScheduleSpec,
    StopSpec,
    TrainingSpec,
)

__all__ = [
    "ACTIVATIONS",
    "INITIALISERS",
    "LOSSES",
    "MAX_PARAMETERS",
    "OPTIMISERS",
    "SCHEDULES",
    "SCHEMA_VERSION",
    "Activation",
    "ArraysData",
    "CsvData",
    "Curve",
    "DataSpec",
    "Experiment",
    "FloatArray",
    "GateData",
    "IdxData",
    "Initialiser",
    "InitialiserSpec",
    "LayerSpec",
    "LessonRecord",
    "Loss",
    "NetworkSpec",
    "Optimiser",
    "OptimiserSpec",
    "Past",
    "PastFinding",
    "PastRun",
    "PlaneData",
    "PointsData",
    "Progress",
    "Schedule",
    "ScheduleSpec",
    "SplitSpec",
    "StopSpec",
    "TableData",
    "TrainingSpec",
    "TruthTableData",
    "with_past",
]

SCHEMA_VERSION = 2

MAX_PARAMETERS = 10_000_000
"""Maximum number of parameters; more indicate a typing error or a damaged file."""


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data, network, training and seed: everything a run needs and has learned.

    Attributes
    ----------
    schema_version
        File format version.
    title
        Title given by the user; empty if not named.
    data
        Data specification.
    split
        Split of the rows into training and test rows.
    features
        Terms of the inputs, if they differ from the columns: ``"x1"``, ``"x1*x2"``, ``"x1^2"``,
        ``"sin(x1)"``; columns that are not plain words are quoted. Empty for the columns.
    network
        The network, including weights.
    training
        Training settings.
    seed
        Seed of all randomness.
    progress
        Training progress; ``None`` before the first step.
    past
        Earlier runs as stored in a file; unset if there are none, and in a window, which keeps the
        runs itself.
    author
        Name of the author if recorded; shown in a teacher's table.
    learning
        Completed lesson tasks. Unreadable records are dropped when a file is opened.

    Raises
    ------
    ModelError
        Codes ``network.no_layers``, ``network.too_large``, ``experiment.range`` for a layer without
        units, the codes of a layer's kind, and ``features.term``, ``features.many`` or
        ``features.twice``.
    """

    schema_version: int = SCHEMA_VERSION
    title: str = ""
    data: DataSpec = GateData()
    split: SplitSpec = SplitSpec()
    features: Names = ()
    network: NetworkSpec = NetworkSpec(2, (LayerSpec(4, "tanh"), LayerSpec(1, "sigmoid")))
    training: TrainingSpec = TrainingSpec()
    seed: int = 0
    progress: Progress | None = None
    past: Past | msgspec.UnsetType = msgspec.UNSET
    author: Annotated[str, msgspec.Meta(max_length=200)] = ""
    learning: tuple[LessonRecord, ...] = ()

    def __post_init__(self) -> None:
        """Reject invalid networks; the trainer checks the rest."""
        check_features(self.features)
        layers = self.network.layers
        if not layers:
            raise ModelError(
                "network.no_layers",
                "The network has no layers. Give it at least an output layer.",
            )
        widths = self.network.sizes
        require(min(widths) >= 1, "The smallest layer's number of units", min(widths), "1 or more")
        count = self.network.parameter_count()
        if count > MAX_PARAMETERS:
            raise ModelError(
                "network.too_large",
                "The network would have {count} weights; at most {most} are possible.",
                count=count,
                most=MAX_PARAMETERS,
            )


def with_past(experiment: Experiment, past: Past | None) -> Experiment:
    """Return the experiment with its past, as a file stores it.

    Parameters
    ----------
    experiment
        Experiment to copy.
    past
        Past runs to store; ``None`` for none.

    Returns
    -------
    Experiment
        Experiment with that past, or without any.
    """
    if past is None and experiment.past is msgspec.UNSET:
        return experiment
    return replace(experiment, past=msgspec.UNSET if past is None else past)
