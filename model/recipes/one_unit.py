"""The article "Building neural networks from scratch", part I: one sigmoid unit.

The article trains it for 10,000 full batches at a rate of 0.05, the updates of all rows summed.

Mistake: it takes the derivative of the sigmoid at the activated value, s'(s(z)), instead of s'(z).
s'(s(z)) never falls below 0.19, so a saturated unit keeps moving at full speed: the weights end
larger, and the error of a row that cannot be right is not damped. A second one hides failure: the
error it prints is the sum of (o - t), in which errors of opposite sign cancel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.activations import activate
from model.data.gates import truth_table
from model.data.tables import load_table
from model.experiment import (
    Experiment,
    FloatArray,
    GateData,
    LayerSpec,
    NetworkSpec,
    StopSpec,
    TableData,
    TrainingSpec,
    TruthTableData,
)
from model.experiment.data import DataSpec

RATE, ITERATIONS = 0.05, 10_000


@dataclass(frozen=True, slots=True, eq=False)
class OneUnitRun:
    """Where the article's loop ends.

    Attributes
    ----------
    weights, bias
        Shape (inputs,), and a number.
    error_sums
        What the article prints: the sum of (o - t) before every iteration, shape (iterations,).
    mean_squares
        What it should print: the mean of (o - t)^2, shape (iterations,).
    """

    weights: FloatArray
    bias: float
    error_sums: FloatArray
    mean_squares: FloatArray

    def answer(self, x: FloatArray) -> FloatArray:
        """Return the outputs for rows of inputs, shape (rows,)."""
        return activate("sigmoid", np.asarray(x, np.float64) @ self.weights + self.bias)


@dataclass(frozen=True, slots=True, eq=False)
class OneUnitRecipe:
    """One of the article's examples.

    Attributes
    ----------
    name
        Of the recipe.
    x, t
        Its rows, shapes (rows, inputs) and (rows,).
    weights, bias
        Where it starts; a bias of ``None`` is left out.
    data
        The same rows as an experiment's data.
    """

    name: str
    x: FloatArray
    t: FloatArray
    weights: tuple[float, ...]
    bias: float | None
    data: DataSpec

    def published(self, iterations: int = ITERATIONS, rate: float = RATE) -> OneUnitRun:
        """Run the article's loop, its mistake included."""
        w, b = np.array(self.weights), 0.0 if self.bias is None else self.bias
        sums, squares = np.empty(iterations), np.empty(iterations)
        for step in range(iterations):
            o = activate("sigmoid", self.x @ w + b)
            error = o - self.t
            sums[step], squares[step] = error.sum(), (error**2).mean()
            twice = activate("sigmoid", o)  # the mistake: o is already activated
            delta = error * twice * (1.0 - twice)
            w = w - rate * (self.x.T @ delta)
            if self.bias is not None:
                for change in delta:
                    b -= rate * float(change)
        return OneUnitRun(w, b, sums, squares)

    def corrected(self, iterations: int = ITERATIONS, rate: float = RATE) -> Experiment:
        """Return the same recipe, mended, as an experiment.

        Notes
        -----
        The article sums over rows where Glassnet takes the mean, so the rate is that much larger.
        """
        layer = LayerSpec(
            1,
            "sigmoid",
            use_bias=self.bias is not None,
            weights=np.array(self.weights)[:, None],
            biases=np.array([0.0 if self.bias is None else self.bias]),
        )
        training = TrainingSpec(
            loss="squared", learning_rate=rate * len(self.x), stop=StopSpec(epochs=iterations)
        )
        return Experiment(
            title=self.name,
            data=self.data,
            network=NetworkSpec(self.x.shape[1], (layer,)),
            training=training,
        )


def _gate(name: str, gate: str, bias: float | None) -> OneUnitRecipe:
    x, y = truth_table(gate)
    return OneUnitRecipe(name, x, y[:, 0], (0.1, 0.2), bias, GateData(gate))


def _symptoms(name: str, *, mended: bool) -> OneUnitRecipe:
    """Return example 3; mended, row 6 is the article's table's 1011 and not a copy of row 3."""
    table = load_table("symptoms")
    x, data = table.x.copy(), TableData("symptoms")
    weights = (0.1, 0.2, 0.3, 0.4)
    if not mended:
        return OneUnitRecipe(name, x, table.y[:, 0], weights, 0.3, data)
    x[5] = (1.0, 0.0, 1.0, 1.0)
    typed = TruthTableData(
        input_names=table.feature_names,
        output_names=(table.target,),
        rows=tuple(tuple(map(float, row)) for row in x),
        targets=tuple((float(t),) for t in table.y[:, 0]),
    )
    return OneUnitRecipe(name, x, table.y[:, 0], weights, 0.3, typed)


ONE_UNIT_RECIPES: dict[str, OneUnitRecipe] = {
    recipe.name: recipe
    for recipe in (
        _gate("or", "or", 0.3),
        _gate("or_without_bias", "or", None),
        _symptoms("symptoms", mended=False),
        _symptoms("symptoms_mended", mended=True),
        _gate("xor", "xor", 0.3),
    )
}
"""The article's three examples, the third with its table mended, and XOR, which it cannot learn."""
