"""Kinds of layers: what holds for each of them, held to one that is not dense."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from onnx.reference import ReferenceEvaluator

from model.backprop import forward, loss_and_gradients
from model.command.trace import trace_text
from model.data import build_dataset
from model.data.sources import named_data
from model.edits.features import with_features
from model.edits.locks import broken_locks
from model.edits.network import (
    with_data,
    with_layer_added,
    with_layer_kind,
    with_layer_removed,
    with_pin_toggled,
    with_units,
    with_units_removed,
)
from model.errors import ModelError
from model.experiment import Experiment, FloatArray, LayerSpec, NetworkSpec
from model.export import export_onnx, notebook, numpy_script, onnx_model, pytorch_script
from model.files import decode, encode
from model.importing import read_network
from model.initialisers import initialise
from model.insight.step.one_step import one_step
from model.insight.step.trace import trace
from model.insight.step.walk import Part, Place, terms_of
from model.layers import DENSE, LAYER_KINDS
from model.layers.kind import FirstPass, LayerKind, Move, Pass, Shape, Slot, Source
from model.network import Network
from model.places import UnitAt, WeightAt
from model.training.ensemble.ensemble import Ensemble
from model.training.learner import Learner


class Gain(LayerKind, frozen=True, tag="gain"):
    """z = w x + b, one weight a unit: W has one row whatever the number of inputs."""

    def check(self, layer: LayerSpec, shape: Shape, number: int) -> None:
        if shape != (layer.units,):
            raise ModelError("layers.gain", "Layer {layer} needs {n}.", layer=number, n=shape)

    def output_shape(self, layer: LayerSpec, shape: Shape) -> Shape:
        return shape

    def units(self, shape: Shape, wanted: int) -> int:
        return shape[0]

    def rows(self, shape: Shape) -> int:
        return 1

    def fans(self, layer: LayerSpec, shape: Shape) -> tuple[int, int]:
        return 1, 1

    def moved(self, layer: LayerSpec, shape: Shape, places: np.ndarray) -> Move:
        return Move(np.zeros(1, int), places)

    def reads(self, layer: LayerSpec, shape: Shape, cell: int) -> np.ndarray:
        return np.array([cell])

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


class Same(Gain, frozen=True, tag="same"):
    """z = x + b, without weights: what an export must know besides those."""

    onnx_operators: ClassVar[tuple[str, ...]] = ("Identity",)
    numpy_sums: ClassVar[str] = "a + b"

    def rows(self, shape: Shape) -> int:
        return 0

    def moved(self, layer: LayerSpec, shape: Shape, places: np.ndarray) -> Move:
        return Move(np.zeros(0, int), places)

    def sums(self, w: FloatArray, b: FloatArray | None, x: FloatArray) -> FloatArray:
        return x + (0.0 if b is None else b)

    def torch_module(self, layer: LayerSpec, shape: Shape) -> str:
        return "nn.Identity()"


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
    np.testing.assert_allclose(x @ kind.matrix(layer, shape, w), kind.sums(w, None, x), rtol=1e-12)
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


def test_a_trace_follows_each_kind() -> None:
    experiment = mixed()
    found, network = trace(experiment, 2), experiment.network
    for layer, spec in enumerate(network.layers):
        for unit in range(spec.units):
            values, factors = found.terms(layer, unit)
            z = values @ factors + found.biases[layer][unit]
            assert found.z[layer][unit] == pytest.approx(z, rel=1e-12)
            if layer < 3:
                back = np.multiply(*found.terms_back(layer, unit)).sum()
                assert found.loss_slopes[layer][unit] == pytest.approx(back, rel=1e-12)
    assert "h3.2.z = 0." in trace_text(found)
    step = one_step(experiment, found.dataset, found.x, found.target)
    for layer, rows in enumerate((1, 2, 1, 3)):
        seen = step.unit(UnitAt(layer, 0))
        assert len(seen.x) == len(seen.gradients) - 1 == len(seen.applied_gradients) - 1 == rows
    assert terms_of(Place(Part.INPUTS, UnitAt(2, 1)), network, None) == {UnitAt(1, 1)}
    assert terms_of(Place(Part.BLAME, UnitAt(1, 2)), network, None) == {
        UnitAt(1, 2),
        WeightAt(2, 0, 2),
    }


def test_edits_carry_the_weights_that_keep_their_place() -> None:
    experiment = mixed()
    experiment = with_pin_toggled(experiment, 2, 0, 2)
    w = [layer.weights_and_biases[0] for layer in experiment.network.layers]
    fewer = with_units_removed(experiment, [(1, 0)]).network.layers
    assert [layer.units for layer in fewer] == [2, 2, 2, 1]
    for layer, kept in zip(fewer, (w[0], w[1][:, 1:], w[2][:, 1:], w[3][1:]), strict=True):
        np.testing.assert_array_equal(layer.weights_and_biases[0], kept)
    assert fewer[2].pinned == ((0, 1),)
    more = with_units(experiment, 1, 4).network.layers
    assert [layer.units for layer in more] == [2, 4, 4, 1]
    np.testing.assert_array_equal(more[2].weights_and_biases[0][:, :3], w[2])
    np.testing.assert_array_equal(more[3].weights_and_biases[0][:3], w[3])
    columns = with_features(experiment, ("x1", "x1*x2", "x2")).network.layers
    assert [layer.units for layer in columns] == [3, 3, 3, 1]
    np.testing.assert_array_equal(columns[0].weights_and_biases[0][:, [0, 2]], w[0])
    np.testing.assert_array_equal(columns[1].weights_and_biases[0][[0, 2]], w[1])
    assert [x.units for x in with_layer_added(experiment, 2, 5).network.layers] == [2, 3, 5, 5, 1]
    assert [x.units for x in with_layer_removed(experiment, 1).network.layers] == [2, 2, 1]
    other = with_data(experiment, named_data("and:3")).network
    assert [layer.units for layer in other.layers] == [3, 3, 3, 1]


def test_a_hidden_layer_becomes_one_of_another_kind() -> None:
    experiment = mixed()
    layers = with_layer_kind(experiment, 1, GAIN).network.layers
    assert [(layer.units, layer.kind) for layer in layers[:3]] == [(2, GAIN)] * 3
    assert [layer.weights_and_biases[0].shape for layer in layers] == [
        (1, 2),
        (1, 2),
        (1, 2),
        (2, 1),
    ]
    back = with_layer_kind(experiment, 2, DENSE).network
    assert back.layers[2].weights_and_biases[0].shape == (3, 3)
    np.testing.assert_array_equal(
        back.layers[1].weights_and_biases[0], experiment.network.layers[1].weights_and_biases[0]
    )
    assert broken_locks(["layers"], experiment, replace(experiment, network=back)) == ("layers",)


def test_exports_ask_each_kind(tmp_path: Path) -> None:
    layers = (
        LayerSpec(3, "tanh"),
        LayerSpec(3, "identity", other_kind=Same(), use_bias=False),
        LayerSpec(1, "sigmoid"),
    )
    experiment = initialise(Experiment(data=named_data("xor"), network=NetworkSpec(2, layers)))
    own = Network.of(experiment).forward(build_dataset(experiment).x_train)
    rows = build_dataset(experiment).x_train
    (answers,) = ReferenceEvaluator(onnx_model(experiment)).run(None, {"input": rows.astype("f4")})
    np.testing.assert_allclose(np.asarray(answers), own, atol=1e-6)
    assert notebook(experiment)[1].difference < 1e-12
    program = pytorch_script(experiment)
    assert "nn.Identity(), nn.Identity()" in program
    assert "zip([network[0], network[4]], WEIGHTS)" in program
    path = tmp_path / "network.onnx"
    export_onnx(experiment, path)
    read = read_network(path).experiment  # a layer that does nothing is none
    assert [layer.units for layer in read.network.layers] == [3, 1]


@pytest.mark.parametrize(
    "use",
    [onnx_model, numpy_script, pytorch_script, partial(Ensemble, seeds=(1,))],
    ids=["ONNX", "NumPy", "PyTorch", "ensemble"],
)
def test_what_takes_dense_layers_only_refuses_others(use: Callable[[Experiment], object]) -> None:
    with pytest.raises(ModelError, match="one of the kind gain") as caught:
        use(mixed())
    assert caught.value.code == "network.kind"
