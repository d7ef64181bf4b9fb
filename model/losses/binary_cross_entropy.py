"""Binary cross-entropy: -t ln p - (1 - t) ln(1 - p), p = sigmoid(q)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from model.activations.sigmoid import sigmoid
from model.arrays import FloatArray, Mask
from model.losses.kind import Elements, LossKernel, LossKind


def _define(q: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """-t ln p - (1 - t) ln(1 - p) with p = sigmoid(q); its slope is p - t.

    Both are written so that nearly right answers keep their precision: 1 - p is sigmoid(-q), and
    -ln p is ln(1 + exp(-q)).
    """
    p, rest = sigmoid(q), sigmoid(-q)
    wrong = _masked(t > 0.0, t * np.logaddexp(0.0, -q))
    wrong += _masked(t < 1.0, (1.0 - t) * np.logaddexp(0.0, q))
    return wrong, (1.0 - t) * p - t * rest


def _masked(counts: np.ndarray, value: FloatArray) -> FloatArray:
    """Return a term where `counts` is true, otherwise 0, even if the term is infinite."""
    return np.where(counts, value, 0.0)


def _bind_signed(part: Elements) -> LossKernel:
    """Bind binary cross-entropy for targets of 0 or 1, given as ``u = 1 - 2 t``.

    Notes
    -----
    L = ln(1 + exp(u q)); dL/dq = u sigmoid(u q) = u (1 - exp(-L)). Unlike ``p - t``, neither loses
    digits when the answer is nearly right. If exp overflows, the slope is still correct, and L is
    computed with logaddexp, which takes eight times as long for many elements.
    """
    q, delta, elements = part.q, part.delta, part.elements
    dot, ones, share = part.dot, part.ones, part.share  # as part.mean has them, one call less
    minus_share, kept_factors = np.negative(part.scale), np.empty_like(delta)
    multiply, exp, log1p, negative, expm1 = np.multiply, np.exp, np.log1p, np.negative, np.expm1
    infinity = math.inf

    def measure(u: FloatArray, mask: Mask, factors: FloatArray | None = None) -> float:
        multiply(u, q, delta)
        exp(delta, elements)
        log1p(elements, elements)
        if factors is not None:
            negative(elements, delta)
            expm1(delta, delta)
            multiply(delta, factors, delta)
        if mask is not None:
            multiply(elements, mask, elements)
        mean = float(dot(ones)) * share
        if mean < infinity:
            return mean
        np.copyto(elements, np.logaddexp(0.0, u * q))
        return part.mean(mask)

    def factors_of(u: FloatArray, mask: Mask, out: FloatArray) -> FloatArray:
        multiply(u, minus_share, out)
        return out if mask is None else multiply(out, mask, out)

    def differentiate(u: FloatArray, mask: Mask) -> float:
        return measure(u, mask, factors_of(u, mask, kept_factors))

    def bind_targets(u: FloatArray, mask: Mask) -> Callable[[], float]:
        return partial(measure, u, mask, factors_of(u, mask, np.empty_like(delta)))

    return LossKernel(measure, differentiate, elements, bind_targets)


def _bind_soft(part: Elements) -> LossKernel:
    """Bind binary cross-entropy for targets anywhere in [0, 1]: ln(1 + exp q) - t q."""
    q, delta, elements = part.q, part.delta, part.elements
    zero, product = np.zeros((), q.dtype), np.empty_like(delta)

    def value(t: FloatArray, mask: Mask) -> float:
        np.logaddexp(zero, q, elements)
        np.multiply(t, q, delta)
        np.subtract(elements, delta, elements)
        return part.mean(mask)

    def differentiate(t: FloatArray, mask: Mask) -> float:
        np.logaddexp(zero, q, elements)
        np.subtract(q, elements, delta)
        np.exp(delta, delta)  # exp(q - ln(1 + exp q)) = sigmoid(q)
        np.subtract(delta, t, delta)
        part.spread(mask)
        np.multiply(t, q, product)
        np.subtract(elements, product, elements)
        return part.mean(mask)

    return LossKernel.of(elements, value, differentiate)


BINARY_CROSS_ENTROPY = LossKind(
    name="binary_cross_entropy",
    order=3,
    bind=lambda part, signed: _bind_signed(part) if signed else _bind_soft(part),
    define=_define,
    # ln(1 + exp(q)) - t q, written so that a nearly right answer keeps its digits.
    numpy="(1.0 - t) * np.logaddexp(0.0, q) + t * np.logaddexp(0.0, -q)",
    torch='nn.functional.binary_cross_entropy_with_logits(q, t, reduction="none")',
    fits=("sigmoid", "identity"),
    fused_with="sigmoid",
    domain="0 ≤ t ≤ 1",
    is_outside=lambda t: (t < 0.0) | (t > 1.0),
    has_margins=True,
)
