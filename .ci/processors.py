"""Runs the tests of the numeric core with BLAS kernels for several kinds of processors.

`.ci/processors.py` runs them all under every kind that this processor can run;
`.ci/processors.py --other` runs a few of them under one kind that is not this machine's own.
What NumPy computes elsewhere differs in its last bits (docs/adr/0056), and OpenBLAS can be told to
take another processor's kernels. It falls back in silence, so each kind is asked what it has taken.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

KINDS = {
    "Haswell": {"avx2", "fma"},
    "Zen": {"avx2", "fma"},
    "SkylakeX": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "Sandybridge": {"avx"},
    "Nehalem": {"sse4_2"},
}
"""What a processor must have to run each kind's kernels, as Linux names it."""

NUMERIC_CORE = ["tests/model"]
SOME = [
    "tests/model/training/ensemble/test_population.py",
    "tests/model/test_backprop.py",
    "tests/model/training/test_parity.py",
]

KERNEL = "from model.blas import blas_kernel; print(blas_kernel())"
LONG_PRODUCT = "import numpy as np; np.ones((64, 2048)) @ np.ones((2048, 64))"


def flags() -> set[str]:
    """Return the processor's flags; empty if the system does not list them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())


def python(kind: str, *arguments: str, quiet: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Python with a kind's kernels; "" means the machine's own."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("OPENBLAS_CORETYPE", None)
    if kind:
        environment["OPENBLAS_CORETYPE"] = kind
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        capture_output=quiet,
    )


def refusal(kind: str, known: set[str]) -> str:
    """Return why a kind cannot be run here, empty if it can."""
    if missing := sorted(KINDS[kind] - known):
        return f"this processor has no {', '.join(missing)}"
    kernel = python(kind, "-c", KERNEL).stdout.strip()
    return "" if kernel == kind else f"OpenBLAS took {kernel or 'nothing'} instead"


def run_tests(kind: str, paths: list[str], more: list[str]) -> tuple[bool, str]:
    """Run tests with a kind's kernels; return whether they passed, and any remark."""
    marks, said = "not slow", ""
    if python(kind, "-c", LONG_PRODUCT).returncode < 0:
        # OpenBLAS 0.3.34 gives its Haswell kernels the blocks of Zen 4 and 5, which overrun their
        # stack, where such a processor is told to take them (its issue 6021). None takes them by
        # itself.
        marks += " and not long_product"
        said = ", but for the tests marked long_product: forced to it, this OpenBLAS ends there"
    workers = ["--no-xvfb", "-n", os.environ.get("JOBS", "2"), "--dist", "worksteal"]
    done = python(kind, "-m", "pytest", "-q", "-m", marks, *workers, *paths, *more, quiet=False)
    return done.returncode == 0, said


def main(arguments: list[str]) -> int:
    """Run the requested kinds and report which ran and which did not."""
    some = "--other" in arguments
    more = [argument for argument in arguments if argument != "--other"]
    known, own = flags(), python("", "-c", KERNEL).stdout.strip()
    machine = platform.machine().lower()
    if not known or machine not in ("x86_64", "amd64"):
        print(
            f"Kernels of other processors can be tried on x86-64 under Linux only, not on "
            f"{platform.system()} {machine}; the tests run with this one's own ({own})."
        )
        return 0
    lines, passed = [], True
    kinds = [kind for kind in KINDS if kind != own] if some else list(KINDS)
    for kind in kinds:
        if why := refusal(kind, known):
            lines.append(f"{kind}: skipped: {why}")
            continue
        print(f"-- {kind}", flush=True)
        good, said = run_tests(kind, SOME if some else NUMERIC_CORE, more)
        passed = passed and good
        lines.append(f"{kind}: {'passed' if good else 'FAILED'}{said}")
        if some:
            break
    print("\n".join(lines if some else ["", "The numeric core by kinds of processor:", *lines]))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
