"""The model of "Look inside": the picture's maps, and the chosen cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gui.vision_tab.state import StageKind
from gui.workers.latest_task import LatestTask
from vision.child import stop_when
from vision.errors import VisionError
from vision.jobs.session import PictureResult
from vision.look.inside.cell import (
    Cell,
    Explanation,
    Source,
    explain,
    strongest_cell,
    trace_to_map,
)
from vision.look.inside.graph import Layer, as_maps
from vision.look.inside.network import Maps
from vision.look.inside.receptive import Box, receptive_field
from vision.look.inside.view import InsideView, Inspector

if TYPE_CHECKING:
    from gui.vision_tab.state import VisionState
    from gui.vision_tab.vision_model import VisionModel

PICTURE = -1
"""Index that selects the picture's tensor instead of a layer."""

_FIRST_CELL, _NO_BOX = Cell(0, 0, 0), Box(0, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class InsideState:
    """The state of "Look inside".

    Attributes
    ----------
    is_live
        Whether the pictures come from a running stream.
    view
        Network with its maps, or ``None`` before the first picture.
    error
        Error that prevents a view, or ``None``.
    place
        Index of the chosen layer, or `PICTURE`.
    cell
        The chosen cell.
    explanation
        Arithmetic of the cell's number; ``None`` for the picture and for unexplained layers.
    box
        Part of the picture's tensor that the cell depends on.
    why
        Arithmetic of the score of the most probable class, or ``None``.
    """

    is_live: bool = False
    view: InsideView | None = None
    error: VisionError | None = None
    place: int = 0
    cell: Cell = _FIRST_CELL
    explanation: Explanation | None = None
    box: Box = _NO_BOX
    why: Explanation | None = None

    @property
    def layer(self) -> Layer | None:
        """The chosen layer, or ``None`` for the picture."""
        if self.view is None or self.place == PICTURE:
            return None
        return self.view.graph.layers[self.place]

    @property
    def tensor(self) -> str:
        """The name of the chosen layer's output."""
        layer = self.layer
        if layer is not None:
            return layer.output
        return "" if self.view is None else self.view.graph.picture

    @property
    def maps(self) -> Maps | None:
        """The chosen layer's output, or ``None`` if unknown."""
        view = self.view
        return view.forward.maps(self.tensor) if view and view.forward.has(self.tensor) else None

    @property
    def colours(self) -> tuple[str, ...]:
        """The names of the picture tensor's channels."""
        if self.view is None or self.view.graph.shape[1] != 3:
            return ()
        return ("R", "G", "B") if self.view.shown.model.preprocessing.swap_rb else ("B", "G", "R")


class InsideModel(QObject):
    """Follows the current picture, and carries out the user's commands in "Look inside".

    Attributes
    ----------
    state
        State shown by the panels.

    Signals
    -------
    state_changed(InsideState)
        The state has changed.

    Thread
    ------
    GUI thread; the forward pass with maps runs on a worker, with a separate network.
    """

    state_changed = Signal(object)

    def __init__(self, vision: VisionModel) -> None:
        super().__init__(vision)
        self.state = InsideState()
        self._looker = Inspector()
        self._task = LatestTask(self)
        self._wanted: PictureResult | None = None
        self._looked_at: PictureResult | None = None
        self._is_open = False
        self._vision = vision
        vision.state_changed.connect(self._on_vision_changed)

    # -- The user ----------------------------------------------------------------------------------

    def choose_layer(self, place: int) -> None:
        """Choose a layer, with its most active map and strongest cell."""
        view = self.state.view
        if view is None or not PICTURE <= place < len(view.graph.layers):
            return
        cell = Cell(0, 0, 0)
        if place != PICTURE and view.forward.has(view.graph.layers[place].output):
            layer = view.graph.layers[place]
            cell = strongest_cell(view.forward, layer, view.strongest[place])
        elif place == PICTURE:
            # The middle of what the cell just left depends on.
            box = self.state.box
            cell = Cell(0, (box.top + box.bottom) // 2, (box.left + box.right) // 2)
        self._choose(place, cell)

    def choose_map(self, channel: int) -> None:
        """Choose a map of the layer, with its strongest cell."""
        maps, layer, view = self.state.maps, self.state.layer, self.state.view
        if maps is None or view is None or not 0 <= channel < len(maps):
            return
        old = self.state.cell
        if layer is None:
            self._choose(self.state.place, Cell(channel, old.row, old.column))
        else:
            self._choose(self.state.place, strongest_cell(view.forward, layer, channel))

    def choose_cell(self, row: int, column: int) -> None:
        """Choose a cell of the map; positions outside are clamped."""
        maps = self.state.maps
        if maps is None:
            return
        row = min(max(row, 0), maps.shape[1] - 1)
        column = min(max(column, 0), maps.shape[2] - 1)
        self._choose(self.state.place, Cell(self.state.cell.channel, row, column))

    def follow(self, source: Source) -> None:
        """Choose the layer, map and cell that a number comes from."""
        view = self.state.view
        if view is None or not view.forward.has(source.tensor):
            return
        places = {layer.output: place for place, layer in enumerate(view.graph.layers)}
        self._choose(places.get(source.tensor, PICTURE), source.cell)

    def follow_term(self, source: Source) -> None:
        """Choose the map that an input of the last layer was pooled from."""
        view = self.state.view
        if view is not None:
            self.follow(trace_to_map(view.graph, view.forward, source))

    # -- What is on show ---------------------------------------------------------------------------

    def _on_vision_changed(self, state: VisionState) -> None:
        if self._is_open and not state.is_inside:
            self._reset()
        self._is_open = state.is_inside
        if self.state.view is not None and (
            state.stage.kind is StageKind.EMPTY or self._is_of_other_model(state)
        ):
            self._reset()
        if not self._is_open or state.result is None or state.result is self._looked_at:
            return
        self._wanted = state.result
        if not self._task.is_awaiting_result:
            self._compute_maps()

    def _is_of_other_model(self, state: VisionState) -> bool:
        """Return whether the maps belong to a model other than the current one."""
        view = self.state.view
        # One that refuses the picture gives no result.
        used = state.settings if state.result is None else state.result.model
        return view is not None and used is not None and view.shown.model.choice != used.choice

    def _reset(self) -> None:
        self._task.cancel()
        self._wanted = self._looked_at = None
        # The network and its maps may be freed; a running worker keeps its own references.
        self._looker = Inspector()
        self._set(InsideState())

    def _compute_maps(self) -> None:
        """Compute the maps of the newest picture, skipping older ones."""
        shown, self._wanted = self._wanted, None
        if shown is None:
            return
        self._looked_at = shown
        self._task.start(_work(self._looker, shown), self._on_looked, self._on_failed)

    def _on_looked(self, view: InsideView) -> None:
        old, source = self.state, self._vision.state.source
        is_live = source.is_live and not source.is_frozen
        state = replace(old, view=view, error=None, is_live=is_live)
        if old.view is not None and old.view.graph is view.graph:
            self._set(_with_explanations(state))
        else:
            self.state = state
            self.choose_layer(view.graph.first)
        self._compute_maps()

    def _on_failed(self, error: Exception, details: str) -> None:
        if isinstance(error, VisionError):
            self._set(InsideState(error=error))
        else:
            self._vision.messages.show_error(error, details, source=self._vision)
        self._compute_maps()

    def _choose(self, place: int, cell: Cell) -> None:
        self._set(_with_explanations(replace(self.state, place=place, cell=cell)))

    def _set(self, state: InsideState) -> None:
        self.state = state
        self.state_changed.emit(state)

    # -- Closing -----------------------------------------------------------------------------------

    def request_close(self) -> bool:
        """Cancel the computation; return whether the worker is idle (never blocks)."""
        self._wanted = None
        self._task.cancel()
        return self._task.is_idle


def _work(looker: Inspector, shown: PictureResult) -> Callable[[Any, Any], InsideView]:
    def work(should_stop: Callable[[], bool], _publish: object) -> InsideView:
        # The user's own model is tried in another process first, which may take long.
        with stop_when(should_stop):
            return looker.look(shown)

    return work


def _with_explanations(state: InsideState) -> InsideState:
    """Return a state that explains the chosen cell and the best score."""
    view, layer, cell = state.view, state.layer, state.cell
    if view is None:
        return state
    why = None
    if view.scores is not None and view.best is not None:
        best = Cell(view.best.index, 0, 0)
        why = explain(view.graph, view.forward, view.scores, best)
    if layer is None:
        box = Box(cell.row, cell.column, cell.row + 1, cell.column + 1)
        return replace(state, why=why, explanation=None, box=box)
    if not view.forward.has(layer.output):
        whole = Box(0, 0, *as_maps(view.graph.shape)[1:])
        return replace(state, why=why, explanation=None, box=whole)
    return replace(
        state,
        why=why,
        explanation=explain(view.graph, view.forward, layer, cell),
        box=receptive_field(view.graph, layer, cell),
    )
