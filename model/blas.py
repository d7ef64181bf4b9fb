"""NumPy's BLAS library, whose kernel and threads affect the last bits of matrix products."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

_THREADS = "OPENBLAS_NUM_THREADS"
_NAMES = ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}64_", "openblas_{}")
_lock = threading.Lock()
_threads_before: list[int] = []
"""Thread counts at the start of each active block of :func:`limited_threads`."""


@cache
def _openblas(name: str) -> Any:
    """Return a function of NumPy's OpenBLAS, or ``None`` with another BLAS."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(path))
            for pattern in _NAMES:
                if (function := getattr(library, pattern.format(name), None)) is not None:
                    return function
    return None


def blas_kernel() -> str:
    """Return the name of OpenBLAS's kernel, such as "SkylakeX".

    With another BLAS, return the library's name, such as "accelerate", or "unknown".
    """
    if (ask := _openblas("get_corename")) is not None:
        ask.restype = ctypes.c_char_p
        return str(ask().decode("ascii"))
    config: Any = np.show_config(mode="dicts")
    return str(config.get("Build Dependencies", {}).get("blas", {}).get("name") or "unknown")


def blas_threads() -> int:
    """Return the number of threads used for a large product; 1 if unknown."""
    ask = _openblas("get_num_threads")
    return 1 if ask is None else int(ask())


def use_all_processors() -> None:
    """Use all processors for large products until the process ends."""
    os.environ[_THREADS] = str(os.cpu_count() or 1)
    _set_threads(os.cpu_count() or 1)


def _set_threads(count: int) -> None:
    if (change := _openblas("set_num_threads")) is not None:
        change(count)


@contextmanager
def limited_threads() -> Iterator[None]:
    """Limit products in this block to one thread, unless OPENBLAS_NUM_THREADS is set.

    Notes
    -----
    A product split over several threads waits for the slowest one; if other programs are busy, it
    can take a hundred times as long (docs/adr/0016). The thread count is global to the process, so
    when blocks overlap, the last one to end restores it.
    """
    if _THREADS in os.environ:
        yield
        return
    with _lock:
        _threads_before.append(blas_threads())
        _set_threads(1)
    try:
        yield
    finally:
        with _lock:
            if len(_threads_before) == 1:
                _set_threads(_threads_before[0])
            _threads_before.pop()
