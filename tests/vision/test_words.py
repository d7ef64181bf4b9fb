"""Reasons know what they are made of, so that the window can say them in its language."""

from __future__ import annotations

from foundation.text import Text
from vision.reasons import Reason, fill_reasons, message_of


def shout(words: str) -> str:
    """Translate into capitals, and leave the names in braces as they are."""
    return "".join(
        part if part.startswith("{") else part.upper()
        for part in words.replace("{", "\0{").replace("}", "}\0").split("\0")
    )


def test_values_are_filled_in_whatever_they_are_made_of() -> None:
    values: dict[str, str | int] = {
        "reason": Reason.SERVER_ANSWERS,
        "answer": 503,
        "file": "a{b}.png",
    }
    assert fill_reasons(values, shout)["reason"] == "THE SERVER ANSWERS 503"
    assert fill_reasons(values, shout)["file"] == "a{b}.png"


def test_an_exception_gives_back_the_words_it_was_made_with() -> None:
    words = Text("{name} must be a number", name="pad")
    assert message_of(ValueError(words)) is words
    assert message_of(ValueError("plain")) == "plain"
    assert message_of(ValueError()) == ""
