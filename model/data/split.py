"""Rows held out for testing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from model.errors import ModelError

if TYPE_CHECKING:
    from numpy.random import Generator


class SplitSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How rows are held out for testing.

    Attributes
    ----------
    test_fraction
        Share of the test rows, 0 (train on all) to 0.9.
    stratify
        Whether both parts keep the shares of the classes.
    """

    test_fraction: float = 0.0
    stratify: bool = False


def split_rows(
    rows: int, spec: SplitSpec, generator: Generator, classes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Choose training and test rows, each in ascending order.

    Parameters
    ----------
    rows
        Number of rows.
    spec
        Share of the test rows, and whether both parts keep the shares of the classes.
    generator
        Source of random numbers.
    classes
        Class index of every row, for a stratified split.

    Raises
    ------
    ModelError
        Code ``data.split`` if the share is out of range or leaves no training row.
    """
    if not 0.0 <= spec.test_fraction < 1.0:
        raise ModelError(
            "data.split",
            "The test share is {share}. Use 0 to 0.9.",
            share=spec.test_fraction,
        )
    everything = np.arange(rows)
    if spec.test_fraction == 0.0:
        return everything, everything[:0]
    if spec.stratify and classes is not None:
        groups = [np.flatnonzero(classes == c) for c in np.unique(classes)]
    else:
        groups = [everything]
    test = np.sort(
        np.concatenate(
            [generator.permutation(g)[: round(len(g) * spec.test_fraction)] for g in groups]
        )
    )
    train = np.setdiff1d(everything, test, assume_unique=True)
    if len(train) == 0:
        raise ModelError(
            "data.split",
            "A test share of {share} leaves no training row.",
            share=spec.test_fraction,
        )
    return train, test
