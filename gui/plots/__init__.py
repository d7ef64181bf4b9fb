"""Plots and what they share: axes, colours, legends."""

import sys
from functools import partial
from types import ModuleType

from PySide6 import QtCore, QtGui, QtWidgets


def _load_pyqtgraph() -> None:
    """Import pyqtgraph with Qt modules that resolve names lazily.

    pyqtgraph's own Qt modules copy every name of three Qt modules, and PySide initialises each
    class with all its enumerations on first access: a tenth of the start-up time. Therefore the Qt
    modules list no names during the import.
    """
    modules = QtCore, QtGui, QtWidgets
    listings = [vars(qt)["__dir__"] for qt in modules]
    for qt in modules:
        own = ModuleType(qt.__name__.replace("PySide6", "pyqtgraph.Qt"))
        vars(own)["__getattr__"] = partial(getattr, qt)
        sys.modules[own.__name__] = own
        vars(qt)["__dir__"] = list
    try:
        import pyqtgraph  # noqa: F401
    finally:
        for qt, listing in zip(modules, listings, strict=True):
            vars(qt)["__dir__"] = listing


if "pyqtgraph" not in sys.modules and "__dir__" in vars(QtCore):
    _load_pyqtgraph()
