"""Whatever is shown after whatever: the drawing is always that of the last state."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from gui.build_tab.network_view.layout import ALL, COUNTS, FOLD_ABOVE
from gui.build_tab.network_view.panel import NetworkPanel
from model.experiment import GateData, PlaneData, TableData
from model.places import INPUTS
from tests.gui.build_tab.network_view.hands import make_state, move, turn_wheel

DATA = st.sampled_from([GateData(), GateData("half_adder"), PlaneData("circle"), TableData("iris")])
STEP = st.one_of(
    st.tuples(st.just("show"), DATA, st.lists(st.integers(1, 30), max_size=4), st.integers(-1, 3)),
    st.tuples(st.just("resize"), st.integers(400, 1600), st.integers(250, 1000)),
    st.tuples(st.just("fold"), st.integers(-1, 3), st.sampled_from([8, 16, ALL])),
    st.tuples(st.just("point"), st.integers(0, 800), st.integers(0, 400)),
    st.tuples(st.just("zoom"), st.integers(-4, 4)),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8))
def test_the_drawing_is_that_of_the_last_state(
    canvas: NetworkPanel, steps: list[tuple[Any, ...]]
) -> None:
    state = make_state()
    canvas.show_state(state)
    for kind, *values in steps:
        if kind == "show":
            state = make_state(hidden=tuple(values[1]), data=values[0], row=values[2])
            canvas.show_state(state)
        elif kind == "resize":
            canvas.resize(*values)
        elif kind == "fold" and values[0] in canvas.pickers:
            canvas.pickers[values[0]].menu().actions()[COUNTS.index(values[1])].trigger()
        elif kind == "point":
            move(canvas, QPoint(*values))
        elif kind == "zoom":
            control = Qt.KeyboardModifier.ControlModifier
            turn_wheel(canvas, QPoint(200, 150), values[0], control)
        canvas.grab()
    network = state.experiment.network
    totals = [network.inputs, *(layer.units for layer in network.layers)]
    for column, total in zip(canvas.scene.layout_.columns, totals, strict=True):
        assert len(column.units) + column.folded == total
        assert column.folded == 0 or total > FOLD_ABOVE
        assert column.layer == INPUTS or canvas.scene.has_bias(column.layer)
    assert len(canvas.headers.headers) == len(network.layers)
    assert set(canvas.pickers) == {i - 1 for i, n in enumerate(totals) if n > FOLD_ABOVE}
    for layer, edges in canvas.scene.edges.items():
        expected = edges.shown_weights(state.network.weights[layer])
        assert (edges.weights == expected).all()
