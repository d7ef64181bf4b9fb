"""Losses and their gradients with respect to the output layer's ``z``, one module each.

Every value here is the **mean over rows of the sum over outputs**, and the gradient is that of the
same number.

The cross-entropies use the logit ``q``: the ``z`` of a sigmoid (binary) or softmax (categorical)
output layer, whose two functions cancel; any other output is itself interpreted as a logit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundation.kinds import find_kinds
from model.activations import ACTIVATION_KINDS
from model.activations.kind import Kernel
from model.arrays import FloatArray, Mask
from model.losses.kind import Elements, LossKernel, LossKind

if TYPE_CHECKING:
    from model.experiment import Activation, Loss

LOSS_KINDS = find_kinds(LossKind, __name__, __path__)


def loss_kind(loss: Loss, activation: Activation) -> LossKind:
    """Return the loss object for outputs with the given activation."""
    kind = LOSS_KINDS[loss]
    return kind.for_steps if activation == "step" and kind.for_steps is not None else kind


def reads_logits(loss: Loss, activation: Activation) -> bool:
    """Return whether the loss interprets the outputs as logits (threshold 0 instead of 0.5)."""
    # A step answers 0 or 1, of which only one half is the middle.
    has_half = ACTIVATION_KINDS[activation].range == (0.0, 1.0)
    return LOSS_KINDS[loss].has_margins and not has_half


def loss_fits(loss: Loss, activation: Activation) -> bool:
    """Return whether a loss can measure outputs with the given activation.

    Notes
    -----
    A distance measures any output except that of a step, which has its count of mistakes. The other
    losses expect an unbounded number: the ``z`` of a sigmoid or a softmax, each with its own
    cross-entropy, or an identity; hinge also accepts tanh, which reaches its margins. With bounded
    outputs these losses stall or reach 0 while rows are still wrong.
    """
    fits = LOSS_KINDS[loss].fits
    return activation in fits if fits else activation != "step"


def is_fused(loss: Loss, activation: Activation) -> bool:
    """Return whether loss and output activation are differentiated jointly."""
    return LOSS_KINDS[loss].fused_with == activation


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
        Loss, and activation of the output layer.
    z, a, delta
        Shape (..., outputs, rows); `a` holds the activated outputs unless :func:`is_fused`.
    output
        Output activation bound to `a`, for the backward step from dL/da to dL/dz.
    signed
        Whether the targets are given as signs, see `LossKind.is_signed`.
    """
    part = Elements(z if is_fused(loss, activation) else a, delta)
    kernel = loss_kind(loss, activation).bind(part, signed)
    if is_fused(loss, activation) or activation in ("identity", "step"):
        return kernel

    inner, backward = kernel.differentiate, output.backward

    def differentiate(t: FloatArray, mask: Mask) -> float:
        result = inner(t, mask)
        backward(delta)
        return result

    return LossKernel.of(kernel.elements, kernel.value, differentiate)
