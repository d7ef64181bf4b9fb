"""A lesson's prose: CommonMark with formulas between dollar signs and live numbers in braces.

Headings tie it to `lesson.json`::

    # The title
    What the lesson is about.

    ## inputs: The step's title
    Text, formulas ``$x_1$``, numbers ``{loss}``.

    ### task choose_row
    What to do.
    ### hint choose_row
    How to do it.
    ### question guess
    What do you expect?
    1. One thing.
    2. Another.
    ### answer guess
    Why it is so.
    ### see
    What you see, in live numbers.

HTML, pictures outside the lesson's folder and links to files are rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from foundation.latex import COMMAND, LIVE, LIVE_WITH_PLUS, commands, formula_html
from model.errors import ModelError
from model.lessons.json_text import lesson_fault, nearest
from model.lessons.live_numbers import (
    PUBLISHED,
    Number,
    Word,
    is_placeholder,
    live_html,
    live_value,
    placeholders,
    plain_number,
    plain_share,
    plain_word,
)
from model.lessons.situation import Situation

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MAX_BYTES = 1 << 16
"""Maximum size of a prose file."""
PICTURES = (".png", ".jpg", ".jpeg", ".svg")
KINDS = ("task", "hint", "question", "answer", "see")

Ending = Callable[[float], str]
"""Returns the Turkish ending of a whole number: "ü" for 3, in "4 satırın {rows_right}’i"."""
SetFormula = Callable[[str], str]
"""Converts a LaTeX formula to HTML."""


@dataclass(frozen=True, slots=True)
class Part:
    """The prose under one heading.

    Attributes
    ----------
    markdown
        Markdown source.
    line, heading
        Lines of the file where it begins and where its heading is, counted from 1.
    choices
        Texts of a question's choices, in order.
    """

    markdown: str
    line: int
    heading: int
    choices: tuple[str, ...] = ()


EMPTY = Part("", 0, 0)


@dataclass(frozen=True, slots=True)
class StepProse:
    """The prose of one step.

    Attributes
    ----------
    title
        Heading of the step.
    text
        Explanation.
    see
        Description of what the learner sees, with live numbers; may be empty.
    parts
        Tasks, hints, questions and answers by kind and id.
    """

    title: str
    text: Part
    see: Part = EMPTY
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)

    def task(self, task: str) -> Part:
        """Return the text of a task."""
        return self.parts[("task", task)]

    def hint(self, task: str) -> Part:
        """Return the hint for a task, empty if there is none."""
        return self.parts.get(("hint", task), EMPTY)

    def question(self, question: str) -> Part:
        """Return a question with its choices."""
        return self.parts[("question", question)]

    def answer(self, question: str) -> Part:
        """Return the explanation of the answer, empty if there is none."""
        return self.parts.get(("answer", question), EMPTY)


@dataclass(frozen=True, slots=True)
class Prose:
    """All prose of a lesson in one language.

    Attributes
    ----------
    title, summary
        Title and summary of the lesson.
    steps
        Prose of each step by its id, in the order of the file.
    links
        Each link to a lesson, a step or a term, with its line.
    """

    title: str
    summary: Part
    steps: dict[str, StepProse]
    links: tuple[tuple[str, int], ...] = ()


# -- CommonMark with formulas ----------------------------------------------------------------------

_BRACES = re.compile(r"(?<!\\)\{([^{}\n]*)\}")
_ENDING = re.compile(r"’s?[iıuü](?![^\W\d_])")
_SEVERAL = re.compile(r"^( of \d+ \w+) are(?!\w)")
_NONE_RIGHT = re.compile(_ENDING.pattern + r" (doğru|başarılı)(?![^\W\d_])")
"""Text after a live 0 that Turkish replaces by a phrase for "none is right"."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
"""Spaces between digits, as in 1 0 or 10 000, where lines must not break."""
_IN_FORMULA = re.compile(r"(\+\s*)?" + _BRACES.pattern)
_ARGUMENT = re.compile(r"(?:\\[A-Za-z]+|[_^}\]])$")
"""Text before the braces of a LaTeX argument."""

_FORMULA = re.compile(
    r"\$\$((?:[^$\\]|\\.)+)\$\$"
    r"|\$(?=\S)((?:[^$\\\n]|\\.|\n(?!\n))+?)(?<=\S)\$(?!\d)"
    r"|(?<![\d$])(?<!\d\s)\$[ ]+((?:[^$\\\n]|\\.|\n(?!\n))*?\S)[ ]+\$(?![\d$])",
    re.DOTALL,
)
"""Spaces stand inside both single dollar signs or neither.

"5 $ and 6 $" are prices.
"""


def _formula_rule(state: StateInline, silent: bool) -> bool:
    """Parse a formula, ``$...$`` or ``$$...$$``, before its content is parsed as Markdown."""
    if state.src[state.pos] != "$":
        return False
    found = _FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = (found[1] or found[2] or found[3]).strip()
        token.markup = "$$" if found[1] else "$"
    state.pos = found.end()
    return True


def _number_rule(state: StateInline, silent: bool) -> bool:
    """Parse a live number, ``{loss}``."""
    found = _BRACES.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    if found is None:
        return False
    if not silent:
        state.push("number", "", 0).content = found[1]
    state.pos = found.end()
    return True


_LONE_ITEM = [
    "ordered_list_open",
    "list_item_open",
    "paragraph_open",
    "inline",
    "paragraph_close",
    "list_item_close",
    "ordered_list_close",
]


def _lone_item_rule(state: StateCore) -> None:
    """Treat a numbered list of one item as a sentence, since Turkish writes "4. adım"."""
    from markdown_it.token import Token

    tokens, at = state.tokens, 0
    while at <= len(tokens) - len(_LONE_ITEM):
        found = tokens[at : at + len(_LONE_ITEM)]
        if [token.type for token in found] == _LONE_ITEM:
            _, item, opening, inline, closing, *_ = found
            number = Token("text", "", 0, content=f"{item.info}{item.markup} ")
            inline.content = number.content + inline.content
            inline.children = [number, *(inline.children or [])]
            for token in (opening, inline, closing):
                token.level, token.hidden = token.level - 2, False
            tokens[at : at + len(_LONE_ITEM)] = [opening, inline, closing]
        at += 1


@cache
def _reader() -> MarkdownIt:
    """Return the parser of CommonMark with formulas and live numbers; links are checked later."""
    from markdown_it import MarkdownIt  # late: titles alone, which the palette lists, need none

    reader = MarkdownIt("commonmark")
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # refused, not passed over
    reader.inline.ruler.before("escape", "formula", _formula_rule)
    reader.inline.ruler.after("escape", "number", _number_rule)
    reader.core.ruler.push("lone_items", _lone_item_rule)
    return reader


def to_html(
    part: Part | str,
    situation: Situation,
    *,
    number: Number = plain_number,
    share: Number = plain_share,
    word: Word = plain_word,
    ending: Ending | None = None,
    unknown: str = "–",
    formula: SetFormula = formula_html,
    picture: Callable[[str], str] = str,
) -> str:
    """Return prose as HTML with live numbers filled in.

    Parameters
    ----------
    number
        Formats a live number in the current language.
    share
        Formats a live share of 1, such as an accuracy.
    word
        Translates a live text, such as the name of an optimiser.
    ending
        Returns the Turkish possessive ending of a whole number, which replaces ``’i`` after a
        live number; by default the text is unchanged. After 0, ``’i doğru`` becomes a phrase
        for none.
    unknown
        Text for an unknown value.
    formula
        Converts a LaTeX formula to HTML; by default to text with superscripts and subscripts.
    picture
        Converts the path of a picture in the lesson's folder to its address.

    Notes ----- Weights, sums and activations are in ``<span class="positive">`` or
    ``"negative"``, a formula on a line of its own in ``<p class="formula">``. A plus before a
    negative number becomes a minus. After 1, ``of 4 rows are`` becomes ``is``. A row such as 1
    0 is not broken across lines. All text is escaped by CommonMark.
    """

    def live(text: str, plus: str = "") -> str:
        return live_html(text, situation, number, share, word, unknown, plus)

    markdown = part.markdown if isinstance(part, Part) else part
    reader = _reader()
    tokens = reader.parse(markdown)
    for block in tokens:
        for before, after in pairwise(block.children or ()):
            if before.type == "number":
                _adjust_following_text(before, after, live_value(before.content, situation), ending)
    for before, token in pairwise(tokens):
        if [(t.type, t.markup) for t in token.children or ()] == [("formula", "$$")]:
            before.attrSet("class", "formula")
    _keep_digits_together(tokens)
    for token in _flat(tokens):
        if token.type == "number":
            _set_html(token, live(token.content))
        elif token.type == "formula":
            marked, numbers = _replace_numbers(token.content, live)
            text = formula(marked)
            for mark, value in numbers.items():
                text = text.replace(mark, value)
            _set_html(token, text)
        elif token.type == "image":
            token.attrs["src"] = picture(str(token.attrs["src"]))
    return str(reader.renderer.render(tokens, reader.options, {}))


def _keep_digits_together(tokens: list[Token]) -> None:
    for token in _flat(tokens):
        if token.type == "text":
            token.content = _BETWEEN_DIGITS.sub("\u00a0", token.content)


def are_numbers_known(part: Part, situation: Situation) -> bool:
    """Return whether all live numbers of prose are known."""
    return all(
        live_value(text, situation) not in (None, "")
        for text in _BRACES.findall(part.markdown)
        if is_placeholder(text)
    )


def _adjust_following_text(
    number: Token, after: Token, value: float | str | None, ending: Ending | None
) -> None:
    """Adjust the text after a live number: its verb after 1, and Turkish endings."""
    if value == 1:
        after.content = _SEVERAL.sub(r"\1 is", after.content)
    if not _ENDING.match(after.content):
        return
    if value is None:
        after.content = _ENDING.sub("", after.content, count=1)
    elif value == 0 and ending is not None and _NONE_RIGHT.match(after.content):
        number.type, number.content = "text", "hiçbiri"
        after.content = _NONE_RIGHT.sub(r" \1 değil", after.content, count=1)
    elif ending is not None and not isinstance(value, str):
        after.content = _ENDING.sub(f"’{ending(value)}", after.content, count=1)


def with_gaps(part: Part) -> Part:
    """Return prose with gaps for all live numbers except an article's."""

    def gap(found: re.Match[str]) -> str:
        is_live = is_placeholder(found[1]) and not found[1].startswith(PUBLISHED)
        return "{x:1}" if is_live else found[0]

    return replace(part, markdown=_BRACES.sub(gap, part.markdown))


def formulas(markdown: str) -> Iterator[str]:
    """Yield the LaTeX formulas that contain no live numbers."""
    for token in _flat(_reader().parse(markdown)):
        if token.type == "formula" and not _replace_numbers(token.content, lambda *_: "")[1]:
            yield token.content


def _set_html(token: Token, text: str) -> None:
    token.type, token.content = "html_inline", text


def _replace_numbers(latex: str, live: Callable[[str, str], str]) -> tuple[str, dict[str, str]]:
    """Replace a formula's live numbers by private-use characters; return both."""
    numbers: dict[str, str] = {}

    def mark(found: re.Match[str]) -> str:
        if not is_placeholder(found[2]) or _ARGUMENT.search(latex[: found.start()]):
            return found[0]
        letter = chr((LIVE_WITH_PLUS if found[1] else LIVE)[len(numbers)])
        numbers[letter] = live(found[2], found[1] or "")
        return letter

    return _IN_FORMULA.sub(mark, latex), numbers


# -- Reading ---------------------------------------------------------------------------------------


def read_prose(content: str, path: Path) -> Prose:
    """Read a prose file.

    Parameters
    ----------
    path
        Path of the file; its pictures are in the same folder or below.

    Raises
    ------
    ModelError
        Codes ``lesson.html``, ``lesson.picture``, ``lesson.link``, ``lesson.placeholder``,
        ``lesson.heading``, ``lesson.formula``, ``lesson.too_long`` and ``lesson.invalid``, each
        with file and line.
    """
    tokens = _reader().parse(content)
    _validate(tokens, path)
    lines = content.splitlines()
    sections = list(_sections(tokens, lines))
    title, summary, steps = "", EMPTY, {}
    step: StepProse | None = None
    for level, heading, part in sections:
        if level == 1 and not title:
            title, summary = heading, part
        elif level == 2 and title:
            name, colon, text = heading.partition(":")
            if not colon or not text.strip():
                raise _heading_error(path, part.heading, heading)
            if name.strip() in steps:
                raise _twice_error(path, part.heading, heading)
            step = steps[name.strip()] = StepProse(text.strip(), part)
        elif level == 3 and step is not None:
            steps[next(reversed(steps))] = step = _with_part(step, heading, part, path)
        else:
            raise _heading_error(path, part.heading, heading)
    if not title:
        raise _heading_error(path, 1, "")
    return Prose(title, summary, steps, tuple(_links(tokens)))


def _with_part(step: StepProse, heading: str, part: Part, path: Path) -> StepProse:
    kind, _, name = heading.strip().partition(" ")
    key = kind, name.strip()
    if kind not in KINDS or (kind == "see") == bool(name):
        raise _heading_error(path, part.heading, heading)
    if key in step.parts or (kind == "see" and step.see is not EMPTY):
        raise _twice_error(path, part.heading, heading)
    if kind == "see":
        return replace(step, see=part)
    if kind == "question":
        part = _with_choices(part)
    return replace(step, parts={**step.parts, key: part})


def _heading_error(path: Path, line: int, heading: str) -> ModelError:
    return ModelError(
        "lesson.heading",
        "{file}, line {line}: the heading {heading} is none of a lesson. Use # Title once, then "
        "## step: Title, and under it ### task, hint, question or answer with a name, or ### see.",
        file=str(path),
        line=line,
        heading=repr(heading[:60]),
    )


def _twice_error(path: Path, line: int, heading: str) -> ModelError:
    return lesson_fault(
        path, line, "lesson.twice", "the heading {heading} stands twice", heading=repr(heading[:60])
    )


def _sections(tokens: list[Token], lines: list[str]) -> Iterator[tuple[int, str, Part]]:
    """Yield each heading's level and text with the prose below it."""
    headings = [
        (token, tokens[index + 1].content)
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]
    for index, (token, heading) in enumerate(headings):
        assert token.map is not None
        after = headings[index + 1][0].map if index + 1 < len(headings) else None
        end = len(lines) if after is None else after[0]
        first = token.map[1]
        while first < end and not lines[first].strip():
            first += 1
        text = "\n".join(lines[first:end]).rstrip()
        yield int(token.tag[1:]), heading, Part(text, first + 1, token.map[0] + 1)


def _with_choices(part: Part) -> Part:
    """Move the numbered list at the end of a question to its choices."""
    tokens, lines = _reader().parse(part.markdown), part.markdown.splitlines()
    lists = [t for t in tokens if t.type == "ordered_list_open" and t.level == 0 and t.map]
    if not lists:
        return part
    assert lists[-1].map is not None
    first, last = lists[-1].map
    choices = [
        tokens[index + 2].content
        for index, token in enumerate(tokens)
        if token.type == "list_item_open" and token.level == 1
        if token.map and first <= token.map[0] < last and tokens[index + 2].type == "inline"
    ]
    return replace(part, markdown="\n".join(lines[:first]).rstrip(), choices=tuple(choices))


def _validate(tokens: list[Token], path: Path) -> None:
    """Raise for HTML, outside pictures and links, and braces without a live number."""
    for token, line in _with_lines(tokens):
        if token.type in ("html_block", "html_inline"):
            raise _html_error(path, line, token.content)
        if token.type == "image":
            _validate_picture(str(token.attrs.get("src", "")), path, line)
        elif token.type == "link_open":
            _validate_link(str(token.attrs.get("href", "")), path, line)
        elif token.type == "number" and not is_placeholder(token.content):
            raise _placeholder_error(path, line, token.content)
        elif token.type == "formula":
            _validate_formula(token.content, path, line)


def _with_lines(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Yield every token with its line, counted from 1."""
    for block in tokens:
        line = 1 + (block.map[0] if block.map else 0)
        yield block, line
        for token in _flat(block.children or []):
            # A paragraph may be several lines long; the word is looked for in them.
            yield token, line + _line_within(block.content, token)


def _line_within(content: str, token: Token) -> int:
    words: Any = token.attrs.get("src") or token.attrs.get("href") or token.content
    at = content.find(str(words)) if words else -1
    return content.count("\n", 0, at) if at > 0 else 0


def _validate_formula(latex: str, path: Path, line: int) -> None:
    """Raise for unknown commands and live numbers, and unpaired braces."""
    for found in _BRACES.finditer(latex):
        if ":" in found[1] and not is_placeholder(found[1]):
            raise _placeholder_error(path, line + latex.count("\n", 0, found.start()), found[1])
    known = commands()
    for found in re.finditer(COMMAND, latex.replace("\\\\", "  ")):
        if found[0] not in known:
            raise ModelError(
                "lesson.formula",
                "{file}, line {line}: {command} is not known in a formula. The nearest is {near}; "
                "docs/lessons.md lists all.",
                file=str(path),
                line=line + latex.count("\n", 0, found.start()),
                command=found[0][:40],
                near=nearest(found[0], known),
            )


def _html_error(path: Path, line: int, found: str) -> ModelError:
    return ModelError(
        "lesson.html",
        "{file}, line {line}: {found} is HTML, which a lesson may not hold. Write it in Markdown.",
        file=str(path),
        line=line,
        found=repr(found.strip().splitlines()[0][:60] if found.strip() else found),
    )


def _placeholder_error(path: Path, line: int, found: str) -> ModelError:
    return ModelError(
        "lesson.placeholder",
        "{file}, line {line}: {found} is no live number. The nearest is {near}; docs/lessons.md "
        "lists all, and \\{{ writes a brace.",
        file=str(path),
        line=line,
        found="{" + found[:40] + "}",
        near=f"{{{nearest(found, placeholders())}}}",
    )


def _validate_picture(source: str, path: Path, line: int) -> None:
    """Raise for a picture outside the lesson's folder."""
    inside = PurePosixPath(source)
    home = path.parent.resolve()
    is_inside = (
        bool(source)
        and not re.search(r"[:\\%?#]", source)
        and not inside.is_absolute()
        and ".." not in inside.parts
        and inside.suffix.lower() in PICTURES
    )
    if is_inside:
        try:
            place = (home / inside).resolve()
            is_inside = place.is_relative_to(home) and place.is_file()
        except (OSError, ValueError, RuntimeError):
            is_inside = False
    if not is_inside:
        raise ModelError(
            "lesson.picture",
            "{file}, line {line}: the picture {picture} is not in the lesson's folder. Put a "
            "{kinds} file there and write its name alone.",
            file=str(path),
            line=line,
            picture=repr(source[:80]),
            kinds=", ".join(PICTURES),
        )


def _validate_link(target: str, path: Path, line: int) -> None:
    """Raise for a link other than to a web page, lesson, step or term."""
    if not re.fullmatch(r"https?://[^\s]+|(?:lesson|term|step):[a-z][a-z0-9_-]*", target):
        raise ModelError(
            "lesson.link",
            "{file}, line {line}: the link {link} leads to no page, lesson or term. Begin it with "
            "https://, lesson:, step: or term:.",
            file=str(path),
            line=line,
            link=repr(target[:80]),
        )


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _links(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    for token, line in _with_lines(tokens):
        target = str(token.attrs.get("href", ""))
        if token.type == "link_open" and not target.startswith("http"):
            yield target, line
