"""Numbers as text, and text as numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QLocale

from gui.format import (
    factor,
    folded,
    nice_step,
    parse_number,
    parse_whole,
    short_power,
    show_cell,
    show_fixed,
    show_integer,
    show_number,
    show_short,
    significant,
    tick,
)


@pytest.mark.parametrize(
    ("number", "written"), [(-0.278, "(−0.278)"), (0.278, "0.278"), (0.0, "0.000"), (-0.0, "0.000")]
)
def test_a_negative_factor_stands_in_brackets(number: float, written: str) -> None:
    assert factor(show_fixed(number, 3)) == written


@pytest.fixture
def turkish() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("tr_TR"))
    yield
    QLocale.setDefault(before)


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
        ("3/4", 0.75),
        (" −1 / 8 ", -0.125),
        ("1,5/0.5", 3.0),
        ("1 000/4", 250.0),
        ("0.75 ", 0.75),
        ("−0,5", -0.5),
    ],
)
def test_numbers_are_read_with_comma_or_point(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "1,2,3", "inf", "nan", "--1", ".", "1e", "1e999", "1_000", "٣"),
        *("1.9202,5", "1.9202.5", "1,25.5", "1250,000.5", "1.250,5,5", "1 25", "12 34", "1 2,5"),
        *("1 250.000,5", "1.250 000,5", "1/0", "/2", "3/", "3/4/5", "1/2x", "1.2.3"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("−7", -7), ("1.000", 1000), ("1,000", 1000), ("1 000", 1000), ("2e3", 2000)]
    + [("4/2", 2), ("1.200.000", 1200000), ("3.0", 3)]
    + [(text, None) for text in ("1.5", "3/4", "0.500", "1e", "", "1234.500")],
)
def test_whole_numbers_have_no_decimals(text: str, value: int | None) -> None:
    assert parse_whole(text) == value


def test_a_number_is_written_whole_with_its_thousands_apart() -> None:
    for written, wanted in (
        (tick(1250.0, 250.0), "1\xa0250"),
        (show_integer(1250), "1\xa0250"),
        (show_integer(12_345_678), "12\xa0345\xa0678"),
        (show_integer(-0.4), "0"),
        (show_fixed(1234567.5, 1), "1\xa0234\xa0567.5"),
        (show_fixed(0.5, 3), "0.500"),
        (show_fixed(-0.4, 0), "0"),
        (show_fixed(np.inf, 2), "∞"),
        (show_number(1917.0), "1\xa0917"),
        (show_number(12345.6, 9), "12\xa0345.6"),
        (show_number(0.5, 3), "0.5"),
        (show_number(2104.25, 3), "2\xa0104"),
        (show_number(-1.25e-5, 3), "−1.25e−5"),
        (show_number(1.5e9), "1.5e9"),
        (show_number(np.inf), "∞"),
        (show_number(1_234_567.0, 3), "1\xa0234\xa0567"),
        (show_number(12_345_678.0, 3), "1.23e7"),
        (show_number(123_456_789.25, 12), "123\xa0456\xa0789.25"),
        (significant(12345.6, 6), "12\xa0345.6"),
        (significant(0.5), "0.500"),
        (significant(2104.25), "2\xa0104"),
        (significant(-1.25e-5), "−1.25e−5"),
        (significant(1.5e9), "1.50e9"),
        (significant(np.inf), "∞"),
        (show_cell(1917.0), "1917"),
        (show_cell(-12_345_678.0, 3), "−12345678"),
        (show_cell(-0.0), "0"),
    ):
        assert written == wanted


def test_numbers_are_written_in_the_language(turkish: None) -> None:
    assert show_fixed(-1250.5, 2) == "−1\xa0250,50"
    assert significant(0.01734) == "0,0173"
    assert tick(0.5, 0.5) == "0,5"
    assert show_number(1917.5) == significant(1917.5, 5) == "1\xa0917,5"


def test_ticks_have_only_the_decimals_they_need() -> None:
    assert [tick(v, 0.5) for v in (0.0, 0.5, 1.0)] == ["0", "0.5", "1.0"]
    assert tick(2.0, 1.0) == "2"
    assert tick(0.25, 0.25) == "0.25"
    assert nice_step(0.3) == 0.5
    assert nice_step(2.2) == 2.5
    assert short_power(-4.0) == "1e−4"
    assert short_power(-5 + np.log10(3)) == "3e−5"


def test_a_number_in_a_narrow_room_has_few_figures_whatever_its_size() -> None:
    assert [show_short(n, 2) for n in (0.125, -999.5)] == ["0.12", "−999.50"]
    assert [show_short(n, 2) for n in (12345.6, -1.91e152)] == ["12\xa0346", "−1.91e152"]
    assert [show_short(n, 2) for n in (np.inf, np.nan)] == ["∞", "NaN"]


@pytest.mark.parametrize("typed", ["ISI", "ısı", "isi", "İsi"])
def test_dotted_and_dotless_i_are_one_letter_in_a_search(typed: str) -> None:
    assert folded(typed) == "isi"
