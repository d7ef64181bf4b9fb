"""Have the output panel's cards worked out on workers: the verdict, perceptrons, the doctor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import msgspec
import numpy as np
from PySide6.QtCore import QObject, QTimer

from gui.build_tab.build_model import BuildModel
from gui.build_tab.output.perceptron_run import PerceptronRun, is_compared
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.state import BuildState
from gui.workers import RunController
from model.data import Dataset
from model.experiment import Experiment, FloatArray
from model.insight import Finding, LinearClassifier, examine
from model.insight.verdict import Verdict, verdict_of
from model.training.history import History

__all__ = ["InsightWiring"]

_WAIT_MS, _LARGE_WAIT_MS = 400, 2000
_LARGE = 20_000_000
_SAME_LOSS = 1e-4
"""Share that a loss may differ by when it is measured anew: float32 sums in another order."""


class _Answer(NamedTuple):
    """What came of one look; `dataset` is the one the verdict is about, ``None`` without one."""

    dataset: Dataset | None
    verdict: Verdict | None
    findings: list[Finding]


@dataclass(frozen=True)
class _Losses:
    """What the doctor reads of a run: the losses of the data on show, and the first one's epoch."""

    train: FloatArray | None = None
    test: FloatArray | None = None
    first_epoch: int = 0


def _look(
    experiment: Experiment,
    dataset: Dataset,
    losses: _Losses,
    history: History | None,
    with_verdict: bool,
    ran_away: bool,
) -> Callable[[Callable[[], bool], Callable[[Any], None]], _Answer]:
    """Return the work of one look."""

    def work(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> _Answer:
        verdict = _verdict_on(experiment, dataset) if with_verdict else None
        leave = _nothing if history is None else history.leave
        train, test = losses.train, losses.test
        findings = (
            []
            if should_stop()
            else examine(experiment, dataset, train, test, leave, ran_away=ran_away)
        )
        findings = [_from_epoch(finding, losses.first_epoch) for finding in findings]
        return _Answer(dataset if with_verdict else None, verdict, findings)

    return work


def _is_same(a: float, b: float) -> bool:
    """Tell whether two losses are one, measured in two ways; no number is as any other."""
    return bool(np.isclose(a, b, rtol=_SAME_LOSS, atol=0.0, equal_nan=True))


def _nothing() -> None:
    """Leave nothing: there are no losses."""


def _verdict_on(experiment: Experiment, dataset: Dataset) -> Verdict | None:
    """Return the verdict by proof.

    Where perceptrons are compared, only a plane that was found, or rows that contradict each other
    where each is meant to be learned: none is kept back for testing.
    """
    if not is_compared(experiment.data, dataset):
        return verdict_of(dataset)
    verdict = verdict_of(dataset) if dataset.task == "binary" else None
    if verdict is None:
        return None
    is_plain = verdict.contradiction is not None and len(dataset.x_test) == 0
    return verdict if verdict.separable or is_plain else None


def _from_epoch(finding: Finding, first_epoch: int) -> Finding:
    """Return a finding whose epoch counts from the experiment's start, not the run's."""
    if first_epoch == 0 or "epoch" not in finding.values:
        return finding
    values = {**finding.values, "epoch": finding.values["epoch"] + first_epoch}
    return replace(finding, values=values)


class InsightWiring(QObject):
    """Between the shown state and the output panel's cards.

    The verdict and what perceptrons reach are worked out when the data change, the findings while
    training about twice a second, or every two seconds where network and data are large.

    Thread
    ------
    GUI thread; the looks run on the controller's.
    """

    def __init__(
        self, model: BuildModel, output: OutputPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._output = model, output
        self._state: BuildState | None = None
        self._history: History | None = None
        self._judged: Dataset | None = None
        self._verdict: Verdict | None = None
        self._found: LinearClassifier | None = None
        self._seen: tuple[object, ...] = ()
        self._closing = False
        self.looks = RunController(self)
        self.looks.completed.connect(self._on_completed)
        self.looks.failed.connect(self._on_failed)
        self.perceptrons = PerceptronRun(self)
        self.perceptrons.found.connect(self._on_perceptrons_found)
        self.perceptrons.failed.connect(model.fail)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def show_state(self, state: BuildState, history: History | None) -> None:
        """Take the state now shown; a look follows soon."""
        if self._judged is not None and state.dataset is not self._judged:
            self._judged = None
            self._show_answer(None)
        self._state, self._history = state, history
        if not self._closing:
            self.perceptrons.follow(state)
        if not self._timer.isActive() and self.looks.is_idle and not self._closing:
            cost = state.network.parameter_count() * len(state.dataset.x_train)
            self._timer.start(_LARGE_WAIT_MS if cost > _LARGE else _WAIT_MS)

    def request_close(self) -> bool:
        """Start no further look; return ``True`` when none is under way."""
        self._closing = True
        self._timer.stop()
        self.looks.request_stop()
        self.perceptrons.cancel()
        return self.is_idle

    @property
    def is_idle(self) -> bool:
        """Whether no look is under way or about to begin."""
        return not self._timer.isActive() and self.looks.is_idle and self.perceptrons.is_idle

    def resume(self) -> None:
        """Look again, because the window stays open after all."""
        self._closing = False
        if self._state is not None:
            self.show_state(self._state, self._history)

    def _on_timeout(self) -> None:
        state = self._state
        if state is None or not self.looks.is_idle or self._closing:
            return
        losses = self._losses(state)
        length = 0 if losses.train is None else len(losses.train)
        ran_away = length > 0 and self._ran_away(state)
        seen = (state.network, state.dataset, state.experiment.training, length, ran_away)
        with_verdict = state.dataset is not self._judged
        if not with_verdict and all(
            a is b or a == b for a, b in zip(seen, self._seen, strict=False)
        ):
            return
        self._seen = seen
        experiment = msgspec.structs.replace(state.experiment, network=state.network.spec)
        self.looks.start(
            _look(experiment, state.dataset, losses, self._history, with_verdict, ran_away)
        )

    def _ran_away(self, state: BuildState) -> bool:
        """Tell whether the loss was no number after the last epoch, and that one is shown."""
        history, snapshot = self._history, state.snapshot
        if history is None or snapshot is None:
            return False
        return history.ran_away and snapshot.epoch == history.epochs[-1]

    def _losses(self, state: BuildState) -> _Losses:
        """Return the losses up to the epoch shown, as far as they are of the data on show.

        There are none where the weights shown have another loss than the run at their epoch: rows
        were edited since, or weights.
        """
        history, snapshot = self._history, state.snapshot
        if history is None or snapshot is None:
            return _Losses()
        end = snapshot.epoch - history.first_epoch + 1
        start = max(history.same_data_from - history.first_epoch, 0)
        train, test = history.train_loss[start:end], history.test_loss
        if snapshot.batch == 0 and len(train) and not _is_same(train[-1], snapshot.train_loss):
            return _Losses()
        return _Losses(
            train, None if test is None else test[start:end], history.first_epoch + start
        )

    def _on_completed(self, answer: _Answer) -> None:
        if self._history is not None:
            self._history.leave()
        state = self._state
        if state is None or self._closing:
            return
        if answer.dataset is not None and answer.dataset is state.dataset:
            self._judged = answer.dataset
            self._show_answer(answer.verdict)
        self._output.show_findings(answer.findings)
        # What was shown meanwhile has not been looked at yet.
        if state.network is not self._seen[0] or state.dataset is not self._judged:
            self.show_state(state, self._history)

    def _on_perceptrons_found(self, found: LinearClassifier | None) -> None:
        self._found = found
        self._show_answer(self._verdict)

    def _show_answer(self, verdict: Verdict | None) -> None:
        """Answer by proof where there is one, else by comparison once none can come."""
        self._verdict = verdict
        self._output.show_verdict(verdict)
        is_open = self._judged is None or verdict is not None
        self._output.show_comparison(None if is_open else self._found)

    def _on_failed(self, error: Exception, details: str) -> None:
        self._output.show_findings([])
        self._model.fail(error, details)
