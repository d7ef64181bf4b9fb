"""Families of kinds, each kind an object in a module of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from pkgutil import iter_modules
from types import ModuleType


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A member of a family.

    Attributes
    ----------
    name
        Name in files.
    order
        Position in lists.
    """

    name: str
    order: int


def import_modules(package: str, folders: Iterable[str]) -> list[ModuleType]:
    """Import all modules in folders of a package and return them."""
    return [import_module(f"{package}.{found.name}") for found in iter_modules(folders)]


def find_kinds[Found: Kind](
    family: type[Found], package: str, folders: Iterable[str]
) -> dict[str, Found]:
    """Return a family's kinds found in a package's modules, by name and sorted by `order`."""
    modules = import_modules(package, folders)
    found = [one for module in modules for one in vars(module).values() if isinstance(one, family)]
    return {one.name: one for one in sorted(found, key=attrgetter("order"))}
