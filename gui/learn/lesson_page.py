"""A step of a lesson: its text, tasks and questions, and navigation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QLabel,
    QMenu,
    QPushButton,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from foundation.text import mark, tr
from gui.build_tab.names import lock_names
from gui.format import show_part
from gui.learn.learn_model import LearnModel, lesson_after, lesson_position
from gui.learn.list_page import ask_author
from gui.learn.prose import Prose, rich_label, set_rich_text
from gui.learn.rich_text import html_of, inline, plain, to_plain_line
from gui.learn.state import LearnState
from gui.settings import language
from gui.spoken import signs_in_words
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, IconLabel, active, icon
from gui.widgets.accessible import announce, join_sentences
from gui.widgets.basic import (
    ColumnScroll,
    as_html,
    attach_menu,
    describe,
    frame,
    label,
    menu_action,
    named,
    push_button,
    rule,
    set_role,
    strong,
    tool_button,
    write_on,
)
from gui.widgets.dialogs import ask_to_save
from gui.widgets.inline_formula import show_with_formulas
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_box, smooth_painter, with_alpha
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.glossary import glossary
from model.lessons import LessonProgress, Part, Question, Situation, Task, are_numbers_known

_MARK_PX, _BAR_PX, _SIDE_PX = 18, 3, 14


class StepBar(QWidget):
    """A segment per step: done, current and future steps."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lesson_steps")
        self.setFixedHeight(_BAR_PX)
        self._at, self._steps = 0, 1

    def show_place(self, at: int, steps: int) -> None:
        """Show the open step's index and the number of steps."""
        self._at, self._steps = at, steps
        self.setAccessibleName(tr("Step {n} of {steps}", n=at + 1, steps=steps))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the segments."""
        theme, painter = active(), smooth_painter(self)
        width = (self.width() - GAP_S_PX * (self._steps - 1)) / self._steps
        for step in range(self._steps):
            colour = theme.acc if step < self._at else theme.bg3
            box = QRectF(step * (width + GAP_S_PX), 0, width, _BAR_PX)
            present = with_alpha(theme.acc, 0.45)
            draw_box(painter, box, _BAR_PX / 2, present if step == self._at else colour)


class TaskRow(Panel):
    """A task with its tick, "Show me" and a hint on demand."""

    def __init__(self, model: LearnModel, task: Task) -> None:
        super().__init__(f"task_{task.id}")
        self.task = task
        self._mark = IconLabel(_MARK_PX, "circle", "line2")
        self.text = rich_label(model, "prose", f"task_{task.id}_text")
        self.hint = rich_label(model, "hint-text", f"task_{task.id}_hint_text")
        self.show_me = show_me_button(f"task_{task.id}_show", lambda: model.show_control(task))
        self.hint_button = hint_button(f"task_{task.id}_hint", self._on_hint_clicked)
        self._spoken = self._html = ""
        buttons = hbox(self.show_me, self.hint_button, STRETCH, gap=GAP_L_PX)
        mark = (self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = vbox(self.text, buttons, self.hint, gap=GAP_S_PX)
        hbox(mark, (words, 1), on=self, gap=10, margins=(10, GAP_M_PX))
        self.hint.hide()
        set_role(self, role="task")

    @property
    def done_text(self) -> str:
        """The task's text for screen readers, marked as done."""
        return tr("Done: {task}", task=to_plain_line(self._html))

    def show_task(self, html: str, hint: str, is_done: bool, is_next: bool) -> None:
        """Show a task's text and state."""
        self._mark.show_icon(
            "check-circle" if is_done else "circle",
            "ok" if is_done else "acc" if is_next else "line2",
        )
        tone = "next" if is_next else "done" if is_done else ""
        set_role(self, role="task", tone=tone)
        text = inline(html)
        self._html, self._spoken = html, plain(text)
        set_rich_text(self.text, text)
        set_rich_text(self.hint, inline(hint))
        self.show_me.setVisible(not is_done and bool(self.task.show))
        self.hint_button.setVisible(not is_done and bool(hint))
        if is_done:
            self.hint.hide()
        state = tr("Done: {task}") if is_done else tr("To do: {task}")
        self.setAccessibleName(state.format(task=self._spoken))
        self._name_buttons()

    def _on_hint_clicked(self) -> None:
        self.hint.setVisible(self.hint.isHidden())
        self._name_buttons()

    def _name_buttons(self) -> None:
        hint = tr("Hint") if self.hint.isHidden() else tr("Hide hint")
        self.hint_button.setText(hint)
        self.hint_button.setAccessibleName(f"{hint}: {self._spoken}")
        self.show_me.setAccessibleName(f"{self.show_me.text()}: {self._spoken}")


def show_me_button(object_name: str, do: Callable[[], object]) -> QPushButton:
    """Return the button that rings a task's control."""
    tip = mark("Ring the control to use")
    return push_button(object_name, "link", "line", do=do, text="Show me", tip=tip)


def hint_button(object_name: str, do: Callable[[], object]) -> QPushButton:
    """Return the button that shows a task's hint."""
    tip = mark("Say how it is done")
    return push_button(object_name, "link", "line", do=do, text="Hint", tip=tip)


class _ChoiceText(QLabel):
    """The wrapping text of a radio button; a click selects the button."""

    def __init__(self, button: QRadioButton) -> None:
        super().__init__()
        self._button = button
        self.setWordWrap(True)
        as_html(self)
        set_role(self, role="prose")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select the button."""
        if self.rect().contains(event.position().toPoint()):
            self._button.click()


class QuestionCard(Panel):
    """A question whose answer the user predicts before training shows it."""

    def __init__(self, model: LearnModel, question: Question) -> None:
        super().__init__(f"question_{question.id}")
        self.question = question
        self._is_open = False
        title = label("caption", text="Predict before you try")
        self.text = rich_label(model, "prose", f"question_{question.id}_text")
        self._group = QButtonGroup(self)
        self.choices: list[QRadioButton] = []
        column = vbox(title, self.text, on=self, gap=GAP_S_PX, margins=(10, GAP_M_PX, 10, 10))
        self._words: list[QLabel] = []
        for number in range(1, question.choices + 1):
            choice = named(QRadioButton(), f"question_{question.id}_choice_{number}")
            words = _ChoiceText(choice)
            row = hbox((choice, 0, Qt.AlignmentFlag.AlignTop), (words, 1), gap=GAP_S_PX)
            column.addLayout(row)
            self._group.addButton(choice, number)
            self.choices.append(choice)
            self._words.append(words)
        self.answer = rich_label(model, "prose", f"question_{question.id}_answer")
        column.addWidget(self.answer)
        self._group.idClicked.connect(lambda number: model.predict(question, number))
        set_role(self, role="card")

    def show_question(
        self,
        html: str,
        choices: Sequence[str],
        answer: str,
        predicted: int | None,
        is_over: bool,
    ) -> None:
        """Show the question and prediction, and after training the answer."""
        set_rich_text(self.text, html)
        self.setAccessibleName(self.text.accessibleName())
        self.setAccessibleDescription(tr("Predict before you try"))
        for number, (button, words, said) in enumerate(
            zip(self.choices, self._words, choices, strict=True), start=1
        ):
            show_with_formulas(words, said)
            describe(button, plain(said), "")
            button.setEnabled(predicted is None and not is_over)
            if predicted == number and not button.isChecked():
                button.setChecked(True)
        if predicted is None and self._group.checkedButton() is not None:
            self._group.setExclusive(False)
            for button in self.choices:
                button.setChecked(False)
            self._group.setExclusive(True)
        self.answer.setVisible(is_over and bool(answer))
        set_rich_text(self.answer, f"{verdict(self.question, predicted, choices)}{answer}")
        if self._is_open and is_over:
            announce(self, self.answer.accessibleName(), waits=True)
        self._is_open = not is_over


def term_html(state: LearnState) -> str:
    """Return the meaning of the requested term as HTML, empty if there is none."""
    term = glossary().term(state.term) if state.term else None
    if term is None or state.situation is None or state.progress is None:
        return ""
    means = term.meaning(language())
    if term.formula:
        means = f"{means}: ${term.formula}$"
    html = inline(html_of(means, state.situation, state.progress.lesson.folder))
    return f"{strong(term.name(language()))}: {html}"


def verdict(question: Question, predicted: int | None, choices: Sequence[str]) -> str:
    """Return the right choice as HTML if it does not depend on the run, otherwise empty."""
    right = question.answer
    if right is None:
        return ""
    said = tr("It is: {choice}")
    if predicted == right:
        said = tr("As you predicted: {choice}")
    return f"<p>{strong(said.format(choice=choices[right - 1]))}</p>"


class StepNavigation:
    """The buttons between steps: back, next, and skip."""

    def __init__(self, model: LearnModel, prefix: str) -> None:
        self.back = push_button(
            f"{prefix}_back",
            do=lambda: model.go_by(-1),
            text="Back",
            tip=mark("To the step before"),
        )
        self.skip = push_button(
            f"{prefix}_skip",
            tone="link",
            do=lambda: model.go_by(1),
            text="Skip",
            tip=mark("Go on without doing all tasks"),
        )
        self.next = push_button(
            f"{prefix}_next",
            tone="primary",
            do=lambda: model.go_by(1),
            text="Next",
            tip=mark("Next step, once all tasks are done"),
        )

    def show_progress(self, progress: LessonProgress) -> None:
        """Enable the buttons that are available in the current step."""
        self.back.setEnabled(progress.index > 0)
        self.next.setEnabled(progress.may_go_on)
        self.skip.setVisible(not progress.may_go_on)
        text = tr("Finish") if progress.is_last else tr("Next")
        self.next.setText(text)
        self.next.setAccessibleName(text)


def leave_button(object_name: str, model: LearnModel, icon: QIcon | None = None) -> QPushButton:
    """Return a button that leaves the lesson."""
    tip = mark("Back to all lessons; what was locked can be changed again")
    return push_button(
        object_name, "link", "line", icon, do=model.leave, text="Leave lesson", tip=tip
    )


def close_button(object_name: str, model: LearnModel) -> QToolButton:
    """Return a button that hides the lesson."""
    return tool_button(
        object_name,
        size="small",
        icon=icon("x", "t2"),
        do=model.toggle,
        accessible_name="Put the lesson away",
    )


def _announces_own_result(task: Task) -> bool:
    """Return whether the action itself reports its result, as an export does."""
    return any(condition.code == "exports" for condition in task.conditions)


class LessonPage(Panel):
    """The open step of a lesson, with navigation."""

    def __init__(self, model: LearnModel) -> None:
        super().__init__("lesson_page")
        self._model = model
        self._state = LearnState()
        self._of: tuple[object, int] | None = None
        self._done: frozenset[str] = frozenset()
        self._place = label("caption", "lesson_place", wrap=True)
        self._title = label("card-title", "lesson_title", wrap=True)
        self.leave_button = leave_button("lesson_leave", model, icon("arrow-left", "acc"))
        self.menu_button = worded(
            tool_button("lesson_menu", size="small", icon=icon("dots-three", "t2")),
            accessible_name="Lesson",
            tip="Restart, print, your name",
        )
        menu = attach_menu(self.menu_button, named(QMenu(self), "lesson_menu_items"))
        restart = menu_action(menu, "lesson_restart", "", model.restart)
        worded(restart, text="Restart lesson")
        print_ = menu_action(menu, "lesson_print", "", self._on_print_triggered)
        worded(print_, text="Print worksheet…")
        author = menu_action(menu, "lesson_author", "", lambda: ask_author(self, model))
        worded(author, text="Your name…")
        self.close_button = close_button("lesson_close", model)
        self.bar = StepBar()
        self.prose = Prose("lesson_prose", model)
        self.see = rich_label(model, "prose", "lesson_see")
        self.tasks: list[TaskRow] = []
        self.questions: list[QuestionCard] = []
        self.challenge_button = push_button(
            "lesson_challenge",
            tone="outline",
            do=self._on_challenge_clicked,
            text="Go on with a challenge",
        )
        self._end = label("strong", "lesson_end", wrap=True)
        self.next_lesson = push_button(
            "lesson_next_lesson", tone="outline", do=self._on_next_lesson_clicked
        )
        self.term = rich_label(model, "prose", "lesson_term")
        self.term_close = tool_button(
            "lesson_term_close",
            size="small",
            icon=icon("x", "t2"),
            do=lambda: model.explain(""),
            accessible_name="Close the explanation",
        )
        self._lock_mark = IconLabel(12, "lock-simple", "t3")
        self._locks = label("hint", "lesson_locks", wrap=True)
        self.ways = StepNavigation(model, "lesson")
        self.ways.back.setIcon(icon("arrow-left"))
        self.ways.next.setIcon(icon("arrow-right", "onacc"))
        self.ways.next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        head = vbox(
            hbox(self.leave_button, STRETCH, self.menu_button, self.close_button, gap=2),
            self._place,
            self._title,
            GAP_S_PX,
            self.bar,
            gap=GAP_S_PX,
            margins=(_SIDE_PX, 10, _SIDE_PX, GAP_L_PX),
        )
        self.body = ColumnScroll("lesson_body")
        self.body.setWidget(self._make_body())
        term, foot = self._make_term_card(), self._make_foot()
        vbox(head, rule(), (self.body, 1), term, rule(), foot, on=self, gap=0, margins=0)

    def _make_body(self) -> QWidget:
        content = frame("panel")
        self._questions_column = vbox(gap=GAP_M_PX)
        self._tasks_card = named(frame("card"), "lesson_tasks")
        self._tasks_column = vbox(on=self._tasks_card, gap=0, margins=1)
        self._see_card = frame("see")
        vbox(self.see, on=self._see_card, margins=(GAP_L_PX, GAP_M_PX, 10, GAP_M_PX))
        vbox(
            self.prose,
            self._questions_column,
            self._tasks_card,
            self._see_card,
            self._end,
            self.challenge_button,
            self.next_lesson,
            STRETCH,
            on=content,
            gap=GAP_L_PX,
            margins=(_SIDE_PX, GAP_L_PX),
        )
        return content

    def _make_term_card(self) -> QWidget:
        self._term_card = named(frame("term"), "glossary_card")
        close = (self.term_close, 0, Qt.AlignmentFlag.AlignTop)
        margins = (_SIDE_PX, GAP_M_PX, GAP_M_PX, GAP_M_PX)
        hbox((self.term, 1), close, on=self._term_card, margins=margins)
        self._term_card.hide()
        return self._term_card

    def _make_foot(self) -> QVBoxLayout:
        locks = hbox((self._lock_mark, 0, Qt.AlignmentFlag.AlignTop), (self._locks, 1), gap=6)
        ways = self.ways
        row = hbox(ways.back, STRETCH, ways.skip, ways.next, gap=GAP_L_PX)
        return vbox(locks, row, gap=GAP_M_PX, margins=(_SIDE_PX, GAP_M_PX, _SIDE_PX, 10))

    def _on_print_triggered(self) -> None:
        progress = self._state.progress
        if progress is not None:
            title, name = tr("Print worksheet"), f"{progress.lesson.id}.pdf"
            ask_to_save(self.window(), title, name, self._model.print_worksheet)

    def _on_challenge_clicked(self) -> None:
        progress = self._state.progress
        if progress is not None:
            lesson = progress.lesson
            self._model.open_challenge(lesson.folder / lesson.file.challenge)

    def _on_next_lesson_clicked(self) -> None:
        progress = self._state.progress
        after = None if progress is None else lesson_after(progress.lesson)
        if after is not None:
            self._model.open_lesson(after.folder)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: LearnState) -> None:
        """Show the open step."""
        self._state = state
        progress, situation = state.progress, state.situation
        if progress is None or situation is None:
            self._of, self._done = None, frozenset()
            return
        is_new = self._of != (progress.lesson, progress.index)
        if is_new:
            self._of = progress.lesson, progress.index
            self._make_parts(progress)
            self.body.verticalScrollBar().setValue(0)
        was_seen = not self._see_card.isHidden()
        self._show_place(progress)
        self._show_step(progress, situation)
        self._show_term()
        done = frozenset(progress.record.tasks)
        if is_new:
            self._announce_step()
        else:
            self._announce(done - self._done)
            if not was_seen and not self._see_card.isHidden():
                announce(self, self.see.accessibleName(), waits=True)
        self._done = done

    def first_stop(self) -> QWidget:
        """Return the first tab stop: the next task, otherwise the button to continue."""
        for card in self.questions:
            if card.choices[0].isEnabled():
                return card.choices[0]
        for row in self.tasks:
            if not row.show_me.isHidden():
                return row.show_me
        return self.ways.next if self.ways.next.isEnabled() else self.ways.skip

    def _make_parts(self, progress: LessonProgress) -> None:
        for column in (self._tasks_column, self._questions_column):
            while (item := column.takeAt(0)) is not None:
                if (old := item.widget()) is not None:
                    old.hide()
                    old.deleteLater()
        step = progress.step
        self.tasks = [TaskRow(self._model, task) for task in step.tasks]
        self.questions = [QuestionCard(self._model, question) for question in step.questions]
        for index, row in enumerate(self.tasks):
            if index:
                self._tasks_column.addWidget(rule())
            self._tasks_column.addWidget(row)
        for card in self.questions:
            self._questions_column.addWidget(card)
        self._tasks_card.setVisible(bool(self.tasks))

    def _show_step(self, progress: LessonProgress, situation: Situation) -> None:
        lesson = progress.lesson
        prose = lesson.text(language()).steps[progress.step.id]

        def html(part: Part | str) -> str:
            return html_of(part, situation, lesson.folder)

        text = html(prose.text)
        self.prose.setVisible(bool(text))
        self.prose.show_html(text)
        next_task = progress.next_task
        for row in self.tasks:
            task = row.task
            row.show_task(
                html(prose.task(task.id)),
                html(prose.hint(task.id)),
                is_done=progress.is_done(task),
                is_next=task is next_task,
            )
        for card in self.questions:
            part = prose.question(card.question.id)
            card.show_question(
                html(part),
                [inline(html(choice)) for choice in part.choices],
                html(prose.answer(card.question.id)),
                progress.answer(card.question),
                is_over=progress.may_show_answer(card.question),
            )
        see = inline(html(prose.see))
        # It may tell what is still to be predicted, or of what is still to be made.
        is_seen = (
            bool(see) and progress.open_question is None and are_numbers_known(prose.see, situation)
        )
        self._see_card.setVisible(is_seen)
        lead = strong(tr("What you see."))
        set_rich_text(self.see, f"{lead} {see}")
        self.challenge_button.setVisible(progress.is_last and bool(lesson.file.challenge))
        self._show_end(progress)
        self.ways.show_progress(progress)
        self._show_locks(progress)

    def _show_end(self, progress: LessonProgress) -> None:
        """Show the end of the lesson after its last step, with a link to the next one."""
        is_over = progress.is_last and progress.may_go_on
        self._end.setVisible(is_over)
        names = {f"{step.id}.{task.id}" for step in progress.lesson.steps for task in step.tasks}
        done = len(names.intersection(progress.record.tasks))
        said = tr("Well done! You have done every task of this lesson.")
        if done < len(names):
            text = tr("This is the end of the lesson. You have done {done} of {tasks} tasks.")
            said = text.format(done=show_part(done), tasks=len(names))
        self._end.setText(said)
        after = lesson_after(progress.lesson) if is_over else None
        self.next_lesson.setVisible(after is not None)
        if after is not None:
            text = tr("Next lesson: {title}", title=after.title(language()))
            write_on(self.next_lesson, text)

    def _show_locks(self, progress: LessonProgress) -> None:
        locks = progress.lesson.locks(progress.index)
        names = lock_names()
        text = tr("Locked: {parts}", parts=", ".join(names[each] for each in locks))
        self._locks.setVisible(bool(locks))
        self._lock_mark.setVisible(bool(locks))
        self._locks.setText(text)

    def _show_term(self) -> None:
        html = term_html(self._state)
        self._term_card.setVisible(bool(html))
        if html:
            set_rich_text(self.term, html)

    def _show_place(self, progress: LessonProgress) -> None:
        lesson, spoken = progress.lesson, language()
        place = lesson_position(lesson)
        text = lesson.title(spoken)
        if place is not None:
            number = tr("Lesson {n} of {lessons}", n=place[0], lessons=place[1])
            text = f"{number} · {text}"
        self._place.setText(text)
        self._title.setText(lesson.text(spoken).steps[progress.step.id].title)
        self.bar.show_place(progress.index, len(lesson.steps))

    def _announce_step(self) -> None:
        """Announce the new step: its number, its text, and its tasks."""
        where = self._place.text(), self.bar.accessibleName(), self._title.text(), self.prose.text
        parts = *self.questions, *self.tasks
        said = *where, *(part.accessibleName() for part in parts)
        announce(self, signs_in_words(join_sentences(filter(None, said))), waits=True)

    def _announce(self, done: frozenset[str]) -> None:
        """Announce completed tasks, in the status bar if it is free."""
        progress = self._state.progress
        if progress is None:
            return
        for row in self.tasks:
            if f"{progress.step.id}.{row.task.id}" in done:
                if _announces_own_result(row.task):
                    announce(self, row.accessibleName(), waits=True)
                else:
                    self._model.say(row.done_text)

    # -- Language and theme ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.show_state(self._state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.show_state(self._state)
