"""Random streams derived from one seed, and generator states as JSON values."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from model.errors import ModelError


class Streams(NamedTuple):
    """Three independent generators derived from the experiment's seed.

    Attributes
    ----------
    data
        Generator for patterns, noise and the split.
    weights
        Generator for the initial weights.
    order
        Generator for the row order and dropout during training.
    """

    data: np.random.Generator
    weights: np.random.Generator
    order: np.random.Generator


def streams(seed: int) -> Streams:
    """Return the three streams of a seed, a non-negative integer.

    Raises
    ------
    ModelError
        Code ``seed.negative``.

    Notes
    -----
    Thanks to separate streams, the initial weights stay the same when the user changes the noise.
    """
    if seed < 0:
        raise ModelError("seed.negative", "The seed is {seed}. Use 0 or more.", seed=seed)
    return Streams(*np.random.default_rng(seed).spawn(3))


def generator_state(generator: np.random.Generator) -> dict[str, Any]:
    """Return a PCG64 generator's state with its 128-bit numbers as decimal strings."""
    state: dict[str, Any] = dict(generator.bit_generator.state)
    inner = {key: str(value) for key, value in state["state"].items()}
    return {**state, "state": inner}


def generator_from(state: dict[str, Any]) -> np.random.Generator:
    """Return a generator that continues from a stored state.

    Raises
    ------
    ModelError
        Code ``progress.generator`` if the state is not one of PCG64.
    """
    bits = np.random.PCG64(0)
    try:
        inner = {key: int(value) for key, value in state["state"].items()}
        bits.state = dict(state, state=inner)  # type: ignore[assignment]  # NumPy checks the keys itself
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as fault:
        raise ModelError(
            "progress.generator",
            "The stored state of the random generator is damaged ({fault}). "
            "Remove progress.generator to start from the seed.",
            fault=str(fault),
        ) from fault
    return np.random.Generator(bits)
