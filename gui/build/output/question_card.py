"""The heading that answers "Can a perceptron do it?", whichever way the answer was found."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent

from gui.build.output.cards import Card

__all__ = ["Answer", "QuestionCard"]

Answer = Literal["yes", "nearly", "no"]

_LOOKS = {"yes": ("check-circle", "ok"), "nearly": ("", "warn"), "no": ("prohibit", "fail")}


class QuestionCard(Card):
    """A card with the question and its answer; folded, both and a reason stand on one line."""

    def __init__(self, object_name: str) -> None:
        super().__init__(object_name)
        self._answered: tuple[Answer, str] | None = None
        self._is_short = False

    def show_answer(self, answer: Answer, reason: str) -> None:
        """Give the answer; `reason`, in two or three words, stands beside it while folded."""
        self._answered = answer, reason
        self._write_answer()

    def set_foldable(self, foldable: bool) -> None:
        """Offer to fold, with question and answer in a few words that stay on one line."""
        self._is_short = foldable
        super().set_foldable(foldable)
        self._write_answer()

    def retranslate(self) -> None:
        """Write every text anew in the language in use."""
        self._write_answer()

    def _write_answer(self) -> None:
        if self._answered is None:
            return
        answer, reason = self._answered
        question = self.tr("Can a perceptron do it?")
        words = {"yes": self.tr("Yes"), "nearly": self.tr("Nearly"), "no": self.tr("No")}
        short = {
            "yes": self.tr("Perceptron: yes"),
            "nearly": self.tr("Perceptron: nearly"),
            "no": self.tr("Perceptron: no"),
        }
        icon_name, token = _LOOKS[answer]
        self.set_answer(words[answer], "" if self._is_short else icon_name, token, token)
        self.set_tone("", icon_name if self._is_short else "", token)
        self.answer.setVisible(not self._is_short)
        self.title.setText(short[answer] if self._is_short else question)
        self.set_note(reason if self._is_short else "")
        self.setAccessibleName(f"{question} {words[answer]}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
