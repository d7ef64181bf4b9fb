"""On which threads a function is entered, as the interpreter itself sees it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

__all__ = ["threads_seen"]

_TOOL = sys.monitoring.PROFILER_ID
_START = sys.monitoring.events.PY_START


@contextmanager
def threads_seen(function: Callable[..., Any]) -> Iterator[set[int]]:
    """Note the threads that enter `function` in this block, by their identity."""
    seen: set[int] = set()

    def note(code: CodeType, offset: int) -> None:
        seen.add(threading.get_ident())

    sys.monitoring.use_tool_id(_TOOL, "threads_seen")
    sys.monitoring.register_callback(_TOOL, _START, note)
    sys.monitoring.set_local_events(_TOOL, function.__code__, _START)
    try:
        yield seen
    finally:
        sys.monitoring.set_local_events(_TOOL, function.__code__, 0)
        sys.monitoring.register_callback(_TOOL, _START, None)
        sys.monitoring.free_tool_id(_TOOL)
