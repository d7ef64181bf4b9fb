"""Level lines, colours, and numbers as text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QLocale

from gui.format import (
    decimal,
    nice_step,
    number,
    parse_number,
    short_power,
    show_integer,
    significant,
    tick,
)
from gui.plots.colours import diverging, mixed_classes
from gui.theme import LIGHT
from model.insight.contour import level_segments


@pytest.fixture
def turkish() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("tr_TR"))
    yield
    QLocale.setDefault(before)


def test_level_line_of_a_circle_lies_on_the_circle() -> None:
    y, x = np.mgrid[0:61, 0:61]
    field = np.hypot(x - 30.0, y - 30.0)
    segments = level_segments(field, 20.0)
    radius = np.hypot(segments[..., 0] - 30, segments[..., 1] - 30)
    assert np.abs(radius - 20).max() < 0.02
    length = np.hypot(*(segments[:, 1] - segments[:, 0]).T).sum()
    assert length == pytest.approx(2 * np.pi * 20, rel=0.005)


def test_level_lines_of_a_random_field_are_closed_or_end_at_the_edge() -> None:
    field = np.random.default_rng(3).normal(size=(12, 15))
    ends = level_segments(field, 0.0).reshape(-1, 2).round(9)
    unique, counts = np.unique(ends, axis=0, return_counts=True)
    at_edge = (
        (unique[:, 0] == 0) | (unique[:, 0] == 14) | (unique[:, 1] == 0) | (unique[:, 1] == 11)
    )
    assert (counts[~at_edge] == 2).all()
    assert (counts[at_edge] == 1).all()


def test_a_field_without_the_level_has_no_line() -> None:
    assert level_segments(np.ones((5, 5)), 0.5).shape == (0, 2, 2)


def test_colours_run_from_class_0_over_neutral_to_class_1() -> None:
    low, middle, high = diverging(np.array([-1.0, 0.0, 1.0]), LIGHT).tolist()
    assert middle == 0xFFF2F3F6
    assert (low & 0xFF) < (low >> 16 & 0xFF)  # orange: more red than blue
    assert (high & 0xFF) > (high >> 16 & 0xFF)  # blue
    assert diverging(np.array([np.nan]), LIGHT)[0] == middle


def test_class_colours_follow_the_largest_output_and_its_lead() -> None:
    outputs = np.array([[[0.9, 0.34]], [[0.05, 0.33]], [[0.05, 0.33]]])
    sure, unsure = mixed_classes(outputs, LIGHT)[0].tolist()
    neutral = 0xF6
    assert neutral - (sure & 0xFF) > 2 * (neutral - (unsure & 0xFF))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("−2", -2.0),
        (" 3 ", 3.0),
        ("1e-3", 1e-3),
        ("+,5E2", 50.0),
        ("5,", 5.0),
        ("1,250", 1.25),
        ("1 250,5", 1250.5),
        ("1\u202f250\u00a0000", 1250000.0),
        ("1.250.000,5", 1250000.5),
        ("1,250,000.5", 1250000.5),
    ],
)
def test_numbers_are_read_with_comma_or_point(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "1,2,3", "inf", "nan", "--1", ".", "1e", "1e999", "1_000", "٣"),
        *("1.9202,5", "1.9202.5", "1,25.5", "1250,000.5", "1.250,5,5", "1 25", "12 34", "1 2,5"),
        *("1 250.000,5", "1.250 000,5"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert parse_number(text) is None


def test_numbers_are_written_in_the_language(turkish: None) -> None:
    assert decimal(-1.25, 2) == "−1,25"
    assert significant(0.01734) == "0,0173"
    assert tick(0.5, 0.5) == "0,5"
    assert decimal(-1250.5, 1) == "−1\xa0250,5"


def test_thousands_stand_apart_as_everywhere_else() -> None:
    assert tick(1250.0, 250.0) == show_integer(1250) == "1\xa0250"
    assert decimal(1234567.5, 1) == "1\xa0234\xa0567.5"
    assert number(1917) == show_integer(1917)
    assert number(-1250.5, 1) == decimal(-1250.5, 1)


def test_thousands_stand_apart_alike_in_turkish(turkish: None) -> None:
    assert number(1917) == show_integer(1917) == "1\xa0917"


def test_ticks_have_only_the_decimals_they_need() -> None:
    assert [tick(v, 0.5) for v in (0.0, 0.5, 1.0)] == ["0", "0.5", "1.0"]
    assert tick(2.0, 1.0) == "2"
    assert tick(0.25, 0.25) == "0.25"
    assert nice_step(0.3) == 0.5
    assert nice_step(2.2) == 2.5
    assert short_power(-4.0) == "1e−4"
    assert short_power(-5 + np.log10(3)) == "3e−5"
