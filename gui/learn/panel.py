"""The panel at the left of any tab: the list of lessons, a step, or a challenge."""

from __future__ import annotations

from functools import cached_property, partial

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from foundation.text import tr
from gui.learn.challenge_page import ChallengePage
from gui.learn.learn_model import LearnModel
from gui.learn.lesson_page import (
    LessonPage,
    StepNavigation,
    close_button,
    hint_button,
    leave_button,
    show_me_button,
    term_html,
    verdict,
)
from gui.learn.list_page import ListPage
from gui.learn.prose import Prose, open_link, rich_label, set_rich_text
from gui.learn.rich_text import html_of, inline
from gui.learn.screen import Screen
from gui.learn.state import LearnState
from gui.settings import language
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, RADIUS_FIELD_PX, active
from gui.widgets.basic import (
    has_focus,
    label,
    scroll_to,
    set_role,
)
from gui.widgets.info_card import InfoCard, Subject, info_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.painting import draw_ring, smooth_painter, with_alpha
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.lessons import Part, Task, are_numbers_known

WIDTH_PX, STRIP_PX = 330, 120


_RING_PX, _HALO_PX, _GAP_PX = 2, 5, 2
_AROUND_PX = _GAP_PX + _RING_PX + _HALO_PX
_FOLLOW_MS = 50


class Ring(QWidget):
    """A ring around a control that lets mouse events through."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self.setObjectName("ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._screen = screen
        self._name = ""
        self._has_scrolled = False
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MS)
        self._timer.timeout.connect(self._follow)

    def show_around(self, name: str) -> None:
        """Ring the control with the given name; an empty name removes the ring."""
        if name == self._name:
            return
        self._name, self._has_scrolled = name, False
        if name:
            self._timer.start()
            self._follow()
        else:
            self._timer.stop()
            self.hide()

    def _follow(self) -> None:
        """Follow the control when it appears, moves or disappears."""
        control = self._screen.control(self._name)
        if control is None:
            self.hide()
            return
        if not self._has_scrolled:
            self._has_scrolled = True
            scroll_to(control)
        top = control.window()
        if self.parentWidget() is not top:
            self.setParent(top)
        seen = _visible_part(control)
        if seen.isEmpty():
            self.hide()
            return
        around = seen.adjusted(-_AROUND_PX, -_AROUND_PX, _AROUND_PX, _AROUND_PX)
        if around != self.geometry():
            self.setGeometry(around)
        if self.isHidden():
            self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring and its halo."""
        painter = smooth_painter(self)
        for alpha, width, inset in (
            (0.16, _HALO_PX, _HALO_PX / 2),
            (1.0, _RING_PX, _HALO_PX + _RING_PX / 2),
        ):
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            radius = RADIUS_FIELD_PX + _AROUND_PX - inset
            draw_ring(painter, box, radius, with_alpha(active().acc, alpha), width)


def _visible_part(control: QWidget) -> QRect:
    """Return the visible part of a control, in its window's coordinates.

    `visibleRegion` would exclude what children paint over, such as the whole viewport of a view.
    """
    seen, widget = control.rect(), control
    while not widget.isWindow() and (around := widget.parentWidget()) is not None:
        seen = seen.translated(widget.pos()) & around.rect()
        widget = around
    return seen


class LearnPanel(Panel):
    """The lessons' panel."""

    def __init__(self, model: LearnModel, parent: QWidget) -> None:
        super().__init__("learn_panel", parent)
        self.setFixedWidth(WIDTH_PX)
        self._model = model
        self._pages = QStackedWidget()
        self._place: tuple[object, int | None] = (None, None)
        vbox(self._pages, on=self, margins=(0, 0, 1, 0))
        set_role(self, role="panel", side="left")

    @cached_property
    def list(self) -> ListPage:
        """The list of lessons; created, like each page, on first use."""
        return self._added(ListPage(self._model))

    @cached_property
    def lesson(self) -> LessonPage:
        """The open step."""
        return self._added(LessonPage(self._model))

    @cached_property
    def challenge(self) -> ChallengePage:
        """The open challenge."""
        return self._added(ChallengePage(self._model))

    def _added[Page: QWidget](self, page: Page) -> Page:
        self._pages.addWidget(page)
        return page

    def show_state(self, state: LearnState) -> None:
        """Show the open page, keeping the focus in the panel if it was there."""
        had_keyboard = self.contains_focus
        page: ListPage | LessonPage | ChallengePage
        if state.challenge is not None:
            page = self.challenge
        else:
            page = self.list if state.progress is None else self.lesson
        progress = state.progress
        place = (page, None if progress is None else progress.index)
        page.show_state(state)
        self._pages.setCurrentWidget(page)
        if had_keyboard and (place != self._place or not self.contains_focus):
            self.focus_first_stop()  # what had it may be of the step before, or of no more use
        self._place = place

    def focus_first_stop(self) -> None:
        """Focus the page's first tab stop."""
        page = self._pages.currentWidget()
        assert isinstance(page, ListPage | LessonPage | ChallengePage)
        stop = page.first_stop()
        scroll_to(stop)
        stop.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def contains_focus(self) -> bool:
        """Whether the focus is in the panel."""
        return has_focus(self)


class StepCard(InfoCard):
    """A card with the step's text, for which the strip has no space."""

    WIDTH_PX = 440

    def __init__(self, model: LearnModel, parent: QWidget) -> None:
        super().__init__("step_card", parent)
        self._model = model
        self._state = LearnState()

    def fill(self) -> None:
        """Add the text."""
        self.prose = Prose("step_card_prose", self._model)
        self.body.addWidget(self.prose)

    def show_state(self, state: LearnState) -> None:
        """Follow the open step."""
        self._state = state
        if self.isVisible():
            self.write()
            self._fit()

    def write(self, _: object = None) -> None:
        """Write the step's text, the visible answers and the requested term."""
        progress, situation = self._state.progress, self._state.situation
        if progress is None or situation is None:
            return
        lesson = progress.lesson
        prose = lesson.text(language()).steps[progress.step.id]
        html = partial(html_of, situation=situation, folder=lesson.folder)
        parts = [html(prose.text)]
        for question in filter(progress.may_show_answer, progress.step.questions):
            asked = prose.question(question.id)
            choices = [inline(html(choice)) for choice in asked.choices]
            parts.append(html(asked))
            parts.append(verdict(question, progress.answer(question), choices))
            parts.append(html(prose.answer(question.id)))
        if term := term_html(self._state):
            parts.append(f"<p>{term}</p>")
        self.title.setText(prose.title)
        self.prose.show_html("".join(parts))

    def retranslate(self) -> None:
        """Set every text in the current language."""
        super().retranslate()
        self.show_state(self._state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.show_state(self._state)


class LessonStrip(Panel):
    """The open step as a low strip, for windows too narrow for the panel."""

    def __init__(self, model: LearnModel) -> None:
        super().__init__("lesson_strip")
        self.setFixedHeight(STRIP_PX)
        self._model = model
        self._state = LearnState()
        self._place, self._title = label("caption"), label("title", wrap=True)
        self.leave_button = leave_button("strip_leave", model)
        self.read_button = worded(
            info_button("strip_read"), accessible_name="What the step explains"
        )
        self.card = StepCard(model, self)
        self.card.attach(Subject(self._place, self.read_button, self.card.write))
        self._hinted: Task | None = None
        self.task = rich_label(model, "prose", "strip_task", self._on_link_activated)
        self.hint = rich_label(model, "hint-text", "strip_hint_text", self._on_link_activated)
        self.hint_button = hint_button("strip_hint", self._on_hint_clicked)
        self.see = rich_label(model, "label", "strip_see", self._on_link_activated)
        self.show_me = show_me_button("strip_show", self._on_show_clicked)
        self.ways = StepNavigation(model, "strip")
        self.close_button = close_button("strip_close", model)
        self._lay_out()
        set_role(self, role="panel", side="top")
        self.retranslate()

    def _lay_out(self) -> None:
        ways, top = self.ways, Qt.AlignmentFlag.AlignTop
        head = hbox((self._title, 1), (self.read_button, 0, top))
        below = hbox(ways.back, ways.next, ways.skip, STRETCH, gap=GAP_M_PX)
        place = hbox((self._place, 1), self.leave_button)
        names = vbox(place, head, STRETCH, below, gap=GAP_S_PX)
        aids = hbox(self.show_me, self.hint_button, STRETCH, gap=GAP_L_PX)
        words = vbox(self.task, self.hint, aids, self.see, STRETCH, gap=GAP_S_PX)
        close, margins = (self.close_button, 0, top), (GAP_L_PX, GAP_M_PX, GAP_M_PX, GAP_M_PX)
        hbox((names, 2), (words, 5), close, on=self, gap=24, margins=margins)

    def show_state(self, state: LearnState) -> None:
        """Show the next task of the open step."""
        self._state = state
        progress, situation = state.progress, state.situation
        if progress is None or situation is None:
            return
        lesson, spoken = progress.lesson, language()
        prose = lesson.text(spoken).steps[progress.step.id]
        task, question = progress.next_task, progress.open_question

        def html(part: Part | str) -> str:
            return inline(html_of(part, situation, lesson.folder))

        text = tr("All tasks of this step are done.")
        if question is not None:
            part = prose.question(question.id)
            choices = (
                f'<a href="choice:{number}">{html(choice)}</a>'
                for number, choice in enumerate(part.choices, start=1)
            )
            text = f"{html(part)} {'&nbsp; '.join(choices)}"
        elif task is not None:
            text = html(prose.task(task.id))
        set_rich_text(self.task, text)
        set_rich_text(self.see, html(prose.see))
        # It may tell what is still to be predicted, or of what is still to be made.
        self.see.setVisible(question is None and are_numbers_known(prose.see, situation))
        self._place.setText(
            tr("Step {n} of {steps}", n=progress.index + 1, steps=len(lesson.steps))
        )
        self._title.setText(prose.title)
        hint = "" if task is None else html(prose.hint(task.id))
        if task is not self._hinted:
            self._hinted = None
        set_rich_text(self.hint, hint)
        self.hint.setVisible(bool(hint) and self._hinted is not None)
        self.hint_button.setVisible(bool(hint) and question is None)
        self.show_me.setVisible(task is not None and bool(task.show) and question is None)
        self.ways.show_progress(progress)
        self.card.show_state(state)

    def _on_link_activated(self, target: str) -> None:
        """Record a prediction, or open a link."""
        progress = self._state.progress
        question = None if progress is None else progress.open_question
        kind, _, number = target.partition(":")
        if kind == "choice" and question is not None:
            self._model.predict(question, int(number))
        else:
            open_link(self._model, target)
            if kind == "term" and not self.card.isVisible():
                self.read_button.click()

    def _on_hint_clicked(self) -> None:
        progress = self._state.progress
        if progress is not None:
            self._hinted = progress.next_task if self._hinted is None else None
            self.show_state(self._state)

    def _on_show_clicked(self) -> None:
        progress = self._state.progress
        if progress is not None and progress.next_task is not None:
            self._model.show_control(progress.next_task)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.show_state(self._state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.show_state(self._state)


class LearnView:
    """Places the panel, the strip and the ring in the window, and updates them.

    Parameters
    ----------
    screen
        Finds the ringed control.
    page
        Widget whose left side the panel overlays, below the toolbar; the tabs make room for it.
    """

    def __init__(self, model: LearnModel, screen: Screen, page: QWidget) -> None:
        parent = page.parentWidget()
        assert parent is not None
        self.panel = LearnPanel(model, parent)
        self.strip = LessonStrip(model)
        self.strip.hide()
        self.panel.hide()
        self._ring = Ring(screen)

    def show_state(self, state: LearnState, in_strip: bool) -> None:
        """Show the state in the panel or the strip, whichever the window shows."""
        self.panel.setVisible(state.is_open and not in_strip)
        if state.is_open:
            shown: LearnPanel | LessonStrip = self.strip if in_strip else self.panel
            shown.show_state(state)
        self._ring.show_around(state.shown if state.is_open else "")
