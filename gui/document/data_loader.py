"""Reading large files of data on a worker thread, with progress and a way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.document.datasets import dataset_of
from gui.workers import RunController
from model.data.reading import reading_once
from model.experiment import Experiment
from model.progress import reported_to

__all__ = ["DataLoader"]


class _Cancelled(Exception):
    """The person does not want the data any more."""


class DataLoader(QObject):
    """Make an experiment and read its data, one at a time, while the window stays alive.

    Signals
    -------
    started(), progressed(float), ended()
        Reading began; the share that is read, 0 to 1; it is over, however it ended.

    Thread
    ------
    GUI thread; only the reading is on the worker.
    """

    started = Signal()
    progressed = Signal(object)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = RunController(self)
        self._runner.updated.connect(self.progressed)
        self._runner.completed.connect(self._on_completed)
        self._runner.cancelled.connect(lambda _: self._on_over())
        self._runner.failed.connect(self._on_failed)
        self._then: Callable[[Experiment], None] | None = None
        self._failed: Callable[[Exception, str], None] | None = None
        self._next: Callable[[], None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read."""
        return self._runner.is_idle

    def load(
        self,
        make: Callable[[], Experiment],
        then: Callable[[Experiment], None],
        failed: Callable[[Exception, str], None],
    ) -> None:
        """Read the data of an experiment; what is being read already is given up.

        Parameters
        ----------
        make
            Makes the experiment; called on the worker.
        then
            Takes it once :func:`dataset_of` has its data at hand.
        failed
            Takes the error and its traceback's text.
        """
        if not self.is_idle:
            self._next = lambda: self.load(make, then, failed)
            self._runner.request_stop()
            return

        def work(
            should_stop: Callable[[], bool], publish: Callable[[float], None]
        ) -> Experiment | None:
            def watch(share: float) -> None:
                if should_stop():
                    raise _Cancelled
                publish(share)

            try:
                with reported_to(watch), reading_once():
                    experiment = make()
                    dataset_of(experiment)
            except _Cancelled:
                return None
            return experiment

        self._then, self._failed = then, failed
        self._runner.start(work)
        self.started.emit()

    def cancel(self) -> None:
        """Give up what is being read."""
        self._next = None
        self._runner.request_stop()

    def _on_completed(self, experiment: Experiment) -> None:
        then = self._then
        self._on_over()
        assert then is not None
        then(experiment)

    def _on_failed(self, error: Exception, details: str) -> None:
        failed = self._failed
        self._on_over()
        assert failed is not None
        failed(error, details)

    def _on_over(self) -> None:
        self._then = self._failed = None
        self.ended.emit()
        following, self._next = self._next, None
        if following is not None:
            following()
