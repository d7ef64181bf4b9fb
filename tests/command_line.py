"""The command line within this process: a process of its own takes half a second to start."""

from __future__ import annotations

import io
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest

from main import main


def run_here(*words: object) -> subprocess.CompletedProcess[str]:
    """Run what `main.py` would with these words, in English."""
    arguments = [*map(str, words)]
    out, err = io.StringIO(), io.StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("LC_ALL", "C")
        environment.setenv("LANGUAGE", "")
        environment.setenv("OPENBLAS_NUM_THREADS", "1")  # which `--threads` changes for good
        try:
            status: Any = main(arguments)
        except SystemExit as ended:  # so argparse ends at words that it does not know
            status = ended.code
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())
