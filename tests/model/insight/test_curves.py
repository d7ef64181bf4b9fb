"""Curves of activations and losses: their slopes, where they are flat, and what a loss is."""

from __future__ import annotations

import numpy as np
import pytest

from model.backprop import LayerActivations
from model.backprop import loss as textbook_loss
from model.experiment import ACTIVATIONS, LOSSES, Activation, Loss
from model.insight.curves import (
    FLAT_SLOPE,
    activation_curve,
    loss_axis,
    loss_curve,
    output_losses,
    softmax_shift,
)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_the_slope_is_the_curve_s_own(name: Activation) -> None:
    curve = activation_curve(name, 6.0, points=4001)
    step = curve.z[1] - curve.z[0]
    measured = (curve.a[2:] - curve.a[:-2]) / (2 * step)
    away_from_a_corner = np.abs(curve.z[1:-1]) > 2 * step
    assert measured[away_from_a_corner] == pytest.approx(
        curve.slope[1:-1][away_from_a_corner], abs=1e-5
    )


@pytest.mark.parametrize(
    ("name", "flat"),
    [
        ("identity", []),
        ("step", [(-6.0, 6.0)]),
        ("relu", [(-6.0, 0.0)]),
        ("leaky_relu", [(-6.0, 0.0)]),
        # s (1 - s) = .02 and 1 - t^2 = .02, solved by hand.
        ("sigmoid", [(-6.0, -3.8712), (3.8712, 6.0)]),
        ("tanh", [(-6.0, -2.6467), (2.6467, 6.0)]),
        ("elu", [(-6.0, np.log(FLAT_SLOPE))]),
    ],
)
def test_flat_ends_are_where_the_slope_is_next_to_nothing(
    name: Activation, flat: list[tuple[float, float]]
) -> None:
    found = activation_curve(name, 6.0, points=2401).flat
    assert np.array(found).ravel() == pytest.approx(np.array(flat).ravel(), abs=0.006)


def test_a_softmax_unit_s_own_z_lies_on_a_shifted_sigmoid() -> None:
    z = np.array([1.5, -0.5, 0.25])
    a = np.exp(z) / np.exp(z).sum()
    shift = softmax_shift(z[0], a[0])
    assert shift == pytest.approx(-np.log(np.exp(z[1]) + np.exp(z[2])))
    curve = activation_curve("softmax", 3.0, shift)
    assert np.interp(z[0], curve.z, curve.a) == pytest.approx(a[0], abs=1e-3)


@pytest.mark.parametrize("loss", [name for name in LOSSES if not name.startswith("categorical")])
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "step"])
def test_a_loss_of_each_answer_is_the_textbook_s(loss: Loss, activation: Activation) -> None:
    z = np.linspace(-2.0, 2.0, 8)
    a = {"sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "step": (z > 0) * 1.0}.get(
        activation, z
    )
    for target in (0.0, 1.0):
        found = output_losses(loss, activation, a, np.full(8, target))
        wanted = [
            textbook_loss(
                loss,
                activation,
                LayerActivations(z[[k]][:, None], a[[k]][:, None]),
                np.array([[target]]),
            )[0]
            for k in range(8)
        ]
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_the_terms_of_a_categorical_cross_entropy_are_its_loss() -> None:
    z, t = np.array([[0.3, -1.2, 2.0]]), np.array([[0.0, 1.0, 0.0]])
    a = np.exp(z) / np.exp(z).sum()
    wanted, _ = textbook_loss("categorical_cross_entropy", "softmax", LayerActivations(z, a), t)
    found = output_losses("categorical_cross_entropy", "softmax", a[0], t[0])
    assert found.sum() == pytest.approx(wanted)
    assert np.count_nonzero(found) == 1


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "softmax", "step", "relu"])
def test_every_loss_has_a_curve_for_every_output(loss: Loss, activation: Activation) -> None:
    curve = loss_curve(loss, activation)
    assert curve.axis == loss_axis(loss, activation)
    assert len(curve.of_target) == (1 if curve.axis == "error" else 2)
    assert all(np.isfinite(values).all() and (values >= 0).all() for values in curve.of_target)
