"""Run ``sweep``: a lottery at each of several learning rates and widths."""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import Any

from foundation.text import tr
from foundation.words import number, percent
from model.command.lottery import MAX_SEEDS, check_seeds, timing_text, trained_by
from model.command.wanted import Note, experiment_at, ignore_note
from model.defaults import swept_layer, swept_rates, swept_widths
from model.errors import ModelError, naming_file
from model.experiment import Experiment
from model.training.ensemble.sweep import draw_sweep


def sweep_command(options: argparse.Namespace, note: Note = ignore_note) -> dict[str, Any]:
    """Run a lottery for every rate and width; return the JSON output.

    Returns
    -------
    dict
        ``layer``, the swept hidden layer, counted from 1, ``None`` if there is none; ``seeds``,
        number of seeds per cell; ``cells``, a list of ``rate``, ``width``, ``solved``,
        ``share``, ``interval_95`` and ``reasons``, row by row; ``seconds``, ``kernel``,
        ``workers``, ``blocks`` and ``available`` as in :func:`lottery_command`.

    Raises
    ------
    ModelError
        Code ``sweep.layer`` if widths or a layer are given but there is no hidden layer,
        ``sweep.no_layer`` if the network lacks that layer; the errors of
        :func:`lottery_command`, for the seeds of all cells together, and of :func:`draw_sweep`.
    """
    experiment = experiment_at(options.experiment, note)
    layer = _layer(experiment, options)
    rates = options.rates or swept_rates(experiment)
    widths = options.widths or swept_widths(experiment, layer)
    check_seeds(options.seeds, MAX_SEEDS // (len(rates) * len(widths)))
    started = perf_counter()
    with naming_file(options.experiment, "network."):
        sweep = draw_sweep(
            experiment,
            range(options.seeds),
            rates=rates,
            widths=widths,
            layer=layer,
            cluster=options.cluster,
        )
    seconds = perf_counter() - started
    cells = [
        {
            "rate": rate,
            "width": width if layer >= 0 else None,
            "solved": int(cell.solved.sum()),
            "share": cell.share,
            "interval_95": list(cell.interval),
            "reasons": cell.reasons,
        }
        for (rate, width), cell in sweep.cells.items()
    ]
    return {
        "layer": layer + 1 if layer >= 0 else None,
        "seeds": options.seeds,
        "cells": cells,
        "seconds": seconds,
        **trained_by(sweep.machines),
    }


def _layer(experiment: Experiment, options: argparse.Namespace) -> int:
    """Return the index of the swept hidden layer, -1 for none."""
    hidden = len(experiment.network.layers) - 1
    if hidden == 0 and (options.widths or options.layer is not None):
        raise ModelError(
            "sweep.layer",
            "{file}: there is no hidden layer, so only learning rates can be swept. Leave out "
            "--widths and --layer.",
            file=str(options.experiment),
        )
    if options.layer is not None and not 1 <= options.layer <= hidden:
        raise ModelError(
            "sweep.no_layer",
            "{file}: there is no hidden layer {layer}; the hidden layers are 1 to {hidden}.",
            file=str(options.experiment),
            layer=options.layer,
            hidden=hidden,
        )
    return swept_layer(experiment, -1 if options.layer is None else options.layer - 1)


def sweep_text(result: dict[str, Any]) -> str:
    """Return the text output of ``sweep``: a table with a row per width."""
    shares = {
        (cell["rate"], cell["width"]): percent(cell["share"], ".0f") for cell in result["cells"]
    }
    rates = list(dict.fromkeys(rate for rate, _ in shares))
    widths = list(dict.fromkeys(width for _, width in shares))
    head = tr("The share of {seeds} seeds that get there, by learning rate.")
    if result["layer"] is not None:
        head = tr(
            "The share of {seeds} seeds that get there, by learning rate and, down, units of "
            "hidden layer {layer}."
        )
    rows = [["", *map(number, rates)]]
    rows += [
        ["" if width is None else str(width), *(shares[rate, width] for rate in rates)]
        for width in widths
    ]
    table = "\n".join("".join(f"{part:>8}" for part in row) for row in rows)
    head = head.format(seeds=result["seeds"], layer=result["layer"])
    return f"{head}\n{table}\n{timing_text(result)}"
