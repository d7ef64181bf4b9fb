"""No exception leaves an override of Qt, wherever in the window it is raised."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import FunctionType

import pytest
from PySide6.QtCore import QAbstractListModel, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

import gui
from gui.guard import guarded


def classes_of_the_window() -> Iterator[type]:
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        importlib.import_module(module.name)
    waiting = [Shiboken.Object]
    while waiting:
        for cls in type.__subclasses__(waiting.pop()):
            waiting.append(cls)
            if cls.__module__.startswith("gui."):
                yield cls


def overrides(cls: type) -> Iterator[tuple[str, FunctionType]]:
    """Return what a class overrides of Qt, found by another way than the guard's."""
    for name in dir(cls):
        method = vars(cls).get(name)
        if not isinstance(method, FunctionType) or name.startswith("__"):
            continue
        inherited = getattr(super(cls, cls), name, None)
        seen = [inherited, *(vars(base).get(name) for base in cls.__mro__[1:])]
        if any(type(x).__name__ == "method_descriptor" for x in seen):
            yield name, method


def test_every_override_is_guarded() -> None:
    found = {
        f"{cls.__module__}.{cls.__qualname__}.{name}": method
        for cls in classes_of_the_window()
        for name, method in overrides(cls)
    }
    assert len(found) > 200
    bare = [where for where, method in found.items() if not hasattr(method, "__wrapped__")]
    assert bare == []


class Faulty(QWidget):
    """A widget whose override fails."""

    def sizeHint(self) -> QSize:
        raise ValueError("hint")


class Rows(QAbstractListModel):
    """A model whose abstract method fails."""

    def rowCount(self, *_: object) -> int:
        raise ValueError("rows")


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(str(error)))
    return seen


def guard(cls: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard a class as those of the window are."""
    for name, method in overrides(cls):
        monkeypatch.setattr(cls, name, guarded(cls, method))


def test_qt_gets_its_own_answer_and_the_error_is_reported(
    qtbot: QtBot, reported: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    guard(Faulty, monkeypatch)
    guard(Rows, monkeypatch)
    widget = Faulty()
    qtbot.addWidget(widget)
    assert widget.sizeHint() == QWidget().sizeHint()
    assert reported == ["hint"]
    assert Rows().rowCount() is None, "an abstract method has no answer"
    assert reported == ["hint", "rows"]
