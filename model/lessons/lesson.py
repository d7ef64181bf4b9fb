"""A lesson: its prose, and steps with tasks checked on the learner's own network.

What a program reads is `lesson.json`, held by the structs here; what the user reads is one file of
CommonMark a language, held by :class:`model.lessons.prose.Prose`.
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

MOST_STEPS, MOST_TASKS = 30, 12

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
    """A task, ticked once the network or the window fulfils its conditions.

    Attributes
    ----------
    id
        A name of its own within the step; the prose says it as ``### task <id>``.
    conditions
        All must hold.
    nearest_miss
        What holds after the deed that comes nearest and is not enough; a test makes that deed.
    show
        The control that "Show me" rings, by its object name as in docs/controls.md; empty for none.
    after
        Tasks of the same step that must be ticked before this one can be.
    """

    id: Id
    conditions: Conditions
    nearest_miss: Conditions
    show: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]*$", max_length=60)] = ""
    after: Annotated[tuple[Id, ...], msgspec.Meta(max_length=MOST_TASKS)] = ()


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window's settings when a step opens; omitted ones stay unchanged.

    Attributes
    ----------
    speed
        How fast training runs, by the names of the buttons.
    stop
        When training ends by itself.
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
        A name of its own within the step; the prose says it as ``### question <id>``, with a
        numbered list of choices, and the explanation as ``### answer <id>``.
    choices
        How many there are.
    answer
        The right one, counted from 1; ``None`` where only the learner's own run will tell.
    """

    id: Id
    choices: Annotated[int, msgspec.Meta(ge=2, le=6)]
    answer: Annotated[int, msgspec.Meta(ge=1, le=6)] | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of a lesson.

    Attributes
    ----------
    id
        A name of its own; the prose heads it ``## <id>: Title``.
    tasks
        In the order in which they are shown.
    questions
        To be answered before going on.
    locks
        What cannot be changed meanwhile; ``None`` for what the lesson locks.
    setup
        What the window is set to when the step opens.
    """

    id: Id
    tasks: Annotated[tuple[Task, ...], msgspec.Meta(max_length=MOST_TASKS)] = ()
    questions: Annotated[tuple[Question, ...], msgspec.Meta(max_length=3)] = ()
    locks: tuple[Lock, ...] | None = None
    setup: Setup = Setup()


class LessonFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `lesson.json`.

    Attributes
    ----------
    schema_version
        1.
    number
        Its place among the lessons that come with Glassnet; 0 for one that stands alone.
    row
        The row of the seed notes it teaches, or ``None``.
    tab
        The tab it is about.
    languages
        Each has its file of prose, ``<language>.md``.
    needs
        Lessons that should come before, by the names of their folders beside this one.
    challenge
        A challenge to go on with, a file in the lesson's folder; empty for none.
    start
        The experiment that the lesson opens; ``None`` leaves what is there.
    locks
        What a learner cannot change meanwhile, where a step does not say otherwise.
    steps
        In order.
    """

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=MOST_STEPS)]
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
        The name of its folder.
    folder
        Where it lies; pictures of its prose lie in it.
    file
        What `lesson.json` holds; paths of data in `start` are absolute.
    prose
        By language.
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
        """Return the prose in a language, otherwise in English or the first one available."""
        for wanted in (language, "en", self.file.languages[0]):
            if wanted in self.prose:
                return self.prose[wanted]
        raise AssertionError("a lesson without prose is not read")

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.text(language).title

    def locks(self, step: int) -> tuple[Lock, ...]:
        """Return what a step locks."""
        own = self.steps[step].locks
        return self.file.locks if own is None else own
