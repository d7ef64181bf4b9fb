"""File names of tables."""

from __future__ import annotations

from pathlib import Path

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".data", ".dat", ".xlsx", ".xlsm")
"""What the files of tables end in; apart, since reading them is loaded late."""

_ALSO_TAKEN = (".zip", ".xls", ".ods")
_KINDS = (*TABLE_SUFFIXES, ".csv.gz", ".tsv.gz", ".zip")
TABLE_PATTERNS = " ".join(f"*{kind}" for kind in _KINDS)
"""The same, and the usual packed ones, as a file dialog takes them."""


def is_table_name(path: Path) -> bool:
    """Return whether a file name is that of a table.

    It may be packed by gzip or in a zip, or of a kind that is only named when it is read.
    """
    name = path.name.lower()
    return name.removesuffix(".gz").endswith(TABLE_SUFFIXES) or name.endswith(_ALSO_TAKEN)
