"""The dock under the network: weights, hidden space, lottery, landscape; if narrow, the loss."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabBar, QWidget

from foundation.text import tr
from gui.build_tab.build_model import BuildModel
from gui.build_tab.dock.weights_view import WeightsPage
from gui.build_tab.loss_panel.panel import LossPanel
from gui.build_tab.state import BuildState
from gui.explain import explain_tab
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX, INSET_PX
from gui.widgets.basic import (
    attach_menu,
    insert_in_tab_order,
    menu_action,
    named,
    set_role,
    tool_button,
)
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

if TYPE_CHECKING:
    from gui.build_tab.dock.hidden_view import HiddenSpaceView
    from gui.build_tab.dock.landscape_view import LandscapeView
    from gui.build_tab.dock.lottery_page import LotteryPage

_VIEW = "dock_view_"
_TERMS = {
    "loss": "loss",
    "weights": "weight",
    "hidden": "hidden-space",
    "lottery": "lottery",
    "landscape": "landscape",
}
"""Glossary term of each view."""


class DockPanel(Panel):
    """Tabs of further views of the state; only the front one is drawn.

    Every view but the first is created on first use, which speeds up the start.
    """

    def __init__(self, model: BuildModel, parent: QWidget | None = None) -> None:
        super().__init__("dock_panel", parent)
        self._model = model
        self._state: BuildState | None = None
        self._loss: LossPanel | None = None
        self.tabs = worded(named(QTabBar(), "dock_tabs"), accessible_name="Further views")
        set_role(self.tabs, role="dock")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setFixedHeight(26)
        self.more = tool_button(
            "dock_more", size="tiny", text=lambda: "…", accessible_name="More views"
        )
        self._menu = attach_menu(self.more, QMenu(self.more))
        self.more.hide()
        self.stack = QStackedWidget()
        self.weights = WeightsPage(model)
        worded(self.weights.view, accessible_name="Histograms of the weights", tip="")
        self._keys: list[str] = []
        self._before_loss = "weights"
        self._top = hbox(self.tabs, self.more, STRETCH, gap=GAP_S_PX)
        self._column = vbox(self._top, (self.stack, 1), on=self, gap=GAP_S_PX)
        self._set_margins(GAP_L_PX)
        self._add("weights", self.weights)
        for key in ("hidden", "lottery", "landscape"):
            self._add(key, QWidget())  # until its view is made
        self.tabs.currentChanged.connect(self._on_current_changed)
        self.retranslate()

    def _add(self, key: str, view: QWidget, index: int = -1) -> None:
        index = len(self._keys) if index < 0 else index
        self._keys.insert(index, key)
        self.stack.insertWidget(index, view)
        self.tabs.insertTab(index, "")
        explain_tab(self.tabs, index, _TERMS[key])

    @cached_property
    def hidden(self) -> HiddenSpaceView:
        """The hidden space view."""
        from gui.build_tab.dock.hidden_view import HiddenSpaceView

        return self._insert_view("hidden", HiddenSpaceView(self._model))

    @cached_property
    def lottery(self) -> LotteryPage:
        """The lottery page."""
        from gui.build_tab.dock.lottery_page import LotteryPage

        return self._insert_view("lottery", LotteryPage(self._model))

    @cached_property
    def landscape(self) -> LandscapeView:
        """The landscape view."""
        from gui.build_tab.dock.landscape_view import LandscapeView

        return self._insert_view("landscape", LandscapeView(self._model))

    def _insert_view[View: QWidget](self, key: str, view: View) -> View:
        """Replace the placeholder of `key` with its view, and return the view."""
        index, shown = self._keys.index(key), self.stack.currentIndex()
        place = self.stack.widget(index)
        assert place is not None
        self.stack.removeWidget(place)
        place.deleteLater()
        self.stack.insertWidget(index, view)
        self.stack.setCurrentIndex(shown)
        insert_in_tab_order(view, self.more)
        return view

    def _view(self, key: str) -> WeightsPage | HiddenSpaceView | LotteryPage | LandscapeView | None:
        match key:
            case "weights":
                return self.weights
            case "hidden":
                return self.hidden
            case "lottery":
                return self.lottery
            case "landscape":
                return self.landscape
        return None  # the loss, which follows by itself

    def make_views(self) -> None:
        """Create every view, ahead of use or to find a control."""
        for key in self._keys:
            self._view(key)

    @property
    def current(self) -> str:
        """The key of the view in front."""
        return self._keys[self.tabs.currentIndex()]

    def choose(self, key: str) -> None:
        """Bring a view to the front."""
        self.tabs.setCurrentIndex(self._keys.index(key))

    # -- What is shown -----------------------------------------------------------------------------

    def show_state(self, state: BuildState) -> None:
        """Draw the state in the view in front."""
        self._state = state
        if not self.isVisible():
            return
        if (view := self._view(self.current)) is not None:
            view.show_state(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the state that was set while the panel was hidden."""
        super().showEvent(event)
        self.refit()
        if self._state is not None:
            self.show_state(self._state)

    def insert_loss_panel(self, panel: LossPanel) -> None:
        """Insert the loss panel as the first tab, its title row next to the tabs.

        Used in the narrow window.
        """
        self._loss, self._before_loss = panel, self.current
        panel.set_compact(True)
        self._set_margins(GAP_S_PX)
        self._add("loss", panel, 0)
        self.retranslate()
        self._top.addWidget(panel.header)
        self.choose("loss")
        self._on_current_changed()
        self.refit()

    def release_loss_panel(self) -> None:
        """Release the loss panel, to be placed next to the dock (wide window)."""
        panel, self._loss = self._loss, None
        assert panel is not None
        self._set_margins(GAP_L_PX)
        self._top.removeWidget(panel.header)
        panel.restore_header()
        self.stack.removeWidget(panel)
        if self.current == "loss":
            self.choose(self._before_loss)
        index = self._keys.index("loss")
        del self._keys[index]
        self.tabs.removeTab(index)
        panel.set_compact(False)
        panel.setParent(None)
        self.refit()

    def _set_margins(self, below_px: int) -> None:
        self._column.setContentsMargins(INSET_PX, GAP_M_PX, INSET_PX, below_px)

    def _on_current_changed(self) -> None:
        index = self.tabs.currentIndex()
        if not 0 <= index < len(self._keys):
            return
        self._view(self.current)
        self.stack.setCurrentIndex(index)
        if self._loss is not None:
            self._loss.header.setVisible(self.current == "loss")
        self.refit()
        if self._state is not None:
            self.show_state(self._state)

    # -- Room --------------------------------------------------------------------------------------

    def refit(self) -> None:
        """Hide the last tabs if there is no room, but never the one in front."""
        self._menu.clear()
        if not self.isVisible():
            return
        room = self.width() - 2 * INSET_PX
        if self._loss is not None and self.current == "loss":
            room -= self._loss.header.sizeHint().width() + self._top.spacing()
        every = range(len(self._keys))
        with QSignalBlocker(self.tabs):
            self._show_tabs(set(every))
            widths = [self.tabs.tabRect(index).width() for index in every]
            shown = list(every)
            if sum(widths) > room:
                room -= self.more.sizeHint().width() + self._top.spacing()
            for index in reversed(every):
                if sum(widths[each] for each in shown) > room and index != self.tabs.currentIndex():
                    shown.remove(index)
            self._show_tabs(set(shown))
        self.tabs.updateGeometry()
        for index in every:
            if index not in shown:
                key, text = self._keys[index], self.tabs.tabText(index)
                menu_action(self._menu, f"{_VIEW}{key}", text, partial(self.choose, key))
        self.more.setVisible(not self._menu.isEmpty())

    def _show_tabs(self, shown: set[int]) -> None:
        """Show only the tabs with these indices.

        Unchanged tabs are skipped, since Qt lays the tabs out only if the last call changed one.
        """
        for index in range(len(self._keys)):
            if self.tabs.isTabVisible(index) != (index in shown):
                self.tabs.setTabVisible(index, index in shown)

    # -- Language ----------------------------------------------------------------------------------

    def _title(self, key: str) -> str:
        return {
            "loss": tr("Loss"),
            "weights": tr("Weights"),
            "hidden": tr("Hidden space"),
            "lottery": tr("Lottery"),
            "landscape": tr("Landscape"),
        }[key]

    def retranslate(self) -> None:
        """Set every text in the current language."""
        for index, key in enumerate(self._keys):
            self.tabs.setTabText(index, self._title(key))
        self.tabs.setTabToolTip(self._keys.index("lottery"), tr("Seed lottery"))
        self.refit()
