"""Half of a letter, as a clipboard or a damaged file holds it, stops no save and no copy."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.document.recovery import Autosave
from model.defaults import default_experiment
from model.experiment import TruthTableData
from model.files import read_experiment, write_experiment

TABLE = TruthTableData(("a\ud800", "b"), ("y",), ((0.0, 0.0), (1.0, 1.0)), ((0.0,), (1.0,)))


def test_a_typed_name_is_mended_where_it_enters(qtbot: QtBot, tmp_path: Path) -> None:
    document = ExperimentDocument(default_experiment())
    document.edit("title", replace(document.experiment, title="mine \udfff"))
    assert document.experiment.title == "mine \ufffd"
    document.edit("names", replace(document.experiment, data=TABLE))
    write_experiment(document.experiment, tmp_path / "e.glassnet")
    assert read_experiment(tmp_path / "e.glassnet") == document.experiment


def test_what_is_opened_or_recovered_is_copied(qtbot: QtBot, tmp_path: Path) -> None:
    document = ExperimentDocument(default_experiment())
    autosave = Autosave(document, folder=tmp_path)
    document.load(replace(default_experiment(), title="half \ud83d", data=TABLE), None)
    document.mark_unsaved()
    with qtbot.waitSignal(autosave.saved, timeout=10_000):
        autosave.save_now()
    assert read_experiment(autosave.copy) == document.experiment
    autosave.close()
    qtbot.waitUntil(lambda: autosave.is_idle)
