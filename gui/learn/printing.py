"""A lesson on paper: steps with boxes to tick, gaps for numbers and lines to write on."""

from __future__ import annotations

import re

from PySide6.QtCore import QUrl

from gui.format import percent
from gui.learn.rich_text import shown_number
from gui.worksheet import worksheet_pdf
from model.experiment import Experiment
from model.lessons import Lesson
from model.lessons.worksheet import worksheet


def lesson_pdf(lesson: Lesson, language: str, experiment: Experiment) -> bytes:
    """Return a lesson as an A4 PDF, with each step on one page if it fits.

    Its prose names the settings of `experiment`.
    """
    html = worksheet(
        lesson,
        language,
        experiment,
        number=shown_number,
        share=percent,
        picture=lambda name: QUrl.fromLocalFile(str(lesson.folder / name)).toString(),
    )
    return worksheet_pdf(re.split(r"(?=<h2>)", html), lesson.title(language))
