"""The lessons that come with Glassnet; tests/e2e/test_course.py does all of their tasks."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from model.lessons import (
    LESSONS,
    read_lesson,
    read_lessons,
)
from model.lessons.live_numbers import is_placeholder
from model.network import Network
from tests.model.lessons.hands import Hands

ROOT = Path(__file__).parents[3]


def test_the_perceptron_comes_back_to_the_weights_it_has_had() -> None:
    # What lesson "perceptron" tells: epoch 4 and epoch 11 of XOR have the same weights.
    hands = Hands(read_lesson(LESSONS / "perceptron"))
    hands.choose_gate("xor")
    hands.train(60)
    history = hands.trainer.history
    first, again, other = (
        Network.of(history.restore(epoch)).parameters.flat for epoch in (4, 11, 5)
    )
    # A weight goes up and down by 1 on its way back; each such step rounds by half a unit at most.
    np.testing.assert_allclose(again, first, rtol=0.0, atol=7 * 4 * np.finfo(np.float64).eps)
    assert np.abs(other - first).max() > 0.5


def test_fifteen_lessons_come_in_order_with_both_languages() -> None:
    lessons = read_lessons()
    assert [lesson.file.number for lesson in lessons] == list(range(1, 16))
    for lesson in lessons:
        assert lesson.file.languages == ("en", "tr")
        assert lesson.title("en") != lesson.title("tr")


def test_every_row_of_the_seed_notes_has_its_lesson() -> None:
    taught = {lesson.file.row for lesson in read_lessons()} - {None}
    assert taught == {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10"}


def test_a_lesson_that_is_needed_comes_before() -> None:
    numbers = {lesson.id: lesson.file.number for lesson in read_lessons()}
    for lesson in read_lessons():
        assert all(numbers[name] < lesson.file.number for name in lesson.file.needs), lesson.id


@pytest.mark.parametrize("language", ["en", "tr"])
def test_each_step_tells_what_is_seen_in_live_numbers(language: str) -> None:
    for lesson in read_lessons():
        for name, step in lesson.text(language).steps.items():
            numbers = re.findall(r"\{([^{}\n]+)\}", step.see.markdown)
            assert any(map(is_placeholder, numbers)), (lesson.id, name)


def test_both_languages_show_the_same_numbers() -> None:
    for lesson in read_lessons():
        for name in lesson.text("en").steps:
            shown = [
                re.findall(r"\{([^{}\n]+)\}", lesson.text(language).steps[name].see.markdown)
                for language in ("en", "tr")
            ]
            numbers = [sorted(filter(is_placeholder, texts)) for texts in shown]
            assert numbers[0] == numbers[1], (lesson.id, name)
