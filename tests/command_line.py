"""The command line within this process: a process of its own takes half a second to start."""

from __future__ import annotations

import io
import subprocess
from contextlib import redirect_stderr, redirect_stdout

import pytest

from main import main


def run_here(*words: object) -> subprocess.CompletedProcess[str]:
    """Run what `main.py` would with these words, in English."""
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
            status = main([*map(str, words)])
        except SystemExit as ended:  # so argparse ends at words that it does not know
            status = ended.code
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())
