"""The whole window with lessons beside Build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.window import GlassnetWindow
from tests.gui.learn.learner import Learner

TEXT = """# Weights by hand

What a weight does.

## first: Two weights

The first weight is {w:1.h1.x1}, see the [bias](term:bias).

$$ z = {w:1.h1.x1} x_1 + {b:1.h1} $$

### task loss
Train until the loss has **fallen**.
### hint loss
Step is enough.
### question guess
What will the loss do?
1. It falls.
2. It rises.
### answer guess
It falls, for the step is small.
### see
The loss is {loss}.

## second: More

Nothing but [the step before](step:first).

### task seed
Make a new start.
"""
TEXT_TR = (
    TEXT.replace("# Weights by hand", "# Elle ağırlık")
    .replace("Two weights", "İki ağırlık")
    .replace("Train until the loss has **fallen**.", "Kayıp **düşene** kadar eğitin.")
)
LESSON = {
    "schema_version": 1,
    "languages": ["en", "tr"],
    "locks": ["data", "learning_rate", "weights"],
    "start": {
        "schema_version": 2,
        "data": {"kind": "gate", "name": "xor"},
        "training": {"stop": {"epochs": 100000}},
    },
    "steps": [
        {
            "id": "first",
            "questions": [{"id": "guess", "choices": 2, "answer": 1}],
            "tasks": [
                {
                    "id": "loss",
                    "conditions": [
                        {"code": "loss", "since_opening": "falls"},
                        {"code": "steps", "at_least": 1},
                    ],
                    "nearest_miss": [{"code": "steps", "is": 0}],
                    "show": "lottery_seeds",
                }
            ],
        },
        {
            "id": "second",
            "locks": [],
            "tasks": [
                {
                    "id": "seed",
                    "conditions": [{"code": "seed", "is": 1}],
                    "nearest_miss": [{"code": "seed", "is": 0}],
                    "show": "new_start",
                }
            ],
        },
    ],
}


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """Return the folder of a lesson of two steps."""
    folder = tmp_path / "by_hand"
    folder.mkdir()
    (folder / "lesson.json").write_text(json.dumps(LESSON), encoding="utf-8")
    (folder / "en.md").write_text(TEXT, encoding="utf-8")
    (folder / "tr.md").write_text(TEXT_TR, encoding="utf-8")
    return folder


@pytest.fixture
def learner(qtbot: QtBot, window: GlassnetWindow) -> Learner:
    """Return someone at the wide window."""
    window.resize(1440, 900)
    return Learner(qtbot, window)


@pytest.fixture
def at_lesson(learner: Learner, lesson: Path) -> Learner:
    """Return someone who has opened the lesson of two steps."""
    learner.window.open_path(lesson)
    assert learner.find("lesson_page", QWidget).isVisible()
    return learner
