"""Read and validate a lesson's folder; any fault prevents it from opening."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from foundation.files import StrPath
from model.data import build_dataset
from model.data.files.paths import paths_outside, with_absolute_paths
from model.errors import ModelError
from model.experiment.checks import check_experiment, check_fit
from model.file_bytes import file_bytes
from model.glossary import glossary
from model.lessons.challenges import read_challenge
from model.lessons.conditions import Condition, validate_condition
from model.lessons.json_text import Keys, decode_json, lesson_fault, line_of, nearest
from model.lessons.lesson import Lesson, LessonFile, Question, Step, Task
from model.lessons.prose import MAX_BYTES as MAX_PROSE_BYTES
from model.lessons.prose import Prose, StepProse, read_prose
from model.network import Parameters

LESSONS = Path(__file__).parents[2] / "assets" / "lessons"
"""Folder of the bundled lessons."""

CONTROLS = Path(__file__).parents[2] / "docs" / "controls.md"
"""The list of the window's controls, also included in wheels."""
_NUMBER = re.compile(r"\d+")

FILE_NAME = "lesson.json"
MAX_BYTES = 1 << 20
"""Maximum size of a `lesson.json`."""
MAX_LESSONS = 200
"""Maximum lessons read from one folder."""


def _bytes(path: Path, most: int) -> bytes:
    """Return the content of a lesson's file; raise without reading a large one."""
    try:
        return file_bytes(path, most, "lesson")
    except ModelError as fault:
        if fault.code != "lesson.too_large":
            raise
        raise ModelError(
            fault.code,
            "{file} is larger than the {limit} kB that are read of it. Make several lessons of "
            "this one, each in a folder of its own.",
            file=str(path),
            limit=most >> 10,
        ) from fault


def is_lesson(path: StrPath) -> bool:
    """Return whether a folder is a lesson: it contains a `lesson.json`."""
    return (Path(path) / FILE_NAME).is_file()


def lesson_folders(folder: StrPath) -> list[Path]:
    """Return the first `MAX_LESSONS` lesson folders in a folder, sorted by name."""
    home = Path(folder)
    found = filter(is_lesson, home.iterdir()) if home.is_dir() else ()
    return sorted(found)[:MAX_LESSONS]


def read_lesson(folder: StrPath) -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    folder
        Folder with `lesson.json` and a prose file for each of its languages.

    Returns
    -------
    Lesson
        The lesson; each step, task and question has its text in each language.

    Raises
    ------
    ModelError
        Codes ``lesson.invalid``, ``lesson.condition``, ``lesson.control``,
        ``lesson.translation``, ``lesson.outside``, those of
        :func:`model.lessons.json_text.decode_json`, of :func:`model.lessons.prose.read_prose`,
        of :func:`model.lessons.challenges.read_challenge` and of
        :func:`model.file_bytes.file_bytes`.
    """
    home = Path(folder)
    path = home / FILE_NAME
    _check_inside([FILE_NAME], home, path)
    content = _bytes(path, MAX_BYTES)
    file = decode_json(content, LessonFile, path, "lesson")
    _validate_steps(file, content, path)
    _validate_needs(home, file, content)
    file = _with_absolute_paths(file, home, path, line_of(content, ["start"]))
    prose = {language: _read_language(language, file, home) for language in file.languages}
    return Lesson(home.resolve().name, home, file, prose)


def read_lessons(folder: StrPath = LESSONS) -> list[Lesson]:
    """Read all lessons of a folder in the order of their numbers.

    Parameters
    ----------
    folder
        Folder with one subfolder per lesson; everything else in it is ignored.

    Raises
    ------
    ModelError
        As :func:`read_lesson`.
    """
    found = map(read_lesson, lesson_folders(folder))
    return sorted(found, key=lambda lesson: (lesson.file.number, lesson.id))


def lesson_at(name: StrPath) -> Path | None:
    """Return the folder of a named lesson.

    Parameters
    ----------
    name
        A folder, its `lesson.json`, or the id of a bundled lesson.

    Returns
    -------
    Path or None
        The folder; ``None`` if there is no such lesson.
    """
    path = Path(name)
    for folder in (path, path.parent if path.name == FILE_NAME else path):
        if is_lesson(folder):
            return folder
    own = LESSONS / path
    return own if len(path.parts) == 1 and is_lesson(own) else None


# -- lesson.json -----------------------------------------------------------------------------------


def _validate_steps(file: LessonFile, content: bytes, path: Path) -> None:
    """Raise for duplicate names, invalid conditions, and answers that are not choices."""

    def fault(where: Keys, code: str, sentence: str, **values: Any) -> ModelError:
        return lesson_fault(path, line_of(content, where), code, sentence, **values)

    known = {f"{s.id}.{question.id}" for s in file.steps for question in s.questions}
    _validate_names(file.steps, content, path, "steps")
    for n, step in enumerate(file.steps):
        _validate_names(step.tasks, content, path, "steps", n, "tasks")
        _validate_names(step.questions, content, path, "steps", n, "questions")
        for i, question in enumerate(step.questions):
            if question.answer is not None and question.answer > question.choices:
                raise fault(
                    ("steps", n, "questions", i, "answer"),
                    "lesson.choice",
                    "{name}: there is no choice {number}, only 1 to {choices}",
                    name=question.id,
                    number=question.answer,
                    choices=question.choices,
                )
        for i, task in enumerate(step.tasks):
            at = ("steps", n, "tasks", i)
            _judge_control(task.show, path, line_of(content, (*at, "show")))
            if unknown := set(task.after) - {each.id for each in step.tasks[:i]}:
                raise fault(
                    (*at, "after"),
                    "lesson.after",
                    "{name}: there is no task {other} before it",
                    name=task.id,
                    other=min(unknown),
                )
            if set(task.conditions) <= set(task.nearest_miss):
                raise fault(
                    (*at, "nearest_miss"),
                    "lesson.nearest_miss",
                    "{name}: its nearest miss would be ticked",
                    name=task.id,
                )
            for name in ("conditions", "nearest_miss"):
                for k, condition in enumerate(getattr(task, name)):
                    validate_condition(condition, content, path, (*at, name, k), "lesson")
                    if other := _questions_asked(condition) - known:
                        raise fault(
                            (*at, name, k),
                            "lesson.question",
                            "{name}: there is no question {question}",
                            name=task.id,
                            question=min(other),
                        )


def _questions_asked(condition: Condition) -> set[str]:
    is_asked = condition.code == "predicted"
    return {*condition.has, *condition.lacks, *condition.only} if is_asked else set()


def _validate_names(
    named: Sequence[Step | Task | Question], content: bytes, path: Path, *where: str | int
) -> None:
    names = [each.id for each in named]
    for index, name in enumerate(names):
        if name in names[:index]:
            line = line_of(content, (*where, index, "id"))
            twice = "the name {name} stands twice"
            raise lesson_fault(path, line, "lesson.twice", twice, name=name)


def _judge_control(name: str, path: Path, line: int) -> None:
    """Refuse a control that the window does not have."""
    controls = control_names()
    if name and controls and _NUMBER.sub("0", name) not in controls:
        raise ModelError(
            "lesson.control",
            "{file}, line {line}: there is no control {name}. The nearest is {near}; "
            "docs/controls.md lists all.",
            file=str(path),
            line=line,
            name=name,
            near=nearest(name, controls.values()),
        )


@cache
def control_names() -> dict[str, str]:
    """Return the controls' names by the same names with numbers replaced by 0.

    Controls of a layer, class or row are listed for those that the window starts with; a lesson
    may name others. Empty if the list is missing.
    """
    try:
        text = CONTROLS.read_text(encoding="utf-8")
    except OSError:
        return {}
    names = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    return {_NUMBER.sub("0", name): name for name in names}


def _with_absolute_paths(file: LessonFile, home: Path, path: Path, line: int) -> LessonFile:
    """Return the file with absolute paths; raise for paths outside the folder."""
    if file.challenge:
        _check_inside([file.challenge], home, path)
        read_challenge(home / file.challenge)
    if file.start is None:
        return file
    data = with_absolute_paths(file.start.data, home)
    if outside := paths_outside(data, home):
        raise _outside(path, outside[0])
    for table in map(Path, data.paths):
        if not table.is_file():
            raise _outside(path, table.name)
    start = replace(file.start, data=data)
    try:
        Parameters(start.network).pinned_indices(start.network)
        check_experiment(start)
        if not data.paths:
            check_fit(start, build_dataset(start))
    except ModelError as fault:
        raise lesson_fault(path, line, "lesson.start", "start: {fault}", fault=fault) from fault
    return replace(file, start=start)


def _check_inside(names: Iterable[str], home: Path, path: Path) -> None:
    for name in names:
        if Path(name).name != name or not (home / name).resolve().is_relative_to(home.resolve()):
            raise _outside(path, name)


def _outside(path: Path, name: str) -> ModelError:
    return ModelError(
        "lesson.outside",
        "{file}: {name} is not in the lesson's folder. Copy it there and write its name alone.",
        file=str(path),
        name=name[:100],
    )


def _validate_needs(home: Path, file: LessonFile, content: bytes) -> None:
    """Raise if a required lesson does not exist."""
    for index, name in enumerate(file.needs):
        if not any(is_lesson(folder / name) for folder in (home.resolve().parent, LESSONS)):
            raise lesson_fault(
                home / FILE_NAME,
                line_of(content, ["needs", index]),
                "lesson.needs",
                "needs: there is no lesson {name} beside this one",
                name=name,
            )


# -- Prose -----------------------------------------------------------------------------------------


def _read_language(language: str, file: LessonFile, home: Path) -> Prose:
    """Read a language's prose and check it against the steps."""
    path = home / f"{language}.md"
    if not path.is_file():
        raise ModelError(
            "lesson.no_language",
            "{file} is missing. Write it, or take {language} out of languages in lesson.json.",
            file=str(path),
            language=language,
        )
    _check_inside([path.name], home, path)
    try:
        text = _bytes(path, MAX_PROSE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise lesson_fault(
            path,
            1,
            "lesson.encoding",
            "byte {byte} is not UTF-8: save it as UTF-8",
            byte=cause.start,
        ) from cause
    prose = read_prose(text, path)
    for step in file.steps:
        if step.id not in prose.steps:
            raise _untranslated(path, 1 + text.count("\n"), f"step {step.id}", f"## {step.id}: ")
        _validate_parts(step, prose.steps[step.id], path)
    names = {step.id for step in file.steps}
    for name, of in prose.steps.items():
        if name not in names:
            raise lesson_fault(
                path, of.text.heading, "lesson.step", "lesson.json has no step {name}", name=name
            )
    for target, line in prose.links:
        _validate_target(target, line, file, home, path)
    return prose


def _validate_parts(step: Step, prose: StepProse, path: Path) -> None:
    """Raise if the prose lacks a task or question, or has an unknown one."""
    wanted = [("task", task.id) for task in step.tasks]
    wanted += [("question", question.id) for question in step.questions]
    for kind, name in wanted:
        part = prose.parts.get((kind, name))
        if part is None or not part.markdown.strip():
            line = (prose.text if part is None else part).heading
            raise _untranslated(path, line, f"{kind} {name} of {step.id}", f"### {kind} {name}")
    for question in step.questions:
        part = prose.question(question.id)
        if len(part.choices) != question.choices:
            raise lesson_fault(
                path,
                part.line,
                "lesson.choices",
                "question {name} lists {found} choices, lesson.json says {wanted}",
                name=question.id,
                found=len(part.choices),
                wanted=question.choices,
            )
    for (kind, name), part in prose.parts.items():
        of = "task" if kind in ("task", "hint") else "question"
        if (of, name) not in wanted:
            raise lesson_fault(
                path,
                part.heading,
                "lesson.part",
                "lesson.json has no {kind} {name} in {step}",
                kind=of,
                name=name,
                step=step.id,
            )


def _untranslated(path: Path, line: int, what: str, heading: str) -> ModelError:
    return ModelError(
        "lesson.translation",
        "{file}, line {line}: {what} has no text here. Write it under the heading {heading}.",
        file=str(path),
        line=line,
        what=what,
        heading=heading.strip(),
    )


def _validate_target(target: str, line: int, file: LessonFile, home: Path, path: Path) -> None:
    kind, _, name = target.partition(":")
    known: Iterator[str] | set[str]
    if kind == "step":
        known = {step.id for step in file.steps}
    elif kind == "term":
        known = set(glossary().ids())
    else:
        folders = (home.resolve().parent / name, LESSONS / name)
        known = {name} if any(map(is_lesson, folders)) else set()
    if name not in known:
        raise lesson_fault(
            path,
            line,
            "lesson.target",
            "the link {link} leads to nothing that there is",
            link=target,
        )
