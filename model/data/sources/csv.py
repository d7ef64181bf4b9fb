"""The user's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from msgspec.structs import replace

from foundation.text import Names
from model.data.dataset import Dataset
from model.data.files.table_names import is_table_name
from model.data.scaling import Scaling
from model.data.source import DataSource, PathText
from model.data.split import SplitSpec

if TYPE_CHECKING:
    from numpy.random import Generator

_PACKED, PACKED_SHARE = (".gz", ".zip", ".xlsx", ".xlsm"), 16
"""Endings of compressed tables, and their assumed ratio of unpacked to file size."""


class CsvData(DataSource, frozen=True, tag="csv"):
    """The user's table: its path and how it is read.

    Attributes
    ----------
    path
        Path of the file; a relative one starts at the experiment's folder.
    separator, decimal, encoding, header
        The format; empty strings and ``None`` mean that it is detected.
    sheet
        Name of the sheet of an Excel workbook; empty for the first with a value. In a zip with
        several tables, name of the table; empty for the largest.
    skip_lines
        Number of lines above the table; ``None`` to detect it.
    features, targets
        Column names. If empty, the target is the last column with values, and the features are
        the others, except a first column that the header leaves unnamed and columns of words
        that are all different.
    task
        ``"classification"``, ``"regression"``, or ``"auto"`` to decide by the target's values.
    scaling
        As in :class:`TableData`, fitted on the training rows only.
    missing
        ``"drop"`` the row, or fill with the column's ``"mean"`` (numbers) or mode (words).
    """

    path: PathText
    separator: str = ""
    decimal: str = ""
    encoding: str = ""
    header: bool | None = None
    features: Names = ()
    targets: Names = ()
    task: Literal["auto", "classification", "regression"] = "auto"
    scaling: Scaling = "standard"
    missing: Literal["drop", "mean"] = "drop"
    skip_lines: int | None = None
    sheet: str = ""

    order = 5
    identity_field = "path"
    path_fields = ("path",)
    own_name = "csv"
    offers_scaling = True

    @classmethod
    def named(cls, name: str) -> CsvData | None:
        return cls(name) if is_table_name(Path(name)) else None

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        from model.data.csv.dataset import csv_dataset  # late: few data are files

        return csv_dataset(self, split, generator)

    def with_proposed_columns(self) -> Self:
        from model.data.csv.read import read_csv  # late, as above

        features, targets = read_csv(self).proposed_columns()
        return replace(
            self,
            features=tuple(column.name for column in features),
            targets=tuple(column.name for column in targets),
        )

    @property
    def table_path(self) -> str:
        return self.path

    @property
    def unpacked_factor(self) -> int:
        return PACKED_SHARE if self.path.lower().endswith(_PACKED) else 1
