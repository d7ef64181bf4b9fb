"""A question that does not block the window, each answer with what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMessageBox, QWidget

__all__ = ["Answer", "ask"]

Role = QMessageBox.ButtonRole


@dataclass(frozen=True)
class Answer:
    """One button.

    Attributes
    ----------
    name
        Its object name.
    text
        What stands on it.
    then
        What it does.
    """

    name: str
    text: str
    then: Callable[[], None]


def ask(window: QWidget, name: str, text: str, details: str, answers: Sequence[Answer]) -> None:
    """Ask over `window`; Enter gives the first of three answers and Escape the last.

    The second is the one that loses something.
    """
    box = QMessageBox(window)
    box.setObjectName(name)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Glassnet")
    box.setText(text)
    box.setInformativeText(details)
    roles = (Role.AcceptRole, Role.DestructiveRole, Role.RejectRole)
    buttons = []
    for answer, role in zip(answers, roles, strict=True):
        button = box.addButton(answer.text, role)
        button.setObjectName(answer.name)
        buttons.append(button)
    box.setDefaultButton(buttons[0])
    box.setEscapeButton(buttons[-1])

    def on_finished() -> None:
        clicked = box.clickedButton()
        box.deleteLater()
        for answer, button in zip(answers, buttons, strict=True):
            if clicked is button:
                answer.then()

    box.finished.connect(on_finished)
    box.open()
