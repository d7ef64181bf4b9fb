"""The state of lessons: the open lesson or challenge, and which conditions are met."""

from __future__ import annotations

from dataclasses import dataclass

from gui.settings import language
from model.lessons import LessonProgress, Situation
from model.lessons.challenges import Challenge
from model.lessons.conditions import Checked


@dataclass(frozen=True, eq=False)
class ChallengeView:
    """A challenge and its checks of the current experiment.

    Attributes
    ----------
    name
        File name of the challenge.
    checks
        The checked conditions; ``None`` before the first check.
    """

    challenge: Challenge
    name: str
    checks: tuple[Checked, ...] | None = None

    @property
    def title(self) -> str:
        """The title in the current language, by default the file's name."""
        return self.challenge.localised(language())[0] or self.name

    @property
    def met(self) -> int:
        """The number of checks that are met."""
        return sum(each.met is True for each in self.checks or ())


@dataclass(frozen=True, eq=False)
class LearnState:
    """The state shown by the lesson panel, its strip and the header.

    Attributes
    ----------
    is_open
        Whether the panel is visible.
    progress
        Progress in the open lesson, ``None`` while the list is shown.
    situation
        Situation with which `progress` was last compared, and source of the live numbers.
    challenge
        The open challenge, instead of a lesson.
    shown
        Object name of the ringed control, empty if there is none.
    term
        Id of the explained glossary term, empty if there is none.
    """

    is_open: bool = False
    progress: LessonProgress | None = None
    situation: Situation | None = None
    challenge: ChallengeView | None = None
    shown: str = ""
    term: str = ""
