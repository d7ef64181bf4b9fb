"""The X-ray's settings: from the person's hand to the network, and back to the model's own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.vision_tab.vision_worker import VisionController
from gui.vision_tab.xray_panel import XrayPanel
from vision.model_choice import ModelChoice
from vision.preprocessing import Preprocessing

__all__ = ["SettingsDesk"]


class SettingsDesk(QObject):
    """Pass edited settings on, together with the model they were made for.

    Signals
    -------
    changed()
        The network is fed otherwise from now on.
    """

    changed = Signal()

    def __init__(self, controller: VisionController, xray: XrayPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._xray = controller, xray
        xray.preprocessing_edited.connect(self._on_edited)
        xray.reset_requested.connect(self._on_reset)

    def show_model(self) -> None:
        """Show the settings of the model in memory, because it is another one."""
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        report = self._controller.session.current
        if report is not None:
            own = report.preprocessing
            settings = self._controller.session.settings_for(report.choice, own)
            self._xray.show_settings(settings, own, report.choice)

    def _on_edited(self, choice: ModelChoice, edited: Preprocessing) -> None:
        self._controller.set_preprocessing(choice, edited)
        self.changed.emit()

    def _on_reset(self, choice: ModelChoice) -> None:
        self._controller.set_preprocessing(choice, None)
        self._show()
        self.changed.emit()
