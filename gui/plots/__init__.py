"""The parts of all plots."""

import sys
from functools import partial
from types import ModuleType

from PySide6 import QtCore, QtGui, QtWidgets


def _load_pyqtgraph() -> None:
    """Import pyqtgraph with Qt modules that resolve names lazily.

    Its own copy each name of Qt's three, and PySide makes each class with all its enumerations
    known to Python when it is first named, a tenth of a start: for the copying, Qt's list none.
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
