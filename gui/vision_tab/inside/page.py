"""The "Look inside" page: the layers, their maps, and the explained label."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from foundation.text import tr, tr_context, tr_plural
from gui.error_texts import sentence_of
from gui.explain import explain
from gui.format import percent, show_fixed, show_integer
from gui.spoken import signs_in_words
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX
from gui.vision_tab.class_names import class_name
from gui.vision_tab.inside.inside_model import PICTURE, InsideModel, InsideState
from gui.vision_tab.inside.layer_strip import LayerStrip
from gui.vision_tab.inside.map_views import LargeMap, MapGrid
from gui.vision_tab.inside.terms import TermRow, TermRows, term_rows
from gui.vision_tab.inside.words import channel_name, figure, layer_name, layer_title
from gui.vision_tab.stage.images import PixelImage
from gui.widgets.accessible import announce, join_sentences
from gui.widgets.basic import as_html, has_focus, label, named, rule, set_role, strong
from gui.widgets.combos import ElidingCombo
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.look.inside.graph import Graph, Kind, as_maps
from vision.look.inside.view import InsideView

TERMS = 4
ANSWER_PX = 110


class InsidePage(Panel):
    """The page that follows a picture through the network to the label."""

    def __init__(self, model: InsideModel) -> None:
        super().__init__("inside_page")
        set_role(self, role="canvas")
        self._state = InsideState()
        self._listed: Graph | None = None
        worded(self, accessible_name="Inside the network", tip="")
        self._title = explain(label("title"), "layer", "forward-pass")
        self._note = label("hint", "inside_note")
        self.strip = worded(
            LayerStrip(model.choose_layer),
            accessible_name="The way through the network",
            tip="Click a layer, or go through all of them with ← and →",
        )
        self._layer_title = explain(label("strong", "inside_layer_title", wrap=True), "layer")
        self.layer_box = worded(
            named(ElidingCombo(), "inside_layers"),
            accessible_name="Layer",
            tip="Every layer of the network",
        )
        self.layer_box.setMinimumWidth(120)
        self.layer_box.activated.connect(lambda index: model.choose_layer(index - 1))
        self.maps = worded(
            MapGrid(model.choose_map),
            accessible_name="All maps of the layer",
            tip="Choose a map",
        )
        legend = label(
            "hint",
            "inside_legend",
            wrap=True,
            text="blue: above 0 · orange: below 0 · each map scaled by its own peak",
        )
        self._map_title = explain(label("strong", "inside_map_title"), "activation")
        self.large = worded(
            LargeMap(model.choose_cell), accessible_name="The chosen map", tip="Choose a cell"
        )
        self._caption = label("hint", "inside_caption", wrap=True)
        self._why_title = explain(
            label("title", "inside_why_title", wrap=True), "features", "weighted-sum"
        )
        self._why_note = label("hint", text="click a term: the map that it comes from")
        self.why = worded(
            TermRows("inside_why", model.follow_term),
            accessible_name="Largest terms of the score",
            tip="Go to the map that a term comes from",
        )
        self._message = label("hint", "inside_message", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = hbox((self._layer_title, 1), self.layer_box, gap=GAP_M_PX)
        left = vbox(head, (self.maps, 1), legend, gap=GAP_S_PX)
        right = vbox(self._map_title, (self.large, 1), self._caption, gap=GAP_S_PX)
        arrow = label("label")
        arrow.setText("→")
        self._answer = as_html(label("", "inside_answer", wrap=True))
        self._answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._answer.setFixedWidth(ANSWER_PX)
        self._why_rule = rule()
        self._body = QWidget()
        vbox(
            hbox((self._title, 1), self._note),
            hbox((self.strip, 1), arrow, self._answer, gap=GAP_M_PX),
            (hbox((left, 11), (right, 9), gap=GAP_L_PX * 2), 1),
            self._why_rule,
            hbox((self._why_title, 1), self._why_note),
            self.why,
            on=self._body,
            gap=GAP_M_PX,
            margins=0,
        )
        vbox((self._body, 1), (self._message, 1), on=self, margins=(16, GAP_L_PX, 16, GAP_M_PX))
        self.retranslate()

    @property
    def primary_widget(self) -> QWidget:
        """The layer strip, or the page while the strip is hidden."""
        return self if self._body.isHidden() else self.strip

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: InsideState) -> None:
        """Show the path and maps for another picture or another choice."""
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
        self._show_answer(view)
        self._list_layers(view)
        self._show_layer(view)
        self._show_why()
        if old.view is None:  # it opens: what follows is asked for, key by key
            if self.hasFocus():
                self.strip.setFocus(Qt.FocusReason.ShortcutFocusReason)
            titles = self._title, self._layer_title, self._map_title, self._why_title
            told = (part.text() for part in titles if not part.isHidden())
            announce(self, signs_in_words(join_sentences(filter(None, told))), waits=True)

    def _show_head(self, view: InsideView) -> None:
        count = sum(layer.kind is Kind.CONVOLUTION for layer in view.graph.layers)
        self._title.setText(
            tr_plural(
                "The way through 1 convolution",
                "The way through {count} convolutions",
                count,
                count=count,
            )
            if count
            else tr("The way through {count} layers", count=len(view.graph.layers))
        )
        weights = view.graph.weight_count
        if weights >= 1_000_000:
            shown = tr("{count} million weights", count=show_fixed(weights / 1e6, 1))
        else:
            shown = tr("{count} weights", count=show_integer(weights))
        computed = tr("maps by OpenCV in {time} ms", time=show_integer(view.forward.forward_ms))
        parts = [class_name(view.shown.model.choice.name), shown, computed]
        if self._state.is_live:
            parts.append(tr("live, with fewer frames"))
        self._note.setText(" · ".join(parts))

    def _show_answer(self, view: InsideView) -> None:
        best, why = view.shown.result.best, self._state.why
        lines = []
        if best is not None:
            score = [] if why is None else [show_fixed(why.result, 2)]
            name = strong(escape(class_name(best.label)))
            lines = [name, *score, percent(best.probability)]
        self._answer.setText("<br>".join(lines))

    def _list_layers(self, view: InsideView) -> None:
        if self._listed is not view.graph:
            self._listed = view.graph
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
            maker = view.graph.layer_of(layer.inputs[0]) if layer.inputs else None
            read = view.graph.shape if maker is None else maker.shape
            title = layer_title(layer, as_maps(read)[1:])
        self._layer_title.setText(title)
        self.maps.show_maps(maps, cell.channel)
        if maps is None:
            self.large.show_map(None, cell)
            self._map_title.setText("")
            self._caption.setText(tr("The maps of this layer are not known."))
            return
        picture = PixelImage(view.pixels) if layer is None else None
        self.large.show_map(maps[cell.channel], cell, picture)
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
        text = (
            tr("Why {label}: {score} = the sum of {count} terms and a bias")
            if why.bias is not None
            else tr("Why {label}: {score} = the sum of {count} terms")
        )
        count = show_integer(why.products.size)
        score = show_fixed(why.total, 2)
        self._why_title.setText(text.format(label=class_name(best.label), score=score, count=count))

        def name(place: tuple[int, int, int]) -> str:
            number = int(np.ravel_multi_index(place, why.values.shape)) + 1
            return tr("feature {n}", n=show_integer(number))

        rows = term_rows(why, TERMS, name)
        if why.bias is not None:
            rows.append(TermRow(tr_context("InsidePage", "bias"), "", why.bias))
        self.why.show_rows(rows)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._listed = None
        self.maps.show_maps(None, 0)  # each map's name is written anew
        self.show_state(self._state)

    def restyle(self) -> None:
        """Apply the current theme."""
        self.show_state(self._state)
