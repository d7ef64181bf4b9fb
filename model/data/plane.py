"""Patterns on the plane, drawn at random: classes to tell apart and surfaces to follow.

All lie within about -1 to 1 on both axes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from model.data.formula import is_class_formula, values_of
from model.errors import ModelError
from model.experiment import FloatArray, PlaneData

MOST_POINTS = 1_000_000
FORMULA = "formula"
"""What the pattern of a person's own function is called."""

type Drawer = Callable[[int, float, np.random.Generator], tuple[FloatArray, FloatArray]]


class Pattern(Struct, frozen=True):
    """A pattern on the plane.

    Attributes
    ----------
    name
        What files and the command line call it.
    regression
        Whether the target is a value in -1 to 1 and not class 0 or 1.
    draw
        From (points, deviation, generator) to points (n, 2) and targets (n,).
    share, least
        The deviation of what is drawn is `least` more than this share of the noise.
    """

    name: str
    regression: bool
    draw: Drawer
    share: float = 0.5
    least: float = 0.0

    def deviation(self, noise: float) -> float:
        """Return the standard deviation, in the plane's unit, that a noise of 0 to 1 stands for.

        It is that of the points around their places, of a regression that of the targets.
        """
        return self.least + self.share * noise


def _halves(points: int) -> FloatArray:
    """Return class 0 for the first half of the points and class 1 for the rest."""
    return (np.arange(points) >= points // 2).astype(np.float64)


def _jitter(points: FloatArray, deviation: float, generator: np.random.Generator) -> FloatArray:
    """Return the points, each moved by a normal step of this deviation."""
    return points + generator.normal(0.0, 1.0, points.shape) * deviation


def _polar(radius: FloatArray, angle: FloatArray) -> FloatArray:
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _circle(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw a disc of class 1 within a ring of class 0."""
    y = _halves(points)
    low, high = np.where(y == 1.0, 0.0, 0.7), np.where(y == 1.0, 0.5, 1.0)
    radius = np.sqrt(generator.uniform(low**2, high**2))
    return _jitter(_polar(radius, generator.uniform(0, 2 * np.pi, points)), deviation, generator), y


def _quadrants(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw XOR on the plane: class 1 where the coordinates differ in sign."""
    x = generator.uniform(-1.0, 1.0, (points, 2))
    x += np.copysign(0.05, x)
    y = (x[:, 0] * x[:, 1] < 0).astype(np.float64)
    return _jitter(x, deviation, generator), y


def _gaussians(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw two round clouds whose width grows with the noise."""
    y = _halves(points)
    centre = np.where(y[:, None] == 1.0, 0.5, -0.5)
    return centre + generator.normal(0.0, deviation, (points, 2)), y


def _spiral(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw two arms of a spiral, 1 2/3 turns each."""
    y = _halves(points)
    along = generator.uniform(0.05, 1.0, points)
    angle = 3.5 * np.pi * along + np.pi * y
    return _jitter(_polar(along, angle), deviation, generator), y


def _moons(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw two interlocking half circles."""
    y = _halves(points)
    angle = generator.uniform(0.0, np.pi, points)
    upper = np.column_stack((np.cos(angle) - 0.5, np.sin(angle) - 0.25))
    lower = np.column_stack((0.5 - np.cos(angle), 0.25 - np.sin(angle)))
    x = np.where(y[:, None] == 1.0, lower, upper) / 1.5
    return _jitter(x, deviation, generator), y


def _regression_plane(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw a slope: the mean of the coordinates."""
    x = generator.uniform(-1.0, 1.0, (points, 2))
    y = x.mean(axis=1)
    return x, y + generator.normal(0.0, 1.0, points) * deviation


def _regression_gaussian(
    points: int, deviation: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw six hills and hollows, and level ground between."""
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
        Pattern("circle", regression=False, draw=_circle),
        Pattern("quadrants", regression=False, draw=_quadrants),
        Pattern("gaussians", regression=False, draw=_gaussians, least=0.15),
        Pattern("spiral", regression=False, draw=_spiral, share=0.25),
        Pattern("moons", regression=False, draw=_moons),
        Pattern("regression_plane", regression=True, draw=_regression_plane),
        Pattern("regression_gaussian", regression=True, draw=_regression_gaussian),
    )
}
"""Every pattern by its name."""


def pattern_of(data: PlaneData) -> Pattern:
    """Return the pattern that data are drawn from.

    Raises
    ------
    ModelError
        Code ``data.unknown_plane``; ``data.formula`` where a person's own function is none.
    """
    if data.name == FORMULA:
        return _of_formula(data.formula)
    plane = PLANES.get(data.name)
    if plane is None:
        raise ModelError(
            "data.unknown_plane",
            "There is no pattern called {name}. Known patterns: {known}.",
            name=data.name,
            known=", ".join(PLANES),
        )
    return plane


def _of_formula(formula: str) -> Pattern:
    """Return a person's own function as a pattern."""
    regression = not is_class_formula(formula)

    def draw(
        points: int, deviation: float, generator: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        x = generator.uniform(-1.0, 1.0, (points, 2))
        y = values_of(formula, x)
        if regression:
            return x, y + generator.normal(0.0, 1.0, points) * deviation
        return _jitter(x, deviation, generator), y

    return Pattern(FORMULA, regression, draw)


def draw_plane(data: PlaneData, generator: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw a pattern: points, shape (points, 2), and targets, shape (points, 1).

    Raises
    ------
    ModelError
        As `pattern_of`; code ``data.points``, ``data.noise`` or ``data.formula_value``.
    """
    plane, points, noise = pattern_of(data), data.points, data.noise
    if not 2 <= points <= MOST_POINTS:
        raise ModelError(
            "data.points",
            "A pattern needs 2 to {most} points, not {points}.",
            points=points,
            most=MOST_POINTS,
        )
    if not 0.0 <= noise <= 1.0:
        raise ModelError("data.noise", "The noise is {noise}. Use 0 to 1.", noise=noise)
    x, y = plane.draw(points, plane.deviation(noise), generator)
    return x, y[:, None]
