"""Which processor a run was made on, and goals that depend on it."""

from __future__ import annotations

import datetime
import os
import platform
import re
import sys
from pathlib import Path

__all__ = ["described", "goal_on", "processor"]

_CPUINFO = Path("/proc/cpuinfo")
_TOLD = re.compile(r"^(vendor_id|model name|cpu family|model)\s*:\s*(.+)$", re.MULTILINE)


def _told() -> dict[str, str]:
    """Return what Linux says of the first processor; nothing elsewhere."""
    if not _CPUINFO.exists():
        return {}
    first = _CPUINFO.read_text(encoding="utf-8").split("\n\n")[0]
    return dict(_TOLD.findall(first))


def processor() -> str:
    """Name the processor, with the numbers that tell its generation where a host hides its name."""
    told = _told()
    name = told.get("model name") or platform.processor() or platform.machine()
    if "cpu family" in told:
        name += f" (family {told['cpu family']}, model {told['model']})"
    return name


def goal_on(intel: str, amd: str) -> str:
    """Return the goal for this processor's maker; any other has Intel's.

    A peer whose time goes into calls and not into products is as fast as the processor calls;
    docs/speed.md says which rows this concerns.
    """
    return amd if _told().get("vendor_id") == "AuthenticAMD" else intel


def described() -> str:
    """Return processor, cores, the kernel of NumPy's products, system and day, for the report."""
    import numpy as np  # noqa: F401 - its library is asked below; the report needs neither
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # ships no types

    kernels = {
        f"{library['internal_api']} {library['version']}, kernel {library['architecture']}"
        for library in threadpool_info()
        if library["user_api"] == "blas" and "architecture" in library
    }
    parts = [
        processor(),
        f"{len(os.sched_getaffinity(0)) if sys.platform == 'linux' else os.cpu_count()} cores",
        *sorted(kernels),
        platform.platform(terse=True),
        f"Python {platform.python_version()}",
        f"{datetime.datetime.now().date():%d %B %Y}",
    ]
    return ", ".join(parts)
