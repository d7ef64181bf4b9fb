"""A lesson as a worksheet: one page of HTML for paper, with boxes to tick and lines to write on."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator

from model.lessons.lesson import Lesson
from model.lessons.prose import Part, SetFormula, formula_html, to_html
from model.situation import Situation

_BLANK = "<p>…………………………………………………………………………</p>"


def worksheet(
    lesson: Lesson,
    language: str,
    situation: Situation,
    *,
    formula: SetFormula = formula_html,
    picture: Callable[[str], str] = str,
) -> str:
    """Return a lesson as HTML for a text document.

    Parameters
    ----------
    lesson, language
        Which lesson, in which language.
    situation
        The network at hand; only what the prose says of settings is taken from it, measured numbers
        are left as gaps.
    formula, picture
        As :func:`model.lessons.prose.to_html` takes them.
    """

    def gap(value: float) -> str:
        return "____"

    def set_part(part: Part) -> str:
        return to_html(part, situation, number=gap, formula=formula, picture=picture)

    def pieces() -> Iterator[str]:
        prose = lesson.text(language)
        yield f"<h1>{html.escape(prose.title)}</h1>{_BLANK}{set_part(prose.summary)}"
        for number, step in enumerate(lesson.steps, 1):
            said = prose.steps[step.id]
            yield f"<h2>{number}. {html.escape(said.title)}</h2>{set_part(said.text)}"
            for question in step.questions:
                asked = said.question(question.id)
                yield set_part(asked)
                yield "".join(f"☐ {set_part(Part(c, 0, 0))}" for c in asked.choices)
            for task in step.tasks:
                yield f"<div>☐ {set_part(said.task(task.id))}</div>"
            if said.see.markdown:
                yield f"<blockquote>{set_part(said.see)}</blockquote>"

    return "\n".join(pieces())
