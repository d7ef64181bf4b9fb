"""The kinds of data, one a module: a new module of this folder is a new kind."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Union

from foundation.kinds import import_modules
from model.data.source import DataSource

import_modules(__name__, __path__)
SOURCES = tuple(sorted(DataSource.__subclasses__(), key=attrgetter("order")))
"""Every kind of data, in their order."""

if TYPE_CHECKING:
    DataSpec = DataSource
else:
    DataSpec = Union[SOURCES]  # noqa: UP007 - made of what was found; files are read by it
