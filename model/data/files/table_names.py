"""File names of tables."""

from __future__ import annotations

from pathlib import Path

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".data", ".dat", ".xlsx", ".xlsm")
"""File name endings of tables; defined here because the readers are imported late."""

_ALSO_TAKEN = (".zip", ".xls", ".ods")
_KINDS = (*TABLE_SUFFIXES, ".csv.gz", ".tsv.gz", ".zip")
TABLE_PATTERNS = " ".join(f"*{kind}" for kind in _KINDS)
"""File dialog patterns of tables, including compressed ones."""


def is_table_name(path: Path) -> bool:
    """Return whether a file name is that of a table.

    Gzipped and zipped tables are included, and kinds that are recognised but rejected with an
    error when they are read.
    """
    name = path.name.lower()
    return name.removesuffix(".gz").endswith(TABLE_SUFFIXES) or name.endswith(_ALSO_TAKEN)
