"""A lesson: its prose, and steps with tasks checked on the learner's own network.

The structs here hold `lesson.json`. The prose is one CommonMark file per language, held by
:class:`model.lessons.prose.Prose`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from model.edits.locks import Lock
from model.experiment import Experiment, StopSpec
from model.lessons.conditions import Condition
from model.lessons.situation import Tab

if TYPE_CHECKING:
    from model.lessons.prose import Prose

MAX_STEPS, MAX_TASKS = 30, 12

Id = Annotated[
    str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*$", max_length=40, description="a short name")
]
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
Row = Literal["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10"]
Conditions = Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1, max_length=10)]
Speed = Literal["1x", "10x", "100x", "max"]
Openable = Literal[
    "hidden_space",
    "landscape",
    "lottery",
    "microscope",
    "mistakes",
    "table",
    "try_values",
    "weights",
]
Closable = Literal["microscope", "mistakes", "try_values"]


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A task, ticked once the network or the window meets its conditions.

    Attributes
    ----------
    id
        Name, unique within the step; its heading in the prose is ``### task <id>``.
    conditions
        Conditions, all of which must hold.
    nearest_miss
        Conditions that hold after the action that comes closest without being enough; a test
        performs that action.
    show
        Object name of the control highlighted by "Show me", as in docs/controls.md; empty for
        none.
    after
        Tasks of the same step that must be ticked first.
    """

    id: Id
    conditions: Conditions
    nearest_miss: Conditions
    show: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]*$", max_length=60)] = ""
    after: Annotated[tuple[Id, ...], msgspec.Meta(max_length=MAX_TASKS)] = ()


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window's settings when a step opens; omitted ones stay unchanged.

    Attributes
    ----------
    speed
        Training speed, by the names of the buttons.
    stop
        Stop rules of the training.
    open, closed
        Panels of Build to open and to close.
    """

    speed: Speed | None = None
    stop: StopSpec | None = None
    open: tuple[Openable, ...] = ()
    closed: tuple[Closable, ...] = ()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to predict before training shows the answer.

    Attributes
    ----------
    id
        Name, unique within the step; its heading in the prose is ``### question <id>``,
        followed by a numbered list of choices, and that of the explanation is ``### answer
        <id>``.
    choices
        Number of choices.
    answer
        The right choice, counted from 1; ``None`` if it depends on the learner's own run.
    """

    id: Id
    choices: Annotated[int, msgspec.Meta(ge=2, le=6)]
    answer: Annotated[int, msgspec.Meta(ge=1, le=6)] | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of a lesson.

    Attributes
    ----------
    id
        Unique name; its heading in the prose is ``## <id>: Title``.
    tasks
        Tasks in the order in which they are shown.
    questions
        Questions to answer before going on.
    locks
        Settings that cannot be changed during the step; ``None`` for the lesson's locks.
    setup
        The window's settings when the step opens.
    """

    id: Id
    tasks: Annotated[tuple[Task, ...], msgspec.Meta(max_length=MAX_TASKS)] = ()
    questions: Annotated[tuple[Question, ...], msgspec.Meta(max_length=3)] = ()
    locks: tuple[Lock, ...] | None = None
    setup: Setup = Setup()


class LessonFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `lesson.json`.

    Attributes
    ----------
    schema_version
        Version of the file format, 1.
    number
        Position among the bundled lessons; 0 for a separate lesson.
    row
        The row of the seed notes that it teaches, or ``None``.
    tab
        The tab that it is about.
    languages
        Languages, each with a prose file ``<language>.md``.
    needs
        Lessons that should be done first, by the names of their folders.
    challenge
        File name of a follow-up challenge in the lesson's folder; empty for none.
    start
        The experiment that the lesson opens; ``None`` keeps the current one.
    locks
        Settings that cannot be changed during the lesson, unless a step overrides them.
    steps
        Steps in order.
    """

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=MAX_STEPS)]
    schema_version: Literal[1] = 1
    number: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    row: Row | None = None
    tab: Tab = "build"
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=10)] = (
        "en",
        "tr",
    )
    needs: Annotated[tuple[Id, ...], msgspec.Meta(max_length=10)] = ()
    challenge: Annotated[str, msgspec.Meta(max_length=100)] = ""
    start: Experiment | None = None
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A lesson that has been read and checked.

    Attributes
    ----------
    id
        Name of its folder.
    folder
        Path of its folder, which also contains the pictures of its prose.
    file
        Content of `lesson.json`; paths of data in `start` are absolute.
    prose
        Prose by language.
    """

    id: str
    folder: Path
    file: LessonFile
    prose: dict[str, Prose]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in order."""
        return self.file.steps

    def text(self, language: str) -> Prose:
        """Return the prose in a language, with English or the first language as fallback."""
        for wanted in (language, "en", self.file.languages[0]):
            if wanted in self.prose:
                return self.prose[wanted]
        raise AssertionError("a lesson without prose is not read")

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.text(language).title

    def locks(self, step: int) -> tuple[Lock, ...]:
        """Return the settings locked in a step."""
        own = self.steps[step].locks
        return self.file.locks if own is None else own
