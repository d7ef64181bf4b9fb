"""A learner's hands without a window: deeds on the real trainer, and what is then the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from model.data import build_dataset
from model.edits import network as edits
from model.experiment import Experiment, GateData
from model.initialisers import initialise
from model.lessons import Lesson, Situation, situation_of
from model.network import Network
from model.training import Trainer


class Hands:
    """Somebody who does a lesson: every deed leaves the state that the window would be in."""

    def __init__(self, lesson: Lesson) -> None:
        assert lesson.file.start is not None
        self.row, self.unit, self.part = 2, "", ""
        self.open: set[str] = set()
        self._begin(lesson.file.start)

    def _begin(self, experiment: Experiment) -> None:
        drawn = initialise(experiment)
        self.trainer = Trainer(drawn, build_dataset(drawn))
        self.shown: Experiment | None = None

    def situation(self) -> Situation:
        """Return what is the case."""
        trainer, last = self.trainer, self.trainer.snapshot()
        seen: dict[str, Any] = {
            "row": self.row,
            "unit": self.unit,
            "part": self.part,
            "open": frozenset(self.open),
            "exports": frozenset(),
            "running": False,
            "tab": "build",
        }
        if self.shown is None:
            network = Network(trainer.experiment().network)
            return situation_of(trainer.experiment(), network, trainer.dataset, last, **seen)
        snapshot = Trainer(self.shown, trainer.dataset).snapshot()
        seen["epochs"] = last.epoch
        network = Network.of(self.shown)
        return situation_of(self.shown, network, trainer.dataset, snapshot, **seen)

    # -- Deeds -------------------------------------------------------------------------------------

    def choose_row(self, row: int) -> None:
        self.row = row

    def choose_unit(self, unit: str) -> None:
        self.unit = unit

    def open_microscope(self, part: str = "inputs") -> None:
        self.unit = self.unit or "1.y1"
        self.part = part
        self.open.add("microscope")

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.trainer.step_batch()

    def train(self, epochs: int) -> None:
        """Train on to an epoch, or until a stop rule ends it."""
        present = self.trainer.experiment()
        stop = replace(present.training.stop, epochs=epochs)
        training = replace(present.training, stop=stop)
        self.trainer = Trainer(replace(present, training=training), self.trainer.dataset)
        self.trainer.run()

    def train_until_right(self, rows: int) -> None:
        """Train epoch by epoch until just so many rows are right."""
        for _ in range(5000):
            self.trainer.step_epoch()
            train = self.situation().train
            assert train is not None
            if train.right == rows:
                return
        raise AssertionError(f"never were {rows} rows right")

    def edit(self, change: Callable[[Experiment], Experiment]) -> None:
        """Make an edit of the window's, on what training has come to."""
        self._begin(change(self.trainer.experiment()))

    def reset(self) -> None:
        self.edit(edits.fresh)

    def new_start(self, seed: int) -> None:
        self.edit(lambda experiment: edits.with_seed(experiment, seed))

    def choose_gate(self, name: str) -> None:
        self.edit(lambda experiment: edits.with_chosen_data(experiment, GateData(name)))

    def remove_unit(self, layer: int, unit: int) -> None:
        self.edit(lambda experiment: edits.with_units_removed(experiment, [(layer, unit)]))

    def go_to_epoch(self, epoch: int) -> None:
        """Go back by the trainer's own time machine."""
        self.shown = self.trainer.history.restore(epoch)
