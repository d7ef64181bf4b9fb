"""Experiments that more than one measurement trains."""

from pathlib import Path

from model.experiment import (
    Experiment,
    IdxData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    StopSpec,
    TrainingSpec,
)

__all__ = ["FASHION", "picture_experiment"]

FASHION = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts its files."""


def picture_experiment(data: IdxData, seed: int, stop: StopSpec) -> Experiment:
    """Return 784-128-10 on pictures: batch 128, Adam, float32."""
    return Experiment(
        data=data,
        network=NetworkSpec(784, (LayerSpec(128, "relu"), LayerSpec(10, "softmax"))),
        training=TrainingSpec(
            loss="categorical_cross_entropy",
            optimiser=OptimiserSpec("adam"),
            learning_rate=1e-3,
            batch_size=128,
            initialiser=InitialiserSpec("he"),
            stop=stop,
            dtype="float32",
        ),
        seed=seed,
    )
