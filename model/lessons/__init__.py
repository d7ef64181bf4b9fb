"""Lessons that inspect the learner's own network: files, conditions and progress.

The window and the command line supply a :class:`Situation`; everything here is a function
of it. `docs/lessons.md` describes how to write a lesson.
"""

from model.edits.locks import LOCKS, Lock, broken_locks
from model.lessons.conditions import is_met
from model.lessons.lesson import Closable, Lesson, Openable, Question, Setup, Task
from model.lessons.listing import ListedLesson, list_lessons
from model.lessons.live_numbers import live_value
from model.lessons.progress import LessonProgress, first_undone_step
from model.lessons.prose import Part, are_numbers_known, to_html
from model.lessons.read import LESSONS, is_lesson, lesson_at, read_lesson, read_lessons
from model.lessons.situation import Situation, situation_in_file, situation_of
from model.metrics import Figures

__all__ = [
    "LESSONS",
    "LOCKS",
    "Closable",
    "Figures",
    "Lesson",
    "LessonProgress",
    "ListedLesson",
    "Lock",
    "Openable",
    "Part",
    "Question",
    "Setup",
    "Situation",
    "Task",
    "are_numbers_known",
    "broken_locks",
    "first_undone_step",
    "is_lesson",
    "is_met",
    "lesson_at",
    "list_lessons",
    "live_value",
    "read_lesson",
    "read_lessons",
    "situation_in_file",
    "situation_of",
    "to_html",
]
