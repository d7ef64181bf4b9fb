"""The panel beside any tab: the list of lessons, a step, or a challenge."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.learn.challenge_page import ChallengePage
from gui.learn.learn_model import LearnModel
from gui.learn.lesson_page import (
    LessonPage,
)
from gui.learn.list_page import ListPage
from gui.learn.screen import Screen
from gui.learn.state import LearnState
from gui.theme import RADIUS_FIELD_PX, active
from gui.widgets.basic import (
    has_focus,
    scroll_to,
    set_role,
)
from gui.widgets.layouts import vbox
from gui.widgets.painting import draw_ring, faded, smooth_painter
from gui.widgets.panel import Panel

WIDTH_PX, STRIP_PX = 330, 150

_RING_PX, _HALO_PX, _GAP_PX = 2, 5, 2
_AROUND_PX = _GAP_PX + _RING_PX + _HALO_PX
_FOLLOW_MS = 50


class Ring(QWidget):
    """A ring that follows a control without blocking it."""

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
        """Ring the control of that name; an empty name removes the ring."""
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
        """Follow the control, which may appear, move or disappear."""
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
        seen = _part_in_sight(control)
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
            draw_ring(painter, box, radius, faded(active().acc, alpha), width)


def _part_in_sight(control: QWidget) -> QRect:
    """Return the visible part of a control, in its window's coordinates.

    Not `visibleRegion`: it leaves out what a child paints over, as a view's viewport does it all.
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
        self._model = model
        self._pages = QStackedWidget()
        self._place: tuple[object, int | None] = (None, None)
        vbox(self._pages, on=self, margins=(0, 0, 1, 0))

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

    def show_state(self, state: LearnState, *, in_strip: bool) -> None:
        """Show the open page, keeping the focus in the panel if it was there."""
        had_keyboard = self.has_keyboard
        set_role(self, role="panel", side="top" if in_strip else "left")
        if state.progress is not None:
            self.lesson.lie(in_strip=in_strip)
        page: ListPage | LessonPage | ChallengePage
        if state.challenge is not None:
            page = self.challenge
        else:
            page = self.list if state.progress is None else self.lesson
        progress = state.progress
        place = (page, None if progress is None else progress.index)
        page.show_state(state)
        self._pages.setCurrentWidget(page)
        if had_keyboard and (place != self._place or not self.has_keyboard):
            self.take_keyboard()  # what had it may be of the step before, or of no more use
        self._place = place

    def take_keyboard(self) -> None:
        """Focus the page's first tab stop."""
        page = self._pages.currentWidget()
        assert isinstance(page, ListPage | LessonPage | ChallengePage)
        stop = page.first_stop()
        scroll_to(stop)
        stop.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def has_keyboard(self) -> bool:
        """Whether the focus is in the panel."""
        return has_focus(self)


class LearnView:
    """Place the panel and the ring in the window, and show them the state.

    Parameters
    ----------
    screen
        Finds the control to be ringed.
    page
        What the panel lies over the left of, under the bar at its top; made room for by the tabs.

    Attributes
    ----------
    strip
        The place of the panel where the window has no width for it.
    """

    def __init__(self, model: LearnModel, screen: Screen, page: QWidget) -> None:
        parent = page.parentWidget()
        assert parent is not None
        self.panel = LearnPanel(model, parent)
        self.panel.hide()
        self.strip = QWidget()
        self.strip.setFixedHeight(STRIP_PX)
        self.strip.hide()
        self._ring = Ring(screen)

    def show_state(self, state: LearnState, *, in_strip: bool) -> None:
        """Show the state in the panel, which lies at the left or in the strip."""
        self.panel.setVisible(state.is_open)
        if state.is_open:
            self.panel.show_state(state, in_strip=in_strip)
        self._ring.show_around(state.shown if state.is_open else "")
