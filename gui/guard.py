"""Report exceptions inside overrides of Qt, and return Qt's own result instead.

PySide 6.12 loses a reference to a function when an exception leaves an override while another
call is pending, and the freed function is called later (docs/adr/0047).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from shiboken6 import Shiboken


def install(package: str) -> None:
    """Guard the overrides of every class defined in `package` from now on."""

    def on_new_class(cls: type[Shiboken.Object], /, **keywords: Any) -> None:
        super(Shiboken.Object, cls).__init_subclass__(**keywords)
        if cls.__module__.startswith(f"{package}."):
            _guard_overrides(cls)

    # Not by an assignment, which type checkers take for a mistake.
    setattr(Shiboken.Object, "__init_subclass__", classmethod(on_new_class))  # noqa: B010


def _guard_overrides(cls: type) -> None:
    """Wrap a class's overrides of Qt, but not Python's special methods."""
    qt = [base for base in cls.__mro__[1:] if base.__module__.startswith("PySide6.")]
    for name, value in list(vars(cls).items()):
        is_method = isinstance(value, FunctionType) and not name.startswith("__")
        if is_method and any(name in vars(base) for base in qt):
            setattr(cls, name, guarded(cls, value))


def guarded(owner: type, override: Callable[..., Any]) -> Callable[..., Any]:
    """Return `override`, a method of `owner`, wrapped to report exceptions.

    After an exception the wrapper returns the result of the next class, usually Qt's own.
    """

    @functools.wraps(override)
    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        try:
            return override(self, *arguments, **keywords)
        except Exception as error:  # noqa: BLE001 - of any kind: none may reach Qt
            return _fallback_result(owner, self, override.__name__, arguments, error)

    return call


def _fallback_result(
    owner: type, self: Any, name: str, arguments: tuple[Any, ...], error: Exception
) -> Any:
    """Report an error and return the result of the class below `owner`, ``None`` if it has none."""
    sys.excepthook(type(error), error, error.__traceback__)
    try:
        return getattr(super(owner, self), name)(*arguments)
    except Exception:  # noqa: BLE001 - an abstract method, or one that the same error stops
        return None
