"""A panel that is shown what workers find out about a state."""

from __future__ import annotations

import dataclasses

from gui.build_tab.build_model import BuildModel
from gui.build_tab.insight import Insight
from gui.build_tab.output_panel.panel import OutputPanel
from gui.build_tab.state import BuildState
from model.training import History


class Looking:
    """Show the panel states, with what workers find out about them, as the tab does."""

    def __init__(self, panel: OutputPanel, model: BuildModel) -> None:
        self._panel = panel
        self._state = model.state
        self.insight = Insight(self._show, model.fail, lambda machines: None, model)
        self.insight.resume()

    def at(self, state: BuildState, history: History | None = None) -> None:
        """Look at a state and the losses of its run."""
        self._state = state
        self._show()
        self.insight.follow(state, history)

    def _show(self) -> None:
        self._panel.show_state(dataclasses.replace(self._state, insight=self.insight.view))
