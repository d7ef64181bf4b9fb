"""The microscope: a sheet with every number of one training step, in eight steps."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from foundation.text import tr, tr_context, tr_plural
from gui.actions import first_shortcut
from gui.build_tab.build_model import BuildModel
from gui.build_tab.microscope.backward_cards import (
    BlameCard,
    ErrorCard,
    LossChangeCard,
    PredictCard,
    UpdateCard,
)
from gui.build_tab.microscope.drawings import Thumbnail
from gui.build_tab.microscope.forward_cards import (
    ActivationCard,
    BiasCard,
    InputsCard,
    SumCard,
    WeightsCard,
)
from gui.build_tab.microscope.part_card import PartCard, draw_badge, write
from gui.build_tab.microscope.row_chooser import RowChooser
from gui.build_tab.microscope.sentences import part_names, step_names
from gui.build_tab.microscope.step_view import MAX_TERMS, StepView
from gui.build_tab.microscope.tracing import StepMade, Tracer, step_made, step_request
from gui.build_tab.microscope.transcript import as_latex, as_text
from gui.build_tab.names import unit_name
from gui.build_tab.network_view.unit_pictures import unit_picture
from gui.build_tab.state import Activity, BuildState, has_unit
from gui.error_texts import sentence_of
from gui.explain import explain
from gui.format import show_integer
from gui.spoken import signs_in_words
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, active, icon
from gui.widgets.accessible import announce
from gui.widgets.basic import (
    ColumnScroll,
    attach_menu,
    describe,
    label,
    menu_action,
    push_button,
    rule,
    set_role,
    show_text,
    tool_button,
)
from gui.widgets.layouts import STRETCH, add_parts, hbox, vbox
from gui.widgets.painting import drawn_icon
from gui.widgets.panel import Panel
from model.insight.step.walk import STEPS, Part, Place, first_part, place_after, place_before
from model.places import UnitAt, WeightAt

WIDTH_PX = 428
_FORWARD = (Part.INPUTS, Part.BIAS, Part.WEIGHTS, Part.SUM, Part.ACTIVATION, Part.ERROR)
"""The parts that are shown for a network that cannot be trained."""
_ICON_PX, _ICON_GAP_PX = 18, 4
_MAX_NAME_PX = 84


class StepList(Panel):
    """The eight steps in two columns: finished ones are ticked; a click goes to one."""

    def __init__(self, choose: Callable[[Part], None]) -> None:
        super().__init__("microscope_steps")
        self._current = 0
        self.group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(1)
        for step in range(1, STEPS + 1):
            button = tool_button(f"microscope_step_{step}")
            set_role(button, role="step", tone="")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(_ICON_PX + _ICON_GAP_PX, _ICON_PX))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.group.addButton(button, step)
            grid.addWidget(button, (step - 1) % 4, (step - 1) // 4)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        self.group.idClicked.connect(lambda step: choose(first_part(step)))
        self.retranslate()

    def show_step(self, step: int) -> None:
        """Show which step is the current one."""
        if step != self._current:
            self._current = step
            self._dress()

    def retranslate(self) -> None:
        """Name the steps."""
        for step, name in enumerate(step_names(), start=1):
            button = self.group.button(step)
            button.setText(name)
            text = tr("Step {n}: {name}", n=step, name=name)
            describe(button, text)
        self._dress()

    def restyle(self) -> None:
        """Apply the current theme."""
        self._dress()

    def _dress(self) -> None:
        for step in range(1, STEPS + 1):
            button, is_current = self.group.button(step), step == self._current
            if step < self._current:
                button.setIcon(_step_icon(icon("check-circle", "acc"), "", False))
            else:
                button.setIcon(_step_icon(None, str(step), is_current))
            button.setChecked(is_current)
            # Tab comes to the present step; arrows go to the others, as in any group.
            by_tab, by_click = Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(by_tab if is_current else by_click)


def _step_icon(done: QIcon | None, text: str, is_current: bool) -> QIcon:
    """Return a number in a circle, or a tick for a finished step, followed by a gap."""

    def draw(painter: QPainter) -> None:
        if done is None:
            draw_badge(painter, QRectF(0, 0, _ICON_PX, _ICON_PX), text, is_current)
        else:
            done.paint(painter, QRect(0, 0, _ICON_PX, _ICON_PX))

    return drawn_icon(QSize(_ICON_PX + _ICON_GAP_PX, _ICON_PX), draw)


class Microscope(Panel):
    """Follows one row through one unit, forward and back, with the network's numbers."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__("microscope")
        self._model = model
        self._state: BuildState | None = None
        self._made: StepMade | None = None
        self._view: StepView | None = None
        self._spoken: Place | None = None
        self._is_opening, self._is_scrolled = True, False
        self._is_prepared = False
        self._tracer = Tracer()
        go = self._go_to
        self.update_card = UpdateCard(go, self._explain, self._model.examine_batch)
        self.cards: tuple[PartCard, ...] = (
            InputsCard(go),
            BiasCard(go),
            WeightsCard(go),
            SumCard(go),
            ActivationCard(go),
            ErrorCard(go),
            BlameCard(go),
            self.update_card,
            LossChangeCard(go),
            PredictCard(go),
        )
        self._lay_out()
        set_role(self, role="panel", side="right")
        self.retranslate()

    def _lay_out(self) -> None:
        layout = vbox(self._make_head(), on=self, gap=0, margins=(1, 0, 0, 0))
        self.message = label("label", "microscope_message", wrap=True)
        self.message.setContentsMargins(INSET_PX + 4, GAP_M_PX, INSET_PX, GAP_M_PX)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.hide()
        layout.addWidget(self.message, 1)  # it has the sheet's room, which is hidden then
        self._content = QWidget()
        self.reason = label("label", "microscope_reason", wrap=True)
        self.reason.setContentsMargins(INSET_PX + 4, GAP_M_PX, INSET_PX, GAP_M_PX)
        self.reason.hide()
        vbox(*self.cards, self.reason, STRETCH, on=self._content, gap=0, margins=0)
        self.sheet = ColumnScroll("microscope_scroll")
        self.sheet.setWidget(self._content)
        bar = self.sheet.verticalScrollBar()
        bar.rangeChanged.connect(self._bring_into_sight)
        bar.actionTriggered.connect(self._on_scrolled)
        add_parts(layout, rule(), (self.sheet, 1), rule(), self._make_foot())
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Set the tab order: the head, the steps, the weights, and the two buttons below."""
        stops = [
            self.rows.combo,
            self.rows.number,
            self.copy_button,
            self.close_button,
            *self.steps.group.buttons(),
            *self.update_card.whose.group.buttons(),
            self.update_card.table,
            self.back_button,
            *self._ways,
        ]
        for before, after in itertools.pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _make_head(self) -> QVBoxLayout:
        self.picture = Thumbnail()
        self.title = label("title", "microscope_title")
        explain(self.title, "microscope", "unit")
        self.rows = RowChooser(self._model)
        self.copy_button = tool_button(
            "microscope_copy",
            size="small",
            icon=icon("copy", "t2"),
            accessible_name="Copy the formulas",
        )
        menu, name = attach_menu(self.copy_button, QMenu(self.copy_button)), "microscope_copy"
        self._copy_text = menu_action(menu, f"{name}_text", "", lambda: self._copy(as_text))
        self._copy_latex = menu_action(menu, f"{name}_latex", "", lambda: self._copy(as_latex))
        self._copy_picture = menu_action(menu, f"{name}_picture", "", self._copy_as_picture)
        self.close_button = tool_button(
            "microscope_close",
            size="small",
            icon=icon("x", "t2"),
            do=self._model.close_microscope,
            accessible_name="Close the microscope",
            tip="Close (Esc)",
        )
        buttons = self.copy_button, self.close_button
        parts = self.picture, self.title, GAP_S_PX, (self.rows, 1), *buttons
        first = hbox(*parts, gap=GAP_S_PX)
        self.steps = StepList(self._go_to)
        self.heading = label("title", "microscope_heading")
        self.epoch = label("label", "microscope_epoch")
        self.epoch.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note = label("hint", "microscope_note", wrap=True)
        self.note.hide()
        return vbox(
            first,
            self.steps,
            hbox(self.heading, STRETCH, self.epoch),
            self.note,
            gap=6,
            margins=(INSET_PX + 2, GAP_M_PX, INSET_PX, GAP_M_PX - 2),
        )

    def _make_foot(self) -> QHBoxLayout:
        self.back_button = push_button(
            "microscope_back",
            icon=icon("arrow-left", "t1"),
            do=lambda: self._model.walk(on=False),
            text="Previous",
            accessible_name="Previous part",
            tip=lambda: tr("Previous part ({key})", key=first_shortcut("microscope_back")),
        )
        self.next_button = push_button(
            "microscope_next",
            tone="primary",
            icon=icon("arrow-right", "onacc"),
            do=lambda: self._model.walk(on=True),
            accessible_name="Next part",
            tip=lambda: tr("Next part ({key})", key=first_shortcut("microscope_on")),
        )
        self.next_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.apply_button = push_button(
            "microscope_apply",
            tone="primary",
            do=self._apply,
            text="Apply this step",
            tip="Make this step: the new weights become the network’s",
        )
        self.again_button = push_button(
            "microscope_again",
            tone="primary",
            icon=icon("arrow-counter-clockwise", "onacc"),
            do=self._start_again,
            text="Start again",
            tip="Back to step 1, with the new weights",
        )
        self._ways = self.next_button, self.apply_button, self.again_button
        self.alone = label("hint", "microscope_alone", wrap=True)
        self.alone.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return hbox(
            self.back_button,
            (self.alone, 1),
            *self._ways,
            gap=GAP_M_PX,
            margins=(INSET_PX, GAP_M_PX),
        )

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Show a state; while closed, forget the previous one."""
        old, self._state = self._state, state
        if state.selection.part is None:
            self._state = self._made = self._view = self._spoken = None
            self._tracer.follow(None)
            return
        if old is not None:
            self._made = step_made(old, state) or self._made
        self._show(state)

    def prepare(self, state: BuildState) -> None:
        """Show a state while closed, so that opening changes little."""
        self._is_prepared = True
        if state.selection.part is None:
            selection = replace(state.selection, part=Part.SUM)
            self.show_state(dataclasses.replace(state, selection=selection))
            self.show_state(state)

    def _show(self, state: BuildState) -> None:
        """Show the head, and request the row's numbers."""
        place = state.selection.place
        if place is None:
            return
        self.rows.show_state(state)
        self._show_place(state, place)
        is_there = state.data.is_ready and len(state.dataset.x_train) > 0
        self._tracer.follow(step_request(state, self._made) if is_there else None)
        self._show_numbers()

    def _show_place(self, state: BuildState, place: Place) -> None:
        """Show the current part and unit, and where the walk continues."""
        network = state.experiment.network
        name = unit_name(place.at, network, state.dataset)
        metrics, right = self.title.fontMetrics(), Qt.TextElideMode.ElideRight
        short = metrics.elidedText(name, right, _MAX_NAME_PX)
        write(self.title, tr("Microscope · {name}", name=short))
        self.steps.show_step(place.part.step)
        names = part_names()
        write(
            self.heading,
            tr(
                "Step {n} of {steps}: {part}",
                n=place.part.step,
                steps=STEPS,
                part=names[place.part],
            ),
        )
        self.picture.show_picture(unit_picture(state, place.at))
        self.picture.setAccessibleName(
            signs_in_words(tr("What {unit} answers over the plane of the inputs", unit=name))
        )
        show_text(self.epoch, tr("epoch {n}", n=show_integer(state.epoch)))
        before, after = place_before(place, network), place_after(place, network)
        self.back_button.setEnabled(before is not None)
        text = tr_context("Microscope", "Next")
        if after is not None:
            text = tr("Next: {part}", part=names[after.part])
        self.next_button.setText(text)
        for card in self.cards:
            card.set_current(card.part is place.part)

    def _show_numbers(self) -> None:
        """Show the known numbers, or why they are missing."""
        state, step = self._state, self._tracer.step
        if state is None or (place := state.selection.place) is None:
            return
        self._offer_next_part(state, place)
        write(self.note, self._notes(state))
        write(self.alone, self._step_scope(state))
        message = "" if step is not None else self._message(state)
        write(self.message, message)
        self.sheet.setVisible(step is not None)
        self.copy_button.setEnabled(step is not None)
        if step is None or not has_unit(step.experiment.network, place.at):
            self._view = None
            self._announce(state, place, message)
            return
        weight = state.selection.weight
        chosen, wanted = -1 if weight is None else weight.row, self._tracer.wanted
        row = state.row if wanted is None else wanted.row
        view = StepView(state, step, step.unit(place.at), chosen, row)
        old, self._view = self._view, view
        if old is None or not _shows_the_same(old, view):
            refusal = view.step.refusal
            goes_on = old is not None and state.running and old.state.selection == state.selection
            for card in self.cards:
                card.setVisible(refusal is None or card.part in _FORWARD)
                # While a training goes on, what is scrolled out of sight waits to be seen, or for
                # the training to rest.
                waits = goes_on and card.visibleRegion().isEmpty()
                if not waits and not card.isHidden():
                    card.show_view(view)
            write(self.reason, "" if refusal is None else sentence_of(refusal))
        if old is None or old.state.selection.place != place:
            self._is_opening, self._is_scrolled = old is None, False
        layout = self._content.layout()
        assert layout is not None
        layout.activate()
        self._bring_into_sight()
        self._announce(state, place, self._card_at(place).spoken())

    def _offer_next_part(self, state: BuildState, place: Place) -> None:
        """Offer the next part; at the end the training step, then a restart."""
        wanted, step = self._tracer.wanted, self._tracer.step
        shown = self.next_button
        if place_after(place, state.experiment.network) is None:
            is_made = wanted is not None and wanted.made is not None
            shown = self.again_button if is_made else self.apply_button
        had_focus = any(button.hasFocus() for button in self._ways)
        shown.show()
        if step is not None and wanted is not None:
            is_test = state.row_number(wanted.row)[1] and not wanted.of_batch
            can_be_made = step.refusal is None and step.is_finite and not is_test
            self.apply_button.setEnabled(can_be_made and state.activity is Activity.REST)
        if had_focus:
            shown.setFocus()
        self.next_button.setEnabled(shown is self.next_button)
        for button in self._ways:
            button.setVisible(button is shown)

    def _card_at(self, place: Place) -> PartCard:
        return next(card for card in self.cards if card.part is place.part)

    def _announce(self, state: BuildState, place: Place, numbers: str) -> None:
        """Announce the current part and its numbers, unless it is only prepared."""
        is_open = self._model.state.selection.part is not None
        if is_open and place != self._spoken and not state.running:
            self._spoken = place
            name = unit_name(place.at, state.experiment.network, state.dataset)
            told = signs_in_words(f"{name}. {self.heading.text()}. {numbers}")
            announce(self, told, waits=True)

    def _bring_into_sight(self) -> None:
        """Scroll to the current part if it is partly hidden; on opening, to its top.

        The layout needs several passes to find the cards' heights, so this is repeated when the
        sheet's height changes, unless the user has scrolled meanwhile.
        """
        place = None if self._state is None else self._state.selection.place
        if place is None or self._is_scrolled:
            return
        card: QWidget = self._card_at(place)
        card = self.reason if card.isHidden() else card
        bar, room = self.sheet.verticalScrollBar(), self.sheet.viewport().height()
        top = card.y()
        is_seen = bar.value() <= top and top + card.height() <= bar.value() + room
        if self._is_opening or not is_seen:
            bar.setValue(top)

    def _on_scrolled(self) -> None:
        self._is_scrolled = True

    def _message(self, state: BuildState) -> str:
        """Return the reason for missing numbers."""
        error = self._tracer.error or state.data.error
        if error is not None:
            return sentence_of(error)
        if state.data.share is not None:
            return tr("The rows are being read. The numbers come with them.")
        if not state.data.is_ready or len(state.dataset.x_train) == 0:
            return tr("There are no rows. Press Train to read them, or choose other data.")
        return tr("No row is chosen. Choose one above, in the table or on the map.")

    def _notes(self, state: BuildState) -> str:
        """Return remarks on these numbers."""
        wanted, said = self._tracer.wanted, list[str]()
        if wanted is None:
            return " ".join(said)
        dataset, step = state.dataset, self._tracer.step
        if wanted.made is not None:
            said.append(self._last_step_sentence(state, wanted.made))
        elif dataset.table_x is None and wanted.row >= len(dataset.x_train):
            said.append(tr("A test row: training never uses it."))
        if step is not None and not step.is_finite:
            said.append(tr("A sum or the loss is no finite number. Undo, or reset."))
        dropped = any(layer.dropout for layer in state.experiment.network.layers[:-1])
        if dropped and not wanted.of_batch:
            said.append(tr("Without drop-out, which leaves out units at random in training."))
        if state.selection.of_batch and not wanted.of_batch:
            said.append(tr("While it trains, a batch of so many rows cannot be followed."))
        if dataset.y_offset is not None:
            said.append(
                tr("Answers and targets stand scaled in formulas, as the network has them.")
            )
        if state.experiment.training.dtype == "float32" and not wanted.of_batch:
            said.append(tr("In 64 bits; training computes in 32."))
        return " ".join(said)

    def _last_step_sentence(self, state: BuildState, rows: tuple[int, ...]) -> str:
        """Describe the rows used by the last step."""
        if not state.selection.of_batch:
            return tr("The step on this row is made: before, change and after.")
        shown = [show_integer(row + 1) for row in dict.fromkeys(state.rows_of(rows))]
        if not shown:
            return tr("The last step used all rows: before, change and after.")
        if len(shown) == 1:
            return tr("The last step used row {row} alone: before, change and after.", row=shown[0])
        if len(shown) > MAX_TERMS:
            return tr(
                "The last step used {n} rows: before, change and after.", n=show_integer(len(shown))
            )
        return tr(
            "The last step used rows {rows}: before, change and after.", rows=", ".join(shown)
        )

    def _step_scope(self, state: BuildState) -> str:
        """Return a text saying whether the step is on the row or a batch."""
        wanted, step = self._tracer.wanted, self._tracer.step
        if wanted is None or not wanted.of_batch:
            return tr("This row alone, batch of 1").replace(" 1", "\N{NO-BREAK SPACE}1")
        if step is None or step.batch is None:
            return tr("The batch")
        rows = len(step.batch.rows)
        return tr_plural("The batch: 1 row", "The batch: {n} rows", rows, n=show_integer(rows))

    # -- What the user does ------------------------------------------------------------------------

    def _go_to(self, part: Part) -> None:
        place = None if self._state is None else self._state.selection.place
        if place is not None and part is not place.part:
            self._model.examine(place.at, part)

    def _apply(self) -> None:
        """Apply the step shown; its effects stay visible."""
        state, step = self._state, self._tracer.step
        if state is None or step is None:
            return
        self._model.apply_step(step)
        made = self._model.state.experiment
        if step.batch is None and made is not state.experiment:
            self._made = StepMade(state.experiment, made, (), state.row, is_alone=True)
            self._show(self._model.state)

    def _start_again(self) -> None:
        """Start again at the inputs, with the step's new weights."""
        self._made = None
        self._model.examine(UnitAt(0, 0), Part.INPUTS)
        if self._state is not None:
            self._show(self._state)

    def _explain(self, row: int) -> None:
        """Show where a weight's gradient comes from."""
        place = None if self._state is None else self._state.selection.place
        if place is not None:
            self._model.examine(WeightAt(place.at.layer, row, place.at.unit), Part.UPDATE)

    def _copy(self, write_out: Callable[[StepView], str]) -> None:
        if self._view is not None:
            QGuiApplication.clipboard().setText(write_out(self._view))

    def _copy_as_picture(self) -> None:
        """Copy a picture of all parts at twice the screen's resolution."""
        sheet = QPixmap(self._content.size() * 2)
        sheet.setDevicePixelRatio(2)
        sheet.fill(QColor(active().bg1))
        self._content.render(sheet)
        QGuiApplication.clipboard().setPixmap(sheet)

    # -- Language and theme ------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._copy_text.setText(tr("Copy as text"))
        self._copy_latex.setText(tr("Copy as LaTeX"))
        self._copy_picture.setText(tr("Copy as picture"))
        self.restyle()
        if self._is_prepared:
            self.prepare(self._model.state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self._view = None
        if self._state is not None:
            self._show(self._state)


def _shows_the_same(old: StepView, new: StepView) -> bool:
    """Return whether two views have the same numbers and words."""
    return (
        old.step is new.step
        and old.unit.at == new.unit.at
        and old.wanted == new.wanted
        and old.dataset is new.dataset
        and old.state.running == new.state.running
        and old.state.selection.of_batch == new.state.selection.of_batch
    )
