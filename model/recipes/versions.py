"""An article's recipe for an experiment's data, as published and corrected."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from model.data.tables import load_table
from model.edits.network import same_task
from model.experiment import (
    DataSpec,
    Experiment,
    GateData,
    PlaneData,
    StopSpec,
    TableData,
    TruthTableData,
)
from model.initialisers import initialise
from model.recipes import quadrants, titanic
from model.recipes.articles import Article, articles
from model.recipes.one_unit import one_unit_experiment

Version = Literal["published", "corrected"]
VERSIONS: tuple[Version, ...] = ("published", "corrected")
Kind = Literal["one_unit", "quadrants", "titanic"]
_GATES = ("or", "xor")
_STEEPER = 10.0


class Recipe(Struct, frozen=True, eq=False):
    """An article's recipe for some data, in two versions.

    Attributes
    ----------
    kind
        The article's kind.
    published, corrected
        Untrained experiments, with the article's mistakes and without. The weights of the
        quadrants are set by hand, so there is nothing to train.
    """

    kind: Kind
    article: Article
    published: Experiment
    corrected: Experiment

    @property
    def is_trained(self) -> bool:
        """Whether its network is trained."""
        return self.kind != "quadrants"

    def version(self, version: Version) -> Experiment:
        """Return one of the two versions."""
        return self.published if version == "published" else self.corrected

    def has_stop_rule(self, stop: StopSpec) -> bool:
        """Return whether `stop` is the rule of the published or the corrected training."""
        return stop in (self.published.training.stop, self.corrected.training.stop)

    def version_of(self, experiment: Experiment, start: Experiment | None = None) -> Version | None:
        """Return an experiment's version, trained or not; ``None`` if it is neither.

        Parameters
        ----------
        experiment
            The experiment; to match, it must have the recipe's settings and initial weights.
        start
            The untrained start of a trained experiment, if known; otherwise only the settings are
            compared.
        """
        start = experiment if experiment.progress is None else start
        for version in VERSIONS:
            wanted = self.version(version)
            if not same_task(wanted, experiment):
                continue
            if not self.is_trained and wanted.network != experiment.network:
                continue
            if start is None or initialise(wanted).network == initialise(start).network:
                return version
        return None

    def start_of(self, experiment: Experiment) -> Version | None:
        """Return the version that an untrained experiment equals, initial weights included."""
        return None if experiment.progress is not None else self.version_of(experiment)


def recipe_for(experiment: Experiment, rows: int = 0) -> Recipe | None:
    """Return the recipe for an experiment's data, ``None`` if no article uses them.

    Parameters
    ----------
    experiment
        The experiment with the data.
    rows
        Number of rows of the user's table, once read.

    Notes ----- The rows of a truth table are the experiment's, so that a corrected row stays
    corrected. A bias that is switched off stays off. The Titanic's network keeps its hidden
    layers if the article has a network with the same ones.
    """
    made = _recipe_versions(experiment, rows)
    if made is None:
        return None
    kind, *pair = made
    published, corrected = (
        replace(one, seed=experiment.seed, title=experiment.title) for one in pair
    )
    article: Article = getattr(articles(), kind)
    return Recipe(kind, article, published, corrected)


def _recipe_versions(
    experiment: Experiment, rows_read: int
) -> tuple[Kind, Experiment, Experiment] | None:
    data = experiment.data
    if isinstance(data, PlaneData) and data.name == "quadrants":
        w = articles().quadrants.w
        slopes = w, _STEEPER * w
        gentle, steep = (
            _with_inverted_output(quadrants.hand_set_network(slope)) for slope in slopes
        )
        return "quadrants", gentle, steep
    people = titanic.passengers(data, experiment.network.inputs, rows_read)
    if people is not None:
        hidden = tuple(layer.units for layer in experiment.network.layers[:-1])
        printed = articles().titanic.hidden
        widths = hidden if hidden in printed else printed[0]
        return (
            "titanic",
            titanic.as_published(widths, experiment.seed, people),
            titanic.corrected(widths, people),
        )
    rows = _rows_of_one_unit(data)
    if rows is None:
        return None
    use_bias = experiment.network.layers[-1].use_bias
    return (
        "one_unit",
        one_unit_experiment(*rows, use_bias=use_bias, slope_at="a"),
        one_unit_experiment(*rows, use_bias=use_bias),
    )


def _with_inverted_output(experiment: Experiment) -> Experiment:
    """Return a network whose last unit answers 1 - a: 1 for different signs, as in the data."""
    network = experiment.network
    weights, biases = network.layers[-1].weights_and_biases
    last = replace(network.layers[-1], weights=-weights, biases=-biases)
    return replace(experiment, network=network.with_layer(-1, last))


def _rows_of_one_unit(data: DataSpec) -> tuple[DataSpec, int, int] | None:
    """Return the data of an example of the one-unit article, with its size."""
    if isinstance(data, GateData) and data.name in _GATES:
        return GateData(data.name), 4, 2
    if isinstance(data, TableData) and data.name == "symptoms":
        return TableData("symptoms"), len(load_table("symptoms").x), 4
    if isinstance(data, TruthTableData):
        names = load_table("symptoms").feature_names
        if data.input_names == names and len(data.output_names) == 1:
            return replace(data, copies=1, noise=0.0), len(data.rows), len(names)
    return None
