"""Kinds of layers: what holds for each of them, held to one that is not dense."""

from __future__ import annotations

from functools import partial

import msgspec
import numpy as np
import pytest

from model.backprop import forward, loss_and_gradients
from model.data.sources import named_data
from model.errors import ModelError
from model.experiment import Experiment, FloatArray, LayerSpec, NetworkSpec
from model.files import decode, encode
from model.initialisers import initialise
from model.layers import DENSE, LAYER_KINDS
from model.layers.kind import FirstPass, LayerKind, Pass, Shape, Slot, Source
from model.network import Network
from model.training.learner import Learner


class Gain(LayerKind, frozen=True, tag="gain"):
    """z = w x + b, one weight a unit: W has one row whatever the number of inputs."""

    def check(self, layer: LayerSpec, shape: Shape, number: int) -> None:
        if shape != (layer.units,):
            raise ModelError("layers.gain", "Layer {layer} needs {n}.", layer=number, n=shape)

    def output_shape(self, layer: LayerSpec, shape: Shape) -> Shape:
        return shape

    def rows(self, shape: Shape) -> int:
        return 1

    def fans(self, layer: LayerSpec, shape: Shape) -> tuple[int, int]:
        return 1, 1

    def sums(self, w: FloatArray, b: FloatArray | None, x: FloatArray) -> FloatArray:
        return x * w[0] + (0.0 if b is None else b)

    def sums_back(
        self, w: FloatArray, x: FloatArray, delta: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        return (x * delta).sum(axis=0)[None], delta * w[0]

    def source(
        self, layer: LayerSpec, shape: Shape, examples: int, dtype: np.dtype[np.floating]
    ) -> Source:
        array = np.empty((*shape, examples), dtype)
        return Source(array, array)

    def _calls(self, slot: Slot, x: FloatArray, before: FloatArray | None) -> tuple[partial, ...]:
        def forward() -> None:
            slot.z[:] = slot.matrix[0][:, None] * x
            slot.z[:] += slot.matrix[1:].sum(axis=0)[:, None]

        def backward() -> None:
            assert slot.gradient is not None
            slot.gradient[:] = slot.delta.sum(axis=1)
            slot.gradient[0] = (slot.delta * x).sum(axis=1)
            if before is not None:
                before[:] = slot.delta * slot.matrix[0][:, None]

        return partial(forward), partial(backward)

    def bind_first(self, layer: LayerSpec, shape: Shape, slot: Slot) -> FirstPass:
        return FirstPass(
            lambda x: self._calls(slot, x[: layer.units], None)[0](),
            lambda x: self._calls(slot, x[: layer.units], None)[1](),
        )

    def bind(self, layer: LayerSpec, source: Source, slot: Slot, before: FloatArray) -> Pass:
        there, back = self._calls(slot, source.array, before)
        return Pass((there,), (back,))


GAIN = Gain()


def mixed(*, use_bias: bool = True) -> Experiment:
    """Return an experiment of both kinds, the odd one first and in the middle."""
    layers = (
        LayerSpec(2, "identity", other_kind=GAIN, use_bias=use_bias),
        LayerSpec(3, "tanh", use_bias=use_bias),
        LayerSpec(3, "sigmoid", other_kind=GAIN, use_bias=use_bias),
        LayerSpec(1, "sigmoid", use_bias=use_bias),
    )
    return initialise(Experiment(data=named_data("xor"), network=NetworkSpec(2, layers), seed=4))


@pytest.mark.parametrize("kind", [*(kind() for kind in LAYER_KINDS), GAIN], ids=repr)
def test_gradients_of_sums_are_those_of_central_differences(kind: LayerKind) -> None:
    generator, layer, shape, h = np.random.default_rng(1), LayerSpec(3), (3,), 1e-6
    w = generator.normal(size=(kind.rows(shape), 3))
    x, delta = generator.normal(size=(4, 3)), generator.normal(size=(4, 3))
    assert kind.output_shape(layer, shape) == (3,)
    for array, gradient in zip((w, x), kind.sums_back(w, x, delta), strict=True):
        assert gradient.shape == array.shape
        for place in np.ndindex(array.shape):
            losses = []
            for moved in (array[place] + h, array[place] - h):
                changed = array.copy()
                changed[place] = moved
                of = (changed, x) if array is w else (w, changed)
                losses.append((kind.sums(of[0], None, of[1]) * delta).sum())
            # Sums are linear, so only rounding parts the two.
            assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-8)


@pytest.mark.parametrize("use_bias", [True, False])
def test_layers_of_several_kinds_train_as_they_are_defined(use_bias: bool) -> None:
    experiment = mixed(use_bias=use_bias)
    learner = Learner(experiment)
    data, network = learner.dataset, experiment.network
    _, expected = loss_and_gradients(
        network, data.x_train, data.y_train, experiment.training.loss, data.mask_train
    )
    parts = [part for one in expected for part in (one.weights, one.biases)[: 1 + use_bias]]
    flat = np.concatenate([part.ravel() for part in parts])
    np.testing.assert_allclose(learner.gradient(), flat, rtol=1e-12, atol=1e-15)
    passed, rows = forward(network, data.x_train), Network.of(experiment).activations(data.x_train)
    columns = Network.of(experiment).activations_of_columns(data.x_train.T)
    for one, (z, a), column in zip(passed, rows, columns, strict=True):
        np.testing.assert_allclose(one.z, z, rtol=1e-12)
        np.testing.assert_allclose(one.a, a, rtol=1e-12)
        np.testing.assert_allclose(one.a, column.T, rtol=1e-12)


def test_a_kind_refuses_what_it_cannot_read() -> None:
    layers = LayerSpec(2, "tanh", other_kind=GAIN), LayerSpec(1, "sigmoid")
    with pytest.raises(ModelError) as caught:
        Experiment(network=NetworkSpec(3, layers))
    assert caught.value.code == "layers.gain"


def test_a_file_names_the_kind_of_layers_that_are_not_dense() -> None:
    plain = Experiment()
    content = encode(plain)
    assert b'"kind"' not in content.partition(b'"layers"')[2]
    spelled = content.replace(b'"units": 4,', b'"units": 4, "kind": {"name": "dense"},')
    assert decode(spelled).network.layers[0].kind == DENSE
    with pytest.raises(ModelError, match=r"layers\[0\]\.kind"):
        decode(spelled.replace(b'"dense"', b'"no such kind"'))
    assert b'"kind":{"name":"gain"}' in msgspec.json.encode(LayerSpec(2, other_kind=GAIN))
