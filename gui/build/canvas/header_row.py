"""The row of layer headers over the drawing, each over its column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from gui.build.canvas.layer_header import Detail, LayerHeader
from gui.numbers import show_integer
from gui.theme import icon
from gui.widgets import describe, label, set_role, tool_button
from model.experiment import NetworkSpec

__all__ = ["HeaderRow"]

HEIGHT_PX, STACKED_PX, GAP_PX, TIGHT_PX = 46, 76, 10, 3
ADDER_PX, SMALL_ADDER_PX = 24, 16
# Small "+" buttons let two hidden layers keep their own buttons at the window's first size.
ROOMY = (Detail.FULL, Detail.STACKED, Detail.MENU_ONLY)


class HeaderRow(QFrame):
    """Headers and the "+" between them, kept over the columns of the drawing.

    Signals
    -------
    layer_added(int)
        A new layer is wanted before the layer of this index.
    layer_removed(int), units_changed(int, int), activation_chosen(int, str),
    bias_toggled(int, bool), dropout_changed(int, float)
        What the person did to a layer.
    focus_lost()
        The control with the keyboard is about to go.
    """

    layer_added = Signal(int)
    layer_removed = Signal(int)
    units_changed = Signal(int, int)
    activation_chosen = Signal(int, str)
    bias_toggled = Signal(int, bool)
    dropout_changed = Signal(int, float)
    focus_lost = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_headers")
        self.setFixedHeight(HEIGHT_PX)
        self._inputs = QWidget(self)
        self._inputs_name = label("strong")
        self._inputs_count = label("label", "inputs_count")
        row = QHBoxLayout(self._inputs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._inputs_name)
        row.addWidget(self._inputs_count)
        self.headers: list[LayerHeader] = []
        self.adders: list[QToolButton] = []
        self._network: NetworkSpec | None = None
        self._xs: list[float] = []
        self._is_whole = True
        set_role(self, role="bar")
        self.retranslate()

    def show_network(self, network: NetworkSpec) -> None:
        """Show the layers, making headers only when their number changes."""
        self._network = network
        self._inputs_count.setText(show_integer(network.inputs))
        if len(self.headers) != len(network.layers):
            self._make_headers(len(network.layers))
        for header, spec in zip(self.headers, network.layers, strict=True):
            header.show_layer(spec)
        self._arrange()

    def _make_headers(self, layers: int) -> None:
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus():
            # A hidden widget would hand the focus on as if Tab had been pressed.
            self.focus_lost.emit()
        for widget in (*self.headers, *self.adders):
            widget.hide()
            widget.deleteLater()
        self.headers = [LayerHeader(i, layers - 1, self) for i in range(layers)]
        self.adders = []
        for index, header in enumerate(self.headers):
            adder = tool_button(f"add_layer_{index}", tone="dashed")
            adder.setParent(self)
            adder.clicked.connect(lambda _=False, i=index: self.layer_added.emit(i))
            self.adders.append(adder)
            self._connect(index, header)
            adder.show()
            header.show()
        self.retranslate()

    def tab_stops(self) -> list[QWidget]:
        """Return what Tab visits, in order."""
        stops: list[QWidget] = []
        for adder, header in zip(self.adders, self.headers, strict=True):
            stops += [adder, *header.tab_stops()]
        return stops

    def _connect(self, index: int, header: LayerHeader) -> None:
        header.units_chosen.connect(lambda n: self.units_changed.emit(index, n))
        header.activation_chosen.connect(lambda a: self.activation_chosen.emit(index, a))
        header.bias_chosen.connect(lambda on: self.bias_toggled.emit(index, on))
        header.dropout_chosen.connect(lambda share: self.dropout_changed.emit(index, share))
        header.insertion_chosen.connect(lambda: self.layer_added.emit(index))
        header.removal_chosen.connect(lambda: self.layer_removed.emit(index))

    def texts(self) -> list[str]:
        """Return one line a column: name, units, activation."""
        return [", ".join(filter(None, parts)) for parts in self._parts(short=False)]

    def wordings(self) -> list[list[str]]:
        """Return what to write over the columns of a picture: three wordings, the longest first.

        The shorter ones have two lines.
        """
        two_lines = [["\n".join(parts) for parts in self._parts(short)] for short in (False, True)]
        return [self.texts(), *two_lines]

    def _parts(self, short: bool) -> list[tuple[str, str]]:
        """Return each column's name with its units, and its activation (inputs have none)."""
        if self._network is None:
            return []
        parts = [(f"{self._inputs_name.text()} {self._inputs_count.text()}", "")]
        for header, spec in zip(self.headers, self._network.layers, strict=True):
            name = header.short_name() if short else header.long_name()
            # "Hidden 2 · 4": a number in the name and the units must not run together.
            between = "\u2009·\u2009" if short or name[-1].isdigit() else " "
            units = show_integer(spec.units)
            parts.append((f"{name}{between}{units}", header.activation.currentText()))
        return parts

    # -- Place -------------------------------------------------------------------------------------

    def place(self, xs: list[float], is_whole: bool) -> None:
        """Centre the headers on the columns, given in this row's pixels, inputs first.

        Where `is_whole` says that the drawing is in sight from end to end, so is every header.
        """
        if (xs, is_whole) != (self._xs, self._is_whole):
            self._xs, self._is_whole = xs, is_whole
            self._arrange()

    def _arrange(self) -> None:
        if len(self._xs) != len(self.headers) + 1:
            return
        detail = self._choose_detail()
        self.setFixedHeight(STACKED_PX if detail == Detail.STACKED else HEIGHT_PX)
        for header in self.headers:
            header.show_detail(detail)
        self._inputs_count.setVisible(detail < Detail.MENU_TIGHT)
        side = ADDER_PX if detail in ROOMY else SMALL_ADDER_PX
        for adder in self.adders:
            adder.setFixedSize(side, side)
            adder.setIconSize(QSize(side // 2, side // 2))
            set_role(adder, extent="" if side == ADDER_PX else "tiny")
        lefts = [self._centre(self._inputs, self._xs[0])]
        for header, x in zip(self.headers, self._xs[1:], strict=True):
            lefts.append(self._centre(header, x))
        widgets: list[QWidget] = [self._inputs, *self.headers]
        for adder, a, b in zip(self.adders, widgets, widgets[1:], strict=False):
            self._place_adder(adder, a, b)

    def _choose_detail(self) -> Detail:
        step = min((b - a for a, b in zip(self._xs, self._xs[1:], strict=False)), default=0.0)
        inputs = self._inputs.sizeHint().width()
        for detail in list(Detail)[:-1]:
            widths = [h.wanted_width(detail) for h in self.headers]
            adder = ADDER_PX + 2 * TIGHT_PX if detail in ROOMY else SMALL_ADDER_PX
            pairs = zip([inputs, *widths], widths, strict=False)
            if all((a + b) / 2 + adder <= step for a, b in pairs):
                return detail
        return Detail.NAME_ONLY

    def _centre(self, widget: QWidget, x: float) -> int:
        size = widget.sizeHint()
        left = round(x - size.width() / 2)
        if self._is_whole:
            left = max(GAP_PX, min(left, self.width() - size.width() - GAP_PX))
        widget.setGeometry(
            left, (self.minimumHeight() - size.height()) // 2, size.width(), size.height()
        )
        return left

    def _place_adder(self, adder: QToolButton, a: QWidget, b: QWidget) -> None:
        low, high = a.geometry().right(), b.geometry().left()
        side = adder.width()
        adder.setVisible(high - low > side)
        adder.move(round((low + high - side) / 2), (self.minimumHeight() - side) // 2)

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set the texts anew."""
        self._inputs_name.setText(self.tr("Inputs"))
        for index, adder in enumerate(self.adders):
            describe(
                adder,
                self.tr("Insert a layer before layer {n}").format(n=index + 1),
                self.tr("Insert a hidden layer here"),
            )
        self._dress()
        # Qt tells a parent first; the room must be shared out by the texts that will stand.
        for header in self.headers:
            header.retranslate()
        self._arrange()

    def _dress(self) -> None:
        for adder in self.adders:
            adder.setIcon(icon("plus", "t2"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the headers in place."""
        super().resizeEvent(event)
        self._arrange()
