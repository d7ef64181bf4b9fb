"""The page of "Look inside": the way through the layers, their maps, and why the label."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from foundation.text import tr, tr_context
from gui.error_texts import sentence_of
from gui.explain import explain
from gui.format import factor, show_fixed, show_integer
from gui.spoken import signs_in_words
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX
from gui.vision_tab.class_names import class_name
from gui.vision_tab.inside.inside_model import PICTURE, InsideModel, InsideState
from gui.vision_tab.inside.layer_strip import SMALL_TILE_PX, TILE_PX, LayerStrip
from gui.vision_tab.inside.map_views import LargeMap, MapGrid
from gui.vision_tab.inside.terms import TermRow, TermRows
from gui.vision_tab.inside.words import channel_name, figure, layer_name, layer_title
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.accessible import announce, sentences
from gui.widgets.basic import describe, has_focus, label, named, rule, set_role
from gui.widgets.combos import ElidingCombo
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from vision.look.inside.graph import Kind, as_maps
from vision.look.inside.view import InsideView

TERMS, FEW_TERMS = 4, 2
_LOW_PX = 640


class InsidePage(Panel):
    """Show a network from the picture to the label."""

    def __init__(self, model: InsideModel) -> None:
        super().__init__("inside_page")
        set_role(self, role="canvas")
        self._state = InsideState()
        self._listed: InsideView | None = None
        self._is_low = False
        self._title, self._note = label("title"), label("hint", "inside_note")
        self.strip = LayerStrip(model.choose_layer)
        self._layer_title = label("strong", "inside_layer_title", wrap=True)
        explain(self._title, "layer", "forward-pass")
        explain(self._layer_title, "layer")
        self.layer_box = named(ElidingCombo(), "inside_layers")
        self.layer_box.setMinimumWidth(120)
        self.layer_box.activated.connect(lambda index: model.choose_layer(index - 1))
        self.maps = MapGrid(model.choose_map)
        self._legend = label("hint", "inside_legend", wrap=True)
        self._map_title = label("strong", "inside_map_title")
        self.large = LargeMap(model.choose_cell)
        self._caption = label("hint", "inside_caption", wrap=True)
        self._why_title = label("title", "inside_why_title", wrap=True)
        self._why_note = label("hint")
        explain(self._map_title, "activation")
        explain(self._why_title, "features", "weighted-sum")
        self.why = TermRows("inside_why", model.follow_term)
        self._message = label("hint", "inside_message", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QWidget()
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        scroll = named(QScrollArea(), "inside_maps_scroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.maps)
        # Another layer's maps have their height only once they are laid out.
        scroll.verticalScrollBar().rangeChanged.connect(self._scroll_to_chosen)
        self.maps.installEventFilter(self)
        self._scroll = scroll
        head = hbox((self._layer_title, 1), self.layer_box, gap=GAP_M_PX)
        # What the maps do not need stays empty below the legend, not above it.
        left = vbox(head, (scroll, 1000), self._legend, STRETCH, gap=GAP_S_PX)
        right = vbox(self._map_title, (self.large, 1000), self._caption, STRETCH, gap=GAP_S_PX)
        self._why_rule = rule()
        vbox(
            hbox((self._title, 1), self._note),
            self.strip,
            (hbox((left, 11), (right, 9), gap=GAP_L_PX * 2), 1),
            self._why_rule,
            hbox((self._why_title, 1), self._why_note),
            self.why,
            on=self._body,
            gap=GAP_M_PX,
            margins=0,
        )
        vbox((self._body, 1), (self._message, 1), on=self, margins=(16, GAP_L_PX, 16, GAP_M_PX))

    @property
    def chief(self) -> QWidget:
        """What the keyboard comes to: the way through the layers, the page until that is there."""
        return self if self._body.isHidden() else self.strip

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: InsideState) -> None:
        """Show another picture's way, or another choice."""
        old, self._state = self._state, state
        view = state.view
        if view is None and has_focus(self._body):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._body.setVisible(view is not None)
        self._message.setVisible(view is None)
        if view is None:
            waits = tr(
                "Open a picture, or wait a moment: the network is computed with all its maps."
            )
            self._message.setText(waits if state.error is None else sentence_of(state.error))
            if state.error is not None and state.error is not old.error:
                announce(self, signs_in_words(self._message.text()))
            return
        self._show_head(view)
        self.strip.show_state(state)
        self._list_layers(view)
        self._show_layer(view)
        self._show_why()
        if old.view is None:  # it opens: what follows is asked for, key by key
            if self.hasFocus():
                self.strip.setFocus(Qt.FocusReason.ShortcutFocusReason)
            titles = self._title, self._layer_title, self._map_title, self._why_title
            told = (part.text() for part in titles if not part.isHidden())
            announce(self, signs_in_words(sentences(filter(None, told))), waits=True)

    def _show_head(self, view: InsideView) -> None:
        count = sum(layer.kind is Kind.CONVOLUTION for layer in view.graph.layers)
        if count == 1:
            text = tr("The way through 1 convolution")
        elif count:
            text = tr("The way through {count} convolutions", count=count)
        else:
            text = tr("The way through {count} layers", count=len(view.graph.layers))
        self._title.setText(text)
        weights = view.graph.weight_count
        if weights >= 1_000_000:
            shown = tr("{count} million weights", count=show_fixed(weights / 1e6, 1))
        else:
            shown = tr("{count} weights", count=show_integer(weights))
        by = "ONNX" if view.is_by_reference else "OpenCV"
        computed = tr(
            "maps by {by} in {time} ms", by=by, time=show_integer(view.forward.forward_ms)
        )
        parts = [class_name(view.shown.model.choice.name), shown, computed]
        if self._state.is_live:
            parts.append(tr("live, with fewer frames"))
        self._note.setText(" · ".join(parts))

    def _list_layers(self, view: InsideView) -> None:
        with QSignalBlocker(self.layer_box):
            if self._listed is None or self._listed.graph is not view.graph:
                self._listed = view
                self.layer_box.clear()
                self.layer_box.addItem(tr("the picture"))
                self.layer_box.addItems([layer_name(layer) for layer in view.graph.layers])
                self.layer_box.fit_popup()
            self.layer_box.setCurrentIndex(self._state.place + 1)

    def _show_layer(self, view: InsideView) -> None:
        state, layer, maps = self._state, self._state.layer, self._state.maps
        cell = state.cell
        if layer is None:
            channels, height, width = as_maps(view.graph.shape)
            title = tr(
                "the picture · {count} channels of {height} × {width}",
                count=channels,
                height=show_integer(height),
                width=show_integer(width),
            )
        else:
            maker = view.graph.maker(layer.inputs[0]) if layer.inputs else None
            read = view.graph.shape if maker is None else maker.shape
            title = layer_title(layer, as_maps(read)[1:])
        self._layer_title.setText(title)
        self.maps.show_maps(maps, cell.channel)
        if maps is None:
            self.large.show_map(None, cell)
            self._map_title.setText("")
            self._caption.setText(tr("The maps of this layer are not known."))
            return
        picture = None
        if layer is None:
            picture = PixelImage(view.pixels)
        self.large.show_map(maps[cell.channel], cell, picture)
        self._scroll_to_chosen()
        names = state.colours if state.place == PICTURE else ()
        value = figure(float(maps[cell]))
        self._map_title.setText(f"{channel_name(cell.channel, names)} = {value}")
        box = state.box
        if layer is None:
            self._caption.setText(
                tr(
                    "Row {row}, column {column} of what the network is given",
                    row=show_integer(cell.row),
                    column=show_integer(cell.column),
                )
            )
        else:
            self._caption.setText(
                tr(
                    "Cell ({row}, {column}) depends on {height} × {width} pixels at ({top}, "
                    "{left}) of what the network is given",
                    row=show_integer(cell.row),
                    column=show_integer(cell.column),
                    height=show_integer(box.height),
                    width=show_integer(box.width),
                    top=show_integer(box.top),
                    left=show_integer(box.left),
                )
            )
        if not state.is_live:
            told = signs_in_words(f"{self._map_title.text()}. {self._caption.text()}.")
            self.maps.setAccessibleDescription(told)
            self.large.setAccessibleDescription(told)

    def _show_why(self) -> None:
        view, why = self._state.view, self._state.why
        assert view is not None  # the page is hidden without
        best = view.best
        for widget in (self._why_note, self.why):
            widget.setVisible(why is not None)
        for part in (self._why_rule, self._why_title):
            part.setVisible(best is not None)
        if best is None:
            return
        if why is None:
            self._why_title.setText(
                tr(
                    "Why {label}: the last layer gives no sum for each class",
                    label=class_name(best.label),
                )
            )
            return
        has_bias = why.bias is not None
        count = show_integer(why.products.size)
        text = (
            tr("Why {label}: {score} = the sum of {count} terms and a bias")
            if has_bias
            else tr("Why {label}: {score} = the sum of {count} terms")
        )
        score = show_fixed(why.total, 2)
        self._why_title.setText(text.format(label=class_name(best.label), score=score, count=count))
        places = why.largest(FEW_TERMS if self._is_low else TERMS)
        products = why.products
        rows = []
        for place in places:
            value = figure(float(why.values[place]))
            factors = value
            if why.weights is not None:
                factors = f"{value} × {factor(figure(float(why.weights[place])))}"
            place_number = flat_place(why.values.shape, place)
            name = tr("feature {n}", n=show_integer(place_number + 1))
            rows.append(TermRow(name, factors, float(products[place]), why.sources(*place)))
        rest = float(products.sum() - sum(products[place] for place in places))
        left = show_integer(products.size - len(places))
        rows.append(TermRow(tr("the other {count}", count=left), "", rest))
        if why.bias is not None:
            rows.append(TermRow(tr_context("InsidePage", "bias"), "", why.bias))
        self.why.show_rows(rows)

    # -- Qt ----------------------------------------------------------------------------------------

    def _scroll_to_chosen(self) -> None:
        """Bring the chosen map into sight, whole."""
        if self._state.view is None or self._state.maps is None:
            return
        rect = self.maps.cell_rect(self._state.cell.channel)
        margin = int(rect.height() / 2) + 4
        self._scroll.ensureVisible(int(rect.center().x()), int(rect.center().y()), margin, margin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take no more height for the maps than they have."""
        if event.type() == QEvent.Type.Resize:
            self._scroll.setMaximumHeight(self.maps.height() + 2)
        return super().eventFilter(watched, event)

    def refit(self) -> None:
        """Give the maps the room that a low window has."""
        is_low = self.height() < _LOW_PX
        if is_low != self._is_low:
            self._is_low = is_low
            self.strip.show_side(SMALL_TILE_PX if is_low else TILE_PX)
            self._legend.setVisible(not is_low)
            self.show_state(self._state)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._legend.setText(
            tr("blue: above 0 · orange: below 0 · each map scaled by its own peak")
        )
        self._why_note.setText(tr("click a term: the map that it comes from"))
        describe(
            self.strip,
            tr("The way through the network"),
            tr("Click a layer, or go through all of them with ← and →"),
        )
        self.setAccessibleName(tr("Inside the network"))
        describe(self.layer_box, tr("Layer"), tr("Every layer of the network"))
        describe(self.maps, tr("All maps of the layer"), tr("Choose a map"))
        describe(self.large, tr("The chosen map"), tr("Choose a cell"))
        describe(
            self.why,
            tr("Largest terms of the score"),
            tr("Go to the map that a term comes from"),
        )
        self._listed = None
        self.show_state(self._state)

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.show_state(self._state)


def flat_place(shape: tuple[int, ...], place: tuple[int, int, int]) -> int:
    """Return the number of a place counted through all of a block."""
    _, height, width = shape
    return (place[0] * height + place[1]) * width + place[2]
