"""What a test expects of a fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from vision.errors import Fault, VisionError


@contextmanager
def refused(
    code: Fault, words: object = "", /, **values: object
) -> Iterator[pytest.ExceptionInfo[VisionError]]:
    """Expect an error of a code, with words in its sentence and certain values in it."""
    with pytest.raises(VisionError) as caught:
        yield caught
    assert caught.value.code is code
    assert str(words) in caught.value.sentence()
    assert {name: caught.value.values[name] for name in values} == values
