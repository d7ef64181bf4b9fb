"""Which BLAS kernel computes the matrix products: it decides their last bits."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np

_NAMES = (
    "scipy_openblas_get_corename64_",
    "scipy_openblas_get_corename",
    "openblas_get_corename64_",
    "openblas_get_corename",
)


def blas_kernel() -> str:
    """Return the kernel's name as OpenBLAS has it, such as "SkylakeX".

    Where NumPy was built with another library its name, such as "accelerate"; else "unknown".
    """
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(path))
            for name in _NAMES:
                if (ask := getattr(library, name, None)) is not None:
                    ask.restype = ctypes.c_char_p
                    return str(ask().decode("ascii"))
    config: Any = np.show_config(mode="dicts")
    return str(config.get("Build Dependencies", {}).get("blas", {}).get("name") or "unknown")
