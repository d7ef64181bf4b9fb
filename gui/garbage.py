"""When garbage is collected, and free memory returned to the system.

Python's garbage is collected between two events, never in the midst of Qt's own work: a collection
that begins inside an override or on a worker destroys the widgets of a window that was closed,
while Qt may be walking through all widgets, a crash (docs/adr/0047).
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
    trimming.timeout.connect(give_free_memory_back)
    trimming.start(TRIM_EVERY_MS)


def _share_one_heap() -> None:
    """Make later threads allocate from the first thread's heap.

    glibc gives back the free end of that heap alone: a heap of a thread's own keeps up to 64 MB at
    its end, whatever is trimmed (docs/adr/0047).
    """
    if _set_malloc is not None:
        _set_malloc(_M_ARENA_MAX, 1)


def _collect_what_is_due() -> None:
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return


def spare_from_collections() -> None:
    """Exclude all present objects from later collections: start-up objects live to the end.

    That is a hundred thousand objects and more, and no collection would find any of them free.
    """
    gc.freeze()


def give_free_memory_back() -> None:
    """Return free memory of the C library's heaps to the system.

    glibc alone has to be told: it keeps the room of pictures, networks and runs that are gone,
    100 MB after a quarter of an hour (docs/adr/0047).
    """
    if _trim is not None:
        _trim(0)
