"""The network canvas: headers, drawing, editor and footer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from foundation.text import tr
from gui.actions import first_shortcut
from gui.build_tab.build_model import BuildModel
from gui.build_tab.network_view.captions import CaptionReader
from gui.build_tab.network_view.footer import FoldPicker, Legend, ZoomBox
from gui.build_tab.network_view.headers import LayerHeaders
from gui.build_tab.network_view.layout import (
    FIT,
    FOLD_ABOVE,
    Shown,
    arrange,
    choose_units,
)
from gui.build_tab.network_view.scene import NetworkScene
from gui.build_tab.network_view.unit_style import UnitStyles, picture_side
from gui.build_tab.network_view.view import CanvasView
from gui.build_tab.network_view.zoom_view import LEGIBLE_ZOOM
from gui.build_tab.state import BuildState
from gui.plots.picture_file import drawing_of, render_png, render_svg
from gui.theme import icon
from gui.widgets.basic import frame, tool_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from model.experiment import FloatArray
from model.insight.step.walk import terms_of
from model.places import INPUTS, Target, UnitAt

if TYPE_CHECKING:
    from gui.build_tab.network_view.feature_strip import FeatureStrip

CATCH_UP_MS = 50
FOOTER_PX, FOOTER_INSET_PX, FOOTER_BESIDE_PX, PICKER_GAP_PX = 40, 12, 6, 4
EXAMINED_PX = 60
"""Margin kept visible on either side of the examined unit."""


class NetworkPanel(Panel):
    """Shows a network and lets the user edit all of it.

    Layers are counted from 0 as in ``experiment.network.layers``; -1 is the inputs. A weight's row
    equal to the layer's number of inputs is the unit's bias.
    """

    def __init__(self, model: BuildModel, parent: QWidget | None = None) -> None:
        super().__init__("network_canvas", parent)
        self._model = model
        self.scene = NetworkScene()
        self.scene.setParent(self)
        self.view = CanvasView(model, self.scene)
        self.editor = self.view.editor
        self.headers = LayerHeaders(model, self.view)
        self._features: FeatureStrip | None = None
        self._captions: CaptionReader | None = CaptionReader()
        # Under the drawing, not over it: what overlaps a view is painted anew with every frame.
        self.footer = frame("inset")
        self.footer.setFixedHeight(FOOTER_PX)
        self.legend = Legend()
        self.zoom_box = ZoomBox(self.view)
        self.microscope = tool_button(
            "microscope_open",
            size="small",
            icon=icon("magnifying-glass", "t2"),
            do=self.toggle_microscope,
            text="Microscope",
            tip=lambda: tr(
                "Every number of one training step ({key})", key=first_shortcut("microscope")
            ),
        )
        self.microscope.setCheckable(True)
        self.microscope.setIconSize(QSize(13, 13))
        hbox(
            self.legend,
            STRETCH,
            self.microscope,
            self.zoom_box,
            on=self.footer,
            gap=PICKER_GAP_PX,
            margins=(FOOTER_INSET_PX, FOOTER_BESIDE_PX),
        )
        self.pickers: dict[int, FoldPicker] = {}
        self._folds: dict[int, int] = {}
        self._state: BuildState | None = None
        self._shown: tuple[Shown, ...] = ()
        self._structure: object = None
        self._awaits_state = False
        self._stops: list[QWidget] = []
        self._catch_up = QTimer(self, singleShot=True)
        self._catch_up.setInterval(CATCH_UP_MS)
        # They change their own height while they are laid out, and must not end up lower for it.
        headers = self.headers, 0, Qt.AlignmentFlag.AlignTop
        parts = headers, (self.view, 1), self.footer
        self._column = vbox(*parts, on=self, gap=0, margins=0)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        self.view.resized.connect(self._on_resized)
        self.view.zoomed.connect(self._follow_view)
        self.view.horizontalScrollBar().valueChanged.connect(self._follow_view)
        self.headers.features.toggled.connect(self._open_features)
        self._catch_up.timeout.connect(lambda: self.scene.show_edges(everything=True))
        self.retranslate()

    @property
    def features(self) -> FeatureStrip:
        """The inputs to choose from, under the headers; created on first use."""
        if self._features is None:
            from gui.build_tab.network_view.feature_strip import FeatureStrip

            self._features = FeatureStrip(self._model, self)
            self._column.insertWidget(1, self._features)
            if self._state is not None:
                self._features.show_state(self._state)
        return self._features

    @property
    def target(self) -> Target | None:
        """The target of the user's commands: by keyboard, pointer, or last choice."""
        scene, chosen = self.scene, self._model.state.selection.unit
        if scene.is_ringed and scene.current is not None:
            return scene.current
        return scene.hovered if isinstance(scene.hovered, UnitAt) else chosen or scene.hovered

    def make_bare(self) -> None:
        """Show only the drawing, on the panel's background."""
        self._captions = None
        self.scene.ground = "bg1"
        self.view.has_dots = False
        self.view.resetCachedContent()
        self.headers.hide()
        self.footer.hide()
        self._arrange()

    # -- Showing -----------------------------------------------------------------------------------

    def await_state(self) -> None:
        """Draw nothing until the next state, even if the height changes."""
        self._awaits_state = True

    def show_state(self, state: BuildState) -> None:
        """Show the network, weights and chosen row of `state`."""
        old, self._state, self._awaits_state = self._state, state, False
        is_same = old is not None and state.shows_the_same_as(old) and bool(self._shown)
        if is_same and old is not None and state.selection != old.selection:
            self._highlight_subject(state)
            return
        network = state.experiment.network
        structure = (
            network.inputs,
            tuple(layer.units for layer in network.layers),
            state.dataset.feature_names,
            state.dataset.class_names,
            state.dataset.target_names,
            picture_side(state),
            state.has_maps,
        )
        moved = old is None or (old.row != state.row and not state.running)
        if structure != self._structure:
            self._structure = structure
            self._shown = ()
        self._show_features(state, old)
        if not state.running:
            self._read_captions(state)
        if self.headers.show_network(network, state.refusals):
            self._order_tabs()
            self._describe_whole()
        before = self.scene.layout_
        if not self._shown or moved:
            self._choose_units()
        if self.scene.layout_ is not None:
            is_other = old is None or old.experiment.network is not network
            is_built = self.scene.layout_ is not before
            if is_built:
                self.scene.show_edges()  # as they were a moment ago: they are kept as pictures
            else:
                self.scene.show_state(state)
            if not self._highlight_subject(state) and is_other and not is_built:
                self.scene.show_marks()
            # Starts anew each time: dense gaps catch up once the states stop coming.
            self._catch_up.start()
        self.editor.follow()
        self.view.report_hovered()

    def show_writing(self, state: BuildState) -> None:
        """Update the units' texts during a run, for the state drawn."""
        self._read_captions(state)
        if self.scene.layout_ is not None:
            self.scene.show_styles(state)

    def _read_captions(self, state: BuildState) -> None:
        self.scene.captions = {} if self._captions is None else self._captions.read(state)

    def _show_features(self, state: BuildState, old: BuildState | None) -> None:
        """Offer inputs to choose from, and reveal those added by a file or a remedy."""
        is_offered = not state.experiment.data.is_pictures and self._captions is not None
        self.headers.offer_features(is_offered)
        had_any = old is not None and bool(old.experiment.features)
        if is_offered and state.experiment.features and not had_any:
            self.headers.features.setChecked(True)
        if not is_offered:
            self.headers.features.setChecked(False)
        if self._features is not None:
            self._features.show_state(state)
        if old is None or old.dataset is not state.dataset:
            self._order_tabs()

    def _open_features(self, on: bool) -> None:
        self.features.open(on)
        self._order_tabs()

    def _highlight_subject(self, state: BuildState) -> bool:
        """Highlight the subject of a card or the microscope; return whether it changed."""
        selection = state.selection
        self.microscope.setChecked(selection.part is not None)
        lit = selection.lit or (None if selection.part else selection.unit)
        place, terms = selection.place, frozenset[Target]()
        if place is not None:
            terms = terms_of(place, state.experiment.network, selection.weight)
        if (lit, terms) == (self.scene.highlighted, self.scene.terms):
            return False
        self.scene.highlighted, self.scene.terms = lit, terms
        self.scene.show_marks()
        self._show_examined()
        return True

    def _show_examined(self) -> None:
        """Scroll the examined unit, if drawn, out from under the microscope."""
        place = None if self._state is None else self._state.selection.place
        if place is None or place.at not in self.scene.units:
            return
        across = self.view.viewport_point(place.at).x()
        self.view.show_across(across - EXAMINED_PX, across + EXAMINED_PX)

    def _choose_units(self) -> None:
        """Choose the units to draw, and redraw if they changed."""
        assert self._state is not None
        network, height = self._state.experiment.network, self.view.height()
        totals = network.sizes
        shown = tuple(
            choose_units(total, self._folds.get(i - 1, FIT), self._scores(i - 1, total), height)
            for i, total in enumerate(totals)
        )
        if shown != self._shown:
            self._shown = shown
            self._arrange()

    def _scores(self, layer: int, total: int) -> FloatArray | None:
        if total <= FOLD_ABOVE or self._state is None:
            return None
        values = self._state.row_values
        if layer == INPUTS:
            return self._state.row_x
        return None if values is None else values[layer][1]

    def _arrange(self) -> None:
        """Lay out the drawing for the available room."""
        if not self._shown or self._state is None:
            return
        pending = Qt.WidgetAttribute.WA_PendingResizeEvent
        if self.scene.layout_ is None and self.view.testAttribute(pending):
            return  # never shown: there will be another size
        room = self.view.viewport().size()
        if room.width() < 50 or room.height() < 50:
            return
        maps = self._state.has_maps
        styles = UnitStyles(self._state, {})
        texts_px = styles.texts_px(self._shown[0].units, self._shown[-1].units)
        # Whether it scrolls is up to the height without a scroll bar, or one would come and go.
        layout = arrange(self._shown, room.width(), self.view.height(), maps, texts_px)
        is_wide = layout.width * LEGIBLE_ZOOM > room.width()
        shown = Qt.ScrollBarPolicy
        self.view.setHorizontalScrollBarPolicy(
            shown.ScrollBarAlwaysOn if is_wide else shown.ScrollBarAlwaysOff
        )
        if is_wide:
            room = self.view.viewport().size()
            layout = arrange(self._shown, room.width(), room.height(), maps, texts_px)
        self.scene.build(self._state, layout)
        self.view.end_stale_drag()
        self.scene.show_marks()
        self._make_pickers()
        if self.view.is_fitted:
            self.view.fit()
        self._show_examined()
        self._follow_view()

    def _follow_view(self) -> None:
        """Keep headers and pickers aligned; close the editor unless it is in use."""
        layout = self.scene.layout_
        if layout is None:
            return
        xs = [float(self.view.mapFromScene(c.x, 0.0).x()) for c in layout.columns]
        self.headers.place(xs, self.view.horizontalScrollBar().maximum() == 0)
        self._place_footer(dict(zip((c.layer for c in layout.columns), xs, strict=True)))
        self.editor.close_unless_in_use()

    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Scroll to the header that got the focus."""
        by_keys = QApplication.mouseButtons() == Qt.MouseButton.NoButton
        if now is not None and by_keys and self.headers.isAncestorOf(now):
            left = now.mapTo(self.headers, QPoint()).x()
            self.view.show_across(left, left + now.width())

    def _make_pickers(self) -> None:
        wanted = [i - 1 for i, part in enumerate(self._shown) if part.total > FOLD_ABOVE]
        for layer in set(self.pickers) - set(wanted):
            self.pickers[layer].hide()
            self.pickers.pop(layer).deleteLater()
        for layer in wanted:
            if layer not in self.pickers:
                picker = FoldPicker(layer, self._choose_fold, self.footer)
                picker.show()
                self.pickers[layer] = picker
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Set the tab order through the headers, the drawing and the footer, from left to right."""
        features = [] if self._features is None else self._features.tab_stops()
        stops = [
            *self.headers.tab_stops(features),
            self.view,
            *(self.pickers[layer] for layer in sorted(self.pickers)),
            self.microscope,
            *self.zoom_box.tab_stops(),
        ]
        if stops != self._stops:
            self._stops = stops
            for before, after in itertools.pairwise(stops):
                QWidget.setTabOrder(before, after)

    def _place_footer(self, xs: dict[int, float]) -> None:
        """Place each picker under its column, or the legend if there are none."""
        styles = Qt.ToolButtonStyle
        self.microscope.setToolButtonStyle(
            styles.ToolButtonIconOnly if self.pickers else styles.ToolButtonTextBesideIcon
        )
        self.zoom_box.show_zoom(self.view.zoom)
        buttons = self.microscope, self.zoom_box
        right = self.width() - FOOTER_INSET_PX - PICKER_GAP_PX
        right -= sum(part.sizeHint().width() + PICKER_GAP_PX for part in buttons)
        self.legend.setVisible(not self.pickers and self.legend.sizeHint().width() < right)
        for layer in sorted(self.pickers, reverse=True):  # one moves those before it
            picker, part = self.pickers[layer], self._shown[layer + 1]
            picker.show_fold(self._folds.get(layer, FIT), part.total, len(part.units))
            x = min(round(xs[layer] - picker.width() / 2), right - picker.width())
            picker.move(max(FOOTER_INSET_PX, x), (FOOTER_PX - picker.height()) // 2)
            picker.setVisible(0 <= xs[layer] <= self.width() or picker.hasFocus())
            if xs[layer] < self.width():
                right = x - PICKER_GAP_PX

    def toggle_microscope(self) -> None:
        """Open the microscope on the user's target, or close it."""
        if self._model.state.selection.part is None:
            self._model.open_microscope(self.target)
        else:
            self._model.close_microscope()

    def render_svg(self, path: Path) -> None:
        """Write the whole drawing as SVG."""
        render_svg(self.scene, path, self.headers.wordings())

    def render_png(self, path: Path, scale: float = 2.0) -> None:
        """Write the whole drawing as PNG at `scale` times its size."""
        render_png(self.scene, path, scale, self.headers.wordings())

    def drawing(self) -> tuple[QSizeF, Callable[[QPainter], None]]:
        """Return the drawing's full size, and a function that paints it without background."""
        return drawing_of(self.scene, self.headers.wordings())

    def _choose_fold(self, layer: int, count: int) -> None:
        self._folds[layer] = count
        self._choose_units()
        self._follow_view()

    def _on_resized(self) -> None:
        if self._shown:
            self._shown = ()
            if not self._awaits_state:
                self._choose_units()
        self.view.report_hovered()

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.view.setAccessibleName(tr("Network"))
        self.view.setToolTip("")
        self.headers.retranslate()  # Qt tells a parent first, and the description has their words
        self._describe_whole()
        if self._state is not None and self.scene.layout_ is not None:
            self.scene.show_state(self._state)
            self._follow_view()

    def _describe_whole(self) -> None:
        """Describe the drawing as a whole to screen readers; its parts have their own names."""
        self.view.setAccessibleDescription(
            tr(
                "{layers}. Tab goes from unit to unit, Alt with an arrow key to the weights.",
                layers="; ".join(self.headers.texts()),
            )
        )

    def restyle(self) -> None:
        """Apply the current theme."""
        self.view.resetCachedContent()
        self.scene.restyle()
