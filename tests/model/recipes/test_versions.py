"""The articles' recipes, as published and corrected, by the ordinary trainer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from model.data import build_dataset
from model.defaults import default_experiment
from model.edits import network as edits
from model.edits.features import with_features
from model.edits.tables import with_input_value
from model.experiment import CsvData, DataSpec, Experiment, GateData, PlaneData, TableData
from model.initialisers import initialise
from model.network import Network
from model.recipes import VERSIONS, Recipe, Version, quadrant_answers, recipe_for
from model.recipes.articles import articles
from model.recipes.titanic import female_column, people_by_class_and_sex, women_share
from model.training import Trainer
from tests.model.recipes.published_pass import DIED_SURVIVED, published_mlp

ASKED = np.array([[1, 0, 0, 1], [0, 0, 1, 0], [1, 0, 1, 0]], float)


def recipe(data: DataSpec) -> Recipe:
    found = recipe_for(default_experiment(data))
    assert found is not None
    return found


def trained(experiment: Experiment) -> Network:
    trainer = Trainer(experiment)
    assert trainer.run().reason == "epochs"
    assert trainer.epoch == articles().one_unit.iterations == 10_000
    return trainer.network


def printed(values: np.ndarray, digits: int) -> list[float]:
    return [round(float(v), digits) for v in values.ravel()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("data", [GateData("or"), TableData("titanic"), PlaneData("quadrants")])
def test_a_start_is_an_articles_only_with_its_first_weights(
    data: DataSpec, version: Version
) -> None:
    found = recipe(data)
    start = initialise(found.version(version))
    assert found.start_of(start) == version
    assert found.start_of(default_experiment(data)) is None
    trainer = Trainer(start)
    trainer.step_epoch()
    assert found.start_of(trainer.experiment()) is None


@pytest.mark.parametrize("data", [GateData("or"), TableData("titanic")])
def test_a_new_start_is_none_of_an_articles_versions(data: DataSpec) -> None:
    other = edits.with_seed(recipe(data).published, 1)
    found = recipe_for(other)
    assert found is not None
    assert found.version_of(other) is None
    trainer = Trainer(other)
    trainer.snapshot()
    trainer.step_epoch()
    trained = trainer.experiment()
    assert found.version_of(trained, trainer.history.start) is None
    assert found.version_of(trained) == "published", "what it began as is not known"


CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)


@pytest.mark.parametrize(
    ("version", "weights", "bias", "answers", "last"),
    [
        ("published", [7.009, 7.010], -3.149, [0.0411, 0.9794, 0.9794], 0.99998),
        ("corrected", [5.365, 5.366], -2.428, [0.0811, 0.9497, 0.9497], 0.99975),
    ],
)
def test_or_with_a_bias(
    version: Version, weights: list[float], bias: float, answers: list[float], last: float
) -> None:
    network = trained(recipe(GateData("or")).version(version))
    assert printed(network.weights[0], 3) == weights
    assert printed(network.biases[0], 3) == [bias]
    outputs = network.forward(CORNERS)
    assert printed(outputs[:3], 4) == answers
    assert printed(outputs[3], 5) == [last]


@pytest.mark.parametrize(("version", "answer"), [("published", 0.990), ("corrected", 0.966)])
def test_or_without_a_bias(version: Version, answer: float) -> None:
    one_unit = recipe(GateData("or")).corrected
    without = recipe_for(edits.with_bias(one_unit, 0, use_bias=False))
    assert without is not None
    outputs = trained(without.version(version)).forward(CORNERS)
    assert outputs[0] == 0.5
    assert printed(outputs[1:3], 3) == [answer, answer]


@pytest.mark.parametrize(
    ("is_mended", "version", "answers"),
    [
        (False, "published", [0.9992, 0.0430, 0.9991]),
        (False, "corrected", [0.9945, 0.0875, 0.9945]),
        (True, "published", [0.9966, 0.0059, 0.9949]),
        (True, "corrected", [0.9818, 0.0298, 0.9779]),
    ],
)
def test_the_symptoms(is_mended: bool, version: Version, answers: list[float]) -> None:
    start = default_experiment(TableData("symptoms"))
    if is_mended:
        table = start.data.editable_rows(build_dataset(start))
        assert table is not None
        assert table.rows[5] == table.rows[2] == (0.0, 0.0, 1.0, 1.0)
        start = edits.with_data(start, with_input_value(table, 5, 0, 1.0))
    found = recipe_for(start)
    assert found is not None
    assert printed(trained(found.version(version)).forward(ASKED), 4) == answers


@pytest.mark.parametrize("version", ["published", "corrected"])
def test_one_unit_cannot_do_xor_and_the_summed_error_hides_it(version: Version) -> None:
    outputs = trained(recipe(GateData("xor")).version(version)).forward(CORNERS)[:, 0]
    errors = outputs - [0.0, 1.0, 1.0, 0.0]
    assert abs(errors.sum()) < 1e-9
    assert (errors**2).mean() == pytest.approx(0.25, abs=1e-9)


def test_the_quadrants_by_hand() -> None:
    found, near = recipe(PlaneData("quadrants")), np.array([[0.1, 0.1]])
    assert not found.is_trained
    # The data want 1 where the signs differ, so the answers are the article's the other way round.
    assert round(-float(quadrant_answers(found.published, near)[0]), 2) == -0.44
    assert -float(quadrant_answers(found.corrected, near)[0]) > 0.98
    snapshot = Trainer(found.published).snapshot()
    assert snapshot.train_accuracy > 0.98


@pytest.mark.parametrize("hidden", [(4, 4), (8, 4), (24, 12, 6)])
def test_the_trainer_makes_the_articles_pass_over_the_titanic(hidden: tuple[int, ...]) -> None:
    start = default_experiment(TableData("titanic"), hidden=hidden, seed=3)
    found = recipe_for(start)
    assert found is not None
    unshuffled = replace(found.published.training, shuffle=False)
    trainer = Trainer(replace(found.published, training=unshuffled))
    assert trainer.run().reason == "epochs"
    rows = len(trainer.dataset.x_train)
    assert trainer.step == rows == round(0.7 * 1316)
    x, t = trainer.dataset.x_train, trainer.dataset.y_train[:, 0]
    known = published_mlp(x, t, hidden, np.random.default_rng(3))
    for ours, theirs in zip(trainer.network.weights, known.weights, strict=True):
        # The same sums in another order; rounding adds up over the steps.
        bound = rows * np.finfo(float).eps * max(1.0, np.abs(theirs).max())
        assert np.abs(ours.T - theirs).max() <= bound * ours.size


def write_passengers(path: Path) -> CsvData:
    """Write a table like the article's: class and sex of 891 people, and who survived."""
    lines = ["PassengerId,Survived,Pclass,Sex"]
    for (cabin, sex), counts in DIED_SURVIVED.items():
        for survived, count in enumerate(counts):
            lines += [f"{len(lines) + i},{survived},{cabin},{sex}" for i in range(count)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return CsvData(str(path), features=("Pclass", "Sex"), targets=("Survived",))


def test_a_persons_own_table_of_passengers_has_the_recipe(tmp_path: Path) -> None:
    data = write_passengers(tmp_path / "train.csv")
    start = default_experiment(data)
    assert recipe_for(start) is None, "not read yet"
    found = recipe_for(start, rows=891)
    assert found is not None
    trainer = Trainer(found.published)
    assert (len(trainer.dataset.x_train), len(trainer.dataset.x_test)) == (624, 267)
    assert found.published.training.learning_rate == 1 / 624
    assert trainer.run().reason == "epochs"
    assert trainer.step == 624
    female = female_column(data, trainer.dataset)
    assert female is not None
    whole = build_dataset(data)
    assert women_share(whole, female) == pytest.approx(0.787, abs=5e-4)
    assert Trainer(found.corrected).run().reason == "epochs"
    other = replace(data, features=("Pclass",))
    assert recipe_for(default_experiment(other), rows=891) is None


def test_the_titanics_people_are_counted_by_columns_that_the_network_does_not_read() -> None:
    start = default_experiment(TableData("titanic"))
    whole = build_dataset(start)
    without_sex = build_dataset(with_features(start, ("class", "class^2")))
    assert people_by_class_and_sex(without_sex) == people_by_class_and_sex(whole)
    assert women_share(without_sex) == women_share(whole)


def test_the_titanic_takes_the_articles_layers_where_it_has_others() -> None:
    found = recipe_for(default_experiment(TableData("titanic"), hidden=(5,)))
    assert found is not None
    assert [layer.units for layer in found.published.network.layers] == [4, 4, 1]
    assert found.corrected.split == found.published.split


@pytest.mark.parametrize(
    "data", [GateData("or"), TableData("symptoms"), PlaneData("quadrants"), TableData("titanic")]
)
def test_a_version_is_known_by_what_it_does(data: DataSpec) -> None:
    found = recipe(data)
    assert found.version_of(default_experiment(data)) is None
    assert found.version_of(found.published) == "published"
    assert found.version_of(found.corrected) == "corrected"
    again = recipe_for(found.published)
    assert again is not None
    assert again.version_of(found.published) == "published"


@pytest.mark.parametrize("data", [GateData("and"), PlaneData("circle"), TableData("iris")])
def test_other_data_have_no_article(data: DataSpec) -> None:
    assert recipe_for(default_experiment(data)) is None


def test_the_mistake_stays_with_the_articles_data() -> None:
    published = recipe(GateData("or")).published
    assert published.training.slope_at == "a"
    assert edits.with_chosen_data(published, GateData("and")).training.slope_at == "z"
