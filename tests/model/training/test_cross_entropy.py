"""Cross-entropy keeps its digits where exp is far from 1, and is finite where exp is not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from model.activations import bind
from model.experiment import FloatArray
from model.losses import bind_loss
from model.losses.kind import LossKernel


def signed_kernel(z: FloatArray, outputs: FloatArray, delta: FloatArray) -> LossKernel:
    """Bind cross-entropy over a sigmoid, for targets given as 1 and -1."""
    activation = bind("sigmoid", outputs)
    return bind_loss("binary_cross_entropy", "sigmoid", z, outputs, delta, activation, signed=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_signed_cross_entropy_over_the_whole_range(dtype: type) -> None:
    largest = float(np.log(np.finfo(dtype).max))
    near = [largest * (1.0 + k * 1e-7) for k in range(-3, 4)]
    logits = [-5000.0, -300.0, -36.0, -1e-9, 0.0, 1e-9, 0.7, 36.0, 37.0, *near, 5000.0]
    z = np.array([logits, [-q for q in logits]], dtype)
    u = np.array([[1.0], [-1.0]], dtype) * np.ones_like(z)  # both rows are wrong alike
    delta, outputs = np.empty_like(z), np.empty_like(z)
    kernel = signed_kernel(z, outputs, delta)
    with np.errstate(over="ignore"):
        loss = kernel.differentiate(u, None)
        elements, slopes = kernel.elements.copy(), delta.copy()
        assert kernel.bind_targets(u, None)() == kernel.value(u, None) == loss
        kernel.differentiate(u, None)
    assert np.isfinite(loss)
    assert_array_equal(elements, kernel.elements)
    assert_array_equal(slopes, delta)
    exact = np.logaddexp(0.0, np.array(logits, dtype).astype(float))
    tolerance = 4 * np.finfo(dtype).eps
    smallest = float(np.finfo(dtype).tiny)
    for row in elements:
        assert_allclose(row, exact, rtol=tolerance, atol=smallest)
    rows = z.shape[1]
    slope = np.exp(np.array(logits, dtype).astype(float) - exact) / rows
    assert_allclose(slopes, u * slope, rtol=2 * tolerance, atol=smallest)
