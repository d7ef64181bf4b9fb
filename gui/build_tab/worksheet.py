"""The window's state as a worksheet: drawing, table, loss, and the sum of one unit."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPen

from foundation.text import tr
from gui.build_tab.microscope.formulas import activation_formula, general_sum, live_sum
from gui.build_tab.microscope.step_view import StepView
from gui.build_tab.names import column_name, unit_name
from gui.build_tab.network_view.panel import NetworkPanel
from gui.build_tab.sources import data_name
from gui.build_tab.state import BuildState, rows_to_choose
from gui.build_tab.weight_figures import is_finite
from gui.format import show_cell, show_integer, show_part, show_short, significant
from gui.plots.epoch_plot import EpochPlot
from gui.theme import LIGHT, painted_in
from gui.widgets.formula import plain
from gui.worksheet import (
    Block,
    Picture,
    heading,
    prose,
    table,
    worksheet_pdf,
    writing_line,
)
from model.experiment import Experiment
from model.insight.step.one_step import one_step
from model.places import INPUTS, UnitAt

MAX_ROWS, MAX_COLUMNS, MAX_WEIGHTS, MAX_TRACED = 32, 12, 64, 200_000
MAX_CONSIDERED = 10_000
"""Number of rows among which those to print are chosen."""
_LOSS_PX = QSizeF(620.0, 190.0)
_NUMBER = re.compile(r"\(([−-]?\d[\d.,]*(?:e[−-]?\d+)?)\)|[−-]?\d[\d.,]*(?:e[−-]?\d+)?")
_FIELD = "______"


def state_as_pdf(
    state: BuildState,
    experiment: Experiment,
    canvas: NetworkPanel,
    plot: EpochPlot,
    title: str,
    *,
    is_blank: bool,
) -> bytes:
    """Return the window's state as a PDF, light on white whatever the theme.

    Parameters
    ----------
    state, experiment
        The state shown, and its experiment with the weights shown.
    is_blank
        Whether values computed from the weights are left out, to be filled in by hand.

    Raises
    ------
    ModelError
        The network cannot be evaluated on its data.
    """
    with _printed(canvas, plot, state, is_blank=is_blank):
        drawing = Picture(*canvas.drawing())
        blocks = state_as_blocks(state, experiment, drawing, plot, title, is_blank=is_blank)
        return worksheet_pdf(blocks, title)


@contextmanager
def _printed(
    canvas: NetworkPanel, plot: EpochPlot, state: BuildState, *, is_blank: bool
) -> Iterator[None]:
    """Restyle the drawing and the plot for paper temporarily, without repainting."""
    canvas.setUpdatesEnabled(False)
    plot.setUpdatesEnabled(False)
    if is_blank:
        canvas.show_state(dataclasses.replace(state, row=-1))
    try:
        with painted_in(LIGHT):
            canvas.restyle()
            plot.restyle()
            yield
    finally:
        canvas.restyle()
        plot.restyle()
        if is_blank:
            canvas.show_state(state)
        canvas.setUpdatesEnabled(True)
        plot.setUpdatesEnabled(True)


def state_as_blocks(
    state: BuildState,
    experiment: Experiment,
    drawing: Picture,
    plot: EpochPlot,
    title: str,
    *,
    is_blank: bool,
) -> list[Block]:
    """Return the blocks of the sheet; see :func:`state_as_pdf`."""
    return [
        heading(title, 1),
        writing_line(tr("Name"), tr("Date")),
        prose(_facts(state)),
        heading(tr("Network")),
        drawing,
        *_rows(state, is_blank=is_blank),
        *_unit(state, experiment, is_blank=is_blank),
        *_weights(state),
        heading(tr("Loss")),
        _loss(state, plot, is_blank=is_blank),
        *map(writing_line, (tr("What I see:"), "", "")),
    ]


def _facts(state: BuildState) -> str:
    network = state.experiment.network
    shape = "-".join(map(str, network.sizes))
    return tr(
        "Data: {data}. Network: {shape}. Epoch {epoch}, seed {seed}.",
        data=data_name(state.experiment.data),
        shape=shape,
        epoch=show_integer(state.epoch),
        seed=show_integer(state.experiment.seed),
    )


def _rows(state: BuildState, *, is_blank: bool) -> list[Block]:
    """Return different rows with targets and outputs; none if there are many columns.

    If there are many rows, they are spread evenly, since tables are often sorted by class.
    """
    dataset = state.dataset
    total = min(rows_to_choose(dataset), MAX_CONSIDERED)
    if total == 0 or dataset.inputs + 2 * dataset.outputs > MAX_COLUMNS:
        return []
    x, y = state.rows_at(range(total))
    y = np.where(dataset.mask_at(range(total)) == 0.0, np.nan, y)
    _, first = np.unique(np.hstack([x, y]), axis=0, return_index=True)
    some = np.linspace(0, len(first) - 1, min(len(first), MAX_ROWS)).round().astype(np.intp)
    chosen = np.sort(first)[some]
    x, y = x[chosen], y[chosen]
    answers = state.network.forward(x)
    wanted, given = tr("{name}: target"), tr("answer")
    head = [*map(column_name, dataset.feature_names)]
    for name in dataset.target_names:
        head += [wanted.format(name=column_name(name)), given]
    lines = []
    for row, target, answer in zip(x, y, answers, strict=True):
        own = [dataset.x_in_data_units(i, float(v)) for i, v in enumerate(row)]
        cells = [show_cell(value, 4) for value in own]
        for i, pair in enumerate(zip(target, answer, strict=True)):
            t, a = (dataset.y_in_data_units(i, float(value)) for value in pair)
            cells += ["–" if np.isnan(t) else show_cell(t, 4), "" if is_blank else show_short(a, 3)]
        lines.append(cells)
    text = tr("Rows")
    if len(lines) == MAX_ROWS < (total := rows_to_choose(dataset)):
        text = tr("{n} of {total} rows", n=show_part(MAX_ROWS), total=show_integer(total))
    return [heading(text), table(head, lines)]


def _unit(state: BuildState, experiment: Experiment, *, is_blank: bool) -> list[Block]:
    """Return the weighted sum and the activation of the chosen unit, or of the first output."""
    dataset = state.dataset
    is_traced = state.network.parameter_count() <= MAX_TRACED and is_finite(state.network)
    if rows_to_choose(dataset) == 0 or not is_traced:
        return []
    network = state.experiment.network
    at, row = state.selection.unit, max(state.row, 0)
    if at is None or at.layer == INPUTS:
        at = UnitAt(len(network.layers) - 1, 0)
    x, y = state.rows_at([row])
    step = one_step(experiment, dataset, x[0], y[0], dataset.mask_at([row])[0])
    view = StepView(state, step, step.unit(at))
    number, is_test = state.row_number(row)
    text = tr("{name} on row {row}")
    if is_test:
        text = tr("{name} on test row {row}")
    title = text.format(name=unit_name(at, network, dataset), row=show_integer(number))
    total, activation = plain(live_sum(view)), plain(activation_formula(view))
    if is_blank:
        total = _NUMBER.sub(_FIELD, total)
        a, general, *_ = activation.split(" = ")
        activation = f"{a} = {general} = {_FIELD}"
    lines = [plain(general_sum(view)), total, activation]
    return [heading(title), *map(prose, lines)]


def _weights(state: BuildState) -> list[Block]:
    """Return one table of weights per layer of a small network, from rows to columns."""
    network, spec = state.network, state.experiment.network
    widest = max(layer.units for layer in spec.layers)
    if network.parameter_count() > MAX_WEIGHTS or widest > MAX_COLUMNS:
        return []
    blocks: list[Block] = [heading(tr("Weights"))]
    for layer, weights in enumerate(network.weights):
        head = [
            unit_name(UnitAt(layer, unit), spec, state.dataset) for unit in range(len(weights.T))
        ]
        names = [
            unit_name(UnitAt(layer - 1, row), spec, state.dataset) for row in range(len(weights))
        ]
        values = list(weights)
        if spec.layers[layer].use_bias:
            names.append(tr("bias"))
            values.append(network.biases[layer])
        lines = [
            (name, *(show_short(float(value), 3) for value in line))
            for name, line in zip(names, values, strict=True)
        ]
        blocks.append(table((tr("from \\ to"), *head), lines))
    return blocks


def _loss(state: BuildState, plot: EpochPlot, *, is_blank: bool) -> Picture:
    """Return the loss curves, or an empty frame to draw them in."""
    if is_blank:
        return Picture(_LOSS_PX, _draw_frame, tr("Draw how the loss falls, by epoch."))
    view = plot.plot

    def draw(painter: QPainter) -> None:
        view.render(painter, QRectF(view.rect()), view.viewport().rect())

    caption = ""
    if state.snapshot is not None:
        loss = significant(state.snapshot.train_loss)
        caption = tr(
            "Training loss {loss} at epoch {epoch}.", loss=loss, epoch=show_integer(state.epoch)
        )
    return Picture(QSizeF(view.size()), draw, caption)


def _draw_frame(painter: QPainter) -> None:
    painter.setPen(QPen(QColor(LIGHT.line2), 0.75))
    painter.drawRect(QRectF(1.0, 1.0, _LOSS_PX.width() - 2.0, _LOSS_PX.height() - 2.0))
