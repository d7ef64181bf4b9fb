"""The headers above the layers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cached_property, partial
from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QMenu, QToolButton, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.function_cards.function_card import ActivationCard
from gui.build_tab.layers import LAYER_VIEWS
from gui.build_tab.names import activation_names
from gui.explain import explain
from gui.format import percent, show_integer
from gui.theme import GAP_S_PX, icon
from gui.widgets.basic import (
    add_choices,
    attach_menu,
    frame,
    label,
    named,
    set_role,
    tool_button,
)
from gui.widgets.combos import combo_px
from gui.widgets.fields import ChoiceCombo, NumberEdit
from gui.widgets.info_card import Subject, info_button
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.activations import ACTIVATION_KINDS
from model.edits.network import MAX_UNITS
from model.experiment import ACTIVATIONS, Activation, LayerSpec, NetworkSpec
from model.layers import LAYER_KINDS

MAX_UNITS_BY_BUTTON = 64
DROPOUTS = (0.0, 0.1, 0.2, 0.3, 0.5)
NAME_BESIDE_PX, MENU_BESIDE_PX = 6, 24
"""Extra width next to a layer's name, without and with a menu arrow."""

HEIGHT_PX, STACKED_PX, GAP_PX, TIGHT_PX = 46, 76, 10, 3
ADDER_PX, FEATURES_PX = 20, 24


class Detail(IntEnum):
    """The level of detail of a header."""

    FULL = 0
    SHORT = 1
    """A short name; the menu alone explains the activation."""

    STACKED = 2
    """The activation under the name and the units."""

    MENU = 3
    NAME = 4
    """A name without a menu arrow."""


class ActivationCombo(ChoiceCombo):
    """A combo box of activations, as wide as its text."""

    def __init__(self, object_name: str, choices: Sequence[Activation]) -> None:
        super().__init__(object_name, choices)
        self.currentIndexChanged.connect(self.updateGeometry)
        set_role(self, extent="tiny")

    def sizeHint(self) -> QSize:
        """Fit the chosen name."""
        return QSize(combo_px(self, self.currentText()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the size hint, so that names are never cut off."""
        return self.sizeHint()


def _long_name(layer: int, hidden: int) -> str:
    """Return a layer's full name in a network with `hidden` hidden layers."""
    if layer == hidden:
        return tr("Output")
    if hidden == 1:
        return tr("Hidden")
    return tr("Hidden {n}", n=layer + 1)


def _short_name(layer: int, hidden: int) -> str:
    """Return a layer's name in about three letters."""
    return tr("Out") if layer == hidden else tr("H{n}", n=layer + 1)


class LayerHeader(Panel):
    """A layer's name, number of units and activation, with a menu."""

    def __init__(
        self, model: BuildModel, layer: int, hidden: int, card: ActivationCard, parent: QWidget
    ) -> None:
        """Create the header of `layer` in a network with `hidden` hidden layers."""
        super().__init__(f"layer_{layer}", parent)
        self._model, self._layer, self._hidden, self._card = model, layer, hidden, card
        self.is_output = layer == hidden
        self._long_name = partial(_long_name, layer, hidden)
        long_name = self._long_name
        self._name = tool_button(
            f"layer_{layer}_menu",
            accessible_name=lambda: tr("{layer}: options", layer=long_name()),
            tip="Bias, drop-out, or remove the layer",
        )
        set_role(self._name, role="layer-name")
        explain(self._name, "output-layer" if self.is_output else "hidden-layer")
        self._count = label("label", f"layer_{layer}_count")
        self._box = self._make_units_box()
        choices = [a for a in ACTIVATIONS if self.is_output or not ACTIVATION_KINDS[a].is_joint]
        self.activation = worded(
            ActivationCombo(f"layer_{layer}_activation", choices),
            accessible_name=lambda: tr("{layer}: activation", layer=long_name()),
        )
        self.activation.chosen.connect(self._set_activation)
        self.info = worded(
            info_button(f"layer_{layer}_activation_info"),
            accessible_name=lambda: tr("{layer}: what its activation is", layer=long_name()),
        )
        self._choice = QWidget()
        hbox(self.activation, self.info, on=self._choice, gap=TIGHT_PX, margins=0)
        self._make_menu(choices)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_S_PX)
        for column, widget in enumerate((self._name, self._count, self._box)):
            self._grid.addWidget(widget, 0, column)
        self._grid.addWidget(self._choice, 0, 3)
        self._detail = Detail.FULL
        self._units = 1
        self.retranslate()

    def _make_units_box(self) -> QFrame:
        box, name, long_name = frame("seg"), self.objectName(), self._long_name
        self.fewer = tool_button(
            f"{name}_fewer",
            size="tiny",
            icon=icon("minus", "t2"),
            do=lambda: self._step_units(-1),
            accessible_name=lambda: tr("{layer}: one unit fewer", layer=long_name()),
        )
        self.more = tool_button(
            f"{name}_more",
            size="tiny",
            icon=icon("plus", "t2"),
            do=lambda: self._step_units(1),
            accessible_name=lambda: tr("{layer}: one unit more", layer=long_name()),
        )
        for button in (self.fewer, self.more):
            button.setIconSize(QSize(11, 11))
        self.units = worded(
            NumberEdit(f"{name}_units", 1, MAX_UNITS, whole=True),
            accessible_name=lambda: tr("{layer}: units", layer=long_name()),
            tip=lambda: tr("Units in this layer: type 1 to {n}", n=MAX_UNITS),
        )
        set_role(self.units, extent="tiny")
        self.units.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.units.textChanged.connect(self._fit_units)
        self.units.entered.connect(lambda units: self._model.set_units(self._layer, int(units)))
        self.units.report_refusals(self._model.report_failure)
        hbox(self.fewer, self.units, self.more, on=box, gap=0, margins=0)
        return box

    def _make_menu(self, choices: Sequence[Activation]) -> None:
        model, layer, name = self._model, self._layer, self.objectName()
        menu = attach_menu(self._name, QMenu(self))
        self._bias = worded(named(menu.addAction(""), f"{name}_bias"), text="Bias")
        self._bias.setCheckable(True)
        self._bias.triggered.connect(lambda on: model.set_bias(layer, on))
        self._kinds = menu.addMenu("")
        self._kind_actions = add_choices(
            self._kinds, LAYER_KINDS, lambda kind: model.set_layer_kind(layer, kind())
        )
        self._activations = menu.addMenu("")
        self._activation_actions = add_choices(self._activations, choices, self._set_activation)
        self._about = worded(
            named(menu.addAction(""), f"{name}_about"), text="About its activation"
        )
        self._attach_card()
        self._dropout = menu.addMenu("")
        self._dropout_actions = add_choices(
            self._dropout, DROPOUTS, lambda share: model.set_dropout(layer, share)
        )
        menu.addSeparator()
        self._more, self._fewer, self._insert, self._remove = (
            worded(menu.addAction("", lambda: self._step_units(1)), text="One unit more"),
            worded(menu.addAction("", lambda: self._step_units(-1)), text="One unit fewer"),
            worded(
                menu.addAction("", lambda: model.add_layer(layer)), text="Insert a layer before it"
            ),
            worded(menu.addAction("", lambda: model.remove_layer(layer)), text="Remove layer"),
        )
        named(self._remove, f"{name}_remove")
        self._kinds.menuAction().setVisible(not self.is_output and len(LAYER_KINDS) > 1)
        for item in (self._dropout.menuAction(), self._more, self._fewer, self._remove):
            item.setVisible(not self.is_output)

    def _attach_card(self) -> None:
        """Attach the explaining card to the choice and each entry of list and menu."""
        card = self._card
        name_of = {action: name for name, action in self._activation_actions.items()}

        def show(name: Activation | None = None) -> None:
            card.show_layer(self._layer, name)

        card.attach(Subject(self.activation, self.info, show))
        of_menu = Subject(self._name, None, show)
        self._about.triggered.connect(lambda: card.toggle(of_menu))
        menu = self._activations
        menu.hovered.connect(lambda action: card.preview(of_menu, name_of[action], menu))
        menu.aboutToHide.connect(lambda: card.end_preview(of_menu))

    def tab_stops(self) -> list[QWidget]:
        """Return the tab stops in order."""
        return [self._name, self.fewer, self.units, self.more, self.activation, self.info]

    # -- What is shown -----------------------------------------------------------------------------

    def show_layer(self, spec: LayerSpec) -> None:
        """Show the layer's settings."""
        self._units = spec.units
        self._count.setText(show_integer(spec.units))
        self.units.show_value(spec.units)
        self.activation.show_key(spec.activation)
        self._choice.updateGeometry()  # otherwise the header learns of it an event later
        self._bias.setChecked(spec.use_bias)
        self._activation_actions[spec.activation].setChecked(True)
        self._kind_actions[type(spec.kind)].setChecked(True)
        for share, action in self._dropout_actions.items():
            action.setChecked(share == spec.dropout)
        for fewer in (self.fewer, self._fewer):
            fewer.setEnabled(spec.units > 1)
        for more in (self.more, self._more):
            more.setEnabled(spec.units < MAX_UNITS_BY_BUTTON)
        self._show_name()

    def _fit_units(self, text: str) -> None:
        self.units.setFixedWidth(max(20, self.units.fontMetrics().horizontalAdvance(text) + 8))

    def show_detail(self, detail: Detail) -> None:
        """Show as much as fits."""
        is_stacked = detail == Detail.STACKED
        place = (1, 0, 1, 3, Qt.AlignmentFlag.AlignHCenter) if is_stacked else (0, 3)
        self._grid.addWidget(self._choice, *place)
        self._detail = detail
        has_controls = detail < Detail.MENU
        self._box.setVisible(has_controls and not self.is_output)
        self._count.setVisible(has_controls and self.is_output)
        self.info.setVisible(detail == Detail.FULL)
        self._choice.updateGeometry()
        self._choice.setVisible(has_controls)
        self._show_name()

    def width_at_detail(self, detail: Detail) -> int:
        """Apply the given level of detail, and return the header's width with it."""
        self.show_detail(detail)
        return self.sizeHint().width()

    def _show_name(self) -> None:
        text = _short_name(self._layer, self._hidden)
        if self._detail == Detail.FULL:
            text = self._long_name()
        elif self._detail == Detail.MENU:
            text = f"{text}\u2009·\u2009{show_integer(self._units)}"
        self._name.setText(text)
        has_arrow = self._detail != Detail.NAME
        set_role(self._name, extent="" if has_arrow else "narrow")
        beside = MENU_BESIDE_PX if has_arrow else NAME_BESIDE_PX
        self._name.setFixedWidth(self._name.fontMetrics().horizontalAdvance(text) + beside)

    # -- What the user does ------------------------------------------------------------------------

    def _set_activation(self, name: Activation) -> None:
        self._model.set_activation(self._layer, name)

    def _step_units(self, step: int) -> None:
        self._model.set_units(self._layer, min(max(self._units + step, 1), MAX_UNITS))

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        names = activation_names()
        self.activation.write([names[choice] for choice in self._activation_actions])
        for choice, action in self._activation_actions.items():
            action.setText(names[choice])
        for part in (self.activation, self._choice):
            part.updateGeometry()
        for share, action in self._dropout_actions.items():
            action.setText(percent(share, 0) if share else tr("None"))
        for kind, action in self._kind_actions.items():
            action.setText(LAYER_VIEWS[kind].name)
        self._kinds.setTitle(tr("Kind of layer"))
        self._activations.setTitle(tr("Activation"))
        self._dropout.setTitle(tr("Drop-out"))
        self._show_name()


class LayerHeaders(Panel):
    """Headers and the "+" between them, aligned with the columns of the drawing.

    `drawing` gets the focus when the focused control disappears.
    """

    def __init__(self, model: BuildModel, drawing: QWidget) -> None:
        super().__init__("layer_headers")
        self._model, self._drawing = model, drawing
        self.setFixedHeight(HEIGHT_PX)
        self._inputs = QWidget(self)
        self._inputs_name = label("strong", text="Inputs")
        explain(self._inputs_name, "input")
        self._inputs_count = label("label", "inputs_count")
        self.features = tool_button(
            "features_open",
            icon=icon("list-plus", "t2"),
            accessible_name="Choose the inputs",
            tip="Products, squares and sines as inputs too: x₁·x₂, x₁², sin x₁",
        )
        self.features.setCheckable(True)
        self.features.setIconSize(QSize(16, 16))
        parts = self._inputs_name, self._inputs_count, self.features
        hbox(*parts, on=self._inputs, gap=6, margins=0)
        self.headers: list[LayerHeader] = []
        self.adders: list[QToolButton] = []
        self._network: NetworkSpec | None = None
        self._shown: object = None
        self._xs: list[float] = []
        self._is_whole = True
        set_role(self, role="bar")

    @cached_property
    def card(self) -> ActivationCard:
        """The card that explains activations; a bare drawing has none."""
        return ActivationCard(self._model, self)

    def show_network(self, network: NetworkSpec, refusals: int = 0) -> bool:
        """Show the layers if they differ in more than weights; return whether they do.

        When `refusals` has changed, a field still shows a refused value and is reset.
        """
        self._network = network
        layers = [(x.units, x.activation, x.use_bias, x.dropout, x.kind) for x in network.layers]
        if (network.inputs, layers, refusals) == self._shown:
            return False
        self._shown = network.inputs, layers, refusals
        self._inputs_count.setText(show_integer(network.inputs))
        if self.isHidden():  # a bare drawing has none
            return True
        if len(self.headers) != len(network.layers):
            self._make_headers(len(network.layers))
        for header, spec in zip(self.headers, network.layers, strict=True):
            header.show_layer(spec)
        self.refit()
        return True

    def _make_headers(self, layers: int) -> None:
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus():
            # A hidden widget would hand the focus on as if Tab had been pressed.
            self._drawing.setFocus(Qt.FocusReason.ShortcutFocusReason)
        for old in (*self.headers, *self.adders):
            old.hide()
            old.setObjectName("")
            old.deleteLater()
        self.headers = [
            LayerHeader(self._model, layer, layers - 1, self.card, self) for layer in range(layers)
        ]
        self.adders = [self._make_adder(layer) for layer in range(layers)]
        for new in (*self.headers, *self.adders):
            new.show()

    def _make_adder(self, layer: int) -> QToolButton:
        adder = tool_button(
            f"add_layer_{layer}",
            tone="dashed",
            size="tiny",
            icon=icon("plus", "t2"),
            do=lambda: self._model.add_layer(layer),
            accessible_name=lambda: tr("Insert a layer before layer {n}", n=layer + 1),
            tip="Insert a hidden layer here",
        )
        adder.setParent(self)
        adder.setIconSize(QSize(10, 10))
        return adder

    def offer_features(self, on: bool) -> None:
        """Show or hide the button for choosing inputs."""
        if self.features.isHidden() == on:
            self.features.setVisible(on)
            self.refit()

    def tab_stops(self, after_inputs: Sequence[QWidget] = ()) -> list[QWidget]:
        """Return the tab stops in order; `after_inputs` come after the choice of inputs."""
        stops: list[QWidget] = [self.features, *after_inputs]
        for adder, header in zip(self.adders, self.headers, strict=True):
            stops += [adder, *header.tab_stops()]
        return stops

    def texts(self) -> list[str]:
        """Return one line per column: name, units, activation."""
        return [", ".join(filter(None, parts)) for parts in self._parts(short=False)]

    def wordings(self) -> list[list[str]]:
        """Return three wordings of the headers for a picture, the longest first.

        The shorter ones have two lines.
        """
        two_lines = [["\n".join(parts) for parts in self._parts(short)] for short in (False, True)]
        return [self.texts(), *two_lines]

    def _parts(self, short: bool) -> list[tuple[str, str]]:
        """Return each column's name with its units, and its activation (none for inputs)."""
        if self._network is None:
            return []
        parts = [(f"{self._inputs_name.text()} {self._inputs_count.text()}", "")]
        names, hidden = activation_names(), len(self._network.layers) - 1
        for layer, spec in enumerate(self._network.layers):
            name = _short_name(layer, hidden) if short else _long_name(layer, hidden)
            # "Hidden 2 · 4": a number in the name and the units must not run together.
            between = "\u2009·\u2009" if short or name[-1].isdigit() else " "
            parts.append((f"{name}{between}{show_integer(spec.units)}", names[spec.activation]))
        return parts

    # -- Place -------------------------------------------------------------------------------------

    def place(self, xs: list[float], is_whole: bool) -> None:
        """Centre the headers on the columns, given in this row's pixels, inputs first.

        `is_whole` says that the whole width of the drawing is visible; then every header is, too.
        """
        if (xs, is_whole) != (self._xs, self._is_whole):
            self._xs, self._is_whole = xs, is_whole
            self.refit()

    def refit(self) -> None:
        """Keep the headers in place."""
        if len(self._xs) != len(self.headers) + 1:
            return
        step = min((b - a for a, b in pairwise(self._xs)), default=0.0)
        fitting = (detail for detail in Detail if self._needed_step(detail) <= step)
        detail = next(fitting, Detail.NAME)
        self.setFixedHeight(STACKED_PX if detail == Detail.STACKED else HEIGHT_PX)
        self._inputs_count.setVisible(detail < Detail.MENU)
        # Here, because a style sheet that is put on later forgets what size is set.
        self.features.setFixedSize(FEATURES_PX, FEATURES_PX)
        for adder in self.adders:
            adder.setFixedSize(ADDER_PX, ADDER_PX)
        widgets: list[QWidget] = [self._inputs, *self.headers]
        for widget, x in zip(widgets, self._xs, strict=True):
            self._centre(widget, x)
        for adder, (a, b) in zip(self.adders, pairwise(widgets), strict=True):
            low, high = a.geometry().right(), b.geometry().left()
            adder.setVisible(high - low > ADDER_PX)
            adder.move(round((low + high - ADDER_PX) / 2), (self.minimumHeight() - ADDER_PX) // 2)

    def _needed_step(self, detail: Detail) -> float:
        """Return the distance between columns that the headers need."""
        widths = [header.width_at_detail(detail) for header in self.headers]
        pairs = pairwise([self._inputs.sizeHint().width(), *widths])
        step = max(((a + b) / 2 for a, b in pairs), default=0.0) + ADDER_PX
        if self._is_whole:  # the last header is pushed towards the others
            step += max(0.0, self._xs[-1] + widths[-1] / 2 - (self.width() - GAP_PX))
        return step

    def _centre(self, widget: QWidget, x: float) -> None:
        size = widget.sizeHint()
        left = round(x - size.width() / 2)
        if self._is_whole:
            left = max(GAP_PX, min(left, self.width() - size.width() - GAP_PX))
        top = (self.minimumHeight() - size.height()) // 2
        widget.setGeometry(left, top, size.width(), size.height())

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Fit the texts of the current language."""
        # Qt tells a parent first; the room must be shared out by the new texts.
        for header in self.headers:
            header.retranslate()
        self.refit()
