"""The lessons there are, how far each has been done, and whose work it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QInputDialog, QLineEdit, QWidget

from foundation.text import tr
from gui.format import show_part
from gui.learn.learn_model import LearnModel, own_lessons
from gui.learn.state import LearnState
from gui.settings import language
from gui.theme import (
    BODY_PX,
    CAPTION_PX,
    GAP_L_PX,
    GAP_M_PX,
    GAP_S_PX,
    RADIUS_FIELD_PX,
    active,
    font,
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
from gui.widgets.focus_ring import is_ringed
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import AT_RIGHT, draw_box, smooth_painter, write_in
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.lessons import ListedLesson

_SIDE_PX, _NUMBER_PX, _BAR_PX = 14, 28, 3
MOST_LETTERS = 200
"""Of a name."""


class LessonButton(QAbstractButton):
    """A lesson's number and title over how much of it is done."""

    def __init__(self, lesson: ListedLesson, number: int) -> None:
        super().__init__()
        self.lesson = lesson
        self._number, self._done = number, 0
        self.setFont(font(BODY_PX, 500))
        self.setObjectName(f"learn_{lesson.id}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_done(self, done: int) -> None:
        """Show how many of its tasks are done."""
        self._done = done
        self.setText(self.lesson.title(language()))
        tasks = len(self.lesson.tasks)
        text = tr(
            "Lesson {n}: {title}, {done} of {tasks} tasks done",
            n=self._number,
            title=self.text(),
            done=show_part(done),
            tasks=tasks,
        )
        describe(self, text)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Say that a long title takes two lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the title needs."""
        return self._title_rect(width).height() + 2 * GAP_M_PX + _BAR_PX + GAP_M_PX

    def sizeHint(self) -> QSize:
        """Return the size at the panel's usual width."""
        return QSize(300, self.heightForWidth(300))

    def _title_rect(self, width: int) -> QRect:
        room = QRect(_NUMBER_PX + GAP_M_PX, GAP_M_PX, width - _NUMBER_PX - 60, 1000)
        wrap = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
        return self.fontMetrics().boundingRect(room, wrap, self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint number, title, count and bar."""
        theme, painter = active(), smooth_painter(self)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge = QPen(QColor(theme.acc), 2) if is_ringed(self) else None
        ground = theme.bg3 if self.underMouse() else theme.bg1
        draw_box(painter, box, RADIUS_FIELD_PX, ground, edge)
        tasks = max(len(self.lesson.tasks), 1)
        title = self._title_rect(self.width())
        painter.setPen(QColor(theme.t1))
        painter.drawText(title, int(Qt.TextFlag.TextWordWrap), self.text())
        write_in(painter, theme.t3, CAPTION_PX)
        left = QRectF(0, title.top(), _NUMBER_PX, self.fontMetrics().height())
        painter.drawText(left, AT_RIGHT, str(self._number))
        right = QRectF(self.width() - 52, title.top(), 44, self.fontMetrics().height())
        count = f"{self._done} / {len(self.lesson.tasks)}"
        painter.drawText(right, AT_RIGHT, count)
        bar = QRectF(
            title.left(), title.bottom() + GAP_M_PX, self.width() - title.left() - 8, _BAR_PX
        )
        draw_box(painter, bar, _BAR_PX / 2, theme.line if self.underMouse() else theme.bg3)
        if self._done:
            bar.setWidth(bar.width() * self._done / tasks)
            draw_box(painter, bar, _BAR_PX / 2, theme.acc)


def ask_author(parent: QWidget, model: LearnModel) -> None:
    """Ask whose work this is, wherever the user may look for that."""
    dialog = named(QInputDialog(parent.window()), "author_dialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("Your name"))
    tip = tr("Saved in the experiment, with the tasks that you have done")
    dialog.setLabelText(f"{tip}:")
    dialog.setTextValue(model.author)
    dialog.textValueSelected.connect(lambda name: model.sign(name.strip()[:MOST_LETTERS]))
    dialog.open()


class ListPage(Panel):
    """Choose a lesson; write down a name; open a lesson or a challenge from a file."""

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
            LessonButton(lesson, number) for number, lesson in enumerate(own_lessons(), start=1)
        ]
        self.author = worded(
            named(QLineEdit(), "author"),
            accessible_name="Your name",
            tip="Saved in the experiment, with the tasks that you have done",
            placeholder="not given",
        )
        self.author.setMaxLength(MOST_LETTERS)
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
        """Show how much of each lesson is done, and whose work it is."""
        for button in self.lessons:
            done = self._model.record(button.lesson.id).tasks
            button.show_done(len(set(done) & set(button.lesson.tasks)))
        if not self.author.hasFocus():
            self.author.setText(self._model.author)

    def first_stop(self) -> QWidget:
        """Return what the keyboard comes to first."""
        return self.lessons[0] if self.lessons else self.open_button

    def _choose(self) -> None:
        """Let the user choose a lesson.json or a challenge."""
        dialog = file_dialog(self.window(), tr("Open a lesson or a challenge"), "learn_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Lessons and challenges (*.json)"))
        dialog.fileSelected.connect(lambda name: self._model.open_path(Path(name)))
        dialog.open()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.show_state(self._model.state)
