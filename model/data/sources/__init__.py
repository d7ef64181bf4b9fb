"""The kinds of data, one a module: a new module of this folder is a new kind."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Union

from model.data.source import DataSource, kinds

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

SOURCES = kinds()
"""Every kind of data, in their order."""

if TYPE_CHECKING:
    DataSpec = DataSource
else:
    DataSpec = Union[SOURCES]  # noqa: UP007 - made of what was found; files are read by it
