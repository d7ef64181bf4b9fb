"""The list of lessons with the progress in each, and the author."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QProgressBar,
    QWidget,
)

from foundation.text import tr
from gui.format import show_part
from gui.learn.learn_model import LearnModel, bundled_lessons
from gui.learn.state import LearnState
from gui.settings import language
from gui.theme import (
    GAP_L_PX,
    GAP_M_PX,
    GAP_S_PX,
    RADIUS_FIELD_PX,
    active,
    icon,
)
from gui.widgets.basic import (
    ColumnScroll,
    describe,
    frame,
    label,
    named,
    push_button,
    rule,
    tool_button,
)
from gui.widgets.dialogs import file_dialog
from gui.widgets.focus_ring import should_draw_focus_ring
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, smooth_painter
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.lessons import ListedLesson

_SIDE_PX, _NUMBER_PX, _TITLE_PX, _BAR_PX = 14, 28, 200, 3
MAX_LETTERS = 200
"""Maximum length of an author's name."""


class LessonButton(QAbstractButton):
    """A lesson's number and title, with its progress below."""

    def __init__(self, lesson: ListedLesson, number: int) -> None:
        super().__init__()
        self.lesson = lesson
        self._number = number
        self.setObjectName(f"learn_{lesson.id}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._title, self._count = label("strong", wrap=True), label("hint")
        self._title.setMinimumWidth(_TITLE_PX)  # otherwise a long title makes the column too wide
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        place, top = label("hint"), Qt.AlignmentFlag.AlignTop
        place.setText(str(number))
        place.setFixedWidth(_NUMBER_PX)
        place.setAlignment(Qt.AlignmentFlag.AlignRight)
        words = vbox(hbox((self._title, 1), (self._count, 0, top)), self._bar, gap=GAP_M_PX)
        hbox((place, 0, top), (words, 1), on=self, gap=GAP_M_PX, margins=(0, GAP_M_PX, 8, GAP_M_PX))
        for part in (place, self._title, self._count, self._bar):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_done(self, done: int) -> None:
        """Show the number of finished tasks."""
        tasks = len(self.lesson.tasks)
        self.setText(self.lesson.title(language()))
        self._title.setText(self.text())
        self._count.setText(f"{done} / {tasks}")
        self._bar.setRange(0, max(tasks, 1))
        self._bar.setValue(done)
        text = tr(
            "Lesson {n}: {title}, {done} of {tasks} tasks done",
            n=self._number,
            title=self.text(),
            done=show_part(done),
            tasks=tasks,
        )
        describe(self, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background and the focus ring."""
        theme, painter = active(), smooth_painter(self)
        edge = QPen(QColor(theme.acc), 2) if should_draw_focus_ring(self) else None
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = theme.bg3 if self.underMouse() else theme.bg1
        draw_box(painter, box, RADIUS_FIELD_PX, ground, edge)


def ask_author(parent: QWidget, model: LearnModel) -> None:
    """Ask for the author's name."""
    dialog = named(QInputDialog(parent.window()), "author_dialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("Your name"))
    tip = tr("Saved in the experiment, with the tasks that you have done")
    dialog.setLabelText(f"{tip}:")
    dialog.setTextValue(model.author)
    dialog.textValueSelected.connect(lambda name: model.sign(name.strip()[:MAX_LETTERS]))
    dialog.open()


class ListPage(Panel):
    """The list of lessons, the author's name, and a button that opens files."""

    def __init__(self, model: LearnModel) -> None:
        super().__init__("lesson_list")
        self._model = model
        self.close_button = tool_button(
            "learn_close",
            size="small",
            icon=icon("x", "t2"),
            do=model.toggle,
            accessible_name="Put the lessons away",
        )
        self.lessons = [
            LessonButton(lesson, number) for number, lesson in enumerate(bundled_lessons(), start=1)
        ]
        self.author = worded(
            named(QLineEdit(), "author"),
            accessible_name="Your name",
            tip="Saved in the experiment, with the tasks that you have done",
            placeholder="not given",
        )
        self.author.setMaxLength(MAX_LETTERS)
        self.open_button = push_button(
            "learn_open",
            icon=icon("folder-open"),
            do=self._choose,
            text="Open a lesson or challenge…",
            accessible_name="Open a lesson or a challenge",
            tip="A lesson.json or a challenge file; both can be dropped on the window too",
        )
        self._lay_out()
        for button in self.lessons:
            button.clicked.connect(lambda _=False, b=button: model.open_lesson(b.lesson.folder))
        self.author.editingFinished.connect(lambda: model.sign(self.author.text().strip()))
        self.retranslate()

    def _lay_out(self) -> None:
        title = label("card-title", text="Lessons")
        head = hbox((title, 1), self.close_button, margins=(_SIDE_PX, 10, _SIDE_PX, 0))
        lead = label(
            "label",
            wrap=True,
            text="Each goes step by step, on a network of your own. What you do is ticked off.",
        )
        whose = hbox(
            label("caption", text="Your name"),
            (self.author, 1),
            gap=GAP_M_PX,
            margins=(_SIDE_PX, 0, _SIDE_PX, GAP_L_PX),
        )
        content = frame("panel")
        margins = (GAP_S_PX, GAP_M_PX, GAP_M_PX, GAP_M_PX)
        vbox(*self.lessons, STRETCH, on=content, gap=GAP_S_PX, margins=margins)
        body = ColumnScroll("lesson_list_body")
        body.setWidget(content)
        foot = vbox(self.open_button, margins=(_SIDE_PX, GAP_M_PX, _SIDE_PX, 10))
        below = hbox(lead, margins=(_SIDE_PX, GAP_S_PX, _SIDE_PX, GAP_L_PX))
        vbox(head, below, whose, rule(), (body, 1), rule(), foot, on=self, gap=0, margins=0)

    def show_state(self, state: LearnState) -> None:
        """Show the progress in each lesson, and the author."""
        for button in self.lessons:
            done = self._model.record(button.lesson.id).tasks
            button.show_done(len(set(done) & set(button.lesson.tasks)))
        if not self.author.hasFocus():
            self.author.setText(self._model.author)

    def first_stop(self) -> QWidget:
        """Return the page's first tab stop."""
        return self.lessons[0] if self.lessons else self.open_button

    def _choose(self) -> None:
        """Let the user choose a lesson.json or a challenge."""
        dialog = file_dialog(self.window(), tr("Open a lesson or a challenge"), "learn_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Lessons and challenges (*.json)"))
        dialog.fileSelected.connect(lambda name: self._model.open_path(Path(name)))
        dialog.open()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.show_state(self._model.state)
