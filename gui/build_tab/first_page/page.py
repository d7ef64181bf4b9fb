"""The page that greets a person: a network that is wrong, one button, and three ways further."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QSizePolicy, QSpacerItem, QVBoxLayout

from foundation.text import tr
from gui.actions import Actions, key_of
from gui.build_tab.build_model import BuildModel
from gui.build_tab.first_page.lesson_cards import GatePicture, LessonCard, LinePicture, PhotoPicture
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.output_panel.decision_map import DecisionMap
from gui.build_tab.state import BuildState
from gui.build_tab.status import TableCount, count_table
from gui.format import show_integer, show_part
from gui.theme import GAP_M_PX, GAP_XL_PX, icon
from gui.widgets.basic import describe, label, push_button, set_role, write_on
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel

_LARGE = QSize(1800, 1000)
"""Page size from which texts, map and cards are larger."""
_NARROW_PX = 1240
"""Page width below which the links stand one below another."""
_TRAIN_ICON = QSize(28, 18)
"""Wider than the glyph: the room at its sides keeps the word away."""


def _gap(px: int) -> QSpacerItem:
    """Return room that gives way before a text does."""
    return QSpacerItem(0, px, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Maximum)


class FirstPage(Panel):
    """Show the untrained XOR network beside one large button."""

    def __init__(self, model: BuildModel, actions: Actions) -> None:
        super().__init__("first_run")
        self._model, self._actions = model, actions
        self._state: BuildState | None = None
        self._title = label("hero", "first_run_title", wrap=True)
        self._lead = label("lead", "first_run_lead", wrap=True)
        self.train_button = push_button(
            "first_run_train", "primary", "hero", icon=icon("play-fill", "onacc")
        )
        self.train_button.setIconSize(_TRAIN_ICON)
        self._or, self._space = label("label"), label("key")
        self.panels_button = push_button("show_all_panels", "link", icon=icon("layout", "acc"))
        self.open_button = push_button(
            "open_saved_network", "link", icon=icon("folder-open", "acc")
        )
        self.teach_button = push_button(
            "teach_own_images", "link", icon=icon("user-rectangle", "acc")
        )
        self.canvas = NetworkPanel(model)
        self.canvas.make_bare()
        self.map = DecisionMap(model)
        self._before, self._counts = label("strong"), label("label", "first_run_counts")
        self._lessons = label("title")
        self.lessons_button = push_button("all_lessons", "link", icon=icon("graduation-cap", "acc"))
        self.cards = (
            LessonCard("lesson_line", LinePicture()),
            LessonCard("lesson_gate", GatePicture()),
            LessonCard("lesson_photo", PhotoPicture()),
        )
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(GAP_XL_PX)
        self._grid.addLayout(self._make_words(), 0, 0)
        self._grid.addWidget(self.canvas, 0, 1)
        self._grid.addLayout(self._make_map(), 0, 2)
        self._grid.setRowStretch(0, 1)
        self._grid.addLayout(hbox(self._lessons, STRETCH, self.lessons_button), 1, 0, 1, 3)
        self._grid.addLayout(hbox(*((card, 1) for card in self.cards), gap=GAP_XL_PX), 2, 0, 1, 3)

    def _make_words(self) -> QVBoxLayout:
        button_row = hbox(
            self.train_button,
            GAP_M_PX,
            self._or,
            (self._space, 0, Qt.AlignmentFlag.AlignVCenter),
            STRETCH,
            gap=GAP_M_PX,
        )
        left = Qt.AlignmentFlag.AlignLeft
        buttons = (self.panels_button, self.open_button, self.teach_button)
        self._links = hbox(*((button, 0, left) for button in buttons), STRETCH, gap=GAP_XL_PX)
        words = vbox(STRETCH, self._title, gap=0)
        words.addItem(_gap(14))
        words.addWidget(self._lead)
        words.addItem(_gap(28))
        words.addLayout(button_row)
        words.addItem(_gap(24))
        words.addLayout(self._links)
        words.addStretch(1)
        return words

    def _make_map(self) -> QVBoxLayout:
        self._below_map = vbox(self._before, self._counts, gap=2)
        self.map.ground_moved.connect(self._follow_map)
        self._follow_map()
        return vbox(STRETCH, self.map, 6, self._below_map, STRETCH, gap=2)

    def _follow_map(self) -> None:
        """Keep the words under the map's edge."""
        self._below_map.setContentsMargins(round(self.map.ground.left()), 0, 0, 0)

    def _connect(self) -> None:
        self.train_button.clicked.connect(self._model.train)
        self.open_button.clicked.connect(self._actions["file_open"].trigger)
        self.teach_button.clicked.connect(self._actions["tab_teach"].trigger)
        line, gate, photo = self.cards
        line.clicked.connect(self._actions["lesson_perceptron"].trigger)
        gate.clicked.connect(self._actions["lesson_gates_by_hand"].trigger)
        photo.clicked.connect(self._actions["lesson_deep_learning_opencv"].trigger)
        self.lessons_button.clicked.connect(self._actions["learn"].trigger)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show the network, its answers over the plane, and how many rows it gets right."""
        self._state = state
        self.canvas.show_state(state)
        self.map.show_over(state, 0, 1, 0)
        self._write_counts()

    def counts(self) -> TableCount:
        """Return how many rows are right, wrong and undecided."""
        counted = None if self._state is None else count_table(self._state)
        return counted or TableCount(0, 0, 0)

    def _write_counts(self) -> None:
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

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("This network gets XOR wrong. Train it and watch it learn."))
        numbers = 17 if self._state is None else self._state.network.parameter_count()
        self._lead.setText(
            tr(
                "XOR is 1 when exactly one of its two inputs is 1. This network has {n} numbers. "
                "You can see every one of them, and change any of them.",
                n=show_integer(numbers),
            )
        )
        write_on(
            self.train_button,
            tr("Train"),
            tr("Train this network ({key})", key=key_of("train")),
        )
        self._or.setText(tr("or press"))
        self._space.setText(key_of("train"))
        write_on(self.panels_button, tr("Show all panels"))
        self.open_button.setText(tr("Open a saved network…"))
        describe(self.open_button, tr("Open a saved network"))
        write_on(
            self.teach_button,
            tr("Teach it your own images"),
            tr("Make classes of your own images and train a network to tell them apart"),
        )
        self._before.setText(tr("Before training"))
        self._lessons.setText(tr("Or start with a lesson"))
        write_on(
            self.lessons_button,
            tr("All lessons"),
            tr("All lessons ({key})", key=key_of("learn")),
        )
        line, gate, photo = self.cards
        line.write(
            tr("Why can’t a perceptron do XOR?"),
            tr("A lesson: a threshold unit learns AND, and its line finds no rest on XOR."),
        )
        gate.write(
            tr("Build gates by hand"),
            tr("A lesson: set two weights and a bias until a neuron becomes AND."),
        )
        photo.write(
            tr("Deep learning with OpenCV"),
            tr("A lesson: a network of 4.6 million weights names what a picture shows."),
        )
        describe(self.map, tr("What the network answers for every pair of inputs"))
        self._level_cards()
        self._write_counts()

    def restyle(self) -> None:
        """Put on the theme in use."""
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
        self._level_cards()

    def _level_cards(self) -> None:
        """Give all sentences the height of the longest, so that pictures and titles are level."""
        margins = self._grid.contentsMargins()
        gaps = margins.left() + margins.right() + (len(self.cards) - 1) * GAP_XL_PX
        width = (self.width() - gaps) // len(self.cards)
        for card in self.cards:
            card.keep_for_sentence(0)  # what was kept counts in what a sentence needs
        height = max(card.sentence_px(width) for card in self.cards)
        for card in self.cards:
            card.keep_for_sentence(height)
