"""The name of the BLAS kernel, which decides the last bits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # ships no types

from model.blas import blas_kernel


def test_it_is_the_kernel_that_numpy_has_taken() -> None:
    numpys = [library for library in threadpool_info() if "numpy" in library["filepath"]]
    if not numpys:
        assert blas_kernel()
        return
    assert blas_kernel() == numpys[0]["architecture"]


@pytest.mark.skipif(
    blas_kernel() not in ("Haswell", "SkylakeX", "Sandybridge", "Zen"),
    reason="Nehalem's kernel is for processors of its line, and for OpenBLAS",
)
def test_another_kernel_has_another_name() -> None:
    program = "from model.blas import blas_kernel; print(blas_kernel())"
    environment = {**os.environ, "OPENBLAS_CORETYPE": "Nehalem"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "Nehalem"
