"""The name of the BLAS kernel, which decides the last bits."""

from __future__ import annotations

from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # ships no types

from model.blas import blas_kernel


def test_it_is_the_kernel_that_numpy_has_taken() -> None:
    numpys = [library for library in threadpool_info() if "numpy" in library["filepath"]]
    if not numpys:
        assert blas_kernel()
        return
    assert blas_kernel() == numpys[0]["architecture"]
