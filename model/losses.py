"""Losses and their gradients with respect to the output layer's ``z``, under one reduction.

Every value here is the **mean over rows of the sum over outputs**, and the gradient is that of the
very same number. With ``a`` the output, ``t`` the target and ``s = 2 t - 1`` its sign:

=========================  =============================================================
squared                    (a - t)^2 / 2
absolute                   |a - t|
huber                      (a - t)^2 / 2 where |a - t| <= 1, else |a - t| - 1/2
binary_cross_entropy       -t ln p - (1 - t) ln(1 - p); p = sigmoid(q)
categorical_cross_entropy  -sum t ln p; p = softmax(q)
hinge                      max(0, 1 - s a)
perceptron                 max(0, -s a), with its slope at 0 taken from the wrong side;
                           of a step output |a - t|: 1 for each mistake
=========================  =============================================================

The cross-entropies work on the logit ``q``: it is the ``z`` of a sigmoid (binary) or softmax
(categorical) output layer, whose two functions cancel; any other output is itself read as a logit.
A step output has no slope. What the perceptron rule follows in its place is a - t, the slope that
`perceptron` gives dL/dz there; no other loss trains such a layer.

References
----------
Rosenblatt (1958), the rule; Bishop (2006), equation 4.54, the criterion max(0, -s a).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from model.activations import ACTIVATION_KINDS
from model.activations.kind import Kernel
from model.experiment import Activation, FloatArray, Loss

Mask = FloatArray | None

DISTANCES: tuple[Loss, ...] = ("squared", "absolute", "huber")
"""Losses by how far an answer is from its target."""


class LossKernel(NamedTuple):
    """A loss bound to the arrays of one kernel.

    Attributes
    ----------
    value
        Takes prepared targets and a mask; returns the mean loss.
    differentiate
        The same, and leaves dL/dz in the kernel's ``delta``.
    elements
        Shape of the outputs; the loss of each, filled by both.
    fix
        Takes targets that will never change and a mask; returns `differentiate` for just those.
    """

    value: Callable[[FloatArray, Mask], float]
    differentiate: Callable[[FloatArray, Mask], float]
    elements: FloatArray
    fix: Callable[[FloatArray, Mask], Callable[[], float]]


def reads_logits(loss: Loss, activation: Activation) -> bool:
    """Tell whether the outputs of such a layer are logits (decided at 0, not at one half)."""
    # A step answers 0 or 1, of which only one half is the middle.
    if ACTIVATION_KINDS[activation].range == (0.0, 1.0):
        return False
    return loss in ("binary_cross_entropy", "hinge", "perceptron")


def loss_fits(loss: Loss, activation: Activation) -> bool:
    """Tell whether a loss can measure how right the outputs of such a layer are.

    Notes
    -----
    A distance measures any output but a step's, which has its mistakes. The other losses read a
    number without bounds: the ``z`` of a sigmoid or a softmax, each with its own cross-entropy, or
    an identity; a hinge is content with tanh, which reaches its margins. Of outputs that are kept
    within bounds they make a number that stands still or falls to 0 while rows are wrong.
    """
    if activation == "step":
        return loss == "perceptron"
    if loss in DISTANCES or activation == "identity":
        return True
    return is_fused(loss, activation) or (loss, activation) == ("hinge", "tanh")


def is_fused(loss: Loss, activation: Activation) -> bool:
    """Tell whether loss and output activation are differentiated as one."""
    return (loss, activation) in (
        ("binary_cross_entropy", "sigmoid"),
        ("categorical_cross_entropy", "softmax"),
    )


def is_signed(loss: Loss, targets: FloatArray) -> bool:
    """Tell whether the kernel wants the targets' signs: all 0 or 1 under a loss of margins."""
    margins = ("binary_cross_entropy", "hinge", "perceptron")
    return loss in margins and bool(((targets == 0.0) | (targets == 1.0)).all())


def prepare_targets(loss: Loss, targets: FloatArray) -> FloatArray:
    """Return what :func:`bind_loss`'s kernels take in the place of the targets.

    Returns
    -------
    numpy.ndarray
        ``1 - 2 t`` (minus the sign) where :func:`is_signed`, else the targets.
    """
    return 1.0 - 2.0 * targets if is_signed(loss, targets) else targets


class _Elements:
    """What every kernel below shares: elements of the loss, their sum, and the mean's 1/rows."""

    def __init__(self, q: FloatArray, delta: FloatArray) -> None:
        self.q = q
        self.delta = delta
        self.elements = np.empty_like(delta)
        flat = self.elements.reshape(-1)
        self.dot: Callable[[FloatArray], float] = flat.dot  # with ones, a quick sum
        self.ones = np.ones_like(flat)
        self.share: float = 1.0 / delta.shape[-1]
        self.scale = np.full((), self.share, delta.dtype)

    def mean(self, mask: Mask) -> float:
        """Return the mean of the elements, each counted as the mask says."""
        if mask is not None:
            np.multiply(self.elements, mask, self.elements)
        return float(self.dot(self.ones)) * self.share

    def spread(self, mask: Mask) -> None:
        """Divide the gradient by the rows and strike out what the mask leaves free."""
        np.multiply(self.delta, self.scale, self.delta)
        if mask is not None:
            np.multiply(self.delta, mask, self.delta)


def _distance(loss: Loss, part: _Elements) -> LossKernel:
    """Bind squared, absolute or Huber loss."""
    q, delta, elements = part.q, part.delta, part.elements
    half, one = np.full((), 0.5, q.dtype), np.ones((), q.dtype)
    clipped = np.empty_like(delta)

    def value(t: FloatArray, mask: Mask) -> float:
        np.subtract(q, t, delta)
        if loss == "squared":
            np.multiply(delta, delta, elements)
            np.multiply(elements, half, elements)
        elif loss == "absolute":
            np.abs(delta, elements)
        else:
            np.clip(delta, -one, one, out=clipped)
            np.multiply(clipped, half, elements)
            np.subtract(delta, elements, elements)
            np.multiply(elements, clipped, elements)
        return part.mean(mask)

    def differentiate(t: FloatArray, mask: Mask) -> float:
        result = value(t, mask)
        if loss == "absolute":
            np.sign(delta, delta)
        elif loss == "huber":
            np.copyto(delta, clipped)
        part.spread(mask)
        return result

    return LossKernel(value, differentiate, part.elements, partial(partial, differentiate))


def _signed_cross_entropy(part: _Elements) -> LossKernel:
    """Bind binary cross-entropy for targets that are 0 or 1, given as ``u = 1 - 2 t``.

    Notes
    -----
    L = ln(1 + exp(u q)); dL/dq = u sigmoid(u q) = u (1 - exp(-L)). Neither loses digits when the
    answer is nearly right, as ``p - t`` would. Where exp overflows, the slope is still right, and L
    is taken from logaddexp, which needs eight times as long for many elements.
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

    def fix(u: FloatArray, mask: Mask) -> Callable[[], float]:
        return partial(measure, u, mask, factors_of(u, mask, np.empty_like(delta)))

    return LossKernel(measure, differentiate, elements, fix)


def _soft_cross_entropy(part: _Elements) -> LossKernel:
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

    return LossKernel(value, differentiate, part.elements, partial(partial, differentiate))


def _categorical(part: _Elements) -> LossKernel:
    """Bind categorical cross-entropy: ln sum exp q - sum t q, with rows of t that sum to 1.

    Notes
    -----
    dL/dq = p sum t - t over the targets that count: what a row wants of one output moves them all,
    those too whose own answer is free.
    """
    q, delta, elements = part.q, part.delta, part.elements
    line = np.empty((*q.shape[:-2], 1, q.shape[-1]), q.dtype)
    wanted = np.empty_like(delta)

    def value(t: FloatArray, mask: Mask) -> float:
        np.max(q, axis=-2, keepdims=True, out=line)
        np.subtract(q, line, elements)
        np.exp(elements, delta)
        np.sum(delta, axis=-2, keepdims=True, out=line)
        np.divide(delta, line, delta)  # softmax(q)
        np.log(line, line)
        np.subtract(line, elements, elements)  # -ln p
        np.multiply(elements, t, elements)
        return part.mean(mask)

    def differentiate(t: FloatArray, mask: Mask) -> float:
        result = value(t, mask)
        if mask is None:
            np.subtract(delta, t, delta)
        else:
            np.multiply(t, mask, wanted)
            np.sum(wanted, axis=-2, keepdims=True, out=line)
            np.multiply(delta, line, delta)
            np.subtract(delta, wanted, delta)
        part.spread(None)
        return result

    return LossKernel(value, differentiate, elements, partial(partial, differentiate))


def _margin(part: _Elements, wanted: float) -> LossKernel:
    """Bind max(0, wanted - s q), targets given as ``u = -s``; slope u where wanted - s q >= 0."""
    q, delta, elements = part.q, part.delta, part.elements
    zero, wanted_margin = np.zeros((), q.dtype), np.full((), wanted, q.dtype)

    def value(u: FloatArray, mask: Mask) -> float:
        np.multiply(u, q, elements)
        np.add(elements, wanted_margin, elements)
        np.greater_equal(elements, zero, out=delta, casting="unsafe")
        np.maximum(elements, zero, out=elements)
        return part.mean(mask)

    def differentiate(u: FloatArray, mask: Mask) -> float:
        result = value(u, mask)
        np.multiply(delta, u, delta)
        part.spread(mask)
        return result

    return LossKernel(value, differentiate, part.elements, partial(partial, differentiate))


def _mistakes(part: _Elements) -> LossKernel:
    """Bind |a - t| of step outputs, given ``u = 1 - 2 t``; the rule puts a - t for its slope."""
    q, delta, elements = part.q, part.delta, part.elements
    half = np.full((), 0.5, q.dtype)

    def value(u: FloatArray, mask: Mask) -> float:
        np.multiply(u, half, delta)
        np.subtract(delta, half, delta)
        np.add(delta, q, delta)
        np.abs(delta, elements)
        return part.mean(mask)

    def differentiate(u: FloatArray, mask: Mask) -> float:
        result = value(u, mask)
        part.spread(mask)
        return result

    return LossKernel(value, differentiate, elements, partial(partial, differentiate))


def bind_loss(
    loss: Loss,
    activation: Activation,
    z: FloatArray,
    a: FloatArray,
    delta: FloatArray,
    output: Kernel,
    *,
    signed: bool,
) -> LossKernel:
    """Bind a loss to the output layer's arrays.

    Parameters
    ----------
    loss, activation
        Which loss, and the output layer's activation.
    z, a, delta
        Shape (..., outputs, rows); `a` holds the activated outputs unless :func:`is_fused`.
    output
        The output activation bound to `a`, for the step back from dL/da to dL/dz.
    signed
        Whether the targets come as signs, see :func:`prepare_targets`.
    """
    part = _Elements(z if is_fused(loss, activation) else a, delta)
    if loss in DISTANCES:
        kernel = _distance(loss, part)
    elif (loss, activation) == ("perceptron", "step"):
        kernel = _mistakes(part)
    elif loss == "categorical_cross_entropy":
        kernel = _categorical(part)
    elif loss == "binary_cross_entropy":
        kernel = _signed_cross_entropy(part) if signed else _soft_cross_entropy(part)
    else:
        kernel = _margin(part, 1.0 if loss == "hinge" else 0.0)
    if is_fused(loss, activation) or activation in ("identity", "step"):
        return kernel

    inner, backward = kernel.differentiate, output.backward

    def differentiate(t: FloatArray, mask: Mask) -> float:
        result = inner(t, mask)
        backward(delta)
        return result

    return LossKernel(kernel.value, differentiate, kernel.elements, partial(partial, differentiate))
