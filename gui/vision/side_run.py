"""Run what is made beside the main job: a look into a batch, an occlusion map, a comparison."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.vision.session import Session
from gui.vision.side_jobs import SideJob, run_patiently
from gui.workers import RunController, RunState

__all__ = ["SideRun"]


class SideRun(QObject):
    """Own a second worker with one job at a time, and one more that is wanted next.

    Parameters
    ----------
    session
        The loaded model.
    network_is_free
        Tells whether the main job leaves the network alone and nothing waits for it.

    Signals
    -------
    told(object)
        The newest that the job has published, and its result.
    failed(Exception, str)
        It could not be done; the second is the traceback or ``""``.
    ended()
        It is over, and what was to be done then is done.

    Thread
    ------
    Lives in the GUI thread.
    """

    told = Signal(object)
    failed = Signal(object, str)
    ended = Signal()

    def __init__(
        self, session: Session, network_is_free: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._network_is_free = network_is_free
        self._runs = RunController(self)
        self._wanted: SideJob | None = None
        self._when_over: list[Callable[[], None]] = []
        self._runs.state_changed.connect(self._on_state_changed)
        self._runs.updated.connect(self.told)
        self._runs.completed.connect(self.told)
        self._runs.failed.connect(self.failed)

    @property
    def is_idle(self) -> bool:
        """Whether no job is at work."""
        return self._runs.is_idle

    def start(self, job: SideJob) -> None:
        """Begin `job` at once; an error while another is at work."""
        self._runs.start(
            lambda should_stop, publish: run_patiently(job, self._session, should_stop, publish)
        )

    def want(self, job: SideJob) -> None:
        """Begin `job` when nothing else uses the network; a newer one takes its place."""
        self._wanted = job
        if self.is_idle:
            self.start_wanted()
        else:
            self.stop()

    def start_wanted(self) -> None:
        """Begin what is wanted, if it can begin now."""
        job = self._wanted
        if job is not None and self.is_idle and self._network_is_free():
            self._wanted = None
            self.start(job)

    def forget_wanted(self) -> None:
        """Let nothing come after the job at work."""
        self._wanted = None

    def when_over(self, action: Callable[[], None]) -> None:
        """Do `action` when no job uses the network, ending one that does."""
        if self.is_idle:
            action()
        else:
            self._when_over.append(action)
            self.stop()

    def stop(self) -> None:
        """Ask the job at work to stop."""
        self._runs.request_stop()

    def close(self) -> None:
        """Drop all that is to come, and ask the job at work to stop."""
        self._when_over.clear()
        self._wanted = None
        self.stop()

    def _on_state_changed(self, state: RunState) -> None:
        if state is RunState.IDLE:
            actions, self._when_over = self._when_over, []
            for action in actions:
                action()
            self.ended.emit()
