"""A process of its own for what may end one: how it is started, and what bounds it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any, Final

LIMIT_S: Final = 60.0
LIMIT_GB: Final = 4
_ROOT: Final = Path(__file__).resolve().parent.parent


def to_start(module: str, words: list[str]) -> dict[str, Any]:
    """Return what `subprocess` wants to run a module of this package with some words."""
    return {
        "args": [sys.executable, "-m", module, *words],
        "cwd": _ROOT,
        "env": {**os.environ, "PYTHONSAFEPATH": ""},  # with it the folder would not be looked into
    }


def limit_memory() -> None:
    """Let this process take no more memory than `LIMIT_GB`, where the system can see to that."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit; there the time limit stands alone.
        return
    for kind, most in ((resource.RLIMIT_AS, LIMIT_GB << 30), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
