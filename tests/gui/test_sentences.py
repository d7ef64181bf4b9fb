"""Errors become sentences in the language in use."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from pytestqt.qtbot import QtBot

from gui.sentence_catalogue import SENTENCES
from gui.sentences import sentence_of
from model.errors import ModelError
from vision.errors import Fault, VisionError
from vision.reasons import Reason

ROOT = Path(__file__).resolve().parents[2]


class Translator(QTranslator):
    """Turns every sentence of the catalogue around."""

    def translate(self, context: str, text: str, *_: object) -> str:
        return f"<{text}>" if context == "Sentences" else ""


def test_the_catalogue_holds_every_sentence_of_the_model() -> None:
    spec = importlib.util.spec_from_file_location("make", ROOT / ".ci" / "make_sentences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert list(SENTENCES) == module.sentences()
    assert len(SENTENCES) > 40


def test_a_translated_sentence_is_filled_with_the_values(qtbot: QtBot) -> None:
    error = ModelError("x", "Use {most} or less, not {n}.", most=3, n=4)
    assert sentence_of(error) == "Use 3 or less, not 4."
    translator = Translator()
    QCoreApplication.installTranslator(translator)
    try:
        assert sentence_of(error) == "<Use 3 or less, not 4.>"
    finally:
        QCoreApplication.removeTranslator(translator)


def test_the_reason_is_translated_with_its_sentence_and_filled(qtbot: QtBot) -> None:
    error = VisionError(
        Fault.SOURCE_UNAVAILABLE, file="x", reason=Reason.SERVER_ANSWERS, answer="404 Not Found"
    )
    assert "(the server answers 404 Not Found)" in sentence_of(error) == error.sentence()
    translator = Translator()
    QCoreApplication.installTranslator(translator)
    try:
        assert "(<the server answers 404 Not Found>)" in sentence_of(error)
    finally:
        QCoreApplication.removeTranslator(translator)
    assert {str(reason) for reason in Reason} <= set(SENTENCES)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (FileNotFoundError(2, "No such file", "mine.csv"), "mine.csv"),
        (PermissionError(13, "Permission denied", "/locked/x"), "Permission denied"),
        (ZeroDivisionError("1/0"), "ZeroDivisionError"),
    ],
)
def test_other_errors_are_named(error: Exception, part: str) -> None:
    assert part in sentence_of(error)
