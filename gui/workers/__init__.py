"""Worker threads: mailboxes and controllers of runs, so that panels see no threads."""

from gui.workers.latest_task import LatestTask
from gui.workers.run_controller import RunController, RunState, Work
from gui.workers.task_queue import TaskQueue

__all__ = ["LatestTask", "RunController", "RunState", "TaskQueue", "Work"]
