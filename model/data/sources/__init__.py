"""The kinds of data, one module each: a new module here is a new kind."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Union

from foundation.kinds import import_modules
from model.data.source import DataSource
from model.errors import ModelError

import_modules(__name__, __path__)
SOURCES = tuple(sorted(DataSource.__subclasses__(), key=attrgetter("order")))
"""Every kind of data, in order."""

if TYPE_CHECKING:
    DataSpec = DataSource
else:
    DataSpec = Union[SOURCES]  # noqa: UP007 - made of what was found; files are read by it


def data_names() -> tuple[str, ...]:
    """Return every name known to :func:`named_data`.

    Returns
    -------
    tuple of str
        Gates, then patterns in the plane, then tables.
    """
    return tuple(name for source in SOURCES for name in source.known_names)


def named_data(name: str) -> DataSpec:
    """Return the data for a name, a table's path, or a formula.

    Parameters
    ----------
    name
        ``xor`` or ``XOR``; ``and:3`` for a gate with another number of inputs; ``spiral``;
        ``iris``; a path with the ending of a table; a formula of ``x1`` and ``x2``, such as
        ``sin(3*x1)*x2``, or ``x1^2 < x2`` for two classes (see :class:`PlaneData`).

    Returns
    -------
    DataSpec
        The data as an experiment stores them; no file is opened.

    Raises
    ------
    ModelError
        Code ``data.unknown_name``; ``data.formula`` for an invalid formula.
    """
    for source in SOURCES:
        if (data := source.named(name)) is not None:
            return data
    raise ModelError(
        "data.unknown_name",
        "There is no data called {name}. Use the path of a .csv or .xlsx file, a formula of x1 and "
        "x2, or one of: {known}.",
        name=name,
        known=", ".join(data_names()),
    )
