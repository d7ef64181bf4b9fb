"""Random sequences of edits through the real window: every panel agrees with the model after each.

Each sequence opens a window of its own and works on it by mouse and keyboard events. After every
step document, drawing, table, map, scores, loss and settings are compared with a forward pass by
:mod:`model.network` (see ``agreement.py``), undo and redo with what was there before.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.app import dress_application
from tests.gui.build_tab.build_machine import BuildMachine
from tests.gui.build_tab.machine_hands import KEY, Hands


def _run(examples: int, steps: int, derandomize: bool, machine: type[Hands] = BuildMachine) -> None:
    """Follow so many sequences; the first failure is what is raised, however its replay goes."""
    Hands.failures.clear()
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                derandomize=derandomize,
                database=None,
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
                phases=(Phase.generate,),
            ),
        )
    except Exception as error:
        if Hands.failures and error is not Hands.failures[0]:
            raise Hands.failures[0] from error
        raise


@pytest.fixture
def dressed(qapp: QApplication, own_folders: Path) -> None:
    dress_application(qapp, language="en", theme="light")


@pytest.mark.thorough
def test_every_panel_agrees_after_each_of_some_edits(dressed: None) -> None:
    _run(examples=16, steps=20, derandomize=True)


class Unsteady(BuildMachine):
    """Fails the first time that it resets, and never again, as a fault of timing does."""

    has_failed = False

    @rule()
    def reset(self) -> None:
        self.do(lambda: QTest.keyClick(self.tab, KEY.Key_R))
        failed, Unsteady.has_failed = Unsteady.has_failed, True
        assert failed, "a fault that does not come again"


@pytest.mark.thorough
def test_a_fault_that_a_replay_does_not_meet_is_told_with_its_steps(dressed: None) -> None:
    with pytest.raises(AssertionError, match="does not come again") as caught:
        _run(examples=16, steps=20, derandomize=True, machine=Unsteady)
    assert any("reset {}" in note for note in caught.value.__notes__)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_panel_agrees_after_each_edit_of_200_sequences(dressed: None) -> None:
    _run(examples=200, steps=30, derandomize=False)
