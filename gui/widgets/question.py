"""The question dialog; `gui.widgets.dialogs.ask` opens it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from gui.theme import GAP_L_PX, GAP_M_PX, GAP_XL_PX
from gui.widgets.basic import describe, label, push_button, set_role
from gui.widgets.layouts import STRETCH, hbox, vbox

if TYPE_CHECKING:
    from gui.widgets.dialogs import Answer

_QUESTION_PX = 400


class Question(QDialog):
    """A sentence, details, and a button per answer; Escape chooses the last one.

    Attributes
    ----------
    chosen
        The chosen answer.
    """

    def __init__(
        self,
        window: QWidget,
        name: str,
        text: str,
        details: str,
        answers: Sequence[Answer],
        is_risky: bool,
    ) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setWindowTitle("Glassnet")
        self.setAccessibleName(f"{text} {details}")
        self.chosen = answers[-1]
        self._sentence = label("card-title", f"{name}_text", wrap=True)
        self._sentence.setText(text)
        self._details = label("label", f"{name}_details", wrap=True)
        self._details.setText(details)
        keeps, *loses, leaves = (self._button(answer) for answer in answers)
        proposed = leaves if is_risky else keeps
        set_role(proposed, tone="primary")
        proposed.setDefault(True)
        proposed.setFocus()
        # Those that lose something stand apart from the two that do not.
        buttons = hbox(*loses, STRETCH, leaves, keeps, gap=GAP_M_PX)
        vbox(
            self._sentence,
            self._details,
            GAP_L_PX,
            buttons,
            on=self,
            gap=GAP_M_PX,
            margins=GAP_XL_PX,
        )
        self.setFixedWidth(max(_QUESTION_PX, self.minimumSizeHint().width()))
        # Otherwise Qt gives it the height that the lines would need if they were not broken.
        self.setMinimumHeight(self.heightForWidth(self.width()))

    def _button(self, answer: Answer) -> QPushButton:
        button = push_button(answer.name)
        button.setText(answer.text)
        button.setAutoDefault(True)  # Enter presses the one that the keyboard is on
        describe(button, answer.text)
        button.clicked.connect(lambda: self._choose(answer))
        return button

    def _choose(self, answer: Answer) -> None:
        self.chosen = answer
        self.accept()
