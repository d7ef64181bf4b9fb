"""Steps of every optimiser, and traces, beside PyTorch, where `.ci/torch.sh` has installed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from bench.torch_peer import Peer, torch_peer
from model.data import Dataset
from model.experiment import (
    Experiment,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    TrainingSpec,
)
from model.insight import trace
from model.training.learner import Learner
from tests.model.insight.random_experiments import random_experiment


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    found = torch_peer()
    if found is None:
        pytest.skip("PyTorch is not in .venv-torch; `sh .ci/torch.sh` installs it")
    with found:
        yield found


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("spec", "rate", "settings"),
    [
        (OptimiserSpec("sgd"), 0.2, {"name": "SGD"}),
        (OptimiserSpec("momentum", momentum=0.8), 0.1, {"name": "SGD", "momentum": 0.8}),
        (
            OptimiserSpec("nesterov", momentum=0.8),
            0.1,
            {"name": "SGD", "momentum": 0.8, "nesterov": True},
        ),
        (OptimiserSpec("rmsprop", beta2=0.97), 0.003, {"name": "RMSprop", "alpha": 0.97}),
        (OptimiserSpec("adam"), 0.01, {"name": "Adam"}),
        (OptimiserSpec("adamw", weight_decay=0.1), 0.01, {"name": "AdamW", "weight_decay": 0.1}),
    ],
    ids=lambda value: value.name if isinstance(value, OptimiserSpec) else None,
)
def test_pytorch_goes_the_same_way(
    peer: Peer, spec: OptimiserSpec, rate: float, settings: dict[str, object]
) -> None:
    generator = np.random.default_rng(3)
    x, y = generator.normal(size=(12, 3)), generator.integers(0, 2, (12, 2)).astype(float)
    data = Dataset(x, y, x[:0], y[:0], ("a", "b", "c"), ("p", "q"), ("0", "1"), "multilabel")
    layers = (LayerSpec(5, "tanh"), LayerSpec(2, "sigmoid"))
    training = TrainingSpec(
        optimiser=spec, learning_rate=rate, initialiser=InitialiserSpec("normal", 0.7, 0.1)
    )
    learner = Learner(Experiment(network=NetworkSpec(3, layers), training=training, seed=1), data)
    network = learner.network
    theirs = peer.call(
        "bench/peers/torch_model.py:trajectory",
        x=x.tolist(),
        y=y.tolist(),
        weights=[w.tolist() for w in network.weights],
        biases=[b.tolist() for b in network.biases],
        settings={**settings, "lr": rate},
        steps=200,
    )
    before = learner.theta.copy()
    for _ in range(200):
        learner.advance()
    assert np.abs(learner.theta - before).max() > 0.1
    ours = [*network.weights, *(b[None] for b in network.biases)]
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, np.array(other), rtol=1e-9, atol=1e-9)


def assert_near(found: object, wanted: object) -> None:
    """Hold numbers to PyTorch's; both sum up to 20 terms of about 1, in an order of their own."""
    np.testing.assert_allclose(np.array(found), np.array(wanted), rtol=1e-10, atol=1e-14)


@pytest.mark.thorough
@pytest.mark.parametrize("number", [n for n in range(60) if n % 7])
def test_autograd_has_the_numbers_of_a_trace(peer: Peer, number: int) -> None:
    """Each row alone, then the batch with its penalties; a step, of every seventh, has no slope."""
    experiment, data = random_experiment(number)
    training = experiment.training
    layers = [
        {
            "weights": layer.weights.tolist(),
            "biases": layer.biases.tolist() if layer.use_bias else None,
            "activation": layer.activation,
        }
        for layer in experiment.network.layers
    ]

    def theirs(rows: list[int], **penalties: float) -> dict[str, Any]:
        answer: dict[str, Any] = peer.call(
            "bench/peers/torch_model.py:derivatives",
            x=data.x_train[rows].tolist(),
            y=data.y_train[rows].tolist(),
            mask=data.mask_at(rows).tolist(),
            layers=layers,
            loss=training.loss,
            **penalties,
        )
        return answer

    for row in range(len(data.x_train)):
        seen, wanted = trace(experiment, row, data), theirs([row])
        assert_near(seen.loss, wanted["loss"])
        for layer, has_bias in enumerate(each["biases"] is not None for each in layers):
            assert_near(seen.z[layer], wanted["z"][layer][0])
            assert_near(seen.a[layer], wanted["a"][layer][0])
            assert_near(seen.deltas[layer], wanted["dL_dz"][layer][0])
            assert_near(seen.weight_gradients[layer], wanted["dL_dW"][layer])
            if has_bias:
                assert_near(seen.bias_gradients[layer], wanted["dL_db"][layer])
    batch = seen.batch
    wanted = theirs(list(batch.rows), l1=training.l1, l2=training.l2)
    assert_near(batch.loss, wanted["loss"])
    for layer, gradient in enumerate(batch.weight_gradients):
        assert_near(gradient, wanted["dL_dW"][layer])
