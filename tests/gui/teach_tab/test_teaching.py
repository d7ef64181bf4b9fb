"""A head learns from features, is judged by what it has not seen, and goes on from where it is."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gui.teach_tab.evaluation import (
    UNCALIBRATED,
    LearningPoint,
    evaluate,
    learning_curve,
    unknown_threshold,
    write_predictions_csv,
)
from gui.teach_tab.teaching import (
    FEATURES,
    Head,
    TaughtData,
    TeachSettings,
    for_build,
    has_learned_held_out,
    read_head,
    read_settings,
    start_head,
    stored_head,
    stored_settings,
    taught_data,
    train_head,
    training_key,
)
from model.data import build_dataset
from model.errors import ModelError
from model.experiment import Past
from model.files import read_experiment, write_experiment
from model.insight import trace
from model.training import Trainer
from vision.errors import Fault, VisionError
from vision.teaching.collection import (
    Collection,
    Picture,
    moved,
    recoloured,
    renamed,
    reordered,
    sha256_of,
    with_class,
    with_pictures,
    without_class,
)
from vision.teaching.features import Augmentation, Features
from vision.teaching.splitting import split

QUICK = TeachSettings(epochs=30, rate=0.01)

type Taught = tuple[Collection, Features, Head, TaughtData]


def made_of(*sizes: int) -> tuple[Collection, Features]:
    """Return classes whose features lie round a place each, and those features."""
    generator = np.random.default_rng(0)
    collection = Collection()
    rows: dict[str, np.ndarray] = {}
    for place, size in enumerate(sizes):
        centre = generator.normal(0, 0.25, FEATURES)
        pictures = []
        for number in range(size):
            data = b"%d %d" % (place, number)
            pictures.append(Picture(sha256_of(data), None, data, None, f"={place}.{number}"))
            row = np.maximum(centre + generator.normal(0, 1.0, FEATURES), 0)
            rows[pictures[-1].sha256] = row.astype(np.float32)
        collection = with_class(collection, f"class {place}", tuple(pictures))
    return collection, Features(rows)


@pytest.fixture(scope="module")
def taught() -> Taught:
    collection, features = made_of(40, 40, 40)
    head = start_head(collection, QUICK)
    data = taught_data(collection, features, head)
    return collection, features, train_head(head, data), data


def test_a_head_learns_what_the_features_tell(taught: Taught) -> None:
    collection, features, head, data = taught
    held = split(collection)
    assert {sha256 for sha256, _ in data.test} == held
    assert not {sha256 for sha256, _ in data.train} & held
    assert np.array_equal(data.dataset.x_test[0], features.rows[data.test[0][0]])
    judged = evaluate(head, data)
    assert judged.held_out == len(held) == 36
    assert judged.accuracy > 0.9
    assert judged.baseline == pytest.approx(1 / 3)
    low, high = judged.interval
    assert low < judged.accuracy <= high
    assert np.trace(judged.confusion) == judged.right
    assert judged.confusion.sum(axis=1).tolist() == [12, 12, 12]


@pytest.mark.parametrize(
    ("sizes", "counts", "baseline"),
    [((40, 20, 20), [12, 6, 6], 1 / 2), ((15, 16, 15), [4, 5, 4], 5 / 13)],
)
def test_the_baseline_is_of_the_largest_class(
    sizes: tuple[int, ...], counts: list[int], baseline: float
) -> None:
    collection, features = made_of(*sizes)
    head = start_head(collection, QUICK)
    judged = evaluate(head, taught_data(collection, features, head))
    assert judged.confusion.sum(axis=1).tolist() == counts
    assert judged.baseline == pytest.approx(baseline)


def test_a_head_is_judged_by_the_classes_that_its_pictures_are_in_now() -> None:
    collection, features = made_of(20, 20, 20)
    held = next(one for one in collection.classes[0].pictures if one.sha256 in split(collection))
    collection = with_pictures(collection, 1, [held]).collection
    head = start_head(collection, QUICK)
    judged = evaluate(head, taught_data(collection, features, head))
    assert judged.confusion.sum(axis=1).tolist() == [6, 7, 6]
    for key, counts in ((1, [5, 7, 6]), (2, [5, 7, 7])):  # in 1 it is held out already
        now = judged.for_current_classes(moved(collection, {held.sha256}, 0, key))
        assert now.confusion.sum(axis=1).tolist() == counts
    left = judged.for_current_classes(without_class(collection, 1))
    assert left.held_out == 12
    assert left.baseline == pytest.approx(1 / 2)


def test_mistakes_come_most_confident_first_and_are_found_in_the_matrix(
    taught: Taught,
) -> None:
    _, features, head, _ = taught
    collection, _ = made_of(40, 40, 40)
    wrong_way = moved(collection, {one.sha256 for one in collection.classes[0].pictures[:20]}, 0, 1)
    data = taught_data(wrong_way, features, head)
    judged = evaluate(head, data)
    assert len(judged.mistakes) > 2
    sure = [one.confidence for one in judged.mistakes]
    assert sure == sorted(sure, reverse=True)
    worst = judged.mistakes[0]
    assert worst in judged.cell(worst.truth, worst.guess)
    assert len(judged.cell(1, 0)) == judged.confusion[1, 0]


def test_layers_are_as_the_settings_say() -> None:
    collection, _ = made_of(4, 4)
    settings = TeachSettings(epochs=7, rate=0.02, hidden=(32, 8), dropout=0.25, l2=0.5)
    experiment = start_head(collection, settings).experiment
    layers = experiment.network.layers
    assert [(one.units, one.activation, one.dropout) for one in layers] == [
        (32, "relu", 0.25),
        (8, "relu", 0.25),
        (2, "softmax", 0.0),
    ]
    training = experiment.training
    assert (training.l2, training.learning_rate, training.stop.epochs) == (0.5, 0.02, 7)


def test_training_goes_on_when_classes_and_pictures_change(
    taught: Taught,
) -> None:
    collection, features, head, data = taught
    wider = reordered(with_class(collection, "new", collection.classes[2].pictures[:5]), 0, 9)
    going_on = start_head(wider, QUICK, head)
    assert going_on.keys == (1, 2, 3, 0)
    rows = data.dataset.x_test
    old, new = head.probabilities(rows), going_on.probabilities(rows)
    shared = new[:, [3, 0, 1]]
    assert np.allclose(shared / shared.sum(axis=1, keepdims=True), old, atol=1e-9)
    fewer = start_head(without_class(collection, 1), QUICK, head)
    assert fewer.keys == (0, 2)
    again = evaluate(
        train_head(fewer, taught_data(without_class(collection, 1), features, fewer)),
        taught_data(without_class(collection, 1), features, fewer),
    )
    assert again.accuracy > 0.9
    other_layers = start_head(collection, replace(QUICK, hidden=(4,)), head)
    assert other_layers.experiment.network.layers[0].units == 4


def test_a_head_that_has_learned_what_is_held_out_begins_anew() -> None:
    collection, features = made_of(20, 20)
    all_learned = replace(collection, hold_out=0.0)
    head = start_head(all_learned, QUICK)
    head = train_head(head, taught_data(all_learned, features, head))
    assert head.learned == collection.pictures().keys()
    assert has_learned_held_out(head, collection)
    assert taught_data(collection, features, head).test == ()
    again = start_head(collection, QUICK, head)
    assert not again.learned
    assert again.experiment.network == start_head(collection, QUICK).experiment.network


def test_names_and_colours_are_no_part_of_a_lesson_and_leave_as_they_are_now() -> None:
    collection, _ = made_of(3, 3, 3)
    head = start_head(collection, QUICK)
    other = recoloured(renamed(without_class(collection, 2), 0, "Class 2"), 1, 5)
    assert head.named(other).names == ("Class 2", "class 1", "class 2 (2)")
    assert head.named(collection).names == head.names
    lesson = training_key(collection, QUICK)
    same = recoloured(renamed(collection, 0, "pen"), 1, 5)
    assert training_key(same, replace(QUICK, threshold=0.4)) == lesson
    for changed in (other, with_class(collection, "more"), replace(collection, seed=1)):
        assert training_key(changed, QUICK) != lesson
    assert training_key(collection, replace(QUICK, l2=0.2)) != lesson


def test_changed_copies_are_learned_from_and_not_tested_on() -> None:
    collection, features = made_of(10, 10)
    held = split(collection)
    copies = {
        sha256: np.stack([row, row]) for sha256, row in features.rows.items() if sha256 not in held
    }
    data = taught_data(collection, replace(features, copies=copies), start_head(collection, QUICK))
    assert (len(data.train), len(data.test)) == (42, 6)
    assert len(data.dataset.x_train) == 42


def test_pictures_without_features_are_left_out_and_a_class_without_any_is_told() -> None:
    collection, features = made_of(6, 6)
    head = start_head(collection, QUICK)
    first = [one.sha256 for one in collection.classes[0].pictures]
    some = {sha256: row for sha256, row in features.rows.items() if sha256 != first[0]}
    data = taught_data(collection, Features(some), head)
    assert len(data.train) + len(data.test) == 11
    none = {sha256: row for sha256, row in features.rows.items() if sha256 not in first}
    with pytest.raises(VisionError) as caught:
        taught_data(collection, Features(none), head)
    assert caught.value.code is Fault.TEACH_NO_ROWS
    assert caught.value.values["name"] == "class 0"


def test_without_held_out_pictures_there_is_nothing_to_judge() -> None:
    collection, features = made_of(6, 6)
    collection = replace(collection, hold_out=0.0)
    head = start_head(collection, QUICK)
    data = taught_data(collection, features, head)
    judged = evaluate(train_head(head, data), data)
    assert judged.held_out == 0
    assert np.isnan(judged.accuracy)
    assert judged.interval == (0.0, 1.0)
    assert learning_curve(collection, features, QUICK, lambda: False, lambda point: None) is None
    found = unknown_threshold(judged)
    assert (found.value, found.is_calibrated) == (UNCALIBRATED, False)


def test_the_threshold_for_unknown_keeps_what_it_says(
    taught: Taught,
) -> None:
    judged = evaluate(taught[2], taught[3])
    found = unknown_threshold(judged)
    assert found.is_calibrated
    assert found.right == judged.right
    assert found.kept / found.right >= 0.95
    assert found.wrong == judged.held_out - judged.right
    just_above = found.value + 0.001
    right = [one.confidence for one in judged.predictions if one.guess == one.truth]
    assert sum(one >= just_above for one in right) < len(right)


def test_the_learning_curve_learns_from_ever_more(
    taught: Taught,
) -> None:
    collection, features, _, data = taught
    told: list[tuple[LearningPoint, ...]] = []
    points = learning_curve(collection, features, QUICK, lambda: False, told.append)
    assert told == [points[: n + 1] for n in range(len(points))]
    counts = [point.pictures for point in points]
    assert counts == sorted(set(counts))
    assert counts[-1] == len(data.train)
    assert points[-1].accuracy >= points[0].accuracy
    assert {point.held_out for point in points} == {len(data.test)}
    assert learning_curve(collection, features, QUICK, lambda: True, told.append) is None


def test_a_head_and_its_settings_come_back_from_a_project(
    taught: Taught,
) -> None:
    _, _, head, data = taught
    again = read_head(stored_head(head))
    assert (again.keys, again.learned, again.lesson) == (head.keys, head.learned, head.lesson)
    assert again.names == ("class 0", "class 1", "class 2")
    assert again.experiment.network == head.experiment.network
    assert again.experiment.training == head.experiment.training
    assert again.experiment.progress.epoch == QUICK.epochs
    # It can be trained on from there.
    assert train_head(again, data).experiment.progress is not None
    assert np.array_equal(
        again.probabilities(data.dataset.x_test), head.probabilities(data.dataset.x_test)
    )
    settings = TeachSettings(hidden=(8,), augmentation=Augmentation(flip=True), threshold=0.4)
    assert read_settings(stored_settings(settings)) == settings
    for damaged in ({"epochs": 0}, {"epochs": "many"}, {"hidden": [1, 2, 3]}, {"rate": -1.0}):
        assert read_settings(damaged) == TeachSettings()


@pytest.mark.parametrize(
    "damage",
    [
        *({"classes": keys} for keys in (None, [0, 1], [0, 1, "2"], [0, 1, 1], {})),
        *({"learned": learned} for learned in (None, [1])),
        {"lesson": 3},
    ],
)
def test_a_head_that_does_not_fit_its_classes_is_damaged(
    taught: Taught, damage: dict[str, object]
) -> None:
    with pytest.raises(ModelError) as caught:
        read_head({**stored_head(taught[2]), **damage})
    assert caught.value.code == "file.invalid"


def test_a_head_opens_in_build_with_its_rows_and_losses(taught: Taught, tmp_path: Path) -> None:
    _, _, head, data = taught
    write_experiment(for_build(head, data, tmp_path / "head"), tmp_path / "head.glassnet")
    read = read_experiment(tmp_path / "head.glassnet")
    dataset = build_dataset(read)
    assert dataset.class_names == head.names
    assert np.array_equal(dataset.x_train, data.dataset.x_train)
    assert np.array_equal(dataset.y_test, data.dataset.y_test)
    trainer = Trainer(read)
    before = trainer.epoch
    trainer.step_epoch()
    assert trainer.epoch == before + 1
    assert trace(read, 0).a[-1].shape == (3,)
    for kept in (head, read_head(stored_head(head))):
        past = for_build(kept, data, tmp_path / "head").past
        assert isinstance(past, Past)
        curve = past.curve
        assert (curve.epochs[0], curve.epochs[-1]) == (0, QUICK.epochs)
        assert curve.train[-1] < curve.train[0]
        assert len(curve.test) == len(curve.train)


def test_a_class_that_has_no_picture_to_learn_from_keeps_its_name_in_build(
    tmp_path: Path,
) -> None:
    collection, features = made_of(6, 6, 6)
    collection = replace(collection, hold_out=0.0)
    head = start_head(collection, QUICK)
    data = taught_data(collection, features, head)
    dataset = build_dataset(for_build(head, data, tmp_path))
    assert dataset.class_names == head.names
    assert len(dataset.x_test) == 0


def test_a_folder_that_cannot_be_made_is_told(taught: Taught, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VisionError) as caught:
        for_build(taught[2], taught[3], tmp_path / "file" / "head")
    assert caught.value.code is Fault.FILE_UNWRITABLE


def test_predictions_are_written_as_a_table(taught: Taught, tmp_path: Path) -> None:
    collection, _, head, data = taught
    judged = evaluate(head, data)
    path = tmp_path / "predictions.csv"
    threshold = float(np.median([one.confidence for one in judged.predictions]))
    write_predictions_csv(path, judged, collection.pictures(), threshold)
    names, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert names == ["image", "class", "answer", "right", "sure", *head.names]
    assert sum(row[3] == "1" for row in rows) == judged.right
    # A spreadsheet would run a name that begins with an equals sign.
    assert rows[0][0].startswith("'=")
    for row, one in zip(rows, judged.predictions, strict=True):
        assert [float(cell) for cell in row[5:]] == pytest.approx(one.probabilities, abs=1e-6)
        assert (row[1] == row[2]) == (row[3] == "1")
        assert (row[4] == "1") == (one.confidence >= threshold)
