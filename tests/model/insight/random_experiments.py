"""Sixty random experiments that have every loss, optimiser and regulariser in turn."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from model.data import Dataset
from model.experiment import (
    ACTIVATIONS,
    LOSSES,
    OPTIMISERS,
    Activation,
    Experiment,
    InitialiserSpec,
    LayerSpec,
    Loss,
    NetworkSpec,
    OptimiserSpec,
    ScheduleSpec,
    TrainingSpec,
)
from model.initialisers import initialise
from model.losses import loss_fits

HIDDEN = [name for name in ACTIVATIONS if name not in ("step", "softmax")]
OUTPUTS: dict[Loss, list[Activation]] = {
    loss: [name for name in ACTIVATIONS if loss_fits(loss, name)] for loss in LOSSES
}


def targets_for(loss: Loss, shape: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """Return random targets that suit the loss."""
    if loss in ("squared", "absolute", "huber"):
        return 2.0 * generator.normal(size=shape)
    if loss == "categorical_cross_entropy":
        return np.eye(shape[1])[generator.integers(0, shape[1], shape[0])]
    if loss == "binary_cross_entropy" and generator.random() < 0.3:
        return generator.random(shape)
    return generator.integers(0, 2, shape).astype(float)


def random_data(
    loss: Loss, widths: tuple[int, int], rows: int, generator: np.random.Generator
) -> Dataset:
    """Return random training rows, some answers of which are free, and two test rows."""
    x = generator.normal(size=(rows + 2, widths[0]))
    y = targets_for(loss, (rows + 2, widths[1]), generator)
    mask = None
    if generator.random() < 0.4:
        mask = (generator.random(y.shape) < 0.7).astype(float)
    return Dataset(
        x_train=x[:rows],
        y_train=y[:rows],
        x_test=x[rows:],
        y_test=y[rows:],
        feature_names=tuple(f"x{k + 1}" for k in range(widths[0])),
        target_names=tuple(f"y{k + 1}" for k in range(widths[1])),
        class_names=(),
        task="regression",
        mask_train=None if mask is None else mask[:rows],
        mask_test=None if mask is None else mask[rows:],
    )


def random_experiment(number: int, dropout: float = 0.0) -> tuple[Experiment, Dataset]:
    """Return one of sixty experiments that have every loss, optimiser and regulariser in turn."""
    generator = np.random.default_rng(number)
    optimiser = OPTIMISERS[number % len(OPTIMISERS)]
    loss: Loss = LOSSES[(number // len(OPTIMISERS) + number) % len(LOSSES)]
    output: Activation
    if optimiser == "perceptron":
        loss, output, depth = "perceptron", "step", 0
    else:
        fitting = [name for name in OUTPUTS[loss] if name != "step"]
        output, depth = fitting[number % len(fitting)], 1 if dropout else number % 3
    inputs, outputs, rows = (int(generator.integers(1, most)) for most in (5, 4, 8))
    if loss == "categorical_cross_entropy":
        outputs = max(outputs, 2)
    pinned = ((0, 0),) if number % 4 == 1 else ()
    layers = [
        LayerSpec(
            int(generator.integers(1, 5)),
            HIDDEN[int(generator.integers(len(HIDDEN)))],
            use_bias=bool(generator.random() < 0.7),
            dropout=dropout,
        )
        for _ in range(depth)
    ]
    layers.append(LayerSpec(outputs, output, use_bias=bool(generator.random() < 0.7)))
    layers[0] = replace(layers[0], pinned=pinned)
    training = TrainingSpec(
        loss=loss,
        optimiser=OptimiserSpec(optimiser, weight_decay=0.1),
        learning_rate=0.1,
        schedule=ScheduleSpec(("constant", "step", "cosine")[number % 3], every=2),
        batch_size=int(generator.integers(0, rows + 1)),
        shuffle=bool(generator.random() < 0.7),
        l1=0.02 * (number % 3 == 1),
        l2=0.03 * (number % 5 < 2),
        clip_norm=(0.0, 0.1, 50.0)[number // 3 % 3],
        initialiser=InitialiserSpec("normal", 0.8, 0.3),
    )
    network = NetworkSpec(inputs, tuple(layers))
    experiment = Experiment(network=network, training=training, seed=number)
    return initialise(experiment), random_data(loss, (inputs, outputs), rows, generator)
