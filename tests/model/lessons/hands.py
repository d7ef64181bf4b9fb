"""A learner's hands without a window: deeds on the real trainer, and what is then the case."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gui.teach_tab.evaluation import evaluate, learning_curve, unknown_threshold
from gui.teach_tab.teaching import Head, TeachSettings, start_head, taught_data, train_head
from model.data import build_dataset
from model.edits import network as edits
from model.edits.features import with_feature_toggled
from model.edits.tables import with_input_value
from model.experiment import (
    Activation,
    CsvData,
    DataSpec,
    Experiment,
    GateData,
    InitialiserSpec,
    Loss,
    TableData,
)
from model.export import export_numpy, export_onnx
from model.initialisers import fresh, initialise
from model.insight.doctor import Finding, examine
from model.lessons import Lesson, Lock, Situation, broken_locks, situation_of
from model.lessons.situation import place_at
from model.network import Network
from model.recipes import Version, recipe_for
from model.training import Trainer
from model.training.ensemble.lottery import Lottery, draw_lottery
from tests.vision.teaching.drawn import drawn_folder
from vision.classification import Classifier
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Preprocessing, settings_changed
from vision.teaching.collection import Collection
from vision.teaching.features import Backbone, Features, extract_features
from vision.teaching.importing import import_folder
from vision.teaching.splitting import split

IMAGES = Path(__file__).parents[3] / "assets" / "images"


class Hands:
    """Somebody who does a lesson: every deed leaves the state that the window would be in.

    Parameters
    ----------
    lesson
        Which one.
    folder
        Where files are written.

    Attributes
    ----------
    locks
        What no edit may change.
    """

    def __init__(self, lesson: Lesson, folder: Path = Path()) -> None:
        self.folder = folder
        self.row, self.unit, self.part = 2, "", ""
        self.open: set[str] = set()
        self.exports: set[str] = set()
        self.tab = lesson.file.tab
        self.vision, self.teach = VisionHands(), TeachHands(folder)
        self.locks: tuple[Lock, ...] = ()
        self.lottery: Lottery | None = None
        self._begin(lesson.file.start or Experiment())

    def _begin(self, experiment: Experiment) -> None:
        drawn = self._drawn = initialise(experiment)
        self.trainer = Trainer(drawn, build_dataset(drawn))
        self.shown: Experiment | None = None
        self.lottery = None

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is now; one that has made no step has no progress."""
        made_none = self._drawn.progress is None and self.trainer.step == 0
        return self._drawn if made_none else self.trainer.experiment()

    def situation(self) -> Situation:
        """Return what is the case."""
        trainer, last = self.trainer, self.trainer.snapshot()
        lottery = self.lottery
        seen: dict[str, Any] = {
            "row": self.row,
            "unit": self.unit,
            "part": self.part,
            "open": frozenset(self.open),
            "exports": frozenset(self.exports),
            "findings": frozenset(finding.code for finding in self.findings()),
            "lottery_seeds": 0 if lottery is None else len(lottery.seeds),
            "lottery_solved": 0 if lottery is None else int(lottery.solved.sum()),
            "running": False,
            "tab": self.tab,
            "seen": self.teach.seen if self.tab == "teach" else self.vision.seen,
        }
        if self.shown is None:
            network = Network(self.experiment.network)
            return situation_of(self.experiment, network, trainer.dataset, last, **seen)
        snapshot = Trainer(self.shown, trainer.dataset).snapshot()
        seen["epochs"] = last.epoch
        network = Network.of(self.shown)
        return situation_of(self.shown, network, trainer.dataset, snapshot, **seen)

    def findings(self) -> list[Finding]:
        """Return what the training doctor finds."""
        history = self.trainer.history
        return examine(
            self.experiment,
            self.trainer.dataset,
            history.train_loss,
            history.test_loss,
            ran_away=history.ran_away,
        )

    # -- Looking -----------------------------------------------------------------------------------

    def choose_row(self, row: int) -> None:
        self.row = row

    def choose_unit(self, unit: str) -> None:
        self.unit = unit

    def open_panel(self, panel: str) -> None:
        self.open.add(panel)

    def open_microscope(self, part: str = "inputs", unit: str = "") -> None:
        self.unit = unit or self.unit or f"{len(self.experiment.network.layers)}.y1"
        self.part = part
        self.open.add("microscope")

    def go_to_epoch(self, epoch: int) -> None:
        """Go back by the trainer's own time machine."""
        self.shown = self.trainer.history.restore(epoch)

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

    def train_until_right(self, rows: int) -> None:
        """Train epoch by epoch until just so many rows are right."""
        for _ in range(5000):
            self.trainer.step_epoch()
            train = self.situation().train
            assert train is not None
            if train.right == rows:
                return
        raise AssertionError(f"never were {rows} rows right")

    def draw_lottery(self, seeds: int) -> None:
        self.lottery = draw_lottery(self.experiment, range(seeds))

    # -- Edits -------------------------------------------------------------------------------------

    def edit(self, change: Callable[[Experiment], Experiment]) -> None:
        """Make an edit of the window's, on what training has come to."""
        old = self.experiment
        new = change(old)
        assert broken_locks(self.locks, old, new) == ()
        self._begin(new)

    def reset(self) -> None:
        self.edit(fresh)

    def new_start(self, seed: int) -> None:
        self.edit(lambda experiment: edits.with_seed(experiment, seed))

    def choose_data(self, data: DataSpec) -> None:
        self.edit(lambda experiment: edits.with_chosen_data(experiment, data))

    def choose_gate(self, name: str) -> None:
        self.choose_data(GateData(name))

    def change_training(self, **changes: Any) -> None:
        self.edit(lambda e: edits.with_training(e, replace(e.training, **changes)))

    def choose_loss(self, loss: Loss) -> None:
        self.change_training(loss=loss)

    def choose_initialiser(self, spec: InitialiserSpec) -> None:
        self.change_training(initialiser=spec)

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

    def choose_activation(self, activation: Activation, layer: int = 0) -> None:
        self.edit(lambda experiment: edits.with_activation(experiment, layer, activation))

    def add_layer(self, position: int = 0) -> None:
        self.edit(lambda experiment: edits.with_layer_added(experiment, position))

    def toggle_feature(self, term: str) -> None:
        self.edit(lambda experiment: with_feature_toggled(experiment, term))

    def type_input(self, row: int, column: int, value: float) -> None:
        """Type an input of a table's row; both count from 1."""

        def change(experiment: Experiment) -> Experiment:
            table = experiment.data.editable_rows(self.trainer.dataset)
            assert table is not None
            mended = with_input_value(table, row - 1, column - 1, value)
            return edits.with_data(experiment, mended)

        self.edit(change)

    def scale_table(self, scaling: Any) -> None:
        def change(experiment: Experiment) -> Experiment:
            assert isinstance(experiment.data, CsvData | TableData)
            return edits.with_data(experiment, replace(experiment.data, scaling=scaling))

        self.edit(change)

    def open_own_table(self) -> None:
        """Write a table of one's own and drop it on the window."""
        path = self.folder / "marks.csv"
        rows = [f"{hours};{hours // 2};{'yes' if hours > 5 else 'no'}" for hours in range(12)]
        path.write_text("\n".join(["hours;coffees;passed", *rows]))
        self.choose_data(CsvData(str(path)))

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

    def export(self, kind: str) -> Path:
        path = self.folder / f"network.{kind}"
        write = {"onnx": export_onnx, "numpy": export_numpy}[kind]
        write(self.experiment, path, self.trainer.dataset)
        self.exports.add(kind)
        return path


class VisionHands:
    """The same person in the Vision tab, with the bundled network.

    Attributes
    ----------
    seen
        What the tab tells.
    """

    def __init__(self) -> None:
        self.pictures: list[Path] = []
        self.used: Preprocessing | None = None
        self.seen: dict[str, Any] = {
            "source": "",
            "pictures": 0,
            "threshold": 0.3,
            "top_k": 5,
            "label_drawn": True,
            "preprocessing": frozenset[str](),
            "blob_scale": bundled_preprocessing().scale,
        }

    def open(self, source: str, *names: str) -> None:
        """Open pictures of `assets/images`."""
        for name in names:
            self.pictures.append(IMAGES / name)
            self._classify()
        self.seen |= {"source": source, "pictures": len(self.pictures)}

    def prepare(self, **settings: Any) -> None:
        """Change settings in the X-ray; without any go back to the model's own."""
        own = bundled_preprocessing()
        used = self.used or own
        self.used = dataclasses.replace(used, **settings) if settings else own
        self.seen |= {
            "preprocessing": settings_changed(own, self.used),
            "blob_scale": self.used.scale,
        }
        if self.pictures:
            self._classify()

    def choose(self, **choices: Any) -> None:
        """Choose a threshold, how many labels are listed, whether one is drawn."""
        self.seen |= choices

    def _classify(self) -> None:
        classifier = bundled_classifier()
        classifier.preprocessing = self.used or bundled_preprocessing()
        best = classifier.predict(read_picture(self.pictures[-1])).best
        self.seen |= {"model": "bundled", "label": best.label, "probability": best.probability}


class TeachHands:
    """The same person in the Teach tab, with folders of drawn pictures.

    Attributes
    ----------
    seen
        What the tab tells.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._collection = Collection()
        self._features = Features()
        self._head: Head | None = None
        self.seen: dict[str, Any] = {
            "classes": 0,
            "pictures": 0,
            "held_out": 0,
            "head_epochs": 0,
            "head_units": 0,
            "curve_points": 0,
            "threshold": 0.0,
            "preview": "",
        }

    def import_folder(self) -> None:
        """Import a folder of two folders of drawn pictures."""
        folder = drawn_folder(self._folder / "drawn", 10, ("discs", "stars"))
        found = import_folder(folder, lambda: False, lambda done, total: None)
        assert found is not None
        self._collection = found.collection
        pictures = tuple(self._collection.pictures().values())
        features = extract_features(pictures, backbone, lambda: False, lambda done, total: None)
        assert features is not None
        self._features = features
        self.seen |= {
            "classes": len(self._collection.classes),
            "pictures": self._collection.count,
            "held_out": len(split(self._collection)),
        }

    def train(self, epochs: int, hidden: tuple[int, ...] = ()) -> None:
        """Train a head for some epochs."""
        settings = TeachSettings(epochs=epochs, hidden=hidden)
        head = start_head(self._collection, settings)
        data = taught_data(self._collection, self._features, head)
        self._head = train_head(head, data)
        judged = evaluate(self._head, data)
        self.seen |= {
            "head_epochs": epochs,
            "head_units": self._head.hidden_units,
            "head_accuracy": judged.accuracy,
            "head_baseline": judged.baseline,
            "head_mistakes": len(judged.mistakes),
            "threshold": unknown_threshold(judged).value,
        }

    def measure(self) -> None:
        """Measure the learning curve."""
        settings = TeachSettings(epochs=5)
        points = learning_curve(
            self._collection, self._features, settings, lambda: False, lambda point: None
        )
        assert points is not None
        self.seen["curve_points"] = len(points)

    def show(self, name: str) -> None:
        """Show the head a picture of `assets/images`."""
        assert self._head is not None
        blob = backbone().preprocessing.blob(read_picture(IMAGES / name))
        found = self._head.probabilities(backbone().features(blob))[0]
        best = int(found.argmax())
        self.seen |= {
            "preview": "picture",
            "label": self._head.names[best],
            "probability": float(found[best]),
        }


@cache
def backbone() -> Backbone:
    """Load the network under every head, once."""
    return Backbone()


@cache
def bundled_classifier() -> Classifier:
    """Load the network that comes with Glassnet, once."""
    return open_classifier()


@cache
def bundled_preprocessing() -> Preprocessing:
    """Return what that network wants, whatever it was given since."""
    return open_classifier().preprocessing
