"""Changes of weights by the user, one gesture at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count

from gui.build_tab.network_view.scene import NetworkScene
from model.places import Target, UnitAt, WeightAt

STEP, FINE_STEP, PAUSE_S = 0.1, 0.01, 1.0

_gestures = count(1)


class WeightGesture:
    """Converts steps and drags to new values of one or several weights.

    A gesture (a drag, a visit of the editor, a run of the wheel over one edge) stores its values,
    so that it continues from the user's last value even while training changes the weights.

    Attributes
    ----------
    gesture
        The gesture's merge key.
    """

    def __init__(
        self, scene: NetworkScene, set_weights: Callable[[Mapping[WeightAt, float], str], None]
    ) -> None:
        self._scene, self._set_weights = scene, set_weights
        self.targets: tuple[WeightAt, ...] = ()
        self.gesture = ""
        self._changed_at_s = 0.0
        self._start: dict[WeightAt, float] = {}
        self._values: dict[WeightAt, float] = {}

    def weights_of(self, target: Target) -> tuple[WeightAt, ...]:
        """Return the weights changed by an action on `target`.

        These are the selected ones if `target` is selected. A unit represents its bias.
        """
        selected = self._scene.selected
        among = target in selected or (
            isinstance(target, WeightAt)
            and self._scene.is_bias(target)
            and UnitAt(target.layer, target.unit) in selected
        )
        chosen: Sequence[Target] = sorted(selected, key=str) if among else (target,)
        result = []
        for each in chosen:
            if isinstance(each, WeightAt):
                result.append(each)
            elif self._scene.has_bias(each.layer):
                result.append(WeightAt(each.layer, self._scene.inputs_of(each.layer), each.unit))
        return tuple(dict.fromkeys(result))

    def begin(self, targets: Sequence[WeightAt]) -> None:
        """Start a gesture from the current values of `targets`."""
        self.targets = tuple(targets)
        self.gesture = f"weight-{next(_gestures)}"
        self._start = {at: self._scene.weight(at) for at in self.targets}
        self._values = dict(self._start)

    def continue_or_begin(self, targets: Sequence[WeightAt], within_s: float = math.inf) -> None:
        """Continue the current gesture if it concerns `targets`, otherwise start one.

        `within_s` is the maximum age of the last change; after a longer pause a new gesture starts
        from the values shown.
        """
        paused = time.monotonic() - self._changed_at_s > within_s
        if tuple(targets) != self.targets or paused:
            self.begin(targets)

    def end(self) -> None:
        """Make the next change a separate gesture."""
        self.targets = ()

    def change_by(self, delta: float) -> None:
        """Add `delta` to every weight of the gesture."""
        self._set((at, self._values[at] + delta) for at in self.targets)

    def change_from_start(self, delta: float) -> None:
        """Set every weight to its value at the gesture's start plus `delta`."""
        self._set((at, self._start[at] + delta) for at in self.targets)

    def set_to(self, value: float) -> None:
        """Set every weight of the gesture to `value`."""
        self._set((at, value) for at in self.targets)

    def zero(self, target: Target) -> None:
        """Set the weights of an action on `target` to 0, as one gesture."""
        self.begin(self.weights_of(target))
        self.set_to(0.0)
        self.end()

    def restore(self) -> None:
        """Restore every weight to its value at the gesture's start."""
        self._set((at, self._start[at]) for at in self.targets)

    def _set(self, wanted: Iterable[tuple[WeightAt, float]]) -> None:
        values = {at: round(value, 10) for at, value in wanted}
        changed = {at: value for at, value in values.items() if value != self._values[at]}
        if changed:
            self._values.update(changed)
            self._changed_at_s = time.monotonic()
            self._set_weights(changed, self.gesture)
