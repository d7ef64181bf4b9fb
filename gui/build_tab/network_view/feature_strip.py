"""The inputs to choose from: the columns, and inputs derived from them."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.names import column_name, input_name
from gui.build_tab.state import BuildState
from gui.plots.colours import HIDDEN_GAIN, TileSheet
from gui.theme import GAP_M_PX, GAP_S_PX, active
from gui.widgets.basic import (
    describe,
    label,
    named,
    push_button,
    scroll_area,
    set_role,
    tool_button,
)
from gui.widgets.combos import ElidingCombo
from gui.widgets.layouts import STRETCH, hbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.data import Dataset
from model.data.derived import Feature, input_features, possible_features
from model.data.terms import MAX_FEATURES
from model.insight.plane import Bounds, input_maps

STRIP_PX, PICTURE_PX, COMBO_PX, SCROLL_PX = 80, 36, 112, 10
_NAME_PX = 96
"""Maximum width of a name; longer ones are elided, with the full name in the tool tip."""
_ALL_OFFERED = 2
"""Maximum number of columns for which every possible input has a tile."""
_TURN: Bounds = (-math.pi, math.pi, -math.pi, math.pi)
"""Bounds of a tile's picture, one period, if the data do not have exactly two columns."""


class FeatureStrip(Panel):
    """A row of tiles above the inputs of the drawing, one per possible input.

    Two columns have a tile for everything that can be derived from them. With more columns, there
    are tiles for those in use, and two lists add another.
    """

    def __init__(self, model: BuildModel, parent: QWidget) -> None:
        super().__init__("feature_strip", parent)
        self._model = model
        self._state: BuildState | None = None
        self._columns: tuple[str, ...] = ()
        self.tiles: dict[Feature, QToolButton] = {}
        worded(self, accessible_name="Inputs to choose from", tip="")
        set_role(self, role="bar")
        self.setFixedHeight(STRIP_PX)
        self._content = QWidget()
        self._row = hbox(STRETCH, on=self._content, gap=GAP_S_PX, margins=(GAP_M_PX, GAP_S_PX))
        self._scroll = scroll_area(self._content, "feature_tiles", across=True)
        self.first = worded(
            named(ElidingCombo(), "feature_first"), accessible_name="Column of the new input"
        )
        self.second = worded(
            named(ElidingCombo(), "feature_second"), accessible_name="What is made of the column"
        )
        self.first.currentIndexChanged.connect(lambda _: self._fill_second())
        self.add = push_button(
            "feature_add",
            tone="outline",
            size="small",
            do=self._on_add,
            text="Add",
            accessible_name="Add this input",
        )
        self._composer = QWidget()
        for combo in (self.first, self.second):
            combo.setFixedWidth(COMBO_PX)
        parts = self.first, self.second, self.add
        hbox(*parts, on=self._composer, gap=GAP_S_PX, margins=(GAP_M_PX, 0))
        self.limit = label(
            "hint",
            "feature_limit",
            wrap=True,
            text=lambda: tr(
                "Inputs can be derived of {n} columns at most; this table has more.",
                n=MAX_FEATURES,
            ),
        )
        self.limit.setContentsMargins(GAP_M_PX, 0, GAP_M_PX, 0)
        hbox((self._scroll, 1), (self.limit, 1), self._composer, on=self, gap=0, margins=0)
        self.hide()

    def show_state(self, state: BuildState) -> None:
        """Show the possible inputs, ticking those in use."""
        old, self._state = self._state, state
        is_same = old is not None and all(
            getattr(old, part) == getattr(state, part)
            for part in ("dataset", "data", "bounds", "refusals")
        )
        if not is_same and not self.isHidden():
            self._show()

    def open(self, on: bool) -> None:
        """Show or hide the strip."""
        if on:
            self._show()  # first, so that what is made for it is there with it
        self.setVisible(on)

    def tab_stops(self) -> list[QWidget]:
        """Return the tab stops in order."""
        if self.isHidden():
            return []
        return [*self.tiles.values(), self.first, self.second, self.add]

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        columns, present = state.dataset.columns, input_features(state.dataset)
        is_few = columns.inputs <= MAX_FEATURES
        self._scroll.setVisible(is_few)
        self.limit.setVisible(not is_few)
        self._composer.setVisible(is_few and columns.inputs > _ALL_OFFERED)
        self.setEnabled(state.data.is_ready)
        if not is_few:
            return
        self._offer(columns, present)
        self._draw(columns, state.plane if columns.inputs == _ALL_OFFERED else None)
        for feature, tile in self.tiles.items():
            is_read = feature in present
            tip = tr("Take out the input {name}") if is_read else tr("Add the input {name}")
            tile.setChecked(is_read)
            name = input_name(feature, columns)
            describe(tile, name, tip.format(name=name))
        self.refit()

    def _offer(self, columns: Dataset, present: tuple[Feature, ...]) -> None:
        """Create the tiles if they differ from the previous ones."""
        if columns.inputs <= _ALL_OFFERED:
            offered = possible_features(columns.inputs)
        else:
            plain = possible_features(columns.inputs)[: columns.inputs]
            made = self.tiles if columns.feature_names == self._columns else ()
            more = (each for each in (*made, *present) if each not in plain)
            offered = (*plain, *dict.fromkeys(more))
        if columns.feature_names != self._columns:
            self._columns = columns.feature_names
            self.first.clear()
            self.first.addItems([column_name(name) for name in self._columns])
            self.first.fit_popup()
        if list(self.tiles) == list(offered):
            return
        for tile in self.tiles.values():
            self._row.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self.tiles = {feature: self._make_tile(feature) for feature in offered}
        for place, tile in enumerate(self.tiles.values()):
            self._row.insertWidget(place, tile)

    def _make_tile(self, feature: Feature) -> QToolButton:
        second = f"_{feature.second}" if feature.kind == "product" else ""
        tile = tool_button(
            f"feature_{feature.kind}_{feature.first}{second}",
            do=lambda: self._model.toggle_feature(feature),
        )
        tile.setCheckable(True)
        tile.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        tile.setIconSize(QSize(PICTURE_PX, PICTURE_PX))
        set_role(tile, role="tile")
        return tile

    def refit(self) -> None:
        """Make room for the scroll bar if the tiles are wider than the strip."""
        beside = 0 if self._composer.isHidden() else self._composer.sizeHint().width()
        is_wide = self._content.sizeHint().width() > self.width() - beside
        self.setFixedHeight(STRIP_PX + (SCROLL_PX if is_wide else 0))

    def _draw(self, columns: Dataset, bounds: Bounds | None) -> None:
        """Draw each input over the plane of its two columns, or over one period."""
        sheet = TileSheet(len(self.tiles), PICTURE_PX)
        features = tuple(self.tiles)
        if bounds is None:
            features = tuple(
                each._replace(first=0, second=int(each.kind == "product")) for each in features
            )
        maps = input_maps(bounds or _TURN, features, PICTURE_PX)
        sheet.fill(0, maps, active(), HIDDEN_GAIN)
        for (feature, tile), image in zip(self.tiles.items(), sheet.images, strict=True):
            name = tile.fontMetrics().elidedText(
                input_name(feature, columns), Qt.TextElideMode.ElideMiddle, _NAME_PX
            )
            tile.setText(name.replace("&", "&&"))
            tile.setIcon(QPixmap.fromImage(image))

    # -- Making one of more columns ----------------------------------------------------------------

    def _fill_second(self) -> None:
        """List the inputs that can be derived from the first column."""
        chosen, first = self.second.currentIndex(), self.first.currentIndex()
        self.second.clear()
        others = [column_name(name) for at, name in enumerate(self._columns) if at != first]
        self.second.addItems([tr("squared"), tr("sine"), *(f"× {name}" for name in others)])
        self.second.setCurrentIndex(max(chosen, 0))
        self.second.fit_popup()

    def _on_add(self) -> None:
        first, choice = self.first.currentIndex(), self.second.currentIndex()
        if first < 0 or choice < 0:
            return
        if choice < 2:
            feature = Feature("sine" if choice else "square", first, first)
        else:
            other = [at for at in range(len(self._columns)) if at != first][choice - 2]
            feature = Feature("product", min(first, other), max(first, other))
        self._model.add_features([feature])

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._fill_second()
        self._show()

    def restyle(self) -> None:
        """Apply the current theme."""
        if not self.isHidden():
            self._show()
