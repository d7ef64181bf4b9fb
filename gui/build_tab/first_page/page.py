"""The first page: a network that is wrong, one button, and three lessons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Unpack

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
)

from foundation.text import tr
from gui.actions import Actions, first_shortcut
from gui.build_tab.build_model import BuildModel
from gui.build_tab.first_page.lesson_cards import GatePicture, LessonCard, LinePicture, PhotoPicture
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.output_panel.decision_map import DecisionMap
from gui.build_tab.state import BuildState
from gui.build_tab.status import TableCount, count_table
from gui.format import show_integer, show_part
from gui.theme import GAP_M_PX, GAP_XL_PX, icon
from gui.widgets.basic import label, push_button, set_role
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import Texts, worded

_LARGE = QSize(1800, 1000)
"""Page size from which texts, map and cards are larger."""
_NARROW_PX = 1240
"""Page width below which the links are stacked vertically."""
_TRAIN_ICON = QSize(28, 18)
"""Wider than the glyph, to leave a gap before the text."""


def _link(
    object_name: str, sign: str, do: Callable[[], None], **texts: Unpack[Texts]
) -> QPushButton:
    return push_button(object_name, "link", icon=icon(sign, "acc"), do=do, **texts)


class FirstPage(Panel):
    """The untrained XOR network next to one large button."""

    def __init__(
        self, model: BuildModel, actions: Actions, show_panels: Callable[[], None]
    ) -> None:
        super().__init__("first_run")
        self._model, self._actions, self._show_panels = model, actions, show_panels
        self._state: BuildState | None = None
        self.canvas = NetworkPanel(model)
        self.canvas.make_bare()
        self.map = worded(
            DecisionMap(model), accessible_name="What the network answers for every pair of inputs"
        )
        self._counts = label("label", "first_run_counts")
        self.cards = self._make_cards()
        lessons = label("title", text="Or start with a lesson")
        all_lessons = _link(
            "all_lessons",
            "graduation-cap",
            actions["learn"].trigger,
            text="All lessons",
            tip=lambda: tr("All lessons ({key})", key=first_shortcut("learn")),
        )
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(GAP_XL_PX)
        self._grid.addLayout(self._make_words(), 0, 0)
        self._grid.addWidget(self.canvas, 0, 1)
        self._grid.addLayout(self._make_map(), 0, 2)
        self._grid.setRowStretch(0, 1)
        self._grid.addLayout(hbox(lessons, STRETCH, all_lessons), 1, 0, 1, 3)
        self._grid.addLayout(hbox(*((card, 1) for card in self.cards), gap=GAP_XL_PX), 2, 0, 1, 3)
        self.retranslate()

    def _make_words(self) -> QVBoxLayout:
        model, actions = self._model, self._actions
        self._title = label(
            "hero",
            "first_run_title",
            wrap=True,
            text="This network gets XOR wrong. Train it and watch it learn.",
        )
        self._lead = label(
            "lead",
            "first_run_lead",
            wrap=True,
            text=lambda: tr(
                "XOR is 1 when exactly one of its two inputs is 1. This network has {n} numbers. "
                "You can see every one of them, and change any of them.",
                n=show_integer(model.state.network.parameter_count()),
            ),
        )
        self.train_button = push_button(
            "first_run_train",
            "primary",
            "hero",
            icon=icon("play-fill", "onacc"),
            do=model.train,
            text="Train",
            tip=lambda: tr("Train this network ({key})", key=first_shortcut("train")),
        )
        self.train_button.setIconSize(_TRAIN_ICON)
        button_row = hbox(
            self.train_button,
            GAP_M_PX,
            label("label", text="or press"),
            (label("key", text=lambda: first_shortcut("train")), 0, Qt.AlignmentFlag.AlignVCenter),
            STRETCH,
            gap=GAP_M_PX,
        )
        self._links = hbox(
            _link("show_all_panels", "layout", self._show_panels, text="Show all panels"),
            _link(
                "open_saved_network",
                "folder-open",
                actions["file_open"].trigger,
                text="Open a saved network…",
                accessible_name="Open a saved network",
            ),
            _link(
                "teach_own_images",
                "user-rectangle",
                actions["tab_teach"].trigger,
                text="Teach it your own images",
                tip="Make classes of your own images and train a network to tell them apart",
            ),
            STRETCH,
        )
        words = vbox(STRETCH, self._title, gap=0)
        parts = (14, self._lead), (28, button_row), (24, self._links)
        for gap_px, part in parts:  # room that gives way before a text does
            policies = QSizePolicy.Policy
            words.addItem(QSpacerItem(0, gap_px, policies.Minimum, policies.Maximum))
            add_parts(words, part)
        words.addStretch(1)
        return words

    def _make_cards(self) -> tuple[LessonCard, ...]:
        actions = self._actions
        return (
            LessonCard(
                "lesson_line",
                LinePicture(),
                actions["lesson_perceptron"].trigger,
                title="Why can’t a perceptron do XOR?",
                text="A lesson: a threshold unit learns AND, and its line finds no rest on XOR.",
            ),
            LessonCard(
                "lesson_gate",
                GatePicture(),
                actions["lesson_gates_by_hand"].trigger,
                title="Build gates by hand",
                text="A lesson: set two weights and a bias until a neuron becomes AND.",
            ),
            LessonCard(
                "lesson_photo",
                PhotoPicture(),
                actions["lesson_deep_learning_opencv"].trigger,
                title="Deep learning with OpenCV",
                text="A lesson: a network of 4.6 million weights names what a picture shows.",
            ),
        )

    def _make_map(self) -> QVBoxLayout:
        self._below_map = vbox(label("strong", text="Before training"), self._counts, gap=2)
        self.map.ground_moved.connect(self._follow_map)
        self._follow_map()
        return vbox(STRETCH, self.map, 6, self._below_map, STRETCH, gap=2)

    def _follow_map(self) -> None:
        """Align the text under the map with its edge."""
        self._below_map.setContentsMargins(round(self.map.ground.left()), 0, 0, 0)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the network, its outputs over the plane, and the number of right rows."""
        self._state = state
        self.canvas.show_state(state)
        self.map.show_over(state, 0, 1, 0)
        self.retranslate()

    def counts(self) -> TableCount:
        """Return the numbers of right, wrong and undecided rows."""
        counted = None if self._state is None else count_table(self._state)
        return counted or TableCount(0, 0, 0)

    def retranslate(self) -> None:
        """Write the number of right rows."""
        counted = self.counts()
        text = tr("{right} of {rows} rows right")
        if counted.undecided:
            text = tr("{right} of {rows} rows right, {undecided} undecided")
        self._counts.setText(
            text.format(
                right=show_part(counted.right),
                rows=counted.rows,
                undecided=show_part(counted.undecided),
            )
        )

    def restyle(self) -> None:
        """Apply the current theme."""
        if self._state is not None:
            self.map.show_over(self._state, 0, 1, 0)

    def refit(self) -> None:
        """Keep the margins in proportion to the width."""
        width, height = self.width(), self.height()
        side = max(32, round(0.05 * width))
        low, large = height < 720, width >= _LARGE.width() and height >= _LARGE.height()
        self._grid.setContentsMargins(side, 24 if low else 48, side, 24 if low else 56)
        self._grid.setVerticalSpacing(8 if low else 12)
        is_narrow, ways = width < _NARROW_PX, QBoxLayout.Direction
        shares = (30, 44, 20) if large else (44, 36, 17) if is_narrow else (31, 39, 17)
        for column, stretch in enumerate(shares):
            self._grid.setColumnStretch(column, stretch)
        # In one row the links would leave the network no room.
        self._links.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)
        self._links.setSpacing(0 if is_narrow else GAP_XL_PX)
        self.map.set_most(520 if large else 400)
        for text in (self._title, self._lead):
            set_role(text, extent="large" if large else "")
        for card in self.cards:
            card.setFixedHeight(184 if low else 280 if large else 220)
