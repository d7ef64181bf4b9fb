"""Tables that are large enough to be read on a worker."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.experiment import CsvData

__all__ = ["FEATURES", "LARGE_ROWS", "TABLE_ROWS", "write_table"]

LARGE_ROWS, TABLE_ROWS = 80_000, 14_000
FEATURES = ("a", "b", "c", "d", "e", "f")


def write_table(path: Path, rows: int) -> CsvData:
    """Write a table that says whether a * b is positive."""
    x = np.random.default_rng(0).integers(-999, 1000, (rows, len(FEATURES)))
    table = np.column_stack([x, x[:, :2].prod(axis=1) > 0])
    with path.open("w") as file:
        file.write(",".join((*FEATURES, "y")) + "\n")
        for part in np.array_split(table, 100):
            file.write("\n".join(",".join(map(str, row)) for row in part.tolist()) + "\n")
    return CsvData(str(path), features=FEATURES, targets=("y",))
