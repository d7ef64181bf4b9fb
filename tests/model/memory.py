"""How much memory this process holds, as Linux tells it."""

from __future__ import annotations

import mmap
from pathlib import Path

__all__ = ["resident_bytes"]


def resident_bytes() -> int:
    """Return the resident memory, files that are mapped included."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * mmap.PAGESIZE
