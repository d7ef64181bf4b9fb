"""Points placed on the plane by the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.data.dataset import Dataset
from model.data.rows import labelled_dataset
from model.data.shape import input_names
from model.data.source import DataSource, Proposal
from model.data.split import SplitSpec
from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator


class PointsData(DataSource, frozen=True, tag="points"):
    """Points placed on the plane by the user.

    Attributes
    ----------
    points
        ``(x1, x2, target)`` of each point; the target is a class index, or a value if
        `regression`.
    classes
        Number of classes, 2 to 8.
    regression
        Whether the third number is a value to predict.
    """

    points: tuple[tuple[float, float, float], ...] = ()
    classes: int = 2
    regression: bool = False

    order = 3
    own_name = "points"
    usual_proposal = Proposal((8,), "tanh", "adam", 0.03, 10, 300)
    is_on_plane = True

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        """Build the data set of the points.

        Raises
        ------
        ModelError
            Codes ``data.no_points`` and ``data.point_class``.
        """
        if not self.points:
            raise ModelError(
                "data.no_points", "There are no points yet. Click on the plane to add some."
            )
        array = np.array(self.points, np.float64)
        x, target = array[:, :2], array[:, 2]
        columns = input_names(2), "y"
        if self.regression:
            return labelled_dataset((x, target[:, None]), (), columns, split, generator)
        known = (target == np.floor(target)) & (target >= 0) & (target < self.classes)
        if not known.all():
            raise ModelError(
                "data.point_class",
                "Point {row} has class {found}, but the classes are 0 to {last}.",
                row=int(np.flatnonzero(~known)[0]) + 1,
                found=float(target[~known][0]),
                last=self.classes - 1,
            )
        names = tuple(str(c) for c in range(self.classes))
        y = target[:, None]
        if self.classes > 2:
            y = np.eye(self.classes)[target.astype(np.intp)]
        return labelled_dataset((x, y), names, columns, split, generator)

    @property
    def rows_by_hand(self) -> int:
        return len(self.points)
