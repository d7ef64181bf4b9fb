"""A saved experiment comes back with the past it had: losses, runs, names, findings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.experiment import Experiment, GateData, Past, PastFinding, with_past
from model.files import read_experiment, write_experiment
from model.initialisers import initialise
from model.training import Trainer
from model.training.runs import Losses, past_of, past_trained
from tests.gui.finding import find


def save(window: GlassnetWindow, path: Path, qtbot: QtBot) -> None:
    """Save under a name by the window's own action."""
    window.document.mark_saved(path)
    window.document.mark_unsaved()
    action = find(window, QAction, "file_save")
    action.trigger()
    qtbot.waitUntil(path.exists, timeout=5000)


def open_file(window: GlassnetWindow, path: Path, qtbot: QtBot) -> None:
    window.document.undo_stack.setClean()
    window.tab(window.BUILD).open_paths([path])
    qtbot.waitUntil(lambda: window.document.path == path, timeout=5000)


def reopened(window: GlassnetWindow, path: Path, qtbot: QtBot) -> None:
    """Save, begin something else, and open what was saved."""
    save(window, path, qtbot)
    window.document.load(default_experiment(GateData("and")), None)
    open_file(window, path, qtbot)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.glassnet"


def text(bench: QWidget, name: str) -> str:
    label = find(bench, QLabel, name)
    return label.text()


def test_the_curve_comes_back_and_goes_on(
    bench: Workbench, window: GlassnetWindow, path: Path, qtbot: QtBot
) -> None:
    for _ in range(6):
        bench.model.step(whole_epoch=True)
    history = bench.model.training.history
    assert history is not None
    losses = history.train_loss.copy()
    reopened(window, path, qtbot)
    run = bench.model.state.run
    assert run.saved is not None
    np.testing.assert_array_equal(run.saved.train, losses)
    assert bench.loss.plot.end == 6
    assert bench.loss.plot.train.item.isVisible()
    assert not bench.loss.plot.train.item.boundingRect().isEmpty()
    assert text(bench, "epoch_of") == "/ 6"
    assert bench.loss.plot.losses_at(2.0)[0] == (2.0, losses[2])
    bench.model.step(whole_epoch=True)
    run = bench.model.state.run
    assert run.saved is not None
    assert (run.first_epoch, run.last_epoch) == (6, 7)
    assert not run.earlier
    assert bench.loss.plot.end == 7
    reopened(window, path, qtbot)
    saved = bench.model.state.run.saved
    assert saved is not None
    assert list(saved.epochs) == list(range(8))
    np.testing.assert_array_equal(saved.train[:7], losses)


def copied(window: GlassnetWindow, qtbot: QtBot) -> Experiment:
    """Return what the window would leave of its work if it died now."""
    autosave = window.session.autosave
    with qtbot.waitSignal(autosave.saved, timeout=5000):
        autosave.save_now()
    return read_experiment(autosave.copy)


def test_recovered_work_comes_back_with_its_curve(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    for _ in range(6):
        bench.model.step(whole_epoch=True)
    bench.model.new_start()
    for _ in range(4):
        bench.model.step(whole_epoch=True)
    history = bench.model.training.history
    assert history is not None
    losses = history.train_loss.copy()
    work = copied(window, qtbot)
    window.document.load(default_experiment(GateData("and")), None)
    window.files.recover(work, None)
    run = bench.model.state.run
    assert run.saved is not None
    np.testing.assert_array_equal(run.saved.train, losses)
    assert bench.loss.plot.end == 4
    assert [each.epochs[-1] for each in run.earlier] == [6]
    window.document.load(default_experiment(), None)  # nothing to ask about


def test_the_curve_of_a_copy_ends_where_its_weights_are(
    bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    bench.model.set_speed(None)
    bench.model.train()
    qtbot.waitUntil(lambda: bench.model.state.epoch > 100, timeout=10_000)
    work = copied(window, qtbot)
    bench.model.pause()
    qtbot.waitUntil(lambda: not bench.model.is_training, timeout=5000)
    assert work.progress is not None
    assert isinstance(work.past, Past)
    assert work.past.curve is not None
    assert work.past.curve.epochs[-1] == work.progress.epoch > 100


def test_what_cannot_be_gone_back_to_is_said(
    bench: Workbench, window: GlassnetWindow, path: Path, qtbot: QtBot
) -> None:
    for _ in range(6):
        bench.model.step(whole_epoch=True)
    reopened(window, path, qtbot)
    bench.model.step(whole_epoch=True)
    box = find(bench, QLineEdit, "epoch_box")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "3")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    said = bench.model.messages.shown
    assert said is not None
    assert said.sentence() == "Epoch 3 cannot be gone back to: the file keeps its loss alone."
    assert bench.model.state.epoch == 7
    assert box.text() == "7"
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "6")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert bench.model.state.epoch == 6
    assert "up to epoch 6 the file keeps the losses, not the weights" in (
        bench.loss.timeline.toolTip()
    )


def test_a_reset_makes_the_saved_run_an_earlier_one(
    bench: Workbench, window: GlassnetWindow, path: Path, qtbot: QtBot
) -> None:
    for _ in range(4):
        bench.model.step(whole_epoch=True)
    reopened(window, path, qtbot)
    bench.model.reset()
    assert bench.model.state.run.saved is not None  # what came after is pale, as in any run
    bench.model.step(whole_epoch=True)
    run = bench.model.state.run
    assert run.saved is None
    assert [list(record.epochs) for record in run.earlier] == [list(range(5))]
    assert run.earlier[0].seed == 0


def test_earlier_runs_come_back_with_their_names(
    bench: Workbench, window: GlassnetWindow, path: Path, qtbot: QtBot
) -> None:
    for seed in (1, 2):
        bench.model.new_start(seed)
        for _ in range(3):
            bench.model.step(whole_epoch=True)
    bench.model.new_start(3)
    bench.model.rename_run(0, "the first & best")
    bench.model.show_run(1, on=False)
    before = bench.model.state.run.earlier
    reopened(window, path, qtbot)
    after = bench.model.state.run.earlier
    assert [(r.name, r.seed, r.visible) for r in after] == [
        ("the first & best", 1, True),
        ("", 2, False),
    ]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old.train, new.train)
    menu = next(
        m
        for m in bench.findChildren(QMenu)
        if m.actions() and any(a.objectName() == "loss_run_0" for a in m.actions())
    )
    assert menu.actions()[0].text() == "the first && best · XOR"


def test_findings_come_back_as_they_were_until_training_goes_on(
    bench: Workbench, window: GlassnetWindow, path: Path, qtbot: QtBot
) -> None:
    experiment = default_experiment()
    trainer = Trainer(experiment)
    for _ in range(3):
        trainer.step_epoch()
    findings = (
        PastFinding("plateau", "warning", {"loss": 0.25, "share": 0.5}),
        PastFinding("overfitting", "warning", {"epoch": 2, "best": 0.1, "last": 0.4}),
        PastFinding("unheard_of", "failure", {"name": "{name}"}),
        PastFinding("dead_relu", "warning", {"count": "many", "layer": -3, "unit": 10**9}),
    )
    past = past_of(Losses(range(4), trainer.history.train_loss), [], findings, experiment.data)
    write_experiment(with_past(trainer.experiment(), past), path)
    open_file(window, path, qtbot)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    cards = [card for card in bench.output.doctor.cards if card.isVisible()]
    titles = [card.title.text() for card in cards]
    assert "The loss no longer falls" in titles
    assert "Test loss is rising" in titles
    for card in cards:
        if card.title.text() in ("The loss no longer falls", "Test loss is rising"):
            assert card.saved.text() == "Found before the experiment was saved."
            assert not card.saved.isHidden()
            assert card.rewind.isHidden()
            assert card.fix.isHidden()
    save(window, path, qtbot)
    kept = read_experiment(path).past
    assert {"plateau", "overfitting"} <= {f.code for f in kept.findings}  # type: ignore[union-attr]
    bench.model.step(whole_epoch=True)
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    assert not bench.model.state.insight.saved_findings
    bench.model.document.undo_stack.undo()
    assert bench.model.state.insight.saved_findings


def test_a_file_without_a_past_and_one_of_the_command_line_are_opened(
    bench: Workbench, window: GlassnetWindow, path: Path, qtbot: QtBot
) -> None:
    experiment = default_experiment()
    trainer = Trainer(experiment)
    for _ in range(3):
        trainer.step_epoch()
    write_experiment(trainer.experiment(), path)
    assert "past" not in json.loads(path.read_text(encoding="utf-8"))
    open_file(window, path, qtbot)
    assert bench.model.state.run.saved is None
    assert text(bench, "epoch_of") == "/ 3"
    past = past_trained(trainer.history, experiment.past, experiment.data)
    write_experiment(with_past(trainer.experiment(), past), path)
    window.document.load(experiment, None)
    open_file(window, path, qtbot)
    assert bench.loss.plot.end == 3


def test_the_document_itself_holds_no_past(document: ExperimentDocument) -> None:
    experiment = default_experiment()
    past = past_of(Losses(range(2), np.array([0.5, 0.4])), [], (), experiment.data)
    document.load(with_past(experiment, past), None)
    assert document.past == past
    assert document.experiment == initialise(experiment)
    document.load(replace(experiment, seed=3), None)
    assert document.past is None
