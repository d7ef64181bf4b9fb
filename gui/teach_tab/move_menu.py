"""The menu that moves images to another class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from gui.plots.legend import class_icon
from gui.teach_tab.teach_model import TeachModel
from gui.theme.icons import icon
from gui.widgets.basic import attach_menu, named, tool_button


def move_button(
    name: str, model: TeachModel, chosen: Callable[[], tuple[int, Sequence[str]]], size: str = ""
) -> QToolButton:
    """Return a button whose menu moves the `chosen` images to another class."""
    button = tool_button(name, "", size, icon("arrow-right", "t2"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    menu = attach_menu(button, named(QMenu(button), f"{name}_menu"))
    menu.aboutToShow.connect(menu.clear)
    menu.aboutToShow.connect(lambda: add_move_actions(menu, model, *chosen()))
    return button


def add_move_actions(menu: QMenu, model: TeachModel, key: int, hashes: Sequence[str]) -> None:
    """Add a menu entry per other class, to move images there."""
    for one in model.state.collection.classes:
        if one.key != key:
            action = menu.addAction(class_icon(one.colour), one.name.replace("&", "&&"))
            action.setObjectName(f"move_to_{one.key}")
            action.triggered.connect(partial(model.move_pictures, hashes, key, one.key))
