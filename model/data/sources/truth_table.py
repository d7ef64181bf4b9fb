"""Truth tables typed by the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foundation.text import Names
from model.data.dataset import Dataset, Task, labels
from model.data.rows import MAX_POINTS
from model.data.scaling import Scaling, scale_columns, to_scaled
from model.data.shape import DataShape
from model.data.source import DataSource, Proposal
from model.data.split import SplitSpec, split_rows
from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator


class TruthTableData(DataSource, frozen=True, tag="truth_table"):
    """A truth table typed by the user, of any size.

    Attributes
    ----------
    input_names, output_names
        One name per column.
    rows
        Input values, ``len(rows) x len(input_names)``.
    targets
        Target outputs, ``len(rows) x len(output_names)``; ``None`` is a don't-care.
    copies, noise
        As in :class:`GateData`.
    scaling
        As in :class:`TableData`.
    """

    input_names: Names
    output_names: Names
    rows: tuple[tuple[float, ...], ...]
    targets: tuple[tuple[float | None, ...], ...]
    copies: int = 1
    noise: float = 0.0
    scaling: Scaling = "none"

    order = 1
    own_name = "truth_table"
    settings = ("copies", "noise")
    is_truth_table = True

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        """Build the data set of the table.

        Raises
        ------
        ModelError
            Codes ``data.table_rows``, ``data.table_row``, ``data.copies`` and ``data.noise``.
        """
        widths = (len(self.input_names), len(self.output_names))
        if not self.rows or len(self.rows) != len(self.targets):
            raise ModelError(
                "data.table_rows",
                "The truth table has {rows} rows of inputs and {targets} rows of outputs. "
                "Give it at least one row, and as many of the one as of the other.",
                rows=len(self.rows),
                targets=len(self.targets),
            )
        for number, (row, target) in enumerate(zip(self.rows, self.targets, strict=True)):
            if (len(row), len(target)) != widths:
                raise ModelError(
                    "data.table_row",
                    "Row {row} of the truth table has {inputs} inputs and {outputs} outputs; "
                    "the names say {widths}.",
                    row=number + 1,
                    inputs=len(row),
                    outputs=len(target),
                    widths=f"{widths[0]} and {widths[1]}",
                )
        free = np.array([[v is None for v in row] for row in self.targets], np.bool_)
        y = np.array([[0.0 if v is None else v for v in row] for row in self.targets])
        mask = (~free).astype(np.float64) if free.any() else None
        x = np.array(self.rows, np.float64)
        copies, noise = self.copies, self.noise
        if not 1 <= copies * len(x) <= MAX_POINTS or copies < 1:
            raise ModelError(
                "data.copies",
                "Each row is used {copies} times. Use 1 or more, and {most} rows in all at most.",
                copies=copies,
                most=MAX_POINTS,
            )
        if not 0.0 <= noise < np.inf:
            raise ModelError("data.noise", "The noise is {noise}. Use 0 to 1.", noise=noise)
        many_x, many_y = np.tile(x, (copies, 1)), np.tile(y, (copies, 1))
        if noise > 0.0:
            many_x = many_x + generator.normal(0.0, noise, many_x.shape)
        many_mask = None if mask is None else np.tile(mask, (copies, 1))
        train, test = split_rows(len(many_x), split, generator, labels(many_y))
        logical = bool(((y == 0.0) | (y == 1.0)).all())
        task: Task = ("binary" if y.shape[1] == 1 else "multilabel") if logical else "regression"
        x_train, x_test, offset, spread = scale_columns(many_x[train], many_x[test], self.scaling)
        return Dataset(
            x_train=x_train,
            y_train=many_y[train],
            x_test=x_test,
            y_test=many_y[test],
            feature_names=self.input_names,
            target_names=self.output_names,
            class_names=("0", "1") if logical else (),
            task=task,
            rows_train=train % len(x),
            rows_test=test % len(x),
            mask_train=None if many_mask is None else many_mask[train],
            mask_test=None if many_mask is None else many_mask[test],
            x_offset=offset,
            x_spread=spread,
            table_x=to_scaled(x, offset, spread),
            table_y=y,
            table_mask=mask,
        )

    def proposal(self, dataset: Dataset | DataShape) -> Proposal:
        return truth_table_proposal(dataset)

    def truth_table(self) -> TruthTableData:
        return self

    @property
    def rows_by_hand(self) -> int:
        return len(self.rows)


def truth_table_proposal(dataset: Dataset | DataShape) -> Proposal:
    """Return hidden layers and training proposed for a truth table."""
    # Twice as many units as inputs hold every parity; one more input takes about twice as long.
    units = max(4, 2 * dataset.inputs) if dataset.outputs == 1 else 8
    return Proposal((units,), "tanh", "sgd", 0.5, 0, 500 * 2**dataset.inputs)
