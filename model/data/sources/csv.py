"""The user's own tables."""

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
"""A packed table may be so much smaller than what is read of it."""


class CsvData(DataSource, frozen=True, tag="csv"):
    """The user's own table: its path and how it was read.

    Attributes
    ----------
    path
        Where the file is, seen from the experiment's own folder where it is relative.
    separator, decimal, encoding, header
        How it is written; empty strings and ``None`` mean "find out".
    sheet
        Which sheet of an Excel workbook; empty means the first that holds a value. Of a zip with
        several tables: which of them; empty means the largest.
    skip_lines
        How many lines at the top are no part of the table; ``None`` means "find out".
    features, targets
        Column names; empty means all but the last, and the last, of those that have values. A
        first column without a name among named ones numbers the rows and is left out then, and so
        is one of words that are all different.
    task
        ``"classification"``, ``"regression"``, or ``"auto"`` from the target's values.
    scaling
        As in :class:`TableData`, fitted on the training rows alone.
    missing
        ``"drop"`` the row, or fill with the column's ``"mean"`` (numbers) and mode (words).
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

        features, targets = read_csv(self).proposed()
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
