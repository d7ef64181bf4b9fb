"""The bar at the top of Teach: training and its settings."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from foundation.text import mark, tr, tr_context
from gui.actions import Actions, first_shortcut
from gui.format import parse_whole, percent, show_integer
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.teach_tab.teaching import MAX_EPOCHS, MAX_HIDDEN, MAX_RATE, TeachSettings
from gui.theme import GAP_L_PX, INSET_PX, icon
from gui.widgets.basic import check_box, describe, push_button, set_role, tool_button
from gui.widgets.fields import ChoiceCombo, Field, NumberCombo, NumberEdit, ValueCombo, ValueEdit
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.popup_form import ROW_GAP_PX, PopupForm
from model.edits.network import MAX_UNITS

HEIGHT_PX = 56
_TRAIN_PX = 132
_ICON = QSize(20, 16)
_RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01)
_HIDDEN: tuple[tuple[int, ...], ...] = ((), (32,), (64,), (128,), (128, 32))
_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)


class LayersEdit(ValueEdit[tuple[int, ...]]):
    """A field for the units of up to two hidden layers: "128, 32"."""

    def __init__(self) -> None:
        super().__init__("teach_hidden_text", ())
        self.none = ""

    def text_of(self, value: tuple[int, ...]) -> str:
        """Return layers as text; no layers are written as `none`."""
        return ", ".join(map(show_integer, value)) or self.none

    def read(self, text: str) -> tuple[int, ...] | None:
        """Return the hidden layers in a text; ``None`` if it is invalid."""
        if text.strip().casefold() in ("", "0", self.none.casefold()):
            return ()
        units = [parse_whole(part) for part in text.replace(";", ",").split(",")]
        found = tuple(u for u in units if u is not None and 1 <= u <= MAX_UNITS)
        return found if len(found) == len(units) <= MAX_HIDDEN else None


class MoreSettings(PopupForm):
    """The form for dropout, L2, augmentation, seed and threshold."""

    def __init__(self, model: TeachModel, bar: TeachBar) -> None:
        super().__init__("teach_more_panel", bar)
        self.dropout = NumberEdit("teach_dropout", 0.0, 0.95)
        self.l2 = NumberEdit("teach_l2", 0.0, 10.0)
        self.seed = NumberEdit("teach_seed", 0, 2**31 - 1, whole=True)
        self.threshold = NumberEdit("teach_threshold", 0.0, 1.0)
        self.extra = vbox(gap=ROW_GAP_PX)
        self.grid.addLayout(self.extra, 0, 0, 1, 2)
        self.add_row(
            "dropout",
            self.dropout,
            "drop-out",
            caption="Drop-out",
            tip="Share of hidden units silenced a step",
        )
        self.add_row(
            "l2",
            self.l2,
            "regularisation",
            caption=lambda: "L2",
            tip="Penalty on half the sum of w²",
        )
        self.add_row(
            "seed",
            self.seed,
            "seed",
            caption="Seed",
            tip="All randomness comes from this number, the choice of held-out images too",
        )
        self.add_row(
            "threshold",
            self.threshold,
            "threshold",
            caption="“Not sure” below",
            tip="A probability from 0 to 1; 0 reads it off the held-out images",
        )
        copies = {
            "flip": (mark("Learn mirrored copies too"), mark("Left and right exchanged")),
            "crop": (
                mark("Learn cut-out copies too"),
                mark("85 % of each side, anywhere in the image"),
            ),
            "brightness": (mark("Learn darker and brighter copies too"), mark("By a third")),
        }
        self.boxes = {
            name: check_box(f"teach_{name}", partial(bar.augment, name), text=text, tip=tip)
            for name, (text, tip) in copies.items()
        }
        self.follows = check_box(
            "teach_follows",
            model.set_following,
            text="Train again when images change",
            tip="The head goes on from where it stands, a moment after the last change",
        )
        self.anew_button = push_button(
            "teach_train_anew",
            size="small",
            do=model.train_from_scratch,
            text="Train from new weights",
            tip="Forget what the head has learned, and begin anew",
        )
        for control in (*self.boxes.values(), self.follows, self.anew_button):
            self.add_wide(control)
        self.dropout.entered.connect(lambda share: bar.edit(dropout=share))
        self.l2.entered.connect(lambda penalty: bar.edit(l2=penalty))
        self.seed.entered.connect(lambda seed: model.set_seed(int(seed)))
        self.threshold.entered.connect(lambda share: bar.edit(threshold=share or None))
        self.retranslate()

    def show_state(self, state: TeachState) -> None:
        """Show the current settings."""
        settings = state.settings
        self.dropout.show_value(settings.dropout)
        self.dropout.setEnabled(bool(settings.hidden))
        self.l2.show_value(settings.l2)
        self.seed.show_value(state.collection.seed)
        self.threshold.show_value(settings.threshold or 0.0)
        for name, box in self.boxes.items():
            box.setChecked(bool(getattr(settings.augmentation, name)))
        self.follows.setChecked(state.follows)
        self.anew_button.setEnabled(state.head is not None and state.busy is None)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for edit in (self.dropout, self.l2, self.seed):
            edit.retranslate()
        self.threshold.retranslate({0.0: tr("automatic")})


class TeachBar(Panel):
    """Buttons to train, pause and cancel, and the settings of the training."""

    def __init__(self, model: TeachModel, actions: Actions) -> None:
        super().__init__("teach_training_bar")
        self._model = model
        self._settings = TeachSettings()
        self.setFixedHeight(HEIGHT_PX)
        train = actions["teach_train"].trigger
        self.train_button = push_button("teach_train", "primary", "bar", do=train)
        self.train_button.setIconSize(_ICON)
        self.train_button.setMinimumWidth(_TRAIN_PX)
        self.cancel_button = tool_button(
            "teach_cancel",
            "",
            "bar",
            icon("x"),
            model.cancel,
            accessible_name=lambda: tr_context("TeachBar", "Cancel"),
            tip="Give up; the head from before stays",
        )
        self.cancel_button.setIconSize(_ICON)
        self.epochs = NumberEdit("teach_epochs", 1, MAX_EPOCHS, whole=True)
        self.rate = NumberCombo("teach_rate", _RATES, 1e-7, MAX_RATE)
        self.layers = LayersEdit()
        self.hidden = ValueCombo("teach_hidden", self.layers, _HIDDEN)
        self.hold_out = ChoiceCombo("teach_hold_out", [str(share) for share in _SHARES])
        self.more_button = tool_button(
            "teach_more",
            "",
            icon=icon("sliders-horizontal"),
            do=self._open_more,
            accessible_name="More settings",
            tip="Drop-out, L2, changed copies, seed and the threshold of “not sure”",
        )
        self.more = MoreSettings(model, self)
        self._fields = (
            Field(
                self.epochs,
                64,
                term="epoch",
                caption="Epochs",
                tip="How often every image is learned from before training stops",
            ),
            Field(
                self.rate,
                84,
                term="learning-rate",
                caption="Learning rate",
                tip="How far each step goes",
            ),
            Field(
                self.hidden,
                84,
                term="hidden-layer",
                caption="Hidden units",
                tip="None, or one or two layers, as in 64 or 128, 32",
            ),
            Field(
                self.hold_out,
                74,
                term="training-set-test-set",
                caption="Hold out",
                tip="Share of the images that is kept back to test the head with",
            ),
        )
        self._is_folded = False
        self._shown: tuple[object, ...] = ()
        self._lay_out()
        self._connect()
        set_role(self, role="bar")
        self.retranslate()
        self.show_state(model.state)

    def _lay_out(self) -> None:
        self._row = hbox(
            self.train_button,
            self.cancel_button,
            *self._fields,
            STRETCH,
            (self.more_button, 0, Qt.AlignmentFlag.AlignVCenter),
            on=self,
            gap=GAP_L_PX,
            margins=(INSET_PX + 4, 0),
        )

    def _connect(self) -> None:
        model = self._model
        self.epochs.entered.connect(lambda epochs: self.edit(epochs=int(epochs)))
        self.rate.number.entered.connect(lambda rate: self.edit(rate=rate))
        self.layers.entered.connect(lambda hidden: self.edit(hidden=hidden))
        self.hold_out.chosen.connect(lambda key: model.set_hold_out(float(key)))

    # -- Actions -----------------------------------------------------------------------------------

    def _open_more(self) -> None:
        """Open the form, with the focus in the first enabled field."""
        fields = [self.more.dropout, self.more.l2]
        if self._is_folded:
            fields.insert(0, self.epochs)
        self.more.open_under(self.more_button, next(one for one in fields if one.isEnabled()))

    def edit(self, **settings: Any) -> None:
        """Change some settings."""
        self._settings = replace(self._settings, **settings)
        self._model.set_settings(self._settings)

    def augment(self, name: str, on: bool) -> None:
        """Switch a kind of augmentation on or off."""
        self.edit(augmentation=replace(self._settings.augmentation, **{name: on}))

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the settings, and the current action of the first button."""
        shown = (
            state.settings,
            state.collection,
            state.busy is not None,
            state.is_training,
            state.follows,
            state.head is not None,
        )
        if shown == self._shown:  # a stream brings many states that are none of the bar's
            return
        self._shown = shown
        self._settings = state.settings
        self.epochs.show_value(state.settings.epochs)
        self.rate.number.show_value(state.settings.rate)
        self.layers.show_value(state.settings.hidden)
        self._show_hold_out(state.collection.hold_out)
        self.more.show_state(state)
        self.cancel_button.setVisible(state.busy is not None)
        self._write_button()
        self.refit()

    def _show_hold_out(self, share: float) -> None:
        """Select a share, adding it to the list if missing."""
        key = str(share)
        if self.hold_out.findData(key) < 0:
            self.hold_out.addItem(percent(share, 0), key)
        self.hold_out.show_key(key)

    # -- Words -------------------------------------------------------------------------------------

    def _write_button(self) -> None:
        is_training = self._model.state.is_training
        text = tr("Pause") if is_training else tr("Train head")
        self.train_button.setIcon(icon("pause-fill" if is_training else "play-fill", "onacc"))
        self.train_button.setText(text)
        describe(
            self.train_button,
            text,
            tr("{action} ({key})", action=text, key=first_shortcut("teach_train")),
        )

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._write_button()
        for field in self._fields:
            field.fit()
        self.epochs.retranslate()
        self.rate.retranslate()
        self.layers.none = tr("none")
        self.hidden.write()
        shares = [float(self.hold_out.itemData(i)) for i in range(self.hold_out.count())]
        self.hold_out.write([percent(share, 0) for share in shares])
        self.refit()

    # -- Room --------------------------------------------------------------------------------------

    def refit(self) -> None:
        """Move fields that do not fit behind "More"."""
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        room = self.width() - margins.left() - margins.right()
        room -= max(_TRAIN_PX, self.train_button.sizeHint().width())
        room -= self.more_button.sizeHint().width() + 2 * gap
        if not self.cancel_button.isHidden():
            room -= self.cancel_button.sizeHint().width() + gap
        is_folded = sum(field.usual_px + gap for field in self._fields) > room
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            self._fold()
        for field in self._fields:
            if not is_folded:
                field.control.setFixedWidth(field.usual_px)
        for edit in (self.rate.number, self.layers):
            if not edit.hasFocus():
                edit.setCursorPosition(0)  # a text that once had no room would stay cut at its left

    def _fold(self) -> None:
        """Move the fields to the form or back, keeping their tab order."""
        QWidget.setTabOrder(self.cancel_button, self.more_button)
        before: QWidget = self.cancel_button
        for place, field in enumerate(self._fields):
            if self._is_folded:
                self.more.extra.addWidget(field)
            else:
                self._row.insertWidget(2 + place, field)
            field.show_beside(self._is_folded)
            # Qt shows what changed its parent only later.
            field.show()
            if place or not self._is_folded:
                QWidget.setTabOrder(before, field.control)
            before = field.control
        after = self.more.dropout if self._is_folded else self.more_button
        QWidget.setTabOrder(before, after)
