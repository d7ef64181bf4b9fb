"""Worker threads: mailboxes and run controllers that hide threads from the panels."""

from gui.workers.latest_task import LatestTask
from gui.workers.run_controller import RunController, RunState, Work
from gui.workers.task_queue import TaskQueue

__all__ = ["LatestTask", "RunController", "RunState", "TaskQueue", "Work"]
