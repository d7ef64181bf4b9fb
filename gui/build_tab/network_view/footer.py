"""The footer of the drawing: legend, choice of folded units, zoom."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from foundation.text import tr
from gui.build_tab.network_view.layout import ALL, COUNTS, FIT
from gui.build_tab.network_view.zoom_view import ZOOM_STEP, ZoomView
from gui.format import percent, show_integer, show_part
from gui.theme import active, icon
from gui.widgets.basic import (
    add_choices,
    as_html,
    attach_menu,
    describe,
    label,
    set_role,
    tool_button,
)
from gui.widgets.layouts import hbox, vbox
from gui.widgets.panel import Panel


class Legend(Panel):
    """The legend of colours, dashes, widths and rails."""

    def __init__(self) -> None:
        super().__init__("network_legend")
        self._text = as_html(label("label"))
        vbox(self._text, on=self, margins=0)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the samples and their names."""
        theme = active()
        samples = (
            ("━━", theme.pos, tr("positive")),
            ("╍╍", theme.neg, tr("negative")),
            ("──", theme.runs, tr("zero")),
            ("", theme.t2, tr("width = |w|")),
            ("─┃─", theme.pos, tr("bias")),
        )
        self.setAccessibleName(", ".join(text for _, _, text in samples))
        self._text.setText(
            " &nbsp; ".join(
                f'<span style="color:{colour}">{sample}</span>&nbsp;{text}'
                for sample, colour, text in samples
            )
        )

    def restyle(self) -> None:
        """Apply the current theme."""
        self.retranslate()


class ZoomBox(Panel):
    """Buttons to zoom out, reset, zoom in and fit."""

    def __init__(self, view: ZoomView) -> None:
        super().__init__("zoom_box")
        self.zoom_out = tool_button(
            "zoom_out",
            size="tiny",
            icon=icon("minus", "t2"),
            do=lambda: view.zoom_by(1 / ZOOM_STEP),
            accessible_name="Zoom out",
            tip="Zoom out (Ctrl+−, Ctrl+wheel)",
        )
        self.natural = tool_button(
            "zoom_natural",
            size="small",
            do=lambda: view.zoom_by(1 / view.zoom),
            accessible_name="Zoom to 100 %",
        )
        self.zoom_in = tool_button(
            "zoom_in",
            size="tiny",
            icon=icon("plus", "t2"),
            do=lambda: view.zoom_by(ZOOM_STEP),
            accessible_name="Zoom in",
            tip="Zoom in (Ctrl++, Ctrl+wheel)",
        )
        self.fit = tool_button(
            "zoom_fit",
            size="tiny",
            icon=icon("corners-out", "t2"),
            do=view.fit,
            accessible_name="Fit the network",
            tip="Fit the network (Ctrl+0)",
        )
        for button in (self.zoom_out, self.zoom_in, self.fit):
            button.setIconSize(QSize(13, 13))
        hbox(*self.tab_stops(), on=self, gap=0, margins=(1, 0))
        set_role(self, role="card")

    def tab_stops(self) -> list[QWidget]:
        """Return the tab stops in order."""
        return [self.zoom_out, self.natural, self.zoom_in, self.fit]

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom, 1 for the natural size."""
        self.natural.setText(percent(zoom, 0))


class FoldPicker(QToolButton):
    """Shows how many of a large layer's units are drawn, and lets the user choose.

    Parameters
    ----------
    layer
        Index of the layer; -1 for the inputs.
    choose
        Called with the layer and the user's choice.
    """

    def __init__(
        self,
        layer: int,
        choose: Callable[[int, int], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        name = "inputs" if layer < 0 else f"layer_{layer}"
        self.setObjectName(f"{name}_fold")
        set_role(self, tone="fold", extent="tiny")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = attach_menu(self, QMenu(self))
        self._counts = add_choices(menu, COUNTS, lambda count: choose(layer, count))

    def show_fold(self, wanted: int, units: int, shown: int) -> None:
        """Show the choice for a layer of `units`, `shown` of which are drawn."""
        self.setText(f"{show_integer(shown)}/{show_integer(units)} ▾")
        describe(
            self,
            tr("{shown} of {n} units shown", n=units, shown=show_part(shown)),
            tr("Choose how many units are drawn: the most active on the chosen row"),
        )
        for count, action in self._counts.items():
            words = {FIT: tr("As many as fit"), ALL: tr("All (at most 64)")}
            show = tr("Show {n}", n=show_integer(count))
            action.setText(words.get(count, show))
            action.setChecked(count == wanted)
        self.adjustSize()
