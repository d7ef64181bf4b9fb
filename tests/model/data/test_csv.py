"""CSV files: found out, read exactly, and every fault named by its place."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from foundation.tables import plain_cells
from model.data import Dataset, build_dataset
from model.data.csv import read_csv
from model.data.csv.read import CsvTable
from model.data.csv.rows import MAX_COLUMNS
from model.experiment import CsvData
from tests.model.refusals import refused


def write(folder: Path, content: str | bytes) -> str:
    path = folder / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def read(folder: Path, content: str | bytes) -> dict[str, list[Any]]:
    """Return the columns of a file as lists."""
    table = read_csv(CsvData(write(folder, content)))
    return {
        column.name: list(column.words) if column.numbers is None else column.numbers.tolist()
        for column in table.columns
    }


def proposed(table: CsvTable) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the columns that are proposed to learn from and to predict."""
    features, targets = table.proposed_columns()
    return tuple(each.name for each in features), tuple(each.name for each in targets)


def numbered(*columns: list[object]) -> dict[str, object]:
    """Return columns that have no names of their own."""
    return {f"column {number}": column for number, column in enumerate(columns, start=1)}


NAN = pytest.approx(float("nan"), nan_ok=True)
TURKISH = "şehir;ısı\nİzmir;21,5\nAğrı;-3\n"
TURKISH_COLUMNS = {"şehir": ["İzmir", "Ağrı"], "ısı": [21.5, -3]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,2\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
        ("1,2\n3,4\n", {"column 1": [1, 3], "column 2": [2, 4]}),
        ("a;b\n1,5;2,5\n-3;4e1\n", {"a": [1.5, -3], "b": [2.5, 40]}),
        ("1,5;2,5\n3,5;4,5\n", {"column 1": [1.5, 3.5], "column 2": [2.5, 4.5]}),
        ("a\tb\n.5\tx\n2\ty\n", {"a": [0.5, 2], "b": ["x", "y"]}),
        ("a|b\n1|2\n", {"a": [1], "b": [2]}),
        ("a,b\n1,\u22122\n3,\u22124.5\n", {"a": [1, 3], "b": [-2, -4.5]}),
        ('a,b\n1,"x, y"\n2,"say ""z"""\n', {"a": [1, 2], "b": ["x, y", 'say "z"']}),
        ('a,b\n1,"two\nlines"\n2,x\n', {"a": [1, 2], "b": ["two\nlines", "x"]}),
        ("a,a,,a\n1,2,3,4\n", {"a": [1], "a (2)": [2], "column 3": [3], "a (3)": [4]}),
        ("\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n", {"a": [1, 3], "b": [2, 4]}),
        (("\ufeff" + TURKISH).encode("utf-16"), TURKISH_COLUMNS),
        (TURKISH.encode("cp1254"), TURKISH_COLUMNS),
        ("name,kind\nx,p\ny,q\n", {"name": ["x", "y"], "kind": ["p", "q"]}),
        ("x,p\ny,q\nx,q\n", {"column 1": ["x", "y", "x"], "column 2": ["p", "q", "q"]}),
        ("a,b\n1_000,2\nx,3\n", {"a": ["1_000", "x"], "b": [2, 3]}),
        # Blanks and tabs in runs, at both ends too.
        ("  1.5  2\t3 \r\n 4  5   6\r\n", numbered([1.5, 4], [2, 5], [3, 6])),
        ("text\nhow are you\nfine today then\n", {"text": ["how are you", "fine today then"]}),
        # Thousands.
        ("p;q\n1.234,5;1\n12,75;2\n1.000;3\n", {"p": [1234.5, 12.75, 1000], "q": [1, 2, 3]}),
        ("p;q\n-1\u00a0234,5;1\n2,5;2\n", {"p": [-1234.5, 2.5], "q": [1, 2]}),
        ("p;q\nA;86.047\nB;2.274.106\n", {"p": ["A", "B"], "q": [86047, 2274106]}),
        ("p;q\n86.047;1,5\n2.345;2\n6.789;3\n", {"p": [86047, 2345, 6789], "q": [1.5, 2, 3]}),
        ('p,q\n"1,234",1\n"12,500",2\n', {"p": [1234, 12500], "q": [1, 2]}),
        ('p,q\n"1,234",1\n"0,5",2\n', {"p": [1.234, 0.5], "q": [1, 2]}),
        ("p;q\n1,234;5\n2,345;6\n", {"p": [1.234, 2.345], "q": [5, 6]}),
        ("p;q\n1.200;0,5\n2.300;1,5\n", {"p": [1200, 2300], "q": [0.5, 1.5]}),
        (
            "p;q;r\n1.200;0,5;950\n2.300;1,5;1.100\n",
            {"p": [1200, 2300], "q": [0.5, 1.5], "r": [950, 1100]},
        ),
        (
            "x;v\n2,3 points;1.5\n3,5 films;2.5\n2,7 points;3\n",
            {"x": ["2,3 points", "3,5 films", "2,7 points"], "v": [1.5, 2.5, 3]},
        ),
        ("p,q\n0,$3.407\n1,$3.414\n", {"p": [0, 1], "q": [3.407, 3.414]}),
        ("p;q\n1;1.700 €\n2;-1.707 €\n", {"p": [1, 2], "q": [1.7, -1.707]}),
        ("p;q\n1;1.500 TL\n2;12.500 TL\n", {"p": [1, 2], "q": [1500, 12500]}),
        ("p;q\n2;1234,5\n3;950,5\nToplam;5\n", {"p": [2, 3], "q": [1234.5, 950.5]}),
        ("p;q\n1 100;1\n950;2\n1234;3\n", {"p": ["1 100", "950", "1234"], "q": [1, 2, 3]}),
        ("p,q\n1'234.5,1\n12’000,2\n", {"p": [1234.5, 12000], "q": [1, 2]}),
        ("a,b\nG,G\n1,2\n3,4\n", {"a": ["G", "1", "3"], "b": ["G", "2", "4"]}),
        ("a,b,c\nx,1,2\ny,3,4\nz,5,6\n", {"a": ["x", "y", "z"], "b": [1, 3, 5], "c": [2, 4, 6]}),
        ("big dog now\t1\nred cat too\t2\n", numbered(["big dog now", "red cat too"], [1, 2])),
        ("a\tk\n1 2 3\tx\n4 5 6\ty\n", {"a": ["1 2 3", "4 5 6"], "k": ["x", "y"]}),
        ("0532 11 22\t1\n0532 11 33\t2\n", numbered(["0532 11 22", "0532 11 33"], [1, 2])),
        # Titles and notes, filled up with separators or not.
        ("Sales;;\nof 2024;;\na;b;c\n1;2;x\n3;4;y\n", {"a": [1, 3], "b": [2, 4], "c": ["x", "y"]}),
        ("x,,\na,b,c\nd,b,e\n", {"x": ["a", "d"], "column 2": ["b", "b"], "column 3": ["c", "e"]}),
        ("k,,\nx,G,G\ny,1,2\n", {"k": ["x", "y"], "column 2": ["G", "1"], "column 3": ["G", "2"]}),
        ("a,b,c\nx,1,2\ny,3,4\n\nz,,\n", {"a": [*"xyz"], "b": [1, 3, NAN], "c": [2, 4, NAN]}),
        # Notes below the rows.
        ("a;b;c\n1;2;3\n3;4;5\n;;\nBy: us;;\n;;\n* ok;\n", {"a": [1, 3], "b": [2, 4], "c": [3, 5]}),
        ("a,b\n1,2\n3,4\nKaynak: TÜİK\n", {"a": [1, 3], "b": [2, 4]}),
        ("a,b\n1,2\n3,4\nas of last May\n", {"a": [1, 3], "b": [2, 4]}),
        ("a,b,c\n1,2,3\n3,4,5\n\nSource: us, 2024\n", {"a": [1, 3], "b": [2, 4], "c": [3, 5]}),
        # A total below the rows.
        ("a;b;c\nx;1;2\ny;3;4\n\nToplam;4;6\n", {"a": ["x", "y"], "b": [1, 3], "c": [2, 4]}),
        ("a,b,c\n1,2,3\n5,6,7\n,Total,12\n", {"a": [1, 5], "b": [2, 6], "c": [3, 7]}),
        ("a,Total\nx,1\ny,3\nTOTAL,4\n", {"a": ["x", "y"], "Total": [1, 3]}),
        ("a,b\nTotal,4\n", {"a": ["Total"], "b": [4]}),
        # Units.
        ("p;q\n5%;1\n12,5 %;2\n%7;3\n", {"p": [5, 12.5, 7], "q": [1, 2, 3]}),
        ('p,q\n$ 6,1\n-$7.50,2\n"$1,200.5",3\n', {"p": [6, -7.5, 1200.5], "q": [1, 2, 3]}),
        ('p,q\n"€1.200,50",1\n€-2,2\n0,3\n', {"p": [1200.5, -2, 0], "q": [1, 2, 3]}),
        ("p;q\n₺ 15;a\n1.500 ₺;b\n", {"p": [15, 1500], "q": ["a", "b"]}),
        ("p;q\n$15;1\n$1,500;2\n", {"p": [15, 1500], "q": [1, 2]}),
        ("p;q\n15 TL;1\n2,5 tl;2\n", {"p": [15, 2.5], "q": [1, 2]}),
        ("5%,a\n6%,b\n7%,a\n", {"column 1": [5, 6, 7], "column 2": ["a", "b", "a"]}),
        ("name,5%,50%\nx,1,2\ny,3,4\n", {"name": ["x", "y"], "5%": [1, 3], "50%": [2, 4]}),
        # No units: unlike ones, some numbers without, names of things.
        ("p;q\n$5;1\n€6;2\n", {"p": ["$5", "€6"], "q": [1, 2]}),
        ("p;q\n5%;1\n0,07;2\n", {"p": ["5%", "0,07"], "q": [1, 2]}),
        ("p;q\nEUR5;1\nEUR6;2\n", {"p": ["EUR5", "EUR6"], "q": [1, 2]}),
        ("p;q\n9A;1\n10A;2\n", {"p": ["9A", "10A"], "q": [1, 2]}),
        ("p;q\n9 km/h;1 °C\n10 km/h;2,5°C\n", {"p": [9, 10], "q": [1, 2.5]}),
        (
            "p;q\n" + "9 A;1\n" * 19 + "9 B;2\n",
            {"p": ["9 A"] * 19 + ["9 B"], "q": [1] * 19 + [2]},
        ),
        ("p;q\n9 kg;1\n0;2\n10 kg;4\n", {"p": [9, 0, 10], "q": [1, 2, 4]}),
        ("p;q\n3 rooms;1\n2 halls;2\n", {"p": ["3 rooms", "2 halls"], "q": [1, 2]}),
        ('"a"\n"x"\n"y"\n', {"a": ["x", "y"]}),
        ('"a";"b"\n"x";"1"\n"y";"2"\n', {"a": ["x", "y"], "b": [1, 2]}),
        ('"";"a";"b"\n"1";2;"x"\n"2";3;"y"\n', {"column 1": [1, 2], "a": [2, 3], "b": ["x", "y"]}),
        ("a,b,y\n1,x,0\nNA,?,1\n, ,1\n", {"a": [1, NAN, NAN], "b": ["x", "", ""], "y": [0, 1, 1]}),
        # Words and names that only look like something else.
        ("a,b\nmissing,1\nnil,2\neksik,3\n", {"a": ["missing", "nil", "eksik"], "b": [1, 2, 3]}),
        ("<table>,a\n<p>,1\n<i>,2\n", {"<table>": ["<p>", "<i>"], "a": [1, 2]}),
        ('{"a";b\nx;1\ny;2\n', {'{"a"': ["x", "y"], "b": [1, 2]}),
        # R's names of rows.
        ('"","1","2"\n"r",3,4\n"s",5,6\n', {"column 1": ["r", "s"], "1": [3, 5], "2": [4, 6]}),
        # Lines that are no rows.
        ("3,1,yes,no\n1,0\n2,1\n3,0\n", numbered([1, 2, 3], [0, 1, 0])),
        ("Sales 2024\n\nmonth,sold\nJan,3\nFeb,4\n", {"month": ["Jan", "Feb"], "sold": [3, 4]}),
        ('# by me, "2024\na,b\n1,2\n# half\n3,4\n5,6\n', {"a": [1, 3, 5], "b": [2, 4, 6]}),
        ("colour,n\n#ff0000,1\n#00ff00,2\n", {"colour": ["#ff0000", "#00ff00"], "n": [1, 2]}),
        ("a;b\n1;2\n;\n3;4\n;;\n"[:-4], {"a": [1, 3], "b": [2, 4]}),
    ],
)  # fmt: skip
def test_how_a_file_is_written_is_found_out(
    content: str | bytes, expected: dict[str, object], tmp_path: Path
) -> None:
    assert read(tmp_path, content) == expected


def test_lines_at_the_top_are_skipped_where_a_person_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\nx,y\n3,4\n")
    table = read_csv(CsvData(path, skip_lines=2))
    assert [column.name for column in table.columns] == ["x", "y"]
    assert (table.rows, table.skipped.top) == (1, 2)
    with refused("data.csv_empty"):
        read_csv(CsvData(path, skip_lines=9))


def test_what_was_left_out_is_said(tmp_path: Path) -> None:
    content = "Title\nx,y\n1,0\n,1\n# a remark\n\n3,\n4,1\n5,0\n"
    data = dataset(tmp_path, content)
    assert data.left_out is not None
    assert data.left_out.gaps.tolist() == [2, 3]
    assert data.left_out.sentences() == [
        "2 of 5 rows left out for missing values: 2, 3.",
        "Lines passed over: 1 at the top, 1 with a comment, 1 blank.",
    ]
    many = dataset(tmp_path, "x,y\n" + "1,0\n2,1\n,1\n" * 30)
    assert many.left_out is not None
    assert many.left_out.sentences() == [
        "30 of 90 rows left out for missing values: "
        "3, 6, 9, 12, 15, 18, 21, 24, 27, 30 and 20 more."
    ]


def test_thousands_that_are_joined_are_said_with_an_example(tmp_path: Path) -> None:
    content = "share;price;y\n1,2;1.100;0\n1,5;1.250;1\n1,7;2.400;0\n"
    data = dataset(tmp_path, content)
    assert data.left_out is not None
    assert data.left_out.sentences() == ["Thousands separators removed: price (1.100 = 1100)."]
    content = "a;b;y\n1.234,5 TL;1'000;0\n12 TL;2;1\n7 TL;3;0\n"
    both = dataset(tmp_path, content)
    assert both.left_out is not None
    assert both.left_out.sentences() == [
        "Numbers read without their unit: a (TL).",
        "Thousands separators removed: a (1.234,5 = 1234,5), b (1'000 = 1000).",
    ]


def test_a_column_that_is_not_used_refuses_nothing(tmp_path: Path) -> None:
    content = "a;note;y\n" + "1,5;2,5;0\n2,5;3,5;1\n" * 10 + "3,5;1.23.4;1\n"
    with refused("data.csv_number") as caught:
        dataset(tmp_path, content)
    assert "column note: '1.23.4'" in caught.value.sentence()
    data = dataset(tmp_path, content, features=("a",), targets=("y",))
    assert len(data.x_train) == 21


def test_columns_without_values_and_row_names_are_not_proposed(tmp_path: Path) -> None:
    data = dataset(tmp_path, ",a,empty,y,\nr1,1,,0,\nr2,2,,1,\nr3,4,,0,\n")
    assert (data.feature_names, data.target_names) == (("a",), ("y",))
    numbered = dataset(tmp_path, ",y\n1,0\n2,1\n")
    assert numbered.feature_names == ("column 1",)


def test_errors_of_spreadsheets_are_gaps(tmp_path: Path) -> None:
    found = read_csv(
        CsvData(write(tmp_path, "a;b\n#YOK;#DIV/0!\n1,5;2\n#SAYI/0!;#DEĞER!\n2,5;1\n"))
    )
    for column in found.columns:
        assert column.numbers is not None
        assert column.is_missing.tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("\ufeff\n<html><table><tr><td>1</td></tr></table></html>", "data.csv_markup"),
        ('<?xml version="1.0"?>\n<Workbook/>', "data.csv_markup"),
        ("<table>\t<tr><td>1</td></tr></table>", "data.csv_markup"),
        (TURKISH.encode("utf-16-le")[:-1], "data.csv_binary"),
        (b"%PDF-1.7\n" + bytes(range(32)) * 30, "data.csv_binary"),
    ],
)
def test_what_is_no_table_is_named(content: str | bytes, code: str, tmp_path: Path) -> None:
    with refused(code):
        read_csv(CsvData(write(tmp_path, content)))


def test_numbers_of_rows_and_dates_are_not_proposed(tmp_path: Path) -> None:
    rows = [f"{k + 1},{k % 5 + 1:02d}.03.2024,{k % 3},{k % 2}" for k in range(10)]
    content = "\n".join(["PassengerId,when,n,y", *rows])

    def features(content: str) -> tuple[str, ...]:
        return proposed(read_csv(CsvData(write(tmp_path, content))))[0]

    assert features(content) == ("n",)
    for name in ("sıra", "No", "row", "student_id", "StudentID"):
        assert features(content.replace("PassengerId", name)) == ("n",)
    for name in ("minute", "acid", "humid", "GRID", "Solid"):
        assert features(content.replace("PassengerId", name)) == (name, "n")
    assert features(content.replace("\n10,", "\n12,")) == ("PassengerId", "n")
    # A file that names none means them as it did before they were left out of what is proposed.
    assert {"PassengerId", "when=01.03.2024", "n"} < set(dataset(tmp_path, content).feature_names)


def test_the_last_column_is_the_target_whatever_it_holds(tmp_path: Path) -> None:
    rows = "".join(f"x{k % 3},{f'{k} kg' if k % 2 else f'{k}00 g'}\n" for k in range(12))
    table = read_csv(CsvData(write(tmp_path, "item,mass\n" + rows)))
    assert proposed(table) == (("item",), ("mass",))


def test_words_that_no_two_rows_share_are_not_proposed(tmp_path: Path) -> None:
    lines = [f"2024-01-{day:02d},{day % 3},{'ab'[day % 2]},{day % 2}" for day in range(1, 13)]
    content = "when,n,kind,y\n" + "\n".join(lines) + "\n"
    assert dataset(tmp_path, content).feature_names == ("n", "kind=a", "kind=b")
    asked = dataset(tmp_path, content, features=("when",), targets=("y",))
    assert asked.inputs == 12
    alone = "when,y\n" + "\n".join(f"2024-01-{day:02d},{day % 2}" for day in range(1, 13)) + "\n"
    assert dataset(tmp_path, alone).inputs == 12


def test_classes_of_large_numbers_keep_names_of_their_own(tmp_path: Path) -> None:
    content = "a,y\n" + "1,1234567\n2,1234568\n3,12345678901234567890\n" * 3
    names = ("1234567", "1234568", "12345678901234567168")
    assert dataset(tmp_path, content).class_names == names
    parts = dataset(tmp_path, "a,y\n" + "1,0.5\n2,0.12345678\n" * 4, task="classification")
    assert parts.class_names == ("0.12345678", "0.5")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", "data.csv_empty", "no rows"),
        ("a,b\n", "data.csv_empty", "no rows"),
        (
            "a,b\n1,2\n3\n",
            "data.csv_ragged",
            "line 3: the first row has 2 fields",
        ),
        (
            "Title\n# a remark\n\na,b\n1,2\n# another\n3,4,5\n6,7\n8,9\n",
            "data.csv_ragged",
            "line 7: the first row has 2 fields, but this one has 3.",
        ),
        ("a,b,c\nx,1,2\ny,3,4\n\nz,5\nu,6\n", "data.csv_ragged", "line 5: the first row has 3"),
        ("a,b,c\nx,1,2\n\nu v w,5\n", "data.csv_ragged", "line 4: the first row has 3"),
        ("a,b,c\n10:00,1,2\n\n10:15,5\n", "data.csv_ragged", "line 4: the first row has 3"),
        ("a,b,c\nx,1,2\nBo", "data.csv_ragged", "line 3: the first row has 3"),
        ("a,b,c\ntotal,1,2\ntotal,3\n", "data.csv_ragged", "line 3: the first row has 3"),
        ('a,b\n1,"x\n2,3\n', "data.csv_damaged", "quotation marks"),
        ("a,b\n" + "1,2\n" * 20 + "1,oops\n", "data.csv_number", "row 21, column b: 'oops'"),
        ("a,b\n" + "1,2\n" * 20 + "1,inf\n", "data.csv_number", "row 21, column b: 'inf'"),
        ("a;b\n" + "1;2,5\n" * 20 + "1;2.5\n", "data.csv_number", "row 21, column b: '2.5'"),
        ("a;b;c\n1;2;3\n\nx;;\n4;5;6\n7;8\n", "data.csv_ragged", "line 6: the first row has 3"),
        ("a;b\n" + "1;5%\n" * 20 + "1;7\n", "data.csv_number", "row 21, column b: '7' is no"),
        ("a,b\n" + "1,2\n" * 20 + "-1e300,2\n", "data.csv_number", "column a: '-1e300' is no"),
    ],
)
def test_faults_are_named_by_line_or_by_row_and_column(
    content: str, code: str, words: str, tmp_path: Path
) -> None:
    path = write(tmp_path, content)
    with refused(code) as caught:
        build_dataset(CsvData(path))
    assert words in caught.value.sentence()
    assert path in caught.value.sentence()


def test_a_wrong_encoding_or_path_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "şehir,y\nİzmir,1\n".encode("cp1254"))
    for wanted, code in (
        (CsvData(path, encoding="utf-8"), "data.csv_encoding"),
        (CsvData(path, encoding="klingon"), "data.csv_encoding"),
        (CsvData(path, separator=";;"), "data.csv_separator"),
        (CsvData(str(tmp_path / "none.csv")), "data.unreadable"),
    ):
        with refused(code):
            read_csv(wanted)


def test_what_a_person_says_wins(tmp_path: Path) -> None:
    path = write(tmp_path, "1,2\n3,4\n")
    said = read_csv(CsvData(path, separator=";", header=True))
    assert [column.name for column in said.columns] == ["1,2"]


field = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6).map(
    lambda text: f"w{text}".strip()
)
number = st.floats(-1e150, 1e150)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(number, field, number), min_size=2, max_size=6),
    style=st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("|", ",")]),
)
def test_what_is_written_reads_back(
    rows: list[tuple[float, str, float]], style: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "round.csv"
    separator, decimal = style
    cells = [
        [str(a).replace(".", decimal), word, str(b).replace(".", decimal)] for a, word, b in rows
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows([("a", "word", "b"), *cells])
    said = CsvData(str(path), separator=separator, decimal=decimal, header=True)
    a, words, b = read_csv(said).columns
    assert (a.name, words.name, b.name) == ("a", "word", "b")
    assert a.numbers is not None
    assert b.numbers is not None
    assert a.numbers.tolist() == [row[0] for row in rows]
    assert words.words == tuple(row[1] for row in rows)
    assert b.numbers.tolist() == [row[2] for row in rows]


def test_no_text_of_a_table_is_a_formula_and_a_negative_number_stays_one() -> None:
    row = ["=1+1", "+x", "-x", "@x", "-1.5", "+2e3", "-inf", "", "a=1", -2.0]
    safe = ["'=1+1", "'+x", "'-x", "'@x", "-1.5", "+2e3", "-inf", "", "a=1", -2.0]
    assert plain_cells(row) == safe


PEOPLE = """age;city;income;happy
31;Ankara;2,5;yes
45;İzmir;3,5;no
28;Ankara;1,5;yes
60;Bursa;4,5;no
39;;2,0;yes
;İzmir;3,0;no
"""


def dataset(folder: Path, content: str = PEOPLE, **said: Any) -> Dataset:
    return build_dataset(CsvData(write(folder, content), **said))


def test_columns_become_features_and_classes(tmp_path: Path) -> None:
    data = dataset(tmp_path)
    assert data.feature_names == ("age", "city=Ankara", "city=Bursa", "city=İzmir", "income")
    assert (data.task, data.class_names, data.target_names) == ("binary", ("no", "yes"), ("happy",))
    assert data.y_train.ravel().tolist() == [1, 0, 1, 0]
    numeric = data.x_train[:, [0, 4]]
    assert_allclose(numeric.mean(axis=0), 0.0, atol=1e-12)
    assert_allclose(numeric.std(axis=0), 1.0)
    assert_array_equal(data.x_train[:, 1:4].sum(axis=1), 1.0)


def test_gaps_are_filled_with_means_and_the_most_common_word(tmp_path: Path) -> None:
    data = dataset(tmp_path, missing="mean", scaling="none")
    assert len(data.x_train) == 6
    assert data.x_train[5, 0] == pytest.approx((31 + 45 + 28 + 60 + 39) / 5)
    # Ankara and İzmir are equally common; the first by name is taken.
    assert data.x_train[4, 1:4].tolist() == [1, 0, 0]


def test_chosen_columns_and_a_regression(tmp_path: Path) -> None:
    data = dataset(tmp_path, features=("age",), targets=("income",), task="regression")
    assert data.task == "regression"
    assert data.y_offset is not None
    assert data.y_spread is not None
    values = data.y_train[:, 0] * data.y_spread[0] + data.y_offset[0]
    assert_allclose(values, [2.5, 3.5, 1.5, 4.5, 2.0])
    plain = dataset(
        tmp_path, features=("age",), targets=("income",), task="regression", scaling="none"
    )
    assert_array_equal(plain.y_train[:, 0], [2.5, 3.5, 1.5, 4.5, 2.0])


@pytest.mark.parametrize(
    ("content", "task", "classes"),
    [
        ("x,y\n1,0\n2,1\n3,0\n", "binary", ("0", "1")),
        ("x,y\n1,3\n2,5\n3,9\n", "multiclass", ("3", "5", "9")),
        ("x,y\n1,0.5\n2,1\n3,0\n", "regression", ()),
        ("x,y\n" + "".join(f"1,{k}\n" for k in range(30)), "regression", ()),
        ("x,y\n1,a\n2,b\n3,c\n", "multiclass", ("a", "b", "c")),
        # Whole numbers are classes only where they recur.
        ("x,y\n" + "".join(f"{n % 5},{1947 + n}\n" for n in range(16)), "regression", ()),
        ("x,y\n" + "".join(f"{n % 5},{n % 3}\n" for n in range(16)), "multiclass", ("0", "1", "2")),
    ],
)
def test_the_task_follows_from_the_target(
    content: str, task: str, classes: tuple[str, ...], tmp_path: Path
) -> None:
    data = dataset(tmp_path, content)
    assert (data.task, data.class_names) == (task, classes)


def test_several_targets(tmp_path: Path) -> None:
    content = "x,p,q\n1,0,1\n2,1,1\n3,0,0\n"
    data = dataset(tmp_path, content, targets=("p", "q"))
    assert (data.task, data.target_names) == ("multilabel", ("p", "q"))
    assert data.feature_names == ("x",)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"features": ("nope",)}, "data.csv_column"),
        ({"features": ("happy",)}, "data.csv_columns"),
        ({"task": "regression"}, "data.csv_target"),
        ({"targets": ("age", "city")}, "data.csv_target"),
    ],
)
def test_choices_that_cannot_be(said: dict[str, Any], code: str, tmp_path: Path) -> None:
    with refused(code):
        dataset(tmp_path, **said)


def test_tables_that_teach_nothing(tmp_path: Path) -> None:
    for content, code in (
        ("x,y\n1,a\n2,a\n", "data.csv_classes"),
        ("x,y\n1,a\n,b\n", "data.csv_classes"),
        ("x,y\n1,a\n,a\n3,\n", "data.csv_classes"),  # filling the gaps in would be of no use
        ("x\n1\n2\n", "data.csv_alone"),
        ("x,y\nNA,1\n2,NA\n", "data.csv_gaps"),
        ("x,y\n" + "".join(f"w{k},{k % 2}\n" for k in range(150)), "data.csv_categories"),
    ):
        with refused(code):
            dataset(tmp_path, content)


def test_a_constant_column_is_nought_after_scaling(tmp_path: Path) -> None:
    data = dataset(tmp_path, "x,c,y\n1,0.1,0\n2,0.1,1\n4,0.1,0\n")
    assert data.x_train[:, 1].tolist() == [0.0, 0.0, 0.0]


def test_a_hundred_thousand_rows_are_read_exactly(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    values = np.round(generator.normal(size=(100_000, 3)), 4)
    lines = [f"{a};{b};{c}" for a, b, c in values]
    path = write(tmp_path, ("a;b;c\n" + "\n".join(lines)).replace(".", ","))
    table = read_csv(CsvData(path))
    assert table.rows == 100_000
    found = np.column_stack(
        [column.numbers for column in table.columns if column.numbers is not None]
    )
    assert_array_equal(found, values)


@pytest.mark.timeout(20)
def test_a_table_of_too_many_columns_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, ",".join(["x"] * 100_000) + "\n" + ",".join(["1"] * 100_000))
    for rows in (None, 100):
        with refused("data.csv_wide") as caught:
            read_csv(CsvData(path), rows)
        assert "100000" in caught.value.sentence()
        assert str(MAX_COLUMNS) in caught.value.sentence()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"t\xff.csv")
    path.write_text("a,y\n1,0\n")
    with refused("data.name") as caught:
        read_csv(CsvData(str(path)))
    assert caught.value.sentence().isprintable()
