"""Every edit is one undo step; the document is the one place where the experiment changes."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gui.document import ExperimentDocument
from model.experiment import Experiment
from model.initialisers import initialise

replace = msgspec.structs.replace


def seeded(seed: int) -> Experiment:
    return initialise(Experiment(seed=seed))


def test_edit_undo_redo_tell_old_and_new(qapp: object) -> None:
    document = ExperimentDocument(seeded(0))
    changes: list[tuple[int, int]] = []
    document.experiment_changed.connect(lambda old, new: changes.append((old.seed, new.seed)))
    document.edit("Seed", seeded(1))
    document.undo_stack.undo()
    document.undo_stack.redo()
    assert changes == [(0, 1), (1, 0), (0, 1)]
    assert document.experiment == seeded(1)


def test_one_drag_is_one_step_and_the_next_another(qapp: object) -> None:
    document = ExperimentDocument(seeded(0))
    for seed in (1, 2, 3):
        document.edit("Drag", seeded(seed), merge_key="drag")
    document.end_merge()
    for seed in (4, 5):
        document.edit("Drag", seeded(seed), merge_key="drag")
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.experiment.seed == 3
    document.undo_stack.undo()
    assert document.experiment.seed == 0


def test_a_drag_after_saving_can_be_undone_to_the_saved_state(qapp: object) -> None:
    document = ExperimentDocument(seeded(0))
    document.edit("Drag", seeded(1), merge_key="drag")
    document.mark_saved(Path("x.glassnet"))
    document.edit("Drag", seeded(2), merge_key="drag")
    assert document.is_modified
    document.undo_stack.undo()
    assert document.experiment.seed == 1
    assert not document.is_modified


def test_steps_lead_back_to_the_file_they_were_saved_in(qapp: object) -> None:
    document = ExperimentDocument(seeded(0))
    wine, gate = Path("wine.glassnet"), Path("gate.glassnet")
    document.edit("Seed", seeded(1))
    document.mark_saved(wine)
    document.edit("Data", seeded(2), new_file=True)
    assert (document.path, document.is_modified) == (None, True)
    document.undo_stack.undo()
    assert (document.path, document.is_modified) == (wine, False)
    document.undo_stack.redo()
    document.mark_saved(gate)
    document.undo_stack.undo()
    assert (document.path, document.is_modified) == (wine, False)
    document.undo_stack.undo()
    assert (document.path, document.is_modified) == (wine, True)
    document.undo_stack.setIndex(2)
    assert (document.path, document.is_modified) == (gate, False)


def test_loading_forgets_the_steps(qapp: object) -> None:
    document = ExperimentDocument(seeded(0))
    document.edit("Seed", seeded(1))
    document.load(seeded(7), Path("x.glassnet"))
    assert document.experiment.seed == 7
    assert not document.undo_stack.canUndo()
    assert not document.is_modified


@given(st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["undo", "redo"])), max_size=30))
def test_undo_and_redo_walk_the_same_line(qapp: object, actions: list[int | str]) -> None:
    document = ExperimentDocument(seeded(0))
    line, at = [0], 0
    for action in actions:
        if action == "undo":
            document.undo_stack.undo()
            at = max(0, at - 1)
        elif action == "redo":
            document.undo_stack.redo()
            at = min(len(line) - 1, at + 1)
        elif action != line[at]:
            document.edit("Seed", seeded(int(action)))
            line, at = [*line[: at + 1], int(action)], at + 1
        assert document.experiment.seed == line[at]
