"""The rows in the space of a hidden layer, and the next layer's answers there.

Two of the layer's units, or its first two principal components, span a plane. Each row has a place
on it. The next layer's weighted sums are linear over the plane, so its decision line is straight
there, although it is curved over the inputs. All other directions are held fixed: the plane is a
slice of the space through one row, or through the mean of all rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model.activations import ACTIVATION_KINDS, activate
from model.data.dataset import Task
from model.data.derived import Feature, derive
from model.experiment import Activation, Experiment, FloatArray
from model.insight.contour import class_borders, level_segments
from model.insight.plane import LONE_MARGIN, Bounds, is_too_narrow
from model.metrics import decide, decision_threshold
from model.network import Network

MAX_ROWS = 400
"""Maximum number of rows examined, spread evenly over all rows."""

_FEWEST_ROWS, _MAX_PRODUCTS = 32, 3_000_000
_WIDE_LAYER, _ROWS_OF_WIDE = 96, 64
_GRID_LINES, _GRID_POINTS, _GRID_PRODUCTS = 11, 31, 1_000_000
_MARGIN = 0.12


@dataclass(frozen=True, eq=False)
class HiddenPlane:
    """A plane through the space of a layer's activations.

    Attributes
    ----------
    directions
        Two orthonormal directions, shape (2, units); the second is 0 if the layer has one unit.
    centre
        Activations that are projected to (0, 0), shape (units,).
    origin
        Activations at (0, 0) of the slice, shape (units,): `centre`, shifted perpendicular to the
        directions so that the slice passes through the held activations.
    explained
        Share of the rows' variance along the two directions, 0 to 1; 1 for units.
    """

    directions: FloatArray
    centre: FloatArray
    origin: FloatArray
    explained: float = 1.0

    def places(self, a: FloatArray) -> FloatArray:
        """Return the coordinates of activations on the plane, (rows, units) to (rows, 2)."""
        return np.asarray((a - self.centre) @ self.directions.T)

    def on_slice(self, a: FloatArray) -> FloatArray:
        """Return activations projected onto the plane, shape (rows, units)."""
        return np.asarray(self.origin + self.places(a) @ self.directions)

    def sums(self, weights: FloatArray, biases: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the next layer's weighted sums over the plane as slopes and offsets.

        Parameters
        ----------
        weights, biases
            Parameters of the next layer, shape (units, next units) and (next units,).

        Returns
        -------
        tuple of array
            Shape (2, next units) and (next units,): ``z = place @ slopes + offsets``.
        """
        return self.directions @ weights, self.origin @ weights + biases


def plane_of_units(first: int, second: int, held: FloatArray) -> HiddenPlane:
    """Return the plane spanned by two units of a layer.

    Parameters
    ----------
    first, second
        Indices of the units; `second` is -1 if there is only one.
    held
        Activations at which the other units are held, shape (units,).
    """
    directions = np.zeros((2, len(held)), held.dtype)
    directions[0, first] = 1.0
    origin = held.copy()
    origin[first] = 0.0
    if second >= 0:
        directions[1, second] = 1.0
        origin[second] = 0.0
    return HiddenPlane(directions, np.zeros_like(held), origin)


def plane_of_components(
    a: FloatArray, held: FloatArray, like: FloatArray | None = None
) -> HiddenPlane:
    """Return the plane of the first two principal components of a layer's activations.

    Parameters
    ----------
    a
        Activations, shape (rows, units), finite, at least two units.
    held
        Activations that the slice passes through, shape (units,).
    like
        Earlier directions, shape (2, units), that determine the signs of the new ones. Without
        them, each direction's largest coordinate is positive.

    Notes
    -----
    The components are the right singular vectors of the centred activations. Rows of 0 are added,
    which do not change them, so that there are always two.
    """
    centre = a.mean(axis=0)
    x = np.vstack([a - centre, np.zeros((2, len(centre)), a.dtype)])
    _, sizes, vectors = np.linalg.svd(x, full_matrices=False)
    directions = vectors[:2]
    if like is None or like.shape != directions.shape:
        like = np.zeros_like(directions)
        largest = np.abs(directions).argmax(axis=1)
        like[[0, 1], largest] = 1.0
    directions[(directions * like).sum(axis=1) < 0.0] *= -1.0
    powers = np.square(sizes)
    rest = held - centre
    origin = centre + rest - (rest @ directions.T) @ directions
    explained = float(powers[:2].sum() / powers.sum()) if powers[0] > 0.0 else 1.0
    return HiddenPlane(directions, centre, origin, explained)


@dataclass(frozen=True)
class HiddenView:
    """The user's choices for the view of a hidden layer.

    Attributes
    ----------
    layer
        Index of the layer, from 0.
    units
        Units on the horizontal and vertical axes, the second -1 if there is only one; ``None`` for
        the first two principal components.
    next_unit
        Unit of the next layer whose line is drawn; with several classes, all are drawn.
    """

    layer: int
    units: tuple[int, int] | None
    next_unit: int = 0


def fit_view(view: HiddenView, network: Network) -> HiddenView:
    """Return the view with missing layers and units replaced by existing ones.

    The network must have a hidden layer.
    """
    layers = network.layers
    layer = min(max(view.layer, 0), len(layers) - 2)
    have = layers[layer].units
    units = view.units
    if have == 1:
        units = (0, -1)
    elif layer != view.layer or (have == 2 and units is None) or not _exist(units, have):
        units = (0, 1)
    next_unit = view.next_unit if 0 <= view.next_unit < layers[layer + 1].units else 0
    return HiddenView(layer, units, next_unit)


def _exist(units: tuple[int, int] | None, have: int) -> bool:
    return units is None or (0 <= min(units) < max(units) < have)


def strongest_units(
    network: Network, x: FloatArray, layer: int, next_unit: int = 0
) -> tuple[int, int]:
    """Return the two units with the largest effect on the next layer's sum, lower index first.

    The second is -1 if there is only one.

    Parameters
    ----------
    network
        Network with the hidden layer.
    x
        Rows, shape (rows, inputs).
    layer
        Index of the hidden layer.
    next_unit
        Index of the unit in the next layer.

    Notes
    -----
    A unit's effect is |w| times the range of its activations over the rows.
    """
    a = network.activations(x)[layer][1]
    weights = network.matrices[layer + 1][:, next_unit]
    moved = np.nan_to_num(np.abs(weights) * np.ptp(a, axis=0))
    first, *rest = np.argsort(-moved, kind="stable")[:2].tolist()
    return (min(first, rest[0]), max(first, rest[0])) if rest else (first, -1)


@dataclass(frozen=True, eq=False)
class HiddenSpace:
    """Rows on a plane of a hidden layer's space, with the next layer's answers over it.

    Attributes
    ----------
    view
        The requested view.
    plane
        The plane shown.
    places
        Coordinates of the rows, shape (rows, 2).
    held_place
        Coordinates of the row that the slice passes through, shape (2,); ``None`` if it passes
        through the mean of all rows.
    outputs
        The network's answers to the rows, shape (rows, outputs).
    agreeing
        Number of rows for which the next layer's answer on the slice equals its actual answer;
        ``None`` if it has values instead of answers, such as the output of a regression.
    has_classes
        Whether the next layer's answer is its largest unit.
    is_output
        Whether the next layer is the output layer.
    """

    view: HiddenView
    plane: HiddenPlane
    places: FloatArray
    held_place: FloatArray | None
    outputs: FloatArray
    agreeing: int | None
    has_classes: bool
    is_output: bool
    _slopes: FloatArray
    _offsets: FloatArray
    _activation: Activation
    _threshold: float

    @property
    def is_line(self) -> bool:
        """Whether the line on the plane decides every row's answer."""
        return self.agreeing is not None and self.agreeing == len(self.places)

    def answers_over(self, bounds: Bounds, side: int) -> tuple[FloatArray, FloatArray]:
        """Return the next layer's answers over the plane, and their borders.

        Returns
        -------
        tuple of array
            Answers, shape (classes, side, side), or (1, side, side) for the requested unit, row 0
            at the bottom; border segments in grid steps, shape (segments, 2, 2).
        """
        x, y = np.linspace(*bounds[:2], side), np.linspace(*bounds[2:], side)
        places = np.stack(np.meshgrid(x, y), axis=2)
        sums = places.reshape(-1, 2) @ self._slopes + self._offsets
        answers = activate(self._activation, sums)
        z, a = (values.T.reshape(-1, side, side) for values in (sums, answers))
        if self.has_classes:
            return a, class_borders(z)
        if ACTIVATION_KINDS[self._activation].is_joint:
            a = a[self.view.next_unit][None]
            return a, level_segments(a[0], self._threshold)
        level = self._threshold
        turn = 0.0 if level == 0.0 else ACTIVATION_KINDS[self._activation].inverse(level)
        return a, level_segments(z[0], turn)


def sample_row_indices(network: Network, rows: int) -> np.ndarray:
    """Return the indices of as many rows as can be displayed in about a millisecond."""
    most = max(_FEWEST_ROWS, min(MAX_ROWS, _MAX_PRODUCTS // max(1, network.parameter_count())))
    if max(layer.units for layer in network.layers) > _WIDE_LAYER:
        most = min(most, _ROWS_OF_WIDE)
    return np.arange(0, rows, max(1, -(-rows // most)))


def hidden_space(
    experiment: Experiment,
    network: Network,
    task: Task,
    x: FloatArray,
    view: HiddenView,
    held: FloatArray | None = None,
    like: HiddenPlane | None = None,
) -> HiddenSpace | None:
    """Return the rows in the space of a hidden layer, ``None`` if a number is not finite.

    Parameters
    ----------
    experiment
        Experiment that the network belongs to; determines the meaning of its answers.
    network
        Network with a hidden layer.
    task
        Task of the data.
    x
        Rows, shape (rows, inputs), at least one.
    view
        Layer and units, from :func:`fit_view`.
    held
        Inputs of the row that the slice passes through, shape (inputs,); ``None`` for the mean of
        all rows' activations.
    like
        The previous plane, to which principal components are aligned.

    Notes
    -----
    On the slice a row's weighted sum is ``z - (a - a_on_slice) @ W``: if the plane leaves nothing
    out, this equals `z` to the last bit.
    """
    rows = np.asarray(x) if held is None else np.vstack([x, held[None, :]])
    passed = network.activations(rows)
    layer, layers = view.layer, network.layers
    a, next_z, outputs = passed[layer][1], passed[layer + 1][0], passed[-1][1]
    if not (np.isfinite(a).all() and np.isfinite(next_z).all() and np.isfinite(outputs).all()):
        return None
    through = a[: len(x)].mean(axis=0) if held is None else a[-1]
    if view.units is None:
        turned = None if like is None else like.directions
        plane = plane_of_components(a[: len(x)], through, turned)
    else:
        plane = plane_of_units(*view.units, through)
    weights, biases = network.matrices[layer + 1], network.biases[layer + 1]
    is_output = layer + 2 == len(layers)
    has_classes = is_output and task == "multiclass" and len(biases) > 1
    activation = layers[layer + 1].activation
    takes_all = has_classes or ACTIVATION_KINDS[activation].is_joint
    asked = slice(None) if takes_all else slice(view.next_unit, view.next_unit + 1)
    slopes, offsets = plane.sums(weights[:, asked], biases[asked])
    if not (np.isfinite(slopes).all() and np.isfinite(offsets).all()):
        return None
    space = HiddenSpace(
        view=view,
        plane=plane,
        places=plane.places(a[: len(x)]),
        held_place=None if held is None else plane.places(a[-1:])[0],
        outputs=outputs[: len(x)],
        agreeing=None,
        has_classes=has_classes,
        is_output=is_output,
        _slopes=slopes,
        _offsets=offsets,
        _activation=activation,
        _threshold=decision_threshold(experiment) if is_output else 0.0,
    )
    if is_output and task == "regression":
        return space
    z, a = next_z[: len(x), asked], a[: len(x)]
    really = _next_layer_answers(space, z)
    on_slice = _next_layer_answers(space, z - (a - plane.on_slice(a)) @ weights[:, asked])
    return replace(space, agreeing=int(np.count_nonzero(really == on_slice)))


def _next_layer_answers(space: HiddenSpace, z: FloatArray) -> np.ndarray:
    """Return the next layer's answers for weighted sums, shape (rows,), -1 if undecided.

    A hidden unit is on above 0, as in :func:`model.insight.gates.read_gates`.
    """
    a = activate(space._activation, z)
    if space.has_classes:
        return decide(a, "multiclass")
    column = space.view.next_unit if z.shape[1] > 1 else 0
    if not space.is_output:
        return np.asarray(z[:, column] > 0.0)
    return decide(a[:, column : column + 1], "binary", space._threshold)[:, 0]


def bent_grid(
    network: Network,
    layer: int,
    plane: HiddenPlane,
    bounds: Bounds,
    features: tuple[Feature, ...] = (),
) -> FloatArray | None:
    """Return a square grid over two columns, bent by a hidden layer.

    Parameters
    ----------
    network
        Network whose inputs are two columns, or derived from them.
    bounds
        Extent of the grid in the plane of the columns.
    features
        Derived inputs of the columns, if any.

    Returns
    -------
    array or None
        Lines, shape (lines, points, 2), those along the first column first; ``None`` if they would
        take too long or are not finite.
    """
    size = 2 * _GRID_LINES * _GRID_POINTS
    if size * network.parameter_count() > _GRID_PRODUCTS:
        return None
    x_low, x_high, y_low, y_high = bounds
    along, across = np.linspace(0, 1, _GRID_POINTS), np.linspace(0, 1, _GRID_LINES)
    fixed, running = np.meshgrid(across, along, indexing="ij")
    level = np.stack([running, fixed], axis=2)
    upright = np.stack([fixed, running], axis=2)
    share = np.concatenate([level, upright]).reshape(-1, 2)
    grid = share * (x_high - x_low, y_high - y_low) + (x_low, y_low)
    places = plane.places(network.activations(derive(features, grid))[layer][1])
    if not np.isfinite(places).all():
        return None
    return places.reshape(2 * _GRID_LINES, _GRID_POINTS, 2)


def bounds_around(space: HiddenSpace, network: Network, kept: Bounds | None) -> Bounds:
    """Return the part of a plane to show: the activation's range, or all rows with a margin.

    Parameters
    ----------
    kept
        Previously shown bounds; kept while the rows fit and fill at least two fifths of them, so
        that the view is steady during training.
    """
    activation = network.layers[space.view.layer].activation
    known = ACTIVATION_KINDS[activation].range
    places = space.places if space.held_place is None else [*space.places, space.held_place]
    ends: list[float] = []
    for axis, column in enumerate(np.transpose(places)):
        if axis == 1 and space.view.units is not None and space.view.units[1] < 0:
            ends += (-1.0, 1.0)
        elif space.view.units is not None and known is not None:
            margin = _MARGIN * (known[1] - known[0])
            ends += (known[0] - margin, known[1] + margin)
        else:
            before = None if kept is None else kept[2 * axis : 2 * axis + 2]
            ends += _ends(float(column.min()), float(column.max()), before)
    return ends[0], ends[1], ends[2], ends[3]


def _ends(low: float, high: float, kept: tuple[float, ...] | None) -> tuple[float, float]:
    """Return the ends of an axis that covers `low` to `high`."""
    size, span = max(abs(low), abs(high)), high - low
    if (
        kept is not None
        and kept[0] <= low
        and high <= kept[1]
        and span >= 0.4 * (kept[1] - kept[0])
    ):
        return kept[0], kept[1]
    if is_too_narrow(span, size):
        margin = LONE_MARGIN * max(1.0, size)
        return low - margin, high + margin
    return low - 2 * _MARGIN * span, high + 2 * _MARGIN * span
