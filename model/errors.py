"""The only error type of ``model``: a code for programs and values for the message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from foundation.files import StrPath


class ModelError(ValueError):
    """An error in an experiment, a data set or a file.

    Parameters
    ----------
    code
        A stable, dotted name, for example ``"network.no_layers"``; ``gui`` translates messages by
        it.
    sentence
        An English template that says what is wrong, where, and what to do; ``{name}`` fields are
        filled from `values`.
    **values
        Values for the fields of the template and its translations.
    """

    def __init__(self, code: str, sentence: str, **values: Any) -> None:
        self.code = code
        self.values = values
        self.template = sentence
        told = {  # an error within a sentence ends without a stop of its own
            name: str(value).rstrip(".") if isinstance(value, ModelError) else value
            for name, value in values.items()
        }
        super().__init__(sentence.format(**told))

    def __reduce__(self) -> tuple[Callable[[], ModelError], tuple[()]]:
        """Pickle the constructor's arguments, so that errors from Dask workers arrive complete."""
        return partial(type(self), self.code, self.template, **self.values), ()

    def sentence(self) -> str:
        """Return the English sentence with its values filled in."""
        return str(self)


@contextmanager
def naming_file(path: StrPath, codes: str = "") -> Iterator[None]:
    """Add the file's name to errors of this block that lack one.

    If given, `codes` is a prefix: only errors whose code starts with it are changed.
    """
    try:
        yield
    except ModelError as fault:
        if "file" in fault.values or not fault.code.startswith(codes):
            raise
        raise ModelError(
            fault.code, "{file}: " + fault.template, **{**fault.values, "file": str(path)}
        ) from fault


def require(condition: bool, what: str, value: object, wanted: str) -> None:
    """Raise if a value is out of range.

    Raises
    ------
    ModelError
        Code ``experiment.range``.
    """
    if not condition:
        raise ModelError(
            "experiment.range",
            "{what} is {value}. Use {wanted}.",
            what=what,
            value=value,
            wanted=wanted,
        )
