"""The article "Building neural networks from scratch", part I: one sigmoid unit.

The article trains it for 10,000 full batches at a rate of 0.05, with the updates of all
rows summed.

Mistake: it takes the derivative of the sigmoid at the activated value, s'(s(z)), instead of
s'(z). s'(s(z)) never falls below 0.19, so a saturated unit keeps moving at full speed: the
weights end larger, and the error of a row that cannot be right is not damped. A second
mistake hides failure: the error that it prints is the sum of (o - t), in which errors of
opposite sign cancel.
"""

from __future__ import annotations

import numpy as np

from model.data.sources import DataSpec
from model.experiment import (
    Experiment,
    LayerSpec,
    NetworkSpec,
    StopSpec,
    TrainingSpec,
)
from model.experiment.training import SlopeAt
from model.recipes.articles import articles


def one_unit_experiment(
    data: DataSpec, rows: int, inputs: int, *, use_bias: bool = True, slope_at: SlopeAt = "z"
) -> Experiment:
    """Return one of the article's examples as an experiment.

    Parameters
    ----------
    data, rows, inputs
        The data to learn, and their numbers of rows and inputs.
    use_bias
        Whether the unit has a bias.
    slope_at
        Where the sigmoid's slope is taken: ``"a"`` is the article's mistake.

    Notes ----- The article sums over rows where Glassnet takes the mean, so the rate is larger
    by the number of rows. It updates the bias row by row, with deltas computed beforehand,
    which equals adding their sum, up to rounding.
    """
    article = articles().one_unit
    layer = LayerSpec(
        1,
        "sigmoid",
        use_bias=use_bias,
        weights=np.array(article.weights[str(inputs)])[:, None],
        biases=np.array([article.bias if use_bias else 0.0]),
    )
    training = TrainingSpec(
        loss="squared",
        learning_rate=article.rate * rows,
        stop=StopSpec(epochs=article.iterations),
        slope_at=slope_at,
    )
    return Experiment(data=data, network=NetworkSpec(inputs, (layer,)), training=training)
