"""The fast pass for pictures of a network says what the exact one says."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from numpy.testing import assert_allclose

from model.experiment import Activation, LayerSpec, NetworkSpec
from model.network import Network


@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("use_bias", [True, False])
def test_columns_in_float32_agree_with_rows_in_float64(
    activation: Activation, use_bias: bool
) -> None:
    generator = np.random.default_rng(3)
    last: Activation = "identity" if activation == "softmax" else activation
    layers = (
        LayerSpec(4, "tanh", use_bias=use_bias, weights=generator.normal(size=(2, 4))),
        LayerSpec(3, activation, use_bias=use_bias, weights=generator.normal(size=(4, 3))),
        LayerSpec(2, last, use_bias=use_bias, weights=generator.normal(size=(3, 2))),
    )
    network = Network(NetworkSpec(2, layers if activation != "softmax" else layers[:2]))
    x = generator.normal(size=(2, 50))
    found = network.activations_of_columns(x.astype(np.float32))
    expected = [a.T for _, a in network.activations(x.T)]
    assert [a.dtype for a in found] == [np.float32] * len(expected)
    for ours, exact in zip(found, expected, strict=True):
        assert_allclose(ours, exact, rtol=1e-5, atol=1e-5)
