"""Packed tables are read as if they were not, and what cannot be is said in one sentence."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

from model.data import build_dataset
from model.data.csv import read as reading
from model.data.csv import read_csv
from model.data.files import packed as packing
from model.data.files.packed import unpacked
from model.data.files.table_names import TABLE_PATTERNS, is_table_name
from model.data.sources import named_data
from model.defaults import default_experiment
from model.errors import ModelError
from model.experiment import CsvData
from tests.command_line import run_here
from tests.model.refusals import refused

TEXT = "boy;kilo;tür\n1,5;40,5;kedi\n0,9;12,0;köpek\n1,1;13,5;köpek\n1,7;44,0;kedi\n"


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def written(folder: Path, name: str) -> Path:
    """Write the table packed as its name says."""
    path, content = folder / name, TEXT.encode("cp1254")
    if name.endswith(".zip"):
        return zipped(path, {"data/veri.csv": content, "__MACOSX/data/._veri.csv": b"\0\5\x16\7"})
    path.write_bytes(gzip.compress(content))
    return path


def refusal(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_csv(CsvData(str(path)))
    assert path.name in caught.value.sentence()
    return caught.value


@pytest.mark.parametrize("name", ["veri.csv.gz", "veri.TSV.gz", "veri.csv", "archive.zip"])
def test_a_packed_table_is_learned_from_as_the_plain_one(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, name)
    (tmp_path / "plain.csv").write_bytes(TEXT.encode("cp1254"))
    data = named_data(str(path))
    assert data == CsvData(str(path))
    ours, plain = (
        build_dataset(default_experiment(each)) for each in (data, CsvData(f"{tmp_path}/plain.csv"))
    )
    assert_array_equal(ours.x_train, plain.x_train)
    assert ours.class_names == plain.class_names == ("kedi", "köpek")


def test_the_names_of_tables() -> None:
    tables = (
        "a.csv",
        "A.CSV.GZ",
        "iris.data",
        "k.tsv.gz",
        "archive.zip",
        "book.xlsx",
        "x.tab",
        "old.xls",
    )
    assert all(is_table_name(Path(name)) for name in tables)
    others = ("a.gz", "a.tar.gz", "a.glassnet", "a.glassteach", "csv", "train-images-idx3-ubyte.gz")
    assert not any(is_table_name(Path(name)) for name in others)
    assert "*.csv.gz" in TABLE_PATTERNS


SEVERAL = {"sub.csv": b"id,y\n1,0\n2,1\n", "train.csv": b"a,y\n1.5,0\n2.5,1\n3.5,0\n4.5,1\n"}


def test_of_several_tables_in_a_zip_the_largest_is_read_unless_another_is_wanted(
    tmp_path: Path,
) -> None:
    path = zipped(tmp_path / "titanic.zip", SEVERAL)
    table = read_csv(CsvData(str(path)))
    assert (table.sheet, table.sheets, table.rows) == ("train.csv", tuple(SEVERAL), 4)
    other = read_csv(CsvData(str(path), sheet="sub.csv"))
    assert (other.sheet, other.rows, other.is_workbook) == ("sub.csv", 2, False)
    with refused("data.zip_table") as caught:
        read_csv(CsvData(str(path), sheet="test.csv"))
    assert 'has no table called "test.csv". It has: sub.csv, train.csv.' in caught.value.sentence()


def test_the_command_line_says_which_of_several_tables_it_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "titanic.zip", SEVERAL)
    ran = run_here("train", "--data", path, "--epochs", "1")
    assert ran.returncode == 0, ran.stderr
    assert "Only train.csv was read. The file has more: sub.csv." in ran.stdout


def test_an_opendocument_sheet_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "table.ods", {"mimetype": b"", "content.xml": b"<office/>"})
    assert refusal(path).code == "data.opendocument"


def test_a_zip_without_a_table_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "pictures.zip", {"cat/1.png": b"\x89PNG", ".notes.txt": b""})
    assert refusal(path).code == "data.zip_empty"
    assert refusal(zipped(tmp_path / "empty.zip", {})).code == "data.zip_empty"


@pytest.mark.parametrize("name", ["veri.csv.gz", "archive.zip"])
@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_packed_table_that_breaks_off_is_refused(name: str, cut: float, tmp_path: Path) -> None:
    path = written(tmp_path, name)
    content = path.read_bytes()
    path.write_bytes(content[: int(cut * len(content))])
    assert refusal(path).code == "data.packed"


def test_a_locked_zip_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "archive.zip")
    content = bytearray(path.read_bytes())
    content[6] |= 1  # of the first part, in its own head
    content[content.index(b"PK\1\2") + 8] |= 1  # and in the list of parts
    path.write_bytes(content)
    assert "password" in refusal(path).sentence()


def test_what_would_unpack_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MAX_TABLE_BYTES", 1 << 22)
    monkeypatch.setattr(reading, "MAX_TABLE_BYTES", 1 << 22)
    bomb = gzip.compress(bytes((1 << 22) + 1))
    assert len(unpacked(gzip.compress(bytes(1 << 22)), "a", 1 << 22)) == 1 << 22
    (tmp_path / "bomb.csv.gz").write_bytes(bomb)
    assert refusal(tmp_path / "bomb.csv.gz").code == "data.packed_large"
    within = {"bomb.csv": bytes((1 << 22) + 1), "bomb.png": b""}
    assert refusal(zipped(tmp_path / "bomb.zip", within)).code == "data.packed_large"
    assert refusal(zipped(tmp_path / "b.zip", {"bomb.csv.gz": bomb})).code == "data.packed_large"


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_table_that_cannot_be_unpacked_in_pieces_is_left_to_others(
    kind: int, tmp_path: Path
) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("veri.csv", TEXT)
    found = refusal(path)
    assert found.code == "data.zip_empty"
    assert "Unpack it, and open what is in it." in found.sentence()
