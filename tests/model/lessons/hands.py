"""A learner's hands without a window: deeds on the real trainer, and what is then the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from model.data import build_dataset
from model.edits import network as edits
from model.edits.features import with_feature_toggled
from model.experiment import (
    CsvData,
    DataSpec,
    Experiment,
    GateData,
    TableData,
)
from model.initialisers import initialise, untrained
from model.insight.doctor import Finding, examine
from model.lessons import Lesson, Situation, situation_of
from model.lessons.situation import place_at
from model.network import Network
from model.recipes import Version, recipe_for
from model.training import Trainer


class Hands:
    """Somebody who does a lesson: every deed leaves the state that the window would be in.

    Parameters
    ----------
    lesson
        Which one.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.row, self.unit, self.part = 2, "", ""
        self.open: set[str] = set()
        self.tab = lesson.file.tab
        self._begin(lesson.file.start or Experiment())

    def _begin(self, experiment: Experiment) -> None:
        drawn = self._drawn = initialise(experiment)
        self.trainer = Trainer(drawn, build_dataset(drawn))

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is now; one that has made no step has no progress."""
        made_none = self._drawn.progress is None and self.trainer.step == 0
        return self._drawn if made_none else self.trainer.experiment()

    def situation(self) -> Situation:
        """Return what is the case."""
        trainer, last = self.trainer, self.trainer.snapshot()
        seen: dict[str, Any] = {
            "row": self.row,
            "unit": self.unit,
            "part": self.part,
            "open": frozenset(self.open),
            "findings": frozenset(finding.code for finding in self.findings()),
            "exports": frozenset[str](),
            "lottery_seeds": 0,
            "running": False,
            "tab": self.tab,
        }
        network = Network(self.experiment.network)
        return situation_of(self.experiment, network, trainer.dataset, last, **seen)

    def rows_right(self) -> int:
        train = self.situation().train
        assert train is not None
        return train.right

    def findings(self) -> list[Finding]:
        """Return what the training doctor finds."""
        history = self.trainer.history
        return examine(
            self.experiment,
            self.trainer.dataset,
            history.train_loss,
            history.test_loss,
            ran_away=history.diverged,
        )

    # -- Looking -----------------------------------------------------------------------------------

    def choose_row(self, row: int) -> None:
        self.row = row

    def open_panel(self, panel: str) -> None:
        self.open.add(panel)

    def open_microscope(self, part: str = "inputs", unit: str = "") -> None:
        self.unit = unit or self.unit or f"{len(self.experiment.network.layers)}.y1"
        self.part = part
        self.open.add("microscope")

    # -- Training ----------------------------------------------------------------------------------

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.trainer.step_batch()

    def train(self, epochs: int) -> None:
        """Train on to an epoch, or until a stop rule ends it."""
        present = self.experiment
        stop = replace(present.training.stop, epochs=epochs)
        training = replace(present.training, stop=stop)
        self.trainer = Trainer(replace(present, training=training), self.trainer.dataset)
        self.trainer.run()

    # -- Edits -------------------------------------------------------------------------------------

    def edit(self, change: Callable[[Experiment], Experiment]) -> None:
        """Make an edit of the window's, on what training has come to."""
        self._begin(change(self.experiment))

    def reset(self) -> None:
        self.edit(untrained)

    def new_start(self, seed: int) -> None:
        self.edit(lambda experiment: edits.with_seed(experiment, seed))

    def choose_data(self, data: DataSpec) -> None:
        self.edit(lambda experiment: edits.with_chosen_data(experiment, data))

    def choose_gate(self, name: str) -> None:
        self.choose_data(GateData(name))

    def type_weights(self, values: Mapping[str, float]) -> None:
        """Type weights by their places, such as ``"1.y1.x1"`` and ``"1.y1.b"``."""
        for place, value in values.items():
            at = place_at(place)
            assert at is not None
            assert at.row is not None
            layers = self.experiment.network.layers
            width = layers[at.layer - 1].units if at.layer else self.experiment.network.inputs
            row = at.row if at.row >= 0 else width
            self._type_weight(at.layer, row, at.unit, value)

    def _type_weight(self, layer: int, row: int, unit: int, value: float) -> None:
        self.edit(lambda experiment: edits.with_weight(experiment, layer, row, unit, value))

    def switch_bias(self, *, on: bool, layer: int = 0) -> None:
        self.edit(lambda experiment: edits.with_bias(experiment, layer, on))

    def choose_units(self, units: int, layer: int = 0) -> None:
        self.edit(lambda experiment: edits.with_units(experiment, layer, units))

    def remove_unit(self, layer: int, unit: int) -> None:
        self.edit(lambda experiment: edits.with_units_removed(experiment, [(layer, unit)]))

    def add_layer(self, position: int = 0) -> None:
        self.edit(lambda experiment: edits.with_layer_added(experiment, position))

    def toggle_feature(self, term: str) -> None:
        self.edit(lambda experiment: with_feature_toggled(experiment, term))

    def scale_table(self, scaling: Any) -> None:
        def change(experiment: Experiment) -> Experiment:
            assert isinstance(experiment.data, CsvData | TableData)
            return edits.with_data(experiment, replace(experiment.data, scaling=scaling))

        self.edit(change)

    def choose_recipe(self, version: Version) -> None:
        """Press "Article" or "Corrected"."""

        def change(experiment: Experiment) -> Experiment:
            recipe = recipe_for(experiment)
            assert recipe is not None
            return recipe.version(version)

        self.edit(change)

    def apply_remedy(self, code: str) -> None:
        """Press the training doctor's button beside a finding."""
        (finding,) = [finding for finding in self.findings() if finding.code == code]
        mended = finding.fix
        assert mended is not None
        self.edit(lambda _: mended)
