"""Build with every panel visible: a large network on many rows, and a loss of a million epochs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from bench.build_window import playground
from bench.experiments import picture_experiment
from bench.harness import SHARE, Row
from bench.window_alive import (
    build_tab,
    lateness_in_window,
    make_bench_application,
    open_window,
    run_for,
)
from model.experiment import IdxData, StopSpec
from model.training import History

__all__ = ["idx_files", "measure"]

BUDGET_S = 30
_SECONDS = 15.0 * SHARE


def _large_network_rows() -> list[Row]:
    """Train 784-128-10 on 60,000 rows of noise: the figures do not depend on what they show."""
    generator = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        data = IdxData(*idx_files(generator, Path(folder)))
        with open_window(picture_experiment(data, 0, StopSpec())) as window:
            lateness = lateness_in_window(window, _SECONDS)
    return [
        Row.alone(
            "784-128-10 on 60,000 rows: lateness p99",
            lateness.percentile(99),
            goal="<= 8",
            unit="ms",
        )
    ]


def idx_files(generator: np.random.Generator, folder: Path) -> tuple[str, str]:
    """Write 60,000 random pictures and labels as IDX files."""
    images = generator.integers(0, 256, (60_000, 28, 28), dtype=np.uint8)
    labels = generator.integers(0, 10, 60_000, dtype=np.uint8)
    head = (0x00000803).to_bytes(4) + b"".join(n.to_bytes(4) for n in images.shape)
    (folder / "images-idx3-ubyte").write_bytes(head + images.tobytes())
    head = (0x00000801).to_bytes(4) + len(labels).to_bytes(4)
    (folder / "labels-idx1-ubyte").write_bytes(head + labels.tobytes())
    return str(folder / "images-idx3-ubyte"), str(folder / "labels-idx1-ubyte")


def _loss_plot_row() -> Row:
    """Time one redraw of the loss plot when a million epochs are in it."""
    history = History(0, has_test=True)
    losses = np.abs(np.random.default_rng(0).normal(0.5, 0.1, (1_000_000, 2)))
    for epoch, (train, test) in enumerate(losses.tolist(), start=1):
        history.record(epoch, train, test)
    times = []
    with open_window(playground()) as window:
        panel = build_tab(window).workbench.loss
        panel.show_history(history)
        run_for(0.3)
        for epoch in range(1_000_001, 1_000_101):
            history.record(epoch, 0.5, 0.5)
            start = time.perf_counter()
            panel.show_history(history)
            panel.plot.repaint()
            times.append((time.perf_counter() - start) * 1000)
    return Row.alone(
        "loss plot of 10^6 epochs redrawn", float(np.median(times)), goal="<= 8", unit="ms"
    )


def measure() -> list[Row]:
    """Measure each in a window of its own."""
    _app = make_bench_application()
    return [*_large_network_rows(), _loss_plot_row()]
