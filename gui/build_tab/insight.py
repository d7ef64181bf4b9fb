"""Background analyses of the current state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from msgspec import structs
from PySide6.QtCore import QObject, QTimer

from gui.build_tab.state import BuildState, InsightView
from gui.workers import LatestTask, RunController, Work
from model.data import Dataset
from model.edits.network import same_sweep, same_task
from model.experiment import Experiment, FloatArray
from model.initialisers import untrained
from model.insight import Finding, LinearClassifier, examine, linear_classifier
from model.insight.answers import Answers
from model.insight.landscape import run_landscape
from model.insight.rounding import try_roundings
from model.insight.separation.linear import is_compared
from model.insight.separation.verdict import Verdict, proven_verdict
from model.network import Network
from model.training.history import History

if TYPE_CHECKING:
    from model.training.ensemble.cluster import Machines
    from model.training.ensemble.lottery import Lottery
    from model.training.ensemble.sweep import Sweep

_LOOK_MS, _LARGE_LOOK_MS = 400, 2000
_LARGE_LOOK = 20_000_000
"""Multiplications per epoch above which the doctor analyses less often."""

_LARGE_ROWS = 10_000_000
"""Number of values times outputs above which perceptrons wait until training rests."""

_SAME_LOSS = 1e-4
"""Relative tolerance of a recomputed loss: float32 sums depend on their order."""


class _Look(NamedTuple):
    """The results of an analysis.

    `dataset` is the one of the verdict; ``None`` without a verdict.
    """

    dataset: Dataset | None
    verdict: Verdict | None
    findings: tuple[Finding, ...]


class _Losses(NamedTuple):
    """A run's losses on the current data, for the doctor, and the epoch of the first."""

    train: FloatArray | None = None
    test: FloatArray | None = None
    first_epoch: int = 0


class Insight:
    """Owns the workers that analyse the current state, and their results.

    The verdict and the perceptrons' results are computed when the data change; the findings
    during training about twice a second, or every two seconds if network and data are large; and
    the outputs for many rows at rest. Nothing starts before :meth:`resume`, nor while closing.

    Parameters
    ----------
    fail
        Called with an error and the traceback text.
    tell
        Called with the machines that trained a lottery or a sweep.

    Thread
    ------
    GUI thread; the analyses run on the workers' threads.
    """

    def __init__(
        self,
        show: Callable[[], None],
        fail: Callable[[Exception, str], None],
        tell: Callable[[Machines], None],
        parent: QObject,
    ) -> None:
        self.view = InsightView()
        self._show, self._fail, self._tell = show, fail, tell
        self._is_open = False
        self._state: BuildState | None = None
        self._history: History | None = None
        self._seen: tuple[object, ...] = ()  # by the doctor
        self._dataset: Dataset | None = None
        self._is_judged = False
        self._found: LinearClassifier | None = None
        self._rows: FloatArray | None = None
        self._is_settled = False
        self._answering: tuple[Network, Dataset] | None = None
        self._saved: tuple[Experiment, tuple[Finding, ...]] | None = None
        self._task: Experiment | None = None
        self._rounded: tuple[Experiment, Dataset] | None = None
        self._next_seed = 0
        self._tasks = [LatestTask(parent) for _ in range(5)]
        self._looks, self._answers, self._perceptrons, *others = self._tasks
        self._landscape, self._roundings = others
        self._look_timer = QTimer(parent, singleShot=True)
        self._look_timer.timeout.connect(self._analyse)
        self._lottery = RunController(
            parent,
            self._on_lottery_over,
            self._failure_handler(lottery_share=None),
            updated=self._on_lottery_progress,
        )
        self._swept: tuple[Experiment, int] | None = None
        self._sweep = RunController(
            parent,
            self._on_sweep_over,
            self._failure_handler(sweep_share=None),
            updated=self._on_sweep_progress,
        )

    # -- Life --------------------------------------------------------------------------------------

    def follow(self, state: BuildState, history: History | None) -> None:
        """Schedule the analysis of a new state and the losses of its run."""
        old, self._state, self._history = self._state, state, history
        is_edited = old is None or state.experiment is not old.experiment
        if state.dataset is not self._dataset:  # first: what is published goes with the state
            self._dataset, self._is_judged, self._seen = state.dataset, False, ()
            self._publish(verdict=None, perceptrons=None, answers=None)
        self._publish(saved_findings=self._remaining_saved_findings(self.view.findings))
        if is_edited and self._task is not None and not same_task(self._task, state.experiment):
            self._forget_task()
        if is_edited and self._swept is not None:
            swept, layer = self._swept
            if not same_sweep(swept, state.experiment, layer):
                self._swept = None
                self._sweep.request_stop()
                self._publish(sweep=None)
        self._follow_roundings(state)
        if not self._is_open:
            return
        if len(state.dataset.x_train) == 0:  # they are being read, or cannot be
            self._look_timer.stop()
            self._publish(findings=())
            return
        self._follow_perceptrons(state)
        self._follow_answers(state)
        if (
            self._seen != self._doctor_facts()
            and not self._look_timer.isActive()
            and self._looks.is_idle
        ):
            cost = state.network.parameter_count() * len(state.dataset.x_train)
            self._look_timer.start(_LARGE_LOOK_MS if cost > _LARGE_LOOK else _LOOK_MS)

    def resume(self) -> None:
        """Start analysing, or continue after a cancelled close."""
        self._is_open, self._seen = True, ()
        self._analyse_again()

    def request_close(self) -> bool:
        """Stop all work and start none; return whether everything has stopped."""
        self._is_open = False
        self._look_timer.stop()
        for task in self._tasks:
            task.cancel()
        self._lottery.request_stop()
        self._sweep.request_stop()
        self._rounded = None
        self._publish(measures_landscape=False, roundings=None)
        return self.is_idle

    @property
    def is_idle(self) -> bool:
        """Whether nothing is running or about to start."""
        is_at_work = self._look_timer.isActive() or not (
            self._lottery.is_idle and self._sweep.is_idle
        )
        return not is_at_work and all(task.is_idle for task in self._tasks)

    def _publish(self, **parts: Any) -> None:
        """Emit that results have arrived or become invalid."""
        if any(getattr(self.view, name) is not part for name, part in parts.items()):
            self.view = structs.replace(self.view, **parts)
            self._show()

    def _failure_handler(self, **parts: Any) -> Callable[[Exception, str], None]:
        """Return an error handler that marks `parts` as known."""

        def fail(error: Exception, details: str) -> None:
            self._publish(**parts)
            self._fail(error, details)

        return fail

    # -- The doctor and the verdict ----------------------------------------------------------------

    def _analyse(self) -> None:
        state = self._state
        if state is None or not self._looks.is_idle:
            return
        self._seen = self._doctor_facts()
        ran_away = bool(self._seen[-1])
        work = _look_at(state, self._losses(state), not self._is_judged, ran_away)
        self._looks.start(work, self._on_looked, self._on_look_failed)

    def _doctor_facts(self) -> tuple[object, ...]:
        """Return the doctor's facts about the current state."""
        state = self._state
        if state is None:
            return ()
        train = self._losses(state).train
        length = 0 if train is None else len(train)
        ran_away = length > 0 and self._ran_away(state)
        return state.network, state.dataset, state.experiment.training, length, ran_away

    def _ran_away(self, state: BuildState) -> bool:
        """Return whether training diverged at the last epoch, and that epoch is shown."""
        history, snapshot = self._history, state.snapshot
        if history is None or snapshot is None:
            return False
        return history.diverged and snapshot.epoch == history.epochs[-1]

    def _losses(self, state: BuildState) -> _Losses:
        """Return the losses up to the epoch shown, on the current data.

        Empty if the weights shown have a loss other than the run's at their epoch, because rows or
        weights were edited since.
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

    def _on_looked(self, look: _Look) -> None:
        parts: dict[str, Any] = {
            "findings": look.findings,
            "saved_findings": self._remaining_saved_findings(look.findings),
        }
        if look.dataset is not None and look.dataset is self._dataset:
            self._is_judged = True
            parts |= {"verdict": look.verdict, "perceptrons": self._baseline(look.verdict)}
        self._publish(**parts)
        self._analyse_again()

    def show_saved_findings(self, experiment: Experiment, findings: tuple[Finding, ...]) -> None:
        """Show the findings saved with an experiment until it changes."""
        self._saved = experiment, findings

    def _remaining_saved_findings(self, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the experiment's saved findings that are not among the current ones."""
        if self._saved is None or self._state is None:
            return ()
        experiment, findings = self._saved
        if not findings or self._state.running or self._state.experiment is not experiment:
            return ()
        codes = {finding.code for finding in found}
        left = tuple(finding for finding in findings if finding.code not in codes)
        return self.view.saved_findings if left == self.view.saved_findings else left

    def _analyse_again(self) -> None:
        """Analyse the current state, which may have changed meanwhile."""
        if self._state is not None:
            self.follow(self._state, self._history)

    def _on_look_failed(self, error: Exception, details: str) -> None:
        self._publish(findings=())
        self._fail(error, details)
        self._analyse_again()

    # -- Perceptrons -------------------------------------------------------------------------------

    def _baseline(self, verdict: Verdict | None) -> LinearClassifier | None:
        """Return perceptrons to compare the network with; ``None`` if a proof may apply."""
        return self._found if self._is_judged and verdict is None else None

    def _follow_perceptrons(self, state: BuildState) -> None:
        """Train perceptrons on the data, once; for large data wait until training rests."""
        dataset = state.dataset
        if dataset.x_train is not self._rows:
            self._perceptrons.cancel()
            self._rows, self._found = dataset.x_train, None
            self._is_settled = not is_compared(state.experiment.data, dataset)
        if self._is_settled:
            return
        if state.running and dataset.x_train.size * dataset.outputs > _LARGE_ROWS:
            self._perceptrons.cancel()
        elif not self._perceptrons.is_awaiting_result:
            self._perceptrons.start(
                lambda should_stop, publish: linear_classifier(dataset, should_stop),
                self._on_perceptrons_trained,
                self._on_untrainable,
            )

    def _on_perceptrons_trained(self, found: LinearClassifier) -> None:
        self._found, self._is_settled = found, True
        self._publish(perceptrons=self._baseline(self.view.verdict))

    def _on_untrainable(self, error: Exception, details: str) -> None:
        """Report the failure once, since the same data would fail again at every frame."""
        self._is_settled = True
        self._fail(error, details)

    # -- Answers to many rows ----------------------------------------------------------------------

    def _follow_answers(self, state: BuildState) -> None:
        """Compute the outputs once the weights are at rest."""
        if state.running or not state.lacks_answers:
            self._answers.cancel()
            return
        wanted = state.network, state.dataset
        if not self._answers.is_awaiting_result or self._answering != wanted:
            self._answering = wanted
            self._answers.start(
                _answers_of(state.all_answers),
                lambda known: self._publish(answers=known),
                self._fail,
            )

    # -- Round weights -----------------------------------------------------------------------------

    def try_roundings(self, state: BuildState) -> None:
        """Measure the results of a resting state's network with rounded weights."""
        experiment, dataset = state.experiment, state.dataset
        if self._is_rounded(state) or not self._is_open or state.rounding_step is not None:
            return
        self._rounded = experiment, dataset
        self._publish(roundings=None)
        self._roundings.start(
            lambda should_stop, publish: try_roundings(experiment, dataset, should_stop),
            lambda found: self._publish(roundings=found),
            self._fail,
        )

    def _is_rounded(self, state: BuildState) -> bool:
        """Return whether the known or running roundings belong to a state's weights."""
        if self._rounded is None:
            return False
        experiment, dataset = self._rounded
        return experiment is state.experiment and dataset is state.dataset

    def _follow_roundings(self, state: BuildState) -> None:
        """Drop the roundings of other weights, unless they are being previewed."""
        if state.rounding_step is None and (state.running or not self._is_rounded(state)):
            self._rounded = None
            self._roundings.cancel()
            self._publish(roundings=None)

    # -- Lottery and landscape ---------------------------------------------------------------------

    def draw_lottery(self, number: int, cluster: str = "") -> None:
        """Train `number` random starts.

        The first lottery uses seeds from 0 on, later ones continue. If the address of a Dask
        scheduler is given, its cluster trains them.
        """
        if self._state is None or not self._lottery.is_idle:
            return
        from model.training.ensemble.lottery import (
            draw_lottery,  # late: ensembles are not for the start
        )

        self._task = self._state.experiment
        experiment = untrained(self._task)
        seeds = range(self._next_seed, self._next_seed + number)
        self._next_seed += number
        self._lottery.start(
            lambda should_stop, publish: draw_lottery(
                experiment, seeds, should_stop, publish, cluster=cluster
            )
        )
        self._publish(lottery_share=0.0)

    def stop_lottery(self) -> None:
        """Stop drawing; finished starts are kept."""
        self._lottery.request_stop()

    def measure_landscape(self) -> None:
        """Measure the loss around the path of the current run."""
        state, history = self._state, self._history
        if state is None or history is None or not self._landscape.is_idle:
            return
        self._task = state.experiment
        present = None if state.running else state.experiment
        self._landscape.start(
            lambda should_stop, publish: run_landscape(
                history, state.dataset, should_stop, present
            ),
            lambda landscape: self._publish(
                landscape=landscape, landscape_of=state.experiment.network, measures_landscape=False
            ),
            self._failure_handler(measures_landscape=False),
        )
        self._publish(measures_landscape=True)

    def _forget_task(self) -> None:
        """Drop results for another network or other data."""
        self._task, self._next_seed = None, 0
        self._lottery.request_stop()
        self._landscape.cancel()
        self._publish(lottery=None, landscape=None, landscape_of=None, measures_landscape=False)

    def _on_lottery_progress(self, share: float) -> None:
        shown = self.view.lottery_share
        if shown is None or round(100 * share) != round(100 * shown):
            self._publish(lottery_share=share)

    def _on_lottery_over(self, result: Lottery) -> None:
        """Show the results, unless the experiment has changed or no start has ended."""
        is_shown = self._task is not None and len(result.seeds) > 0
        self._publish(lottery=result if is_shown else self.view.lottery, lottery_share=None)
        if is_shown:
            self._tell(result.machines)

    # -- Sweep -------------------------------------------------------------------------------------

    def draw_sweep(
        self,
        number: int,
        rates: Sequence[float],
        widths: Sequence[int],
        layer: int,
        cluster: str = "",
    ) -> None:
        """Train `number` starts at every rate and width of a hidden layer."""
        if self._state is None or not self._sweep.is_idle:
            return
        from model.training.ensemble.sweep import draw_sweep  # late, as the lottery

        experiment = self._state.experiment
        self._swept = experiment, layer
        self._sweep.start(
            lambda should_stop, publish: draw_sweep(
                experiment,
                range(number),
                rates=rates,
                widths=widths,
                layer=layer,
                should_stop=should_stop,
                publish=lambda share, sweep: publish((share, sweep)),
                cluster=cluster,
            )
        )
        self._publish(sweep_share=0.0)

    def stop_sweep(self) -> None:
        """Stop the sweep; complete cells are kept."""
        self._sweep.request_stop()

    def _on_sweep_progress(self, progress: tuple[float, Sweep]) -> None:
        """Show the results so far, or the previous ones until there are any."""
        (share, sweep), shown = progress, self.view
        is_further = round(100 * share) != round(100 * (shown.sweep_share or 0.0))
        if self._swept is not None and is_further:
            self._publish(sweep_share=share, sweep=sweep if sweep.cells else shown.sweep)

    def _on_sweep_over(self, sweep: Sweep) -> None:
        """Show the results, unless the experiment has changed or no cell is complete."""
        is_shown = self._swept is not None and len(sweep.cells) > 0
        self._publish(sweep=sweep if is_shown else self.view.sweep, sweep_share=None)
        if is_shown:
            self._tell(sweep.machines)


def _look_at(
    state: BuildState,
    losses: _Losses,
    with_verdict: bool,
    ran_away: bool,
) -> Work:
    def work(should_stop: Callable[[], bool], publish: Callable[[Any], None]) -> _Look:
        experiment, dataset = state.experiment, state.dataset
        verdict = proven_verdict(experiment.data, dataset) if with_verdict else None
        found: list[Finding] = []
        if not should_stop():
            found = examine(
                structs.replace(experiment, network=state.network.spec),
                dataset,
                losses.train,
                losses.test,
                ran_away=ran_away,
            )
        findings = tuple(_from_epoch(finding, losses.first_epoch) for finding in found)
        return _Look(dataset if with_verdict else None, verdict, findings)

    return work


def _answers_of(answers: tuple[Answers, Answers]) -> Work:
    """Return a function that computes the outputs for all rows."""

    def work(
        should_stop: Callable[[], bool], publish: Callable[[Any], None]
    ) -> tuple[Answers, Answers]:
        for of in answers:
            if len(of.x) and not should_stop():
                _ = of.accuracy, of.outcomes
        return answers

    return work


def _is_same(a: float, b: float) -> bool:
    """Return whether two losses are equal up to rounding, NaN being equal to itself."""
    return bool(np.isclose(a, b, rtol=_SAME_LOSS, atol=0.0, equal_nan=True))


def _from_epoch(finding: Finding, first_epoch: int) -> Finding:
    """Return a finding whose epoch counts from the experiment's start, not the run's."""
    if first_epoch == 0 or "epoch" not in finding.values:
        return finding
    values = {**finding.values, "epoch": finding.values["epoch"] + first_epoch}
    return structs.replace(finding, values=values)
