"""Excel workbooks are read as tables, and what is wrong with one is said."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from openpyxl import Workbook

from model.data import build_dataset
from model.data.csv import read_csv
from model.data.csv.workbook import MAX_UNPACKED_BYTES
from model.data.sources import named_data
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import CsvData

ROWS: list[list[Any]] = [
    ["height", "weight", "bought", "kind"],
    [1.5, 60, datetime.datetime(2026, 3, 1), "kedi"],
    [1.75, 72.5, datetime.datetime(2026, 3, 2, 14, 30), "köpek, büyük"],
    [None, 80, datetime.datetime(2026, 3, 3), "kedi"],
]


def saved(folder: Path, sheets: dict[str, list[list[Any]]], name: str = "table.xlsx") -> CsvData:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return CsvData(str(folder / name))


def refusal(wanted: CsvData) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_csv(wanted)
    assert Path(wanted.path).name in caught.value.sentence()
    return caught.value


def test_numbers_words_dates_and_gaps_come_as_they_are(tmp_path: Path) -> None:
    table = read_csv(saved(tmp_path, {"Ölçümler": ROWS}))
    height, weight, bought, kind = table.columns
    assert_array_equal(height.numbers, [1.5, 1.75, np.nan])
    assert_array_equal(weight.numbers, [60, 72.5, 80])
    assert bought.words == ("2026-03-01", "2026-03-02 14:30:00", "2026-03-03")
    assert kind.words == ("kedi", "köpek, büyük", "kedi")
    assert (table.sheet, table.sheets) == ("Ölçümler", ("Ölçümler",))


def test_the_first_sheet_that_holds_a_value_is_read_unless_another_is_wanted(
    tmp_path: Path,
) -> None:
    other: list[list[Any]] = [["a", "b"], [1, 2], [3, 4]]
    wanted = saved(tmp_path, {"empty": [], "first": ROWS, "second": other})
    assert read_csv(wanted).sheet == "first"
    second = read_csv(CsvData(wanted.path, sheet="second"))
    assert [column.name for column in second.columns] == ["a", "b"]
    assert second.sheets == ("empty", "first", "second")
    error = refusal(CsvData(wanted.path, sheet="third"))
    assert error.code == "data.workbook_sheet"
    assert "empty, first, second" in error.sentence()


def test_titles_and_blank_lines_above_and_blank_columns_beside_a_table_are_passed_over(
    tmp_path: Path,
) -> None:
    rows: list[list[Any]] = [["Measurements of March"], [], *ROWS, [], []]
    table = read_csv(saved(tmp_path, {"Sheet1": rows}))
    assert [column.name for column in table.columns] == ROWS[0]
    assert table.rows == 3


def test_numbers_that_are_kept_as_text_may_have_a_comma(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["a", "n", "kind"], ["0,5", 3, "x"], ["12,25", 4, "y"]]
    first, second, _ = read_csv(saved(tmp_path, {"S": rows})).columns
    assert first.numbers is not None
    assert first.numbers.tolist() == [0.5, 12.25]
    assert second.numbers is not None
    assert second.numbers.tolist() == [3.0, 4.0]
    thousands: list[list[object]] = [["a", "n"], ["1,250", 1.5], ["2,500", 2.5]]
    first, second = read_csv(saved(tmp_path, {"S": thousands})).columns
    assert first.numbers is not None
    assert first.numbers.tolist() == [1250.0, 2500.0]


def test_a_row_that_ends_early_has_gaps(tmp_path: Path) -> None:
    table = read_csv(saved(tmp_path, {"s": [["a", "b", "c"], [1, 2, 3], [4, 5], [6, 7, 8]]}))
    assert_array_equal(table.columns[2].numbers, [3, np.nan, 8])


def test_a_workbook_is_learned_from_as_the_same_csv_is(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["x", "y"], *([k / 8, k % 3 / 4] for k in range(40))]
    wanted = saved(tmp_path, {"s": rows})
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    data = named_data(wanted.path)
    assert isinstance(data, CsvData)
    ours, plain = (
        build_dataset(default_experiment(each)) for each in (data, CsvData(f"{tmp_path}/table.csv"))
    )
    assert_array_equal(ours.x_train, plain.x_train)
    assert_array_equal(ours.y_train, plain.y_train)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.99])
def test_a_damaged_workbook_is_refused_in_a_sentence(cut: float, tmp_path: Path) -> None:
    wanted = saved(tmp_path, {"s": ROWS})
    content = Path(wanted.path).read_bytes()
    Path(wanted.path).write_bytes(content[: int(cut * len(content))])
    found = refusal(wanted)
    assert found.code == "data.workbook"
    assert str(found).startswith(f"{wanted.path} is damaged, or no Excel workbook. ")


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refusal(CsvData(str(tmp_path / "other.xlsx"))).code == "data.workbook"


def test_the_old_format_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refusal(CsvData(str(tmp_path / "old.xls"))).code == "data.workbook_old"


def test_what_would_unpack_without_end_is_not_unpacked(tmp_path: Path) -> None:
    wanted = saved(tmp_path, {"s": ROWS})
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(MAX_UNPACKED_BYTES // (1 << 24) + 1):
            part.write(bytes(1 << 24))
    Path(wanted.path).write_bytes(packed.getvalue())
    assert len(packed.getvalue()) < 1 << 20
    assert refusal(wanted).code == "data.workbook_large"


def test_a_sheet_without_a_value_holds_no_rows(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, {"s": []})).code == "data.csv_empty"


MARKS: list[list[object]] = [
    ["exam", "mean", "passed"],
    [40, "=A2*0.5+20", "yes"],
    [60, "=A3*0.5+20", "no"],
    [55, "=A4*0.5+20", "yes"],
]


def with_results(path: Path, result: bytes) -> None:
    """Store a result of each formula, as a program writes it that computes or pretends to."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(path, "w") as written:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</f><v />", b"</f><v>" + result + b"</v>")
                assert result in part
            written.writestr(name, part)


def test_formulas_are_their_results_and_empty_where_none_is_stored(tmp_path: Path) -> None:
    wanted = saved(tmp_path, {"s": MARKS})
    assert read_csv(wanted).columns[1].is_missing.all()
    with_results(Path(wanted.path), b"47.5")
    mean = read_csv(wanted).columns[1]
    assert_array_equal(mean.numbers, [47.5, 47.5, 47.5])


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_that_cannot_be_unpacked_in_pieces_is_refused(kind: int, tmp_path: Path) -> None:
    wanted = saved(tmp_path, {"s": ROWS})
    content = Path(wanted.path).read_bytes()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as parts,
        zipfile.ZipFile(wanted.path, "w", kind) as written,
    ):
        for name in parts.namelist():
            written.writestr(name, parts.read(name))
    assert refusal(wanted).code == "data.workbook"
