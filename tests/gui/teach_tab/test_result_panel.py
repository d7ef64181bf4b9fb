"""How good the head is, its curves, and what would help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.settings import choose_language
from gui.teach_tab.advice import advice_on
from gui.teach_tab.state import HeadRun, TeachState
from gui.teach_tab.tab import TeachTab
from tests.gui.finding import find
from tests.gui.teach_tab.conftest import import_now, train_now

LEFT = Qt.MouseButton.LeftButton


def test_before_the_first_training_it_says_what_to_do(
    tab: TeachTab, drawn: Path, qtbot: QtBot
) -> None:
    result = tab.centre.result
    assert result.figure.text() == "–"
    assert "at least 2 classes" in result.sentence.text()
    assert not result.advice.isVisible()
    import_now(tab, drawn, qtbot)
    assert "Train the head" in result.sentence.text()


def test_the_figure_has_its_interval_and_the_baseline_beside_it(
    taught: TeachTab, qapp: QApplication, qtbot: QtBot
) -> None:
    judged, result = taught.model.state.evaluation, taught.centre.result
    assert result.figure.text() == f"{100 * judged.accuracy:.1f}%"
    assert f"{judged.held_out} held-out images are right" in result.sentence.text()
    assert f"as a training image: {judged.near_duplicates} of them" in result.sentence.text()
    assert "train again" not in result.sentence.text()
    low, high = judged.interval
    assert f"{100 * low:.0f}% to {100 * high:.0f}%" in result.detail.text()
    assert f"largest class: {100 * judged.baseline:.0f}%" in result.detail.text()
    assert "without internet" in result.detail.text()
    taught.model.add_class("more")
    assert "train again" in result.sentence.text()
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: "görüntünün" in result.sentence.text())
    assert result.figure.text().startswith("%")


def test_both_curves_show_every_epoch(taught: TeachTab, qtbot: QtBot) -> None:
    result = taught.centre.result
    for _ in range(2):
        run = taught.model.state.run
        assert result.loss.end == result.accuracy.end == run.total
        np.testing.assert_array_equal(result.accuracy.test.values, run.validation_accuracy)
        np.testing.assert_array_equal(result.loss.test.values, run.validation_loss)
        taught.model.set_settings(replace(taught.model.state.settings, epochs=7))
        train_now(taught, qtbot)


def test_nothing_held_out_is_said(imported: TeachTab, qtbot: QtBot) -> None:
    imported.model.set_hold_out(0.0)
    train_now(imported, qtbot)
    assert "No image is held out" in imported.centre.result.sentence.text()
    assert imported.centre.result.figure.text() == "–"


def test_the_learning_curve_is_measured_in_the_place_of_the_accuracy(
    taught: TeachTab, qtbot: QtBot
) -> None:
    result = taught.centre.result
    bar = result.tabs
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert result.curve.isVisible()
    assert not result.accuracy.isVisible()
    qtbot.mouseClick(find(taught, QPushButton, "teach_measure"), LEFT)
    qtbot.waitUntil(lambda: not taught.model.state.is_measuring)
    points = taught.model.state.learning
    assert len(points) >= 2
    pictures = [point.pictures for point in points]
    assert pictures == sorted(pictures)
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(0).center())
    assert result.accuracy.isVisible()


# -- Advice ----------------------------------------------------------------------------------------


def without_repeats(taught: TeachTab) -> TeachState:
    """Return the state as it is, but no held-out image is like a training image."""
    state = taught.model.state
    unlike = tuple(replace(one, is_repeat=False) for one in state.evaluation.predictions)
    return replace(state, evaluation=replace(state.evaluation, predictions=unlike))


def state_with(taught: TeachTab, *losses: float) -> TeachState:
    """Return the state as it is with forty times the images, and a run with these losses."""
    state = without_repeats(taught)
    classes = tuple(
        replace(
            one,
            pictures=tuple(
                replace(picture, sha256=f"{picture.sha256}{copy}")
                for picture in one.pictures
                for copy in range(10)
            ),
        )
        for one in state.collection.classes
    )
    run = HeadRun(train_loss=losses, validation_loss=losses, total=len(losses) - 1, is_over=True)
    return replace(state, collection=replace(state.collection, classes=classes), run=run)


def test_few_images_are_the_first_thing_to_mend(taught: TeachTab) -> None:
    assert advice_on(without_repeats(taught)).title == "Few images per class."
    assert taught.centre.result.advice.isVisible()


def test_a_class_that_is_far_larger_is_told(taught: TeachTab) -> None:
    state = state_with(taught, 1.0)
    first, *others = state.collection.classes
    small = replace(first, pictures=first.pictures[:12])
    collection = replace(state.collection, classes=(small, *others))
    advice = advice_on(replace(state, collection=collection))
    assert advice.title == "Uneven classes."
    assert small.name in advice.text
    assert "5.0 times" in advice.text


def test_the_validation_loss_is_judged(taught: TeachTab) -> None:
    rising = advice_on(state_with(taught, 1.0, 0.6, 0.4, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7))
    assert rising.title == "The validation loss rises."
    assert "Since epoch 3" in rising.text
    falling = advice_on(state_with(taught, *(0.9**epoch for epoch in range(20))))
    assert falling.title == "The validation loss is still falling."
    assert advice_on(state_with(taught, *([1.0, 0.5] + [0.4] * 30))) is None, "settled"


def test_a_class_name_is_no_mark_up_in_the_advice(taught: TeachTab) -> None:
    for one in taught.model.state.collection.classes:
        taught.model.rename_class(one.key, f"<i>{one.name}</i> & co")
    taught.centre.result.show_state(without_repeats(taught))
    document = QTextDocument()
    document.setHtml(find(taught, QLabel, "teach_advice_text").text())
    assert "<i>" in document.toPlainText()
    assert "& co" in document.toPlainText()
