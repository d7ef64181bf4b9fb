"""What the model refuses, held to the code of its error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from model.errors import ModelError


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[ModelError]]:
    """Expect an error of this code; what is yielded has its sentence and values afterwards."""
    with pytest.raises(ModelError) as caught:
        yield caught
    assert caught.value.code == code
