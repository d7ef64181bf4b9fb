"""Edits that wait for their data: one that cannot be made takes no other with it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.document import ExperimentDocument
from gui.document.data_loader import DataLoader
from gui.document.pending_edits import PendingEdit, PendingEdits
from model.data.cache import dataset_of, is_quickly_read
from model.data.reading import forget_files
from model.defaults import default_experiment
from model.experiment import CsvData, SplitSpec


def test_where_only_the_rows_cannot_be_read_the_edit_that_asks_for_them_is_dropped(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,y\n" + "1,2,no\n2,1,yes\n" * 30_000)
    assert not is_quickly_read(path)
    data = CsvData(str(path), features=("a", "b"), targets=("y",), scaling="none")
    document = ExperimentDocument(default_experiment(data))
    dataset_of(document.experiment)
    path.unlink()
    forget_files()
    loader = DataLoader()
    pending = PendingEdits(document, loader)
    pending.read.connect(pending.land)
    failures: list[str] = []
    pending.failed.connect(lambda sentence, _details: failures.append(sentence))
    pending.add(PendingEdit("Split", lambda e: replace(e, split=SplitSpec(0.5))))
    pending.add(PendingEdit("Title", lambda e: replace(e, title="mine")))
    qtbot.waitUntil(lambda: not pending.is_waiting and loader.is_idle)
    assert len(failures) == 1
    assert "table.csv" in failures[0]
    assert document.experiment.title == "mine"
    assert document.experiment.split != SplitSpec(0.5)
