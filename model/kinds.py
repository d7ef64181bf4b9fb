"""Kinds of one family, each an object in a module of its own."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def find_kinds(package: str, folders: Iterable[str]) -> dict[str, Any]:
    """Return the `KIND` of each module of a package by its name, sorted by `order`."""
    modules = [import_module(f"{package}.{found.name}") for found in iter_modules(folders)]
    kinds = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: kind.order)}
