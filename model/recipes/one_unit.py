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
from msgspec.structs import replace

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
from model.experiment.training import SlopeAt
from model.recipes.articles import articles


def one_unit_experiment(
    data: DataSpec, rows: int, inputs: int, *, use_bias: bool = True, slope_at: SlopeAt = "z"
) -> Experiment:
    """Return one of the article's examples as an experiment.

    Parameters
    ----------
    data, rows, inputs
        What it learns, and how many rows and inputs that has.
    use_bias
        Whether the unit has a bias.
    slope_at
        Where the sigmoid's slope is taken: ``"a"`` is the article's mistake.

    Notes
    -----
    The article sums over rows where Glassnet takes the mean, so the rate is that much larger. Its
    bias moves by one row's delta after the other, all taken before the first move, which is their
    sum but for rounding.
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

    def published(self) -> OneUnitRun:
        """Run the article's loop, its mistake included."""
        iterations, rate = articles().one_unit.iterations, articles().one_unit.rate
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

    def corrected(self) -> Experiment:
        """Return the same recipe, mended, as an experiment."""
        rows, inputs = self.x.shape
        use_bias = self.bias is not None
        return replace(
            one_unit_experiment(self.data, rows, inputs, use_bias=use_bias), title=self.name
        )


def _gate(name: str, gate: str, *, use_bias: bool = True) -> OneUnitRecipe:
    x, y = truth_table(gate)
    article = articles().one_unit
    bias = article.bias if use_bias else None
    return OneUnitRecipe(name, x, y[:, 0], article.weights["2"], bias, GateData(gate))


def _symptoms(name: str, *, mended: bool) -> OneUnitRecipe:
    """Return example 3; mended, row 6 is the article's table's 1011 and not a copy of row 3."""
    table = load_table("symptoms")
    x, data = table.x.copy(), TableData("symptoms")
    article = articles().one_unit
    weights, bias = article.weights["4"], article.bias
    if not mended:
        return OneUnitRecipe(name, x, table.y[:, 0], weights, bias, data)
    x[5] = (1.0, 0.0, 1.0, 1.0)
    typed = TruthTableData(
        input_names=table.feature_names,
        output_names=(table.target,),
        rows=tuple(tuple(map(float, row)) for row in x),
        targets=tuple((float(t),) for t in table.y[:, 0]),
    )
    return OneUnitRecipe(name, x, table.y[:, 0], weights, bias, typed)


ONE_UNIT_RECIPES: dict[str, OneUnitRecipe] = {
    recipe.name: recipe
    for recipe in (
        _gate("or", "or"),
        _gate("or_without_bias", "or", use_bias=False),
        _symptoms("symptoms", mended=False),
        _symptoms("symptoms_mended", mended=True),
        _gate("xor", "xor"),
    )
}
"""The article's three examples, the third with its table mended, and XOR, which it cannot learn."""
