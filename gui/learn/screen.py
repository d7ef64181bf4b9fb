"""The screen: which panels are open, and where controls are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from model.lessons import Closable, Openable
from model.lessons.situation import Tab
from model.places import UnitAt

if TYPE_CHECKING:
    from gui.build_tab.workbench import Workbench
    from gui.session import Session

_PARTS: dict[str, tuple[str, ...]] = {
    "challenge": ("challenge_page",),
    "class_pictures": ("class_pictures_dialog",),
    "confusion_matrix": ("confusion_large",),
    "decision_map": ("plane_map",),
    "doctor": ("doctor",),
    "export": ("export_menu", "file_export"),
    "fit_plot": ("fit_plot",),
    "glossary": ("glossary_card",),
    "held_out_picture": ("picture_viewer",),
    "hidden_space": ("hidden_view",),
    "landscape": ("landscape_view",),
    "learning_curve": ("teach_learning_plot",),
    "loss": ("loss_panel",),
    "lottery": ("lottery_view",),
    "microscope": ("microscope",),
    "mistakes": ("mistake_list",),
    "more_settings": ("more_panel",),
    "network_inside": ("inside_page",),
    "runs": ("run_table_dialog",),
    "table": ("truth_table", "sample_grid", "class_counts"),
    "try_values": ("probe_input_0",),
    "verdict": ("verdict",),
    "weights": ("weights_view",),
}
"""Widgets of each panel, one of which is visible while it is open; see also `_SWITCHES`."""

_FORMS = {"more_panel": "more", "teach_more_panel": "teach_more"}
"""Pop-up form -> button that opens it."""

_SWITCHES: dict[str, str] = {"occlusion_map": "occlusion_switch"}
"""Panel -> button that is checked while the panel is open."""

_DOCK = {
    "weights_view": "weights",
    "hidden_view": "hidden",
    "lottery_view": "lottery",
    "landscape_view": "landscape",
    "loss_panel": "loss",
}
"""Keys of the dock's tabs, by view."""


_SUBSTITUTES = (
    (r"weight_value", "network_view"),
    (r"microscope_next", "microscope_steps"),
    (r"layer_(\d+)_(?:fewer|units|more|activation)", r"layer_\1_menu"),
    (r"add_layer_\d+", "layer_headers"),
    (r"finding_\d+_\w+", "doctor"),
    (r"output_view_\w+", "output_panel"),
    (r"recipe_\w+", "more"),
    (r"teach_confusion", "teach_train"),
    (r"teach_measure", "teach_curves"),
)
"""Pattern of controls that may be missing -> control to highlight instead."""


class Screen:
    """Inspects the window by the object names of docs/controls.md.

    Panels know nothing outside their tab and do not signal that they are open, so the screen polls.

    Parameters
    ----------
    window
        The main window, whose dialogs and menus are included.
    session
        State shared by the tabs, which opens panels on request.
    show_tab, tab
        Switches to a tab; returns the current tab.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        show_tab: Callable[[Tab], object],
        tab: Callable[[], Tab],
    ) -> None:
        self._window, self._session = window, session
        self.show_tab, self._tab = show_tab, tab
        self._has_opened_data = False

    @property
    def tab(self) -> Tab:
        """The current tab."""
        return self._tab()

    def open_panels(self, asked: Collection[str]) -> frozenset[str]:
        """Return which of the given panels are open."""
        return frozenset(filter(self._is_open, asked))

    def _is_open(self, panel: str) -> bool:
        if panel in _SWITCHES:
            return any(
                isinstance(button, QAbstractButton) and button.isVisible() and button.isChecked()
                for button in self._named(_SWITCHES[panel])
            )
        return any(self.control(name) is not None for name in _PARTS.get(panel, ()))

    def _named(self, name: str) -> list[QWidget]:
        return self._window.findChildren(QWidget, name)

    def open_panel(self, panel: Openable) -> None:
        """Open a panel of Build without moving the focus."""
        if panel in ("microscope", "mistakes", "try_values"):
            self._switch(panel, on=True)
            return
        focused = QApplication.focusWidget()
        self.reveal(_PARTS[panel][0], "build")
        if focused is not None:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_panel(self, panel: Closable) -> None:
        """Close a panel of Build."""
        self._switch(panel, on=False)

    def _switch(self, panel: Closable, *, on: bool) -> None:
        model = self._session.build
        if panel == "mistakes":
            model.show_mistakes(on)
        elif panel == "try_values":
            for button in self._named("probe_toggle"):
                assert isinstance(button, QAbstractButton)
                button.setChecked(on)
        elif on:
            model.open_microscope()
        else:
            model.close_microscope()

    # -- Controls ----------------------------------------------------------------------------------

    def control(self, name: str) -> QWidget | None:
        """Return the visible control with the given name, ``None`` if there is none."""
        return next((widget for widget in self._named(name) if widget.isVisible()), None)

    def reveal(self, name: str, tab: Tab) -> str:
        """Reveal a control if possible; return the name of the control to highlight.

        That is `name` itself, the control that leads to it, or an empty text if neither exists.
        """
        if self.control(name) is not None:
            return name
        self.show_tab(tab)
        if tab == "build":
            self._open_in_build(name)
        if self.control(name) is not None:
            return name
        for widget in self._ancestors(name):
            if widget.objectName() in _FORMS:
                return _FORMS[widget.objectName()]
        for pattern, other in _SUBSTITUTES:
            if match := re.fullmatch(pattern, name):
                instead = match.expand(other)
                return instead if self.control(instead) is not None else ""
        return ""

    def _ancestors(self, name: str) -> list[QWidget]:
        """Return a hidden control and its ancestors, innermost first."""
        found: list[QWidget] = []
        widget = next(iter(self._named(name)[::-1]), None)
        while widget is not None and widget is not self._window:
            found.append(widget)
            widget = widget.parentWidget()
        return found

    def _open_in_build(self, name: str) -> None:
        model, bench = self._session.build, self._bench
        if name == "microscope_open":
            if model.state.selection.unit is None:
                model.choose_unit(UnitAt(len(model.state.experiment.network.layers) - 1, 0))
            return
        if name.startswith("microscope"):
            model.open_microscope()
            return
        if bench is None:
            return
        bench.create_lazy_views()
        for widget in self._ancestors(name):
            key = _DOCK.get(widget.objectName())
            if key is not None and bench.dock.isAncestorOf(widget):
                bench.dock.choose(key)
            elif widget.objectName() == "data_panel":
                self._has_opened_data = not bench.arrangement.is_drawer_open
                bench.arrangement.show_data()

    @property
    def _bench(self) -> Workbench | None:
        from gui.build_tab.workbench import Workbench

        return self._window.findChild(Workbench, "workbench")

    def fold_data_panel(self) -> None:
        """Fold the data panel that :meth:`reveal` opened over the network."""
        bench = self._bench
        if self._has_opened_data and bench is not None and bench.arrangement.is_drawer_open:
            bench.arrangement.close_drawer()
        self._has_opened_data = False
