"""The menu that moves pictures to another class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from gui.plots.legend import class_icon
from gui.teach_tab.teach_model import TeachModel


def fill_moves(menu: QMenu, model: TeachModel, key: int, hashes: Sequence[str]) -> None:
    """Offer to move pictures of the class `key` to each other one."""
    for one in model.state.collection.classes:
        if one.key != key:
            action = menu.addAction(class_icon(one.colour), one.name.replace("&", "&&"))
            action.setObjectName(f"move_to_{one.key}")
            action.triggered.connect(partial(model.move_pictures, hashes, key, one.key))
