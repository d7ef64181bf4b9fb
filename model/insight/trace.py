"""The microscope: one example's forward and backward pass as single operations, with names.

Every number is computed once, by the same kernels that train, and every operation lists the numbers
it was made from, so that each can be checked by hand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from model.activations import Kernel, derivative
from model.data import Dataset, build_dataset
from model.errors import ModelError
from model.experiment import Activation, Experiment, FloatArray
from model.losses import bind_loss, is_fused, is_signed, prepare_targets
from model.network import Network
from model.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Operation:
    """One arithmetic step.

    Attributes
    ----------
    code
        ``input``; forward: ``product``, ``weighted_sum``, ``activation``, ``loss``; backward:
        ``loss_slope`` (dL/da), ``activation_slope`` (da/dz), ``blame`` (dL/dz), ``passed_back``
        (dL/da of a hidden unit), ``gradient`` (dL/dw), ``update`` (the new weight).
    name
        What the result is called, for example ``h1.z`` or ``w(x1→h1)``.
    layer, unit, row
        Where it belongs; `row` is the weight's row, -1 where it is of a whole unit.
    terms
        Name and value of every number that goes in.
    result
        The number that comes out.
    """

    code: str
    name: str
    layer: int
    unit: int
    row: int
    terms: tuple[tuple[str, float], ...]
    result: float


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """All numbers of one example.

    Attributes
    ----------
    x, target
        The example, shapes (inputs,) and (outputs,).
    z, a, slopes
        Weighted sums, activations and da/dz, one array of shape (units,) a layer.
    loss
        Of this example alone, summed over outputs, without penalties.
    blames
        dL/dz, one array a layer.
    weight_gradients, bias_gradients
        dL/dW, shape (inputs, units), and dL/db, one a layer, without penalties.
    new_weights, new_biases
        After one step of the optimiser on this example.
    operations
        Everything above, one number at a time, in the order in which a person would compute it.
    """

    x: FloatArray
    target: FloatArray
    z: tuple[FloatArray, ...]
    a: tuple[FloatArray, ...]
    slopes: tuple[FloatArray, ...]
    loss: float
    blames: tuple[FloatArray, ...]
    weight_gradients: tuple[FloatArray, ...]
    bias_gradients: tuple[FloatArray, ...]
    new_weights: tuple[FloatArray, ...]
    new_biases: tuple[FloatArray, ...]
    operations: tuple[Operation, ...]


def trace(experiment: Experiment, row: int, dataset: Dataset | None = None) -> Trace:
    """Follow one training row forward and backward.

    Parameters
    ----------
    experiment
        With weights; computed in float64, nothing dropped.
    row
        Which training row, or row of the truth table where there is one.
    dataset
        Its data, where they were built before.

    Returns
    -------
    Trace
        Every multiplication, sum and derivative of that row, with its name and value.

    Raises
    ------
    ModelError
        Code ``trace.no_row``, and what training it would raise.
    """
    data = build_dataset(experiment) if dataset is None else dataset
    single = _one_row(data, row)
    exact = _exact(experiment)
    network = Network.of(exact)
    x, target = single.x_train[0], single.y_train[0]
    passed = network.activations(single.x_train)
    z, a = tuple(p[0][0] for p in passed), tuple(p[1][0] for p in passed)
    layers = exact.network.layers
    slopes = tuple(derivative(n.activation, v) for n, v in zip(layers, z, strict=True))
    learner = Learner(exact, single)
    plain = msgspec.structs.replace(exact.training, l1=0.0, l2=0.0)
    gradient = Learner(
        msgspec.structs.replace(exact, training=plain, progress=None), single
    ).gradient()
    parameters = network.parameters
    pieces = parameters.views(gradient, list(parameters.shapes))
    weight_gradients, bias_gradients = [], []
    for piece, layer in zip(pieces, layers, strict=True):
        weight_gradients.append(piece[: len(piece) - layer.use_bias])
        bias_gradients.append(piece[-1] if layer.use_bias else np.zeros(layer.units))
    with np.errstate(over="ignore"):
        loss = learner.train.loss()
    blames, loss_slope = _blames(exact, single, network, z, a, slopes)
    with np.errstate(all="ignore"):
        learner.advance()
    found = Trace(
        x=x,
        target=target,
        z=z,
        a=a,
        slopes=slopes,
        loss=loss,
        blames=blames,
        weight_gradients=tuple(weight_gradients),
        bias_gradients=tuple(bias_gradients),
        new_weights=learner.network.weights,
        new_biases=learner.network.biases,
        operations=(),
    )
    operations = tuple(_operations(exact, found, single, network, loss_slope, learner.rate()))
    return dataclasses.replace(found, operations=operations)


def _exact(experiment: Experiment) -> Experiment:
    """Return the experiment in float64, without drop-out, one row at a time."""
    layers = tuple(
        msgspec.structs.replace(layer, dropout=0.0) for layer in experiment.network.layers
    )
    return msgspec.structs.replace(
        experiment,
        network=msgspec.structs.replace(experiment.network, layers=layers),
        training=msgspec.structs.replace(experiment.training, dtype="float64", batch_size=0),
    )


def _one_row(data: Dataset, row: int) -> Dataset:
    """Return the data set of one row."""
    table = data.table_x is not None and data.table_y is not None
    x = data.table_x if table else data.x_train
    y = data.table_y if table else data.y_train
    mask = data.table_mask if table else data.mask_train
    assert x is not None
    assert y is not None
    if not 0 <= row < len(x):
        raise ModelError(
            "trace.no_row",
            "There is no row {row}; the rows are 1 to {last}.",
            row=row + 1,
            last=len(x),
        )
    part = slice(row, row + 1)
    return dataclasses.replace(
        data,
        x_train=x[part],
        y_train=y[part],
        mask_train=None if mask is None else mask[part],
        x_test=x[:0],
        y_test=y[:0],
        mask_test=None,
    )


def _blames(
    experiment: Experiment,
    single: Dataset,
    network: Network,
    z: tuple[FloatArray, ...],
    a: tuple[FloatArray, ...],
    slopes: tuple[FloatArray, ...],
) -> tuple[tuple[FloatArray, ...], FloatArray | None]:
    """Return dL/dz of every layer, and dL/da of the outputs where it is taken in two steps."""
    last = experiment.network.layers[-1]
    loss = experiment.training.loss
    targets = prepare_targets(loss, single.y_train).T
    mask = None if single.mask_train is None else single.mask_train.T
    delta = np.empty((last.units, 1))
    loss_slope = None
    signed = is_signed(loss, single.y_train)
    fused, is_step = is_fused(loss, last.activation), last.activation == "step"
    column = (z if fused else a)[-1][:, None].copy()
    activation: Activation = last.activation if fused or is_step else "identity"
    nothing = Kernel(lambda: None, lambda delta: None)
    kernel = bind_loss(loss, activation, column, column, delta, nothing, signed=signed)
    kernel.differentiate(targets, mask)
    blame: FloatArray = delta[:, 0].copy()
    if not fused and not is_step:
        loss_slope = blame
        blame = _through_output(last.activation, a[-1], slopes[-1], loss_slope)
    blames = [blame]
    for layer in range(len(z) - 1, 0, -1):
        back = network.weights[layer] @ blames[0]
        blames.insert(0, back * slopes[layer - 1])
    return tuple(blames), loss_slope


def _through_output(
    activation: str, a: FloatArray, slope: FloatArray, loss_slope: FloatArray
) -> FloatArray:
    """Return dL/dz of the outputs from dL/da."""
    if activation == "softmax":
        return np.asarray(a * (loss_slope - loss_slope @ a))
    return np.asarray(loss_slope * slope)


def _names(experiment: Experiment, data: Dataset) -> list[list[str]]:
    """Return what inputs and every layer's units are called."""
    layers = experiment.network.layers
    hidden = len(layers) - 1
    names = [list(data.feature_names)]
    for number, layer in enumerate(layers[:-1], start=1):
        prefix = "h" if hidden == 1 else f"h{number}."
        names.append([f"{prefix}{unit + 1}" for unit in range(layer.units)])
    names.append(list(data.target_names))
    return names


def _operations(
    experiment: Experiment,
    found: Trace,
    data: Dataset,
    network: Network,
    loss_slope: FloatArray | None,
    rate: float,
) -> Iterator[Operation]:
    """Yield every operation in order."""
    names = _names(experiment, data)
    for unit, value in enumerate(found.x):
        yield Operation("input", names[0][unit], -1, unit, -1, (), float(value))
    yield from _forward_operations(experiment, found, network, names)
    last = len(found.z) - 1
    targets = tuple(
        (f"target {name}", float(t)) for name, t in zip(names[-1], found.target, strict=True)
    )
    outputs = tuple((f"{name}.a", float(v)) for name, v in zip(names[-1], found.a[-1], strict=True))
    yield Operation("loss", "L", last, -1, -1, outputs + targets, found.loss)
    for layer in range(last, -1, -1):
        yield from _backward_operations(found, network, names, layer, loss_slope)
    yield from _update_operations(experiment, found, network, names, rate)


def _forward_operations(
    experiment: Experiment, found: Trace, network: Network, names: list[list[str]]
) -> Iterator[Operation]:
    """Yield the products, sums and activations."""
    befores = (found.x, *found.a)
    for layer, weights in enumerate(network.weights):
        source, before = names[layer], befores[layer]
        label = [f"{name}.a" if layer else name for name in source]
        for unit, name in enumerate(names[layer + 1]):
            products = []
            for row, value in enumerate(before):
                w = float(weights[row, unit])
                terms = ((label[row], float(value)), (f"w({source[row]}→{name})", w))
                product = float(value) * w
                products.append((f"{source[row]}·w", product))
                yield Operation("product", products[-1][0], layer, unit, row, terms, product)
            if experiment.network.layers[layer].use_bias:
                products.append((f"b({name})", float(network.biases[layer][unit])))
            z, a = float(found.z[layer][unit]), float(found.a[layer][unit])
            yield Operation("weighted_sum", f"{name}.z", layer, unit, -1, tuple(products), z)
            yield Operation("activation", f"{name}.a", layer, unit, -1, ((f"{name}.z", z),), a)


def _backward_operations(
    found: Trace,
    network: Network,
    names: list[list[str]],
    layer: int,
    loss_slope: FloatArray | None,
) -> Iterator[Operation]:
    """Yield a layer's slopes, blames and gradients."""
    last = layer == len(found.z) - 1
    source, before = names[layer], found.x if layer == 0 else found.a[layer - 1]
    for unit, name in enumerate(names[layer + 1]):
        z, a = float(found.z[layer][unit]), float(found.a[layer][unit])
        slope, blame = float(found.slopes[layer][unit]), float(found.blames[layer][unit])
        if last and loss_slope is None:
            terms = ((f"{name}.a", a), (f"target {name}", float(found.target[unit])))
        else:
            if last and loss_slope is not None:
                back = float(loss_slope[unit])
                ends = ((f"{name}.a", a), (f"target {name}", float(found.target[unit])))
                yield Operation("loss_slope", f"dL/d{name}.a", layer, unit, -1, ends, back)
            else:
                after = names[layer + 2]
                parts = tuple(
                    part
                    for k, other in enumerate(after)
                    for part in (
                        (f"w({name}→{other})", float(network.weights[layer + 1][unit, k])),
                        (f"dL/d{other}.z", float(found.blames[layer + 1][k])),
                    )
                )
                back = float(network.weights[layer + 1][unit] @ found.blames[layer + 1])
                yield Operation("passed_back", f"dL/d{name}.a", layer, unit, -1, parts, back)
            yield Operation(
                "activation_slope", f"d{name}.a/dz", layer, unit, -1, ((f"{name}.z", z),), slope
            )
            terms = ((f"dL/d{name}.a", back), (f"d{name}.a/dz", slope))
        yield Operation("blame", f"dL/d{name}.z", layer, unit, -1, terms, blame)
        for row, value in enumerate(before):
            label = f"{source[row]}.a" if layer else source[row]
            gradient = float(found.weight_gradients[layer][row, unit])
            factors = ((label, float(value)), (f"dL/d{name}.z", blame))
            wanted = f"dL/dw({source[row]}→{name})"
            yield Operation("gradient", wanted, layer, unit, row, factors, gradient)


def _update_operations(
    experiment: Experiment, found: Trace, network: Network, names: list[list[str]], rate: float
) -> Iterator[Operation]:
    """Yield every weight's and bias's new value."""
    for layer, spec in enumerate(experiment.network.layers):
        source = names[layer]
        for unit, name in enumerate(names[layer + 1]):
            for row in range(len(source) + spec.use_bias):
                bias = row == len(source)
                label = f"b({name})" if bias else f"w({source[row]}→{name})"
                old = network.biases[layer][unit] if bias else network.weights[layer][row, unit]
                gradients = found.bias_gradients if bias else found.weight_gradients
                new = found.new_biases if bias else found.new_weights
                at = (unit,) if bias else (row, unit)
                terms = (
                    (label, float(old)),
                    ("rate", rate),
                    (f"dL/d{label}", float(gradients[layer][at])),
                )
                yield Operation("update", label, layer, unit, row, terms, float(new[layer][at]))
