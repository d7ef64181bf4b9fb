"""Rows of a parametrised test that `make test-e2e` tries, and `make test` does not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def thorough(*values: object) -> object:
    """Return a row for `make test-e2e`."""
    return pytest.param(*values, marks=pytest.mark.thorough)


def first(count: int, values: Iterable[object]) -> list[object]:
    """Leave the first values to `make test` too, and the others to `make test-e2e`."""
    return [value if row < count else thorough(value) for row, value in enumerate(values)]
