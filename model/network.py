"""The network as users see it: rows in, outputs out, and access to every weight.

`Parameters` stores all weights in one flat vector, so that an optimiser step takes a few calls
whatever the number of layers; each layer is a view of it with the bias as its last row.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from model.activations import activate, bind
from model.arrays import aligned_zeros, make_read_only
from model.errors import ModelError, require
from model.experiment import Experiment, FloatArray, LayerSpec, NetworkSpec
from model.initialisers import initialise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


_DTYPES = np.dtype(np.float64), np.dtype(np.float32)


class Parameters:
    """All weights and biases of a network in one vector.

    Attributes
    ----------
    flat
        Every parameter, layer by layer: each layer's weights row by row, then its biases.
    matrices
        Views of `flat`, one per layer, shape (inputs + 1, units); (inputs, units) without a bias.

    Raises
    ------
    ModelError
        As :meth:`load`.
    """

    def __init__(self, spec: NetworkSpec, dtype: DTypeLike = np.float64) -> None:
        require(np.dtype(dtype) in _DTYPES, "The dtype", np.dtype(dtype), "float64 or float32")
        self.spec = spec
        self._shapes = spec.shapes
        self.flat = aligned_zeros(spec.parameter_count(), dtype)
        self.matrices = self.views(self.flat)
        self.load(spec)

    def views(self, flat: FloatArray) -> tuple[FloatArray, ...]:
        """Return views of a vector laid out as `flat`, one matrix per layer."""
        matrices, start = [], 0
        for rows, units in self._shapes:
            matrices.append(flat[start : start + rows * units].reshape(rows, units))
            start += rows * units
        return tuple(matrices)

    def penalised(self) -> FloatArray:
        """Return a mask of `flat` for penalties: 1 for weights, 0 for biases."""
        flat = np.zeros_like(self.flat)
        for matrix, layer in zip(self.views(flat), self.spec.layers, strict=True):
            matrix[: len(matrix) - layer.use_bias] = 1.0
        return flat

    def load(self, spec: NetworkSpec) -> None:
        """Copy the weights of a specification into `flat`.

        Raises
        ------
        ModelError
            Code ``network.shape`` or ``network.not_finite``, with the layer's number.
        """
        check_shapes(spec)
        for number, (layer, matrix) in enumerate(zip(spec.layers, self.matrices, strict=True)):
            inputs = spec.weight_rows(number)
            with np.errstate(over="ignore"):  # more than single precision holds is infinite
                matrix[:inputs] = 0.0 if layer.weights is None else layer.weights
                if layer.use_bias:
                    matrix[inputs] = 0.0 if layer.biases is None else layer.biases
            for part, what in ((matrix[:inputs], "weights"), (matrix[inputs:], "biases")):
                if not np.isfinite(part).all():
                    raise not_finite(number, what)

    def weights(self) -> tuple[FloatArray, ...]:
        """Return a read-only view of every layer's W, shape (inputs, units)."""
        return tuple(
            make_read_only(matrix[: len(matrix) - layer.use_bias])
            for matrix, layer in zip(self.matrices, self.spec.layers, strict=True)
        )

    def biases(self) -> tuple[FloatArray, ...]:
        """Return a read-only view of every layer's b, shape (units,); zeros without a bias."""
        return tuple(
            make_read_only(matrix[-1] if layer.use_bias else np.zeros(layer.units, matrix.dtype))
            for matrix, layer in zip(self.matrices, self.spec.layers, strict=True)
        )

    def copies(self) -> tuple[tuple[FloatArray, ...], tuple[FloatArray, ...]]:
        """Return copies of the current :meth:`weights` and :meth:`biases`."""
        weights, biases = (
            tuple(make_read_only(part.copy()) for part in parts)
            for parts in (self.weights(), self.biases())
        )
        return weights, biases

    def index(self, layer: int, row: int, unit: int) -> int:
        """Return a parameter's index in `flat`; row ``inputs`` is the bias.

        Raises
        ------
        ModelError
            Code ``network.no_such_weight``.
        """
        if 0 <= layer < len(self._shapes):
            rows, units = self._shapes[layer]
            if 0 <= row < rows and 0 <= unit < units:
                return self.spec.place(layer, row, unit)
        raise ModelError(
            "network.no_such_weight",
            "There is no weight at layer {layer}, row {row}, unit {unit}.",
            layer=layer,
            row=row,
            unit=unit,
        )

    def pinned_indices(self, spec: NetworkSpec) -> np.ndarray:
        """Return the indices in `flat` of the weights that `spec` pins.

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
        """Return `spec` with the current weights."""
        return spec.with_weights(*self.copies())


def check_shapes(spec: NetworkSpec) -> None:
    """Raise if the shapes of weights or biases do not match the network.

    Raises
    ------
    ModelError
        Code ``network.shape``, with the layer's number.
    """
    for number, layer in enumerate(spec.layers):
        for what, values, expected in (
            ("weights", layer.weights, (spec.weight_rows(number), layer.units)),
            ("biases", layer.biases, (layer.units,)),
        ):
            if values is not None and values.shape != expected:
                raise ModelError(
                    "network.shape",
                    "Layer {layer} needs {what} of shape {expected}, but they have shape {found}.",
                    layer=number + 1,
                    what=what,
                    expected=expected,
                    found=values.shape,
                )


def as_input_rows(spec: NetworkSpec, x: ArrayLike, dtype: DTypeLike = np.float64) -> FloatArray:
    """Return a network's inputs, shape (rows, inputs); a single row may be one-dimensional.

    Raises
    ------
    ModelError
        Code ``network.input_shape`` if `x` does not have one column per input.
    """
    rows = np.atleast_2d(np.asarray(x, dtype))
    if rows.ndim != 2 or rows.shape[1] != spec.inputs:
        raise ModelError(
            "network.input_shape",
            "The network takes rows of {expected} values, but got an array of shape {found}.",
            expected=spec.inputs,
            found=np.shape(x),
        )
    return rows


def not_finite(number: int, what: str) -> ModelError:
    """Return the error for a layer, counted from 0, with non-finite weights or biases."""
    return ModelError(
        "network.not_finite",
        "Layer {layer} has {what} that are not finite numbers.",
        layer=number + 1,
        what=what,
    )


class Network:
    """A network for inference: forward pass, activations, and weights that can be set.

    Parameters
    ----------
    spec
        Layers of the network. Missing weights are treated as zero: pass
        ``initialise(experiment).network``.
    dtype
        float64 or float32.

    Attributes
    ----------
    weights, biases
        Read-only views of every layer's W, shape (inputs, units), and b, shape (units,); b is zero
        for layers without a bias.

    Raises
    ------
    ModelError
        Code ``network.shape`` or ``network.not_finite``, with the layer's number.
    """

    def __init__(self, spec: NetworkSpec, dtype: DTypeLike = np.float64) -> None:
        self.parameters = parameters = Parameters(spec, dtype)
        self._bare = spec
        self.weights, self.biases = parameters.weights(), parameters.biases()

    @classmethod
    def of(cls, experiment: Experiment) -> Network:
        """Return an experiment's network, drawing missing weights."""
        return cls(initialise(experiment).network, experiment.training.dtype)

    @classmethod
    def from_arrays(
        cls, bare: NetworkSpec, weights: tuple[FloatArray, ...], biases: tuple[FloatArray, ...]
    ) -> Network:
        """Return a network that uses the given arrays without checks or copies.

        Parameters
        ----------
        bare
            Layers of the network; their weights are ignored.
        weights, biases
            W, shape (inputs, units), and b, shape (units,), of each layer; they must not change.
        """
        network = cls.__new__(cls)
        network._bare, network.weights, network.biases = bare, weights, biases
        return network

    @cached_property
    def parameters(self) -> Parameters:
        """All weights in one writable vector; borrowed arrays are copied into it.

        Raises
        ------
        ModelError
            As :class:`Network`.
        """
        parameters = Parameters(self.spec, self.weights[0].dtype)
        self.weights, self.biases = parameters.weights(), parameters.biases()
        return parameters

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """Units, activation and bias of each layer; the weights may be out of date."""
        return self._bare.layers

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, followed by the number of units of each layer."""
        return self._bare.sizes

    @property
    def spec(self) -> NetworkSpec:
        """The layers with the current weights."""
        if "parameters" in self.__dict__:
            return self.parameters.to_spec(self._bare)
        return self._bare.with_weights(self.weights, self.biases)

    @property
    def matrices(self) -> tuple[FloatArray, ...]:
        """Matrix multiplying each layer's input, shape (values, sums); W of a dense layer."""
        return tuple(
            layer.kind.matrix(layer, shape, weights)
            for layer, shape, weights in zip(
                self.layers, self._bare.flow, self.weights, strict=False
            )
        )

    def parameter_count(self) -> int:
        """Return the number of trainable parameters."""
        return self._bare.parameter_count()

    def set_weight(self, layer: int, row: int, unit: int, value: float) -> None:
        """Set ``W[row, unit]`` of a layer to a finite number; row ``inputs`` is the bias.

        Raises
        ------
        ModelError
            Code ``network.no_such_weight`` or ``network.not_finite``.
        """
        if not np.isfinite(value):
            raise not_finite(layer, "weights")
        self.parameters.flat[self.parameters.index(layer, row, unit)] = value

    def activations(self, x: ArrayLike) -> list[tuple[FloatArray, FloatArray]]:
        """Return every layer's ``(z, a)``, each of shape (rows, units).

        Parameters
        ----------
        x
            Inputs, shape (rows, inputs).

        Raises
        ------
        ModelError
            Code ``network.input_shape`` if `x` does not have one column per input.

        Notes
        -----
        ``z = a_before @ W + b``; ``a = activation(z)``; without dropout.
        """
        a = as_input_rows(self._bare, x, self.weights[0].dtype)
        layers: list[tuple[FloatArray, FloatArray]] = []
        for layer, weights, biases in zip(self.layers, self.weights, self.biases, strict=True):
            with np.errstate(over="ignore", invalid="ignore"):  # too large is infinite, and shows
                z = layer.kind.sums(weights, biases if layer.use_bias else None, a)
            a = activate(layer.activation, z)
            layers.append((z, a))
        return layers

    def activations_of_columns(self, x: FloatArray) -> list[FloatArray]:
        """Return every layer's activations for examples in columns, in the precision of `x`.

        Parameters
        ----------
        x
            Shape (inputs, examples).

        Returns
        -------
        list of array
            One per layer, shape (units, examples).

        Notes
        -----
        Meant for pictures of a network's answers: in float32 it takes a quarter of the time of
        `activations`, and no array is transposed.
        """
        a = x
        layers: list[FloatArray] = []
        for number, layer in enumerate(self.layers):
            a = self.sums_of_columns(number, a)
            with np.errstate(over="ignore", invalid="ignore"):
                bind(layer.activation, a).forward()
            layers.append(a)
        return layers

    def sums_of_columns(self, layer: int, x: FloatArray) -> FloatArray:
        """Return a layer's weighted sums for examples in columns, in the precision of `x`.

        Parameters
        ----------
        layer
            Layer index from 0; -1 is the last.
        x
            Input of the layer, shape (units of the layer before, examples).

        Returns
        -------
        array
            Shape (units, examples).
        """
        spec = self.layers[layer]
        w, b = (each[layer].astype(x.dtype, copy=False) for each in (self.weights, self.biases))
        with np.errstate(over="ignore", invalid="ignore"):
            return spec.kind.sums_of_columns(w, b if spec.use_bias else None, x)

    def forward(self, x: ArrayLike) -> FloatArray:
        """Return the outputs, shape (rows, outputs), for `x`, shape (rows, inputs).

        Raises
        ------
        ModelError
            Code ``network.input_shape``, as :meth:`activations`.
        """
        return self.activations(x)[-1][1]
