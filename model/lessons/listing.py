"""The table of contents of the lessons, read without their prose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from foundation.files import StrPath
from model.errors import ModelError
from model.file_bytes import file_bytes
from model.lessons.prose import MAX_BYTES as MAX_PROSE_BYTES
from model.lessons.read import FILE_NAME, LESSONS, MAX_BYTES, lesson_folders


class _Named(msgspec.Struct, frozen=True):
    id: str = ""


class _StepPart(msgspec.Struct, frozen=True):
    id: str = ""
    tasks: tuple[_Named, ...] = ()


class _FilePart(msgspec.Struct, frozen=True):
    """The part of `lesson.json` needed for a list; the rest is checked when the lesson opens."""

    number: int = 0
    languages: tuple[str, ...] = ("en", "tr")
    steps: tuple[_StepPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedLesson:
    """A lesson in a list.

    Attributes
    ----------
    id, folder, number
        As in :class:`model.lessons.Lesson`.
    titles
        Title by language.
    tasks
        Every task as ``"step.task"``, as in :class:`model.experiment.learning.LessonRecord`.
    """

    id: str
    folder: Path
    number: int
    titles: dict[str, str]
    tasks: tuple[str, ...]

    def title(self, language: str) -> str:
        """Return the title in a language, with English and then the id as fallback."""
        return self.titles.get(language) or self.titles.get("en") or self.id


def list_lessons(folder: StrPath = LESSONS) -> list[ListedLesson]:
    """List the lessons of a folder in the order of their numbers.

    Parameters
    ----------
    folder
        Folder with one subfolder per lesson. An unreadable lesson is listed by its name only;
        its error is raised when it is opened.

    Notes
    -----
    :func:`model.lessons.read_lessons` validates every line, which takes 30 ms per lesson.
    """
    return sorted(
        map(_listed, lesson_folders(folder)), key=lambda lesson: (lesson.number, lesson.id)
    )


def _listed(folder: Path) -> ListedLesson:
    try:
        content = file_bytes(folder / FILE_NAME, MAX_BYTES, "lesson")
        part = msgspec.json.decode(content, type=_FilePart)
    except (ModelError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        part = _FilePart(languages=())
    return ListedLesson(
        id=folder.name,
        folder=folder,
        number=part.number,
        titles={language: _title(folder / f"{language}.md") for language in part.languages},
        tasks=tuple(f"{step.id}.{task.id}" for step in part.steps for task in step.tasks),
    )


def _title(path: Path) -> str:
    """Return the first heading of a prose file, empty if there is none."""
    try:
        text = file_bytes(path, MAX_PROSE_BYTES, "lesson").decode("utf-8-sig")
    except (ModelError, UnicodeDecodeError):
        return ""
    heads = (line for line in text.splitlines() if line.startswith("# "))
    return next(heads, "").lstrip("# ").strip()
