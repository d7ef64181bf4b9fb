"""Lessons that read the learner's own network: their files, their conditions, a learner's progress.

The window and the command line supply a :class:`Situation`; everything here is a function of it.
`docs/lessons.md` says how a lesson is written.
"""

from model.conditions import QUANTITIES, Checked, Condition, check, is_met
from model.lessons.lesson import Lesson, LessonFile, Question, Step, Task
from model.lessons.listing import ListedLesson, list_lessons
from model.lessons.live_numbers import live_value
from model.lessons.progress import LessonProgress, is_task_met
from model.lessons.prose import Part, Prose, StepProse, is_told, to_html
from model.lessons.read import LESSONS, is_lesson, lesson_at, read_lesson, read_lessons
from model.locks import LOCKS, Lock, broken_locks
from model.metrics import Figures
from model.situation import (
    Panel,
    Situation,
    situation_in_file,
    situation_of,
    unit_text,
)

__all__ = [
    "LESSONS",
    "LOCKS",
    "QUANTITIES",
    "Checked",
    "Condition",
    "Figures",
    "Lesson",
    "LessonFile",
    "LessonProgress",
    "ListedLesson",
    "Lock",
    "Panel",
    "Part",
    "Prose",
    "Question",
    "Situation",
    "Step",
    "StepProse",
    "Task",
    "broken_locks",
    "check",
    "is_lesson",
    "is_met",
    "is_task_met",
    "is_told",
    "lesson_at",
    "list_lessons",
    "live_value",
    "read_lesson",
    "read_lessons",
    "situation_in_file",
    "situation_of",
    "to_html",
    "unit_text",
]
