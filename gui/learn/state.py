"""The state of lessons: the open lesson or challenge, and what of it is met."""

from __future__ import annotations

from dataclasses import dataclass

from gui.settings import language
from model.lessons import LessonProgress, Situation
from model.lessons.challenges import Challenge
from model.lessons.conditions import Checked


@dataclass(frozen=True, eq=False)
class ChallengeView:
    """A challenge, compared with the present experiment.

    Attributes
    ----------
    name
        What its file is called.
    checks
        Each thing asked and whether it is so; ``None`` before the first look.
    """

    challenge: Challenge
    name: str
    checks: tuple[Checked, ...] | None = None

    @property
    def title(self) -> str:
        """The title in the current language, otherwise the file's name."""
        return self.challenge.told(language())[0] or self.name

    @property
    def met(self) -> int:
        """The number of checks that are met."""
        return sum(each.met is True for each in self.checks or ())


@dataclass(frozen=True, eq=False)
class LearnState:
    """The state shown by the lesson's panel, its strip and the header.

    Attributes
    ----------
    is_open
        Whether the panel is to be seen.
    progress
        The open lesson and how far a learner has come in it, ``None`` for the list.
    situation
        What `progress` was last held against, and live numbers come from.
    challenge
        The open challenge, in place of a lesson.
    shown
        The name of the control that is ringed, empty for none.
    term
        The word of the glossary that is explained, empty for none.
    """

    is_open: bool = False
    progress: LessonProgress | None = None
    situation: Situation | None = None
    challenge: ChallengeView | None = None
    shown: str = ""
    term: str = ""
