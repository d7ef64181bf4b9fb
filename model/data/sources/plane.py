"""Random patterns on the plane: classes to separate and surfaces to fit.

All lie within about -1 to 1 on both axes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from model.arrays import FloatArray
from model.data.dataset import Dataset
from model.data.formula import is_class_formula, values_of
from model.data.rows import MAX_POINTS, labelled_dataset
from model.data.shape import DataShape, input_names
from model.data.source import DataSource, Proposal
from model.data.split import SplitSpec
from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator

FORMULA = "formula"
"""Name of the pattern for the user's function."""

type Rows = tuple[FloatArray, FloatArray]
type Drawer = Callable[[int, float, Generator], Rows]


class Pattern(Struct, frozen=True):
    """A pattern on the plane.

    Attributes
    ----------
    name
        Name in files and on the command line.
    draw
        Maps (points, deviation, generator) to points (n, 2) and targets (n,).
    proposal
        The proposed network and training.
    regression
        Whether the target is a value instead of class 0 or 1.
    share, least
        The deviation of the noise is ``least + share * noise``.
    """

    name: str
    draw: Drawer
    proposal: Proposal
    regression: bool = False
    share: float = 0.5
    least: float = 0.0

    def deviation(self, noise: float) -> float:
        """Return the standard deviation on the plane for a noise of 0 to 1.

        It applies to the positions of the points, or to the targets of a regression.
        """
        return self.least + self.share * noise


def _halves(points: int) -> FloatArray:
    """Return class 0 for the first half of the points and class 1 for the rest."""
    return (np.arange(points) >= points // 2).astype(np.float64)


def _jitter(points: FloatArray, deviation: float, generator: Generator) -> FloatArray:
    """Return the points with normal noise of this deviation."""
    return points + generator.normal(0.0, 1.0, points.shape) * deviation


def _polar(radius: FloatArray, angle: FloatArray) -> FloatArray:
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _circle(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw a disc of class 1 inside a ring of class 0."""
    y = _halves(points)
    low, high = np.where(y == 1.0, 0.0, 0.7), np.where(y == 1.0, 0.5, 1.0)
    radius = np.sqrt(generator.uniform(low**2, high**2))
    return _jitter(_polar(radius, generator.uniform(0, 2 * np.pi, points)), deviation, generator), y


def _quadrants(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw XOR on the plane: class 1 where the coordinates differ in sign."""
    x = generator.uniform(-1.0, 1.0, (points, 2))
    x += np.copysign(0.05, x)
    y = (x[:, 0] * x[:, 1] < 0).astype(np.float64)
    return _jitter(x, deviation, generator), y


def _gaussians(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw two round clouds whose width grows with the noise."""
    y = _halves(points)
    centre = np.where(y[:, None] == 1.0, 0.5, -0.5)
    return centre + generator.normal(0.0, deviation, (points, 2)), y


def _spiral(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw two arms of a spiral, 1 2/3 turns each."""
    y = _halves(points)
    along = generator.uniform(0.05, 1.0, points)
    angle = 3.5 * np.pi * along + np.pi * y
    return _jitter(_polar(along, angle), deviation, generator), y


def _moons(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw two interlocking half circles."""
    y = _halves(points)
    angle = generator.uniform(0.0, np.pi, points)
    upper = np.column_stack((np.cos(angle) - 0.5, np.sin(angle) - 0.25))
    lower = np.column_stack((0.5 - np.cos(angle), 0.25 - np.sin(angle)))
    x = np.where(y[:, None] == 1.0, lower, upper) / 1.5
    return _jitter(x, deviation, generator), y


def _regression_plane(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw a slope: the mean of the coordinates."""
    x = generator.uniform(-1.0, 1.0, (points, 2))
    y = x.mean(axis=1)
    return x, y + generator.normal(0.0, 1.0, points) * deviation


def _regression_gaussian(points: int, deviation: float, generator: Generator) -> Rows:
    """Draw six hills and valleys on level ground."""
    x = generator.uniform(-1.0, 1.0, (points, 2))
    tops = np.array(
        [
            (-0.6, 0.4, 1),
            (0.0, 0.4, -1),
            (0.6, 0.4, 1),
            (-0.6, -0.4, -1),
            (0.0, -0.4, 1),
            (0.6, -0.4, -1),
        ]
    )
    distance = np.linalg.norm(x[:, None, :] - tops[None, :, :2], axis=2)
    y = (tops[:, 2] * np.exp(-((distance / 0.25) ** 2))).sum(axis=1)
    return x, y + generator.normal(0.0, 1.0, points) * deviation


PLANES: dict[str, Pattern] = {
    plane.name: plane
    for plane in (
        Pattern("circle", _circle, Proposal((4,), "tanh", "adam", 0.03, 10, 150)),
        Pattern("quadrants", _quadrants, Proposal((6,), "tanh", "adam", 0.03, 10, 100)),
        Pattern("gaussians", _gaussians, Proposal((2,), "tanh", "adam", 0.03, 10, 50), least=0.15),
        # The pattern is fine beside its width: larger first weights let units begin with steep
        # slopes.
        Pattern(
            "spiral",
            _spiral,
            Proposal((16, 16), "tanh", "adam", 0.01, 10, 400, scale=2.0),
            share=0.25,
        ),
        Pattern("moons", _moons, Proposal((8,), "tanh", "adam", 0.05, 10, 150)),
        Pattern(
            "regression_plane",
            _regression_plane,
            Proposal((), "tanh", "adam", 0.03, 10, 50),
            regression=True,
        ),
        Pattern(
            "regression_gaussian",
            _regression_gaussian,
            Proposal((16, 8), "tanh", "adam", 0.01, 10, 400),
            regression=True,
        ),
    )
}
"""Every pattern by name."""


_FORMULAS = {
    False: Proposal((8,), "tanh", "adam", 0.03, 10, 150),
    True: Proposal((16, 8), "tanh", "adam", 0.005, 32, 300),
}
"""Proposals for the user's function, by whether it is a regression."""


def _pattern_from_formula(formula: str) -> Pattern:
    """Return the user's function as a pattern."""
    regression = not is_class_formula(formula)

    def draw(points: int, deviation: float, generator: Generator) -> Rows:
        x = generator.uniform(-1.0, 1.0, (points, 2))
        y = values_of(formula, x)
        if regression:
            return x, y + generator.normal(0.0, 1.0, points) * deviation
        return _jitter(x, deviation, generator), y

    return Pattern(FORMULA, draw, _FORMULAS[regression], regression)


class PlaneData(DataSource, frozen=True, tag="plane"):
    """Points of the plane drawn from a named pattern, ``"circle"``, ``"spiral"``, ...

    Attributes
    ----------
    name
        A pattern of :mod:`model.data.sources.plane`, or ``"formula"``.
    points
        Number of points, 2 to 1,000,000.
    noise
        Amount of noise, 0 to 1. The standard deviation is half of it (a quarter for the spiral,
        0.15 more for the clouds) and applies to the points, or to the targets of a regression.
    formula
        For ``"formula"``, the expression of each point's target, such as
        ``"x1^2 + x2^2 < 0.5"`` (classes) or ``"sin(3 * x1) * x2"`` (a value to predict);
        otherwise empty. At most 200 characters: numbers, ``pi``, ``e``, ``x1``, ``x2``,
        ``+ - * / ^``, brackets, ``< <= > >=``, ``and or not``, and the functions
        ``sin cos tan exp log sqrt abs sign min max``.
    """

    name: str = "circle"
    points: int = 250
    noise: float = 0.1
    formula: str = ""

    order = 2
    known_names = tuple(PLANES)
    identity_field = "name"
    own_name = FORMULA
    settings = ("points", "noise")
    is_on_plane = True

    @classmethod
    def named(cls, name: str) -> PlaneData | None:
        """Return the pattern for a name, or the user's function for a formula.

        Raises
        ------
        ModelError
            Code ``data.formula`` for an invalid formula.
        """
        if name.lower() in PLANES:
            return cls(name.lower())
        if Path(name).suffix[1:].isalpha() or not re.search(r"\bx[12₁₂]\b", name):
            return None
        is_class_formula(name)  # raises where it is no formula
        return cls(FORMULA, formula=name)

    def pattern(self) -> Pattern:
        """Return the pattern that the points are drawn from.

        Raises
        ------
        ModelError
            Code ``data.unknown_plane``; ``data.formula`` if the user's function is invalid.
        """
        if self.name == FORMULA:
            return _pattern_from_formula(self.formula)
        plane = PLANES.get(self.name)
        if plane is None:
            raise ModelError(
                "data.unknown_plane",
                "There is no pattern called {name}. Known patterns: {known}.",
                name=self.name,
                known=", ".join(PLANES),
            )
        return plane

    def build(self, split: SplitSpec, generator: Generator) -> Dataset:
        """Draw the points of the pattern.

        Raises
        ------
        ModelError
            As `pattern`; code ``data.points``, ``data.noise`` or ``data.formula_value``.
        """
        plane, points, noise = self.pattern(), self.points, self.noise
        if not 2 <= points <= MAX_POINTS:
            raise ModelError(
                "data.points",
                "A pattern needs 2 to {most} points, not {points}.",
                points=points,
                most=MAX_POINTS,
            )
        if not 0.0 <= noise <= 1.0:
            raise ModelError("data.noise", "The noise is {noise}. Use 0 to 1.", noise=noise)
        x, y = plane.draw(points, plane.deviation(noise), generator)
        classes = () if plane.regression else ("0", "1")
        columns = input_names(2), "y"
        return labelled_dataset((x, y[:, None]), classes, columns, split, generator)

    @property
    def own_formula(self) -> str | None:
        return self.formula if self.name == FORMULA else None

    def proposal(self, dataset: Dataset | DataShape) -> Proposal:
        plane = PLANES.get(self.name)
        return _FORMULAS[dataset.task == "regression"] if plane is None else plane.proposal
