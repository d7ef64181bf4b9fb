"""A lesson as a printable HTML worksheet, with check boxes and lines to write on."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from model.experiment import Experiment
from model.lessons.lesson import Lesson
from model.lessons.live_numbers import Number, plain_number, plain_share
from model.lessons.prose import Part, to_html, with_gaps
from model.lessons.situation import Situation

_LINE, _GAP = f"<p>{'…' * 24}</p>", "____"
_LINK = re.compile(r"</?a\b[^>]*>")


def worksheet(
    lesson: Lesson,
    language: str,
    experiment: Experiment,
    *,
    number: Number = plain_number,
    share: Number = plain_share,
    picture: Callable[[str], str] = str,
) -> str:
    """Return a lesson as HTML for a text document.

    Parameters
    ----------
    lesson, language
        The lesson and the language of its prose.
    experiment
        The experiment whose settings appear in the prose. Values measured on its network become
        gaps, and so do all numbers that describe what the learner sees, since the settings may
        have changed by then.
    number, share, picture
        As in :func:`model.lessons.prose.to_html`.
    """
    bare = Situation(experiment=experiment)

    def set_part(part: Part) -> str:
        text = to_html(part, bare, number=number, share=share, unknown=_GAP, picture=picture)
        return _LINK.sub("", text)

    def boxed(part: Part) -> str:
        return set_part(part).replace("<p>", "<p>☐ ", 1)

    def pieces() -> Iterator[str]:
        prose = lesson.text(language)
        yield f"<h1>{html.escape(prose.title)}</h1>{_LINE}{set_part(prose.summary)}"
        for count, step in enumerate(lesson.steps, 1):
            said = prose.steps[step.id]
            yield f"<h2>{count}. {html.escape(said.title)}</h2>{set_part(said.text)}"
            for question in step.questions:
                asked = said.question(question.id)
                yield set_part(asked)
                yield "".join(boxed(Part(choice, 0, 0)) for choice in asked.choices)
            for task in step.tasks:
                yield boxed(said.task(task.id))
            if said.see.markdown:
                yield f"<blockquote>{set_part(with_gaps(said.see))}</blockquote>"

    return "\n".join(pieces())
