"""Threads: one-slot mailboxes and the controller that owns a run. Panels never see a thread."""

from gui.workers.mailbox import Mailbox
from gui.workers.newest_job import NewestJob
from gui.workers.run_controller import RunController, RunState, Work

__all__ = ["Mailbox", "NewestJob", "RunController", "RunState", "Work"]
