"""Run ``check`` and ``lessons``."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from foundation.tables import csv_bytes
from foundation.text import tr
from model.command.arguments import require_distinct_paths
from model.command.wanted import Note, experiment_at, ignore_note
from model.errors import ModelError, naming_file
from model.experiment import Experiment
from model.files import write_bytes
from model.lessons.challenges import Challenge, check_challenge, read_challenge
from model.lessons.conditions import Checked, check
from model.lessons.lesson import Lesson
from model.lessons.progress import predicted_in
from model.lessons.read import lesson_at, read_lesson, read_lessons
from model.lessons.situation import situation_in_file


class FileChecked(msgspec.Struct, frozen=True):
    """The result of checking an experiment.

    Attributes
    ----------
    file, author
        Path and author of the experiment; the author is empty if not recorded.
    met
        Whether all conditions are met; ``None`` if the file cannot answer some of them and the
        others are met.
    """

    file: str
    author: str
    met: bool | None
    conditions: list[Checked]


class TaskChecked(Checked, frozen=True):
    """A checked condition of a lesson's task.

    Attributes
    ----------
    task
        The task, as ``"step.task"``.
    """

    task: str = ""


def check_command(
    options: argparse.Namespace, note: Note = ignore_note
) -> tuple[list[FileChecked], list[ModelError]]:
    """Check experiments against a lesson or a challenge; write the table of ``--csv``.

    Returns
    -------
    results, skipped
        One result per readable experiment, in the given order, and the errors of the others.

    Raises
    ------
    ModelError
        Code ``command.no_lesson``, ``command.same_file`` if the table would overwrite an input,
        and the errors of reading the lesson or challenge and of writing the table.
    """
    paths, skipped = _files(options.experiments)
    read = [("LESSON_OR_CHALLENGE", options.asked), *(("EXPERIMENT", path) for path in paths)]
    require_distinct_paths([("--csv", options.csv)], read)
    folder = lesson_at(options.asked)
    if folder is None and not options.asked.is_file():
        raise ModelError(
            "command.no_lesson",
            "{file} is neither a lesson, which is a folder with a lesson.json, nor a challenge "
            "file. The command `lessons` lists those that come with Glassnet.",
            file=str(options.asked),
        )
    asked = read_challenge(options.asked) if folder is None else read_lesson(folder)
    results = []
    for path in paths:
        try:
            experiment = experiment_at(path, note)
            conditions = _checked(asked, experiment, path)
        except ModelError as error:
            skipped.append(error)
            continue
        met = _all_met(condition.met for condition in conditions)
        results.append(FileChecked(str(path), experiment.author, met, conditions))
    if options.csv is not None and results:
        _write_table(options.csv, paths, results)
    return results, skipped


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[ModelError]]:
    """Return the named experiments, folders expanded, and errors for empty folders.

    Folders are accepted because not every shell expands ``class/*.glassnet``.
    """
    files: list[Path] = []
    empty: list[ModelError] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        found = [
            one
            for one in path.iterdir()
            if one.suffix.lower() == ".glassnet" and one.is_file() and not one.name.startswith(".")
        ]
        files += sorted(found)
        if not found:
            empty.append(
                ModelError(
                    "command.no_experiments",
                    "{file} holds no .glassnet file. Name a folder that does, or the files.",
                    file=str(path),
                )
            )
    return files, empty


def _checked(asked: Lesson | Challenge, experiment: Experiment, path: Path) -> list[Checked]:
    """Check one experiment; add its name to an error that lacks one."""
    with naming_file(path):
        if isinstance(asked, Challenge):
            return check_challenge(asked, experiment)
        return check_lesson(asked, experiment)


def check_lesson(lesson: Lesson, experiment: Experiment) -> list[Checked]:
    """Check an experiment against every task of a lesson; return one result per condition.

    Parameters
    ----------
    experiment
        The experiment as read. Tasks recorded as done are met; the others are judged by the
        experiment's current state.

    Raises
    ------
    ModelError
        If the experiment's data cannot be read.
    """
    situation = situation_in_file(experiment)
    done: set[str] = set()
    for record in experiment.learning:
        if record.lesson == lesson.id:
            done |= set(record.tasks)
            situation = dataclasses.replace(situation, predicted=predicted_in(record))
    checked: list[Checked] = []
    for step in lesson.steps:
        for task in step.tasks:
            name = f"{step.id}.{task.id}"
            for condition in task.conditions:
                one = check(condition, situation)
                found, met = ("done", True) if name in done else (one.found, one.met)
                checked.append(TaskChecked(one.code, one.wanted, found, met, name))
    return checked


def _all_met(found: Any) -> bool | None:
    """Return whether all hold: ``False`` if one does not, else ``None`` if one is unknown."""
    values = list(found)
    if False in values:
        return False
    return None if None in values else True


def _name(condition: Checked) -> str:
    """Return a condition's name for a line or a column."""
    words = condition.code.replace("_", " ")
    task = getattr(condition, "task", "")
    return f"{task}: {words}" if task else words


def _write_table(path: Path, files: Sequence[Path], results: Sequence[FileChecked]) -> None:
    """Write one row per file: author, overall result, and the value of each condition."""
    longest = max(results, key=lambda result: len(result.conditions)).conditions
    names = ["file", "author", "met", *(f"{_name(c)}: {c.wanted}" for c in longest)]
    rows = [names]
    checked = {result.file: result for result in results}
    for file in map(str, files):
        result = checked.get(file)
        if result is None:
            rows.append([file, "", "unreadable", *[""] * len(longest)])
            continue
        cells = [f"{_word(c.met)} ({c.found})" for c in result.conditions]
        cells += [""] * (len(longest) - len(cells))
        rows.append([result.file, result.author, _word(result.met), *cells])
    write_bytes(path, csv_bytes(rows))


def _word(met: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[met]


def check_text(
    results: Sequence[FileChecked], told: Callable[[Checked], Checked] = lambda checked: checked
) -> str:
    """Return the text output of ``check``.

    Parameters
    ----------
    told
        Translates a result's code, wanted and found values into the current language.
    """
    met = {True: tr("met"), False: tr("NOT met"), None: tr("unknown")}
    ends = {
        ("challenge", True): tr("The challenge is met."),
        ("lesson", True): tr("The lesson is done."),
        ("challenge", None): tr("The file cannot tell whether all is met."),
        ("lesson", None): tr("The file cannot tell whether all is done."),
    }
    text = tr("{met}: {name}: wanted {wanted}, found {found}")
    lines = []
    for result in results:
        by = result.author
        if len(results) > 1:
            named = tr("{file} by {author}", file=result.file, author=by)
            lines.append(named if by else result.file)
        elif by:
            lines.append(tr("By {author}.", author=by))
        for c in map(told, result.conditions):
            lines.append(text.format(met=met[c.met], name=_name(c), wanted=c.wanted, found=c.found))
        of = "lesson" if any(isinstance(c, TaskChecked) for c in result.conditions) else "challenge"
        lines.append(tr("Not yet.") if result.met is False else ends[of, result.met])
    return "\n".join(lines)


def lessons_command() -> list[dict[str, Any]]:
    """Return the JSON output of ``lessons``: the bundled lessons in order."""
    return [
        {
            "id": lesson.id,
            "title": lesson.title("en"),
            "title_tr": lesson.title("tr"),
            "steps": len(lesson.steps),
            "row": lesson.file.row,
        }
        for lesson in read_lessons()
    ]


def lessons_text(lessons: Sequence[dict[str, Any]]) -> str:
    """Return the text output of ``lessons``."""
    width = max((len(lesson["id"]) for lesson in lessons), default=0)
    steps, title = tr("{n} steps"), tr("title")  # the key of a title is no word
    return "\n".join(
        f"{lesson['id']:<{width}}  {steps.format(n=format(lesson['steps'], '>2'))}  "
        f"{lesson['row'] or '':<3}  {lesson[title]}"
        for lesson in lessons
    )
