"""Where an experiment's data lie, seen from its own folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from foundation.files import is_on_network
from model.data.files.paths import paths_outside
from model.defaults import default_experiment
from model.experiment import CsvData, IdxData
from model.files import read_experiment, write_experiment

ROWS = "a,b,y\n" + "1,2,no\n2,1,yes\n" * 6


def table(path: Path) -> CsvData:
    path.parent.mkdir(exist_ok=True)
    path.write_text(ROWS)
    return CsvData(str(path))


def path_in(file: Path) -> str:
    written = json.loads(file.read_text())["data"]["path"]
    assert isinstance(written, str)
    return written


def test_what_lies_in_the_folder_moves_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    experiment = default_experiment(table(home / "points.csv"))
    write_experiment(experiment, home / "e.glassnet")
    assert path_in(home / "e.glassnet") == "points.csv"
    assert read_experiment(home / "e.glassnet") == experiment
    moved = home.rename(tmp_path / "moved")
    assert read_experiment(moved / "e.glassnet").data.paths == (str(moved / "points.csv"),)


def test_what_lies_elsewhere_is_named_in_full(tmp_path: Path) -> None:
    experiment = default_experiment(table(tmp_path / "points.csv"))
    below = tmp_path / "below" / "e.glassnet"
    below.parent.mkdir()
    write_experiment(experiment, below)
    assert path_in(below) == str(tmp_path / "points.csv")
    assert read_experiment(below) == experiment


@pytest.mark.parametrize("path", ["\\\\host\\share\\x.csv", "//host/share/x.csv", "C:\\x\\y.csv"])
def test_a_path_of_another_system_is_left_as_it_is(path: str, tmp_path: Path) -> None:
    file = tmp_path / "e.glassnet"
    file.write_text(
        json.dumps({"schema_version": 1, "data": {"kind": "csv", "path": path},
                    "network": {"inputs": 1, "layers": [{"units": 1}]}})
    )  # fmt: skip
    assert read_experiment(file).data.paths == (path,)
    assert is_on_network(path) == ("host" in path)


def test_outside_is_told_after_following_links(tmp_path: Path) -> None:
    home = tmp_path / "home"
    inside, outside = table(home / "in.csv"), table(tmp_path / "out.csv")
    link = home / "link.csv"
    link.symlink_to(tmp_path / "out.csv")
    loop = home / "loop.csv"
    loop.symlink_to(loop)
    assert paths_outside(inside, home) == ()
    assert paths_outside(outside, home) == (outside.path,)
    assert paths_outside(CsvData(str(link)), home) == (str(link),)
    assert paths_outside(CsvData(str(home / ".." / "out.csv")), home) != ()
    assert paths_outside(CsvData(str(home / "a\0b.csv")), home) != ()
    assert paths_outside(CsvData("//host/share/x.csv"), Path(os.sep)) == ("//host/share/x.csv",)
    both = IdxData(inside.path, outside.path)
    assert paths_outside(both, home) == (outside.path,)
