"""Control when Python collects garbage and when free memory returns to the system.

Garbage is collected between events, never in the middle of Qt's own work: a collection that
begins inside an override or on a worker destroys the widgets of a closed window while Qt may be
iterating over all widgets, a crash (docs/adr/0047).
"""

from __future__ import annotations

import ctypes
import gc
import sys

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
TRIM_EVERY_MS = 10_000
_NAME = "garbage_timer"
_M_ARENA_MAX = -8  # of glibc's <malloc.h>
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_trim, _set_malloc = getattr(_libc, "malloc_trim", None), getattr(_libc, "mallopt", None)


def collect_between_events(owner: QObject) -> None:
    """Collect garbage only from the event loop while `owner` lives, by the usual thresholds."""
    gc.disable()
    if owner.findChild(QTimer, _NAME) is not None:
        return
    _share_one_heap()
    timer = QTimer(owner)
    timer.setObjectName(_NAME)
    timer.timeout.connect(_collect_what_is_due)
    timer.start(EVERY_MS)
    trimming = QTimer(timer)
    trimming.timeout.connect(release_free_memory)
    trimming.start(TRIM_EVERY_MS)


def _share_one_heap() -> None:
    """Make later threads allocate from the main heap.

    glibc returns only the free end of that heap to the system: a thread's own heap keeps up to
    64 MB at its end, even after `malloc_trim` (docs/adr/0047).
    """
    if _set_malloc is not None:
        _set_malloc(_M_ARENA_MAX, 1)


def _collect_what_is_due() -> None:
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return


def freeze_startup_objects() -> None:
    """Exclude all existing objects from later collections: start-up objects live to the end.

    There are more than a hundred thousand of them, and no collection would free any.
    """
    gc.freeze()


def release_free_memory() -> None:
    """Return free memory of the C library's heaps to the system.

    Only glibc needs this: it keeps the memory of deleted pictures, networks and runs, 100 MB after
    a quarter of an hour (docs/adr/0047).
    """
    if _trim is not None:
        _trim(0)
