"""The network as a person looks at it: rows of examples in, outputs out, every weight by its place.

`Parameters` keeps all weights in one flat vector, so that an optimiser step is a few calls whatever
the number of layers; each layer is a view of it with the bias as its last row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from model.activations import activate, bind
from model.buffers import aligned_zeros
from model.errors import ModelError
from model.experiment import Experiment, FloatArray, NetworkSpec
from model.initialisers import initialise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


class Parameters:
    """All weights and biases of a network in one vector.

    Attributes
    ----------
    flat
        Every parameter, layer after layer, each layer's weights row by row and then its biases.
    matrices
        Views of `flat`, one a layer, shape (inputs + 1, units); (inputs, units) without a bias.

    Raises
    ------
    ModelError
        As :meth:`load`.
    """

    def __init__(self, spec: NetworkSpec, dtype: DTypeLike = np.float64) -> None:
        shapes = []
        inputs = spec.inputs
        for layer in spec.layers:
            shapes.append((inputs + layer.use_bias, layer.units))
            inputs = layer.units
        self.spec = spec
        self.flat = aligned_zeros(sum(rows * units for rows, units in shapes), dtype)
        self.matrices = self.views(self.flat, shapes)
        self.shapes = tuple(shapes)
        self.load(spec)

    @staticmethod
    def views(flat: FloatArray, shapes: list[tuple[int, int]]) -> tuple[FloatArray, ...]:
        """Cut a flat vector into one matrix a layer, without copying."""
        matrices, start = [], 0
        for rows, units in shapes:
            matrices.append(flat[start : start + rows * units].reshape(rows, units))
            start += rows * units
        return tuple(matrices)

    def load(self, spec: NetworkSpec) -> None:
        """Copy a spec's weights in.

        Raises
        ------
        ModelError
            Code ``network.shape`` or ``network.not_finite``, with the layer's number.
        """
        inputs = spec.inputs
        for number, (layer, matrix) in enumerate(zip(spec.layers, self.matrices, strict=True)):
            _check_layer(number, layer.weights, (inputs, layer.units), "weights")
            _check_layer(number, layer.biases, (layer.units,), "biases")
            matrix[:inputs] = 0.0 if layer.weights is None else layer.weights
            if layer.use_bias:
                matrix[inputs] = 0.0 if layer.biases is None else layer.biases
            inputs = layer.units

    def weights(self) -> tuple[FloatArray, ...]:
        """Return a copy of every layer's W, shape (inputs, units)."""
        return tuple(
            matrix[: len(matrix) - layer.use_bias].copy()
            for matrix, layer in zip(self.matrices, self.spec.layers, strict=True)
        )

    def biases(self) -> tuple[FloatArray, ...]:
        """Return a copy of every layer's b, shape (units,); zeros where a layer has none."""
        return tuple(
            matrix[-1].copy() if layer.use_bias else np.zeros(layer.units, matrix.dtype)
            for matrix, layer in zip(self.matrices, self.spec.layers, strict=True)
        )

    def index(self, layer: int, row: int, unit: int) -> int:
        """Return where one parameter lies in `flat`; row ``inputs`` is the bias.

        Raises
        ------
        ModelError
            Code ``network.no_such_weight``.
        """
        if 0 <= layer < len(self.shapes):
            rows, units = self.shapes[layer]
            if 0 <= row < rows and 0 <= unit < units:
                before = sum(r * u for r, u in self.shapes[:layer])
                return before + row * units + unit
        raise ModelError(
            "network.no_such_weight",
            "There is no weight at layer {layer}, row {row}, unit {unit}.",
            layer=layer,
            row=row,
            unit=unit,
        )

    def pinned_places(self, spec: NetworkSpec) -> np.ndarray:
        """Return where the weights that `spec` pins lie in `flat`.

        Raises
        ------
        ModelError
            Code ``network.no_such_weight``.
        """
        places = [
            self.index(number, row, unit)
            for number, layer in enumerate(spec.layers)
            for row, unit in layer.pinned
        ]
        return np.array(places, np.intp)

    def to_spec(self, spec: NetworkSpec) -> NetworkSpec:
        """Return `spec` with the present weights in it."""
        layers = tuple(
            msgspec.structs.replace(layer, weights=weights, biases=biases)
            for layer, weights, biases in zip(
                spec.layers, self.weights(), self.biases(), strict=True
            )
        )
        return msgspec.structs.replace(spec, layers=layers)


def _check_layer(
    number: int, values: FloatArray | None, expected: tuple[int, ...], what: str
) -> None:
    """Refuse weights of another shape than the network's, or that are no numbers."""
    if values is None:
        return
    if values.shape != expected:
        raise ModelError(
            "network.shape",
            "Layer {layer} needs {what} of shape {expected}, but they have shape {found}.",
            layer=number + 1,
            what=what,
            expected=expected,
            found=values.shape,
        )
    if not np.isfinite(values).all():
        raise ModelError(
            "network.not_finite",
            "Layer {layer} has {what} that are not finite numbers.",
            layer=number + 1,
            what=what,
        )


class Network:
    """A network ready to answer: forward pass, activations, and single weights to set.

    Parameters
    ----------
    spec
        Its layers. Missing weights count as zero: pass ``initialise(experiment).network``.
    dtype
        float64 or float32.

    Raises
    ------
    ModelError
        Code ``network.shape`` or ``network.not_finite``, with the layer's number.
    """

    def __init__(self, spec: NetworkSpec, dtype: DTypeLike = np.float64) -> None:
        self.parameters = Parameters(spec, dtype)

    @classmethod
    def of(cls, experiment: Experiment) -> Network:
        """Make the network of an experiment, drawing the weights that it lacks."""
        return cls(initialise(experiment).network, experiment.training.dtype)

    @property
    def spec(self) -> NetworkSpec:
        """The layers with the present weights."""
        return self.parameters.to_spec(self.parameters.spec)

    @property
    def weights(self) -> tuple[FloatArray, ...]:
        """A copy of every layer's W, shape (inputs, units)."""
        return self.parameters.weights()

    @property
    def biases(self) -> tuple[FloatArray, ...]:
        """A copy of every layer's b, shape (units,)."""
        return self.parameters.biases()

    def parameter_count(self) -> int:
        """Return how many numbers training can change."""
        return self.parameters.flat.size

    def set_weight(self, layer: int, row: int, unit: int, value: float) -> None:
        """Set one weight; row ``inputs`` is the bias.

        Parameters
        ----------
        layer, row, unit
            Which one, counted from 0: ``W[row, unit]`` of the layer.
        value
            A finite number.

        Raises
        ------
        ModelError
            Code ``network.no_such_weight`` or ``network.not_finite``.
        """
        if not np.isfinite(value):
            raise ModelError(
                "network.not_finite",
                "Layer {layer} has {what} that are not finite numbers.",
                layer=layer + 1,
                what="weights",
            )
        self.parameters.flat[self.parameters.index(layer, row, unit)] = value

    def activations(self, x: ArrayLike) -> list[tuple[FloatArray, FloatArray]]:
        """Return every layer's ``(z, a)``, each of shape (rows, units).

        Parameters
        ----------
        x
            Shape (rows, inputs).

        Raises
        ------
        ModelError
            Code ``network.input_shape`` where `x` has another number of columns than the network
            has inputs.

        Notes
        -----
        ``z = a_before @ W + b``; ``a = activation(z)``; nothing is dropped.
        """
        a = np.atleast_2d(np.asarray(x, self.parameters.flat.dtype))
        if a.ndim != 2 or a.shape[1] != self.parameters.spec.inputs:
            raise ModelError(
                "network.input_shape",
                "The network takes rows of {expected} values, but got an array of shape {found}.",
                expected=self.parameters.spec.inputs,
                found=np.shape(x),
            )
        layers: list[tuple[FloatArray, FloatArray]] = []
        for layer, matrix in zip(
            self.parameters.spec.layers, self.parameters.matrices, strict=True
        ):
            with np.errstate(over="ignore", invalid="ignore"):  # too large is infinite, and shows
                z = a @ matrix[: a.shape[1]]
                if layer.use_bias:
                    z += matrix[-1]
            a = activate(layer.activation, z)
            layers.append((z, a))
        return layers

    def activations_of_columns(self, x: FloatArray) -> list[FloatArray]:
        """Return every layer's activations for examples that are columns, in the precision of `x`.

        Parameters
        ----------
        x
            Shape (inputs, examples).

        Returns
        -------
        list of array
            One a layer, shape (units, examples).

        Notes
        -----
        For pictures of what a network does: in float32 it takes a quarter of the time of
        `activations`, and no array is transposed.
        """
        a = x
        layers: list[FloatArray] = []
        with np.errstate(over="ignore", invalid="ignore"):
            for layer, matrix in zip(
                self.parameters.spec.layers, self.parameters.matrices, strict=True
            ):
                columns = matrix.astype(x.dtype).T
                a = columns[:, : len(a)] @ a
                if layer.use_bias:
                    a += columns[:, -1:]
                bind(layer.activation, a).forward()
                layers.append(a)
        return layers

    def forward(self, x: ArrayLike) -> FloatArray:
        """Return the outputs, shape (rows, outputs), for `x`, shape (rows, inputs).

        Raises
        ------
        ModelError
            Code ``network.input_shape``, as :meth:`activations`.
        """
        return self.activations(x)[-1][1]
