"""Tables bundled with Glassnet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np

from model.data.dataset import Dataset
from model.data.rows import labelled_dataset
from model.data.scaling import Scaling, fit_columns
from model.data.shape import DataShape
from model.data.source import DataSource, Pixels, Proposal
from model.data.sources.truth_table import TruthTableData
from model.data.split import SplitSpec
from model.data.tables import TABLES, Bundled, load_table

if TYPE_CHECKING:
    from numpy.random import Generator

MAX_EDITED_ROWS = 64
"""Maximum rows of a table that can be edited individually."""
_DIGITS_WH, _DIGITS_WHITE = (8, 8), 16.0


class TableData(DataSource, frozen=True, tag="table"):
    """A bundled table: ``"iris"``, ``"digits"``, ``"symptoms"``, ``"titanic"``.

    Attributes
    ----------
    name
        A table of :mod:`model.data.tables`.
    scaling
        ``"none"``, ``"standard"`` (zero mean, unit variance) or ``"min_max"`` (0 to 1).
    """

    name: str = "iris"
    scaling: Scaling = "none"

    order = 4
    known_names = tuple(TABLES)
    identity_field = "name"
    offers_scaling = True

    @classmethod
    def named(cls, name: str) -> TableData | None:
        return cls(name.lower()) if name.lower() in TABLES else None

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        table = load_table(self.name)
        rows, names = (table.x, table.y), (table.feature_names, table.target)
        return labelled_dataset(rows, table.class_names, names, split, generator, self.scaling)

    @property
    def default_split(self) -> SplitSpec:
        return SplitSpec(0.3, stratify=True) if self._bundled.is_split else SplitSpec()

    def proposal(self, dataset: Dataset | DataShape) -> Proposal:
        return self._bundled.proposal

    def with_default_scaling(self) -> Self:
        return self.with_scaling(self._bundled.scaling) if self.scaling == "none" else self

    @property
    def is_pictures(self) -> bool:
        return self._bundled.is_pictures

    @property
    def _bundled(self) -> Bundled:
        """The table's description; an unknown name from a file has the usual proposal."""
        return TABLES.get(self.name) or Bundled(partial(load_table, self.name), self.usual_proposal)

    def pixels(self, split: SplitSpec, generator: Generator) -> Pixels | None:
        if not self.is_pictures:
            return None
        raw = self.with_scaling("none").build(split, generator)
        offset, spread, is_flat = fit_columns(raw.x_train, self.scaling)
        return Pixels(_DIGITS_WH, _DIGITS_WHITE, offset, np.where(is_flat, 0.0, 1.0 / spread))

    def editable_rows(self, dataset: Dataset) -> TruthTableData | None:
        """Return the rows, training before test, if they are few, unscaled and binary."""
        dataset = dataset.columns
        rows = len(dataset.x_train) + len(dataset.x_test)
        if rows > MAX_EDITED_ROWS or self.scaling != "none" or dataset.task != "binary":
            return None
        table = load_table(self.name)
        return TruthTableData(
            input_names=table.feature_names,
            output_names=(table.target,),
            rows=tuple(map(tuple, np.vstack([dataset.x_train, dataset.x_test]).tolist())),
            targets=tuple(map(tuple, np.vstack([dataset.y_train, dataset.y_test]).tolist())),
        )
