"""RMSProp: s = b2 s + (1 - b2) g^2; theta -= r g / (sqrt(s) + eps). Hinton (2012), lecture 6e."""

from __future__ import annotations

from numpy import add, divide, empty_like, multiply, sqrt, subtract

from model.arrays import FloatArray
from model.optimisers.kind import OptimiserKind, Step, StepArrays, Terms


def _bind(arrays: StepArrays) -> Step:
    spec, theta, gradient, (squares,), rate = arrays
    decay, rest, epsilon = map(arrays.constant, (spec.beta2, 1.0 - spec.beta2, spec.epsilon))
    change, scratch = empty_like(theta), empty_like(theta)

    def step() -> None:
        multiply(squares, decay, squares)
        multiply(gradient, gradient, scratch)
        multiply(scratch, rest, scratch)
        add(squares, scratch, squares)
        sqrt(squares, scratch)
        add(scratch, epsilon, scratch)
        divide(gradient, scratch, change)
        multiply(change, rate, change)
        subtract(theta, change, theta)

    return step


def _terms(arrays: StepArrays) -> tuple[Terms, FloatArray]:
    spec, _, g, (before,), _ = arrays
    s = spec.beta2 * before + (1.0 - spec.beta2) * g * g
    return [("square_before", before), ("square", s)], g / (sqrt(s) + spec.epsilon)


RMSPROP = OptimiserKind(
    name="rmsprop",
    order=4,
    default_rate=0.01,
    formula="−η·g / (√s + ε)",
    bind=_bind,
    terms=_terms,
    constants=("beta2", "epsilon"),
    averages=1,
)
