"""What a screen reader is told: where the keyboard is on the drawing, and what changes there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent

from gui.build_tab.names import weight_name
from gui.build_tab.network_view.headers import LayerHeaders
from gui.build_tab.network_view.view import CanvasView
from gui.build_tab.state import BuildState
from gui.format import show_fixed
from model.places import Target, WeightAt

__all__ = ["Announcer"]


class Announcer(QObject):
    """Keep the view's accessible description up to date and have changes spoken.

    The items of a graphics view are no accessible objects of their own, so the view speaks for the
    one that the keyboard is on.

    Signals
    -------
    announced(str)
        What was said.
    """

    announced = Signal(str)

    def __init__(self, view: CanvasView, headers: LayerHeaders) -> None:
        super().__init__(view)
        self._view, self._scene, self._headers = view, view.network_scene, headers
        self._state: BuildState | None = None

    def show_state(self, state: BuildState) -> None:
        """Speak of another state from now on."""
        self._state = state

    # -- Saying ------------------------------------------------------------------------------------

    def came_to(self, target: Target) -> None:
        """Describe what the keyboard came to; say it where a person goes by keys."""
        text = self.describe_target(target)
        self._describe(text)
        if self._scene.is_ringed:
            self.say(text)

    def say_weights(self, values: Mapping[WeightAt, float]) -> None:
        """Say the new value of the weight that the keyboard is on, if it is one of these."""
        at = self._scene.current
        if self._state is None or not isinstance(at, WeightAt) or at not in values:
            return
        if self._view.hasFocus():
            name = weight_name(at, self._state.experiment.network, self._state.dataset)
            self.say(f"{name}, {show_fixed(values[at], 3)}")

    def say_removed(self, units: int) -> None:
        """Say that so many units are gone."""
        self.say(self.tr("Units removed: {n}").format(n=units))

    def say(self, text: str) -> None:
        """Have `text` spoken at once, instead of what is still being said."""
        event = QAccessibleAnnouncementEvent(self._view, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)
        self.announced.emit(text)

    # -- Describing --------------------------------------------------------------------------------

    def describe_whole(self) -> None:
        """Describe the drawing as a whole, while the keyboard is on none of its parts."""
        if self._scene.current is None:
            layers = "; ".join(self._headers.texts())
            text = self.tr(
                "{layers}. Tab goes from unit to unit, Alt with an arrow key to the weights."
            )
            self._describe(text.format(layers=layers))

    def _describe(self, text: str) -> None:
        if text != self._view.accessibleDescription():
            self._view.setAccessibleDescription(text)
            changed = QAccessibleEvent(self._view, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(changed)

    def describe_target(self, target: Target) -> str:
        """Return the accessible name of a unit or weight, such as "h₁, ReLU, 2.66, ≈ AND"."""
        if self._state is None:
            return ""
        network, data = self._state.experiment.network, self._state.dataset
        if isinstance(target, WeightAt):
            parts = [
                weight_name(target, network, data),
                show_fixed(self._scene.weight(target), 3),
                self.tr("pinned") if self._scene.is_pinned(target) else "",
            ]
        else:
            look = self._scene.units[target].look
            layer = None if target.layer < 0 else self._headers.headers[target.layer]
            parts = [look.name, layer.activation.currentText() if layer else self.tr("input")]
            parts += [look.value, look.caption]
        if target in self._scene.selected:
            parts.append(self.tr("selected"))
        return ", ".join(part for part in parts if part)
