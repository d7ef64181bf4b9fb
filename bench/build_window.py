"""Build with every panel visible: the Playground's task, a large network, long runs."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.harness import Row, in_turn
from bench.window_alive import (
    FrameCounter,
    build_tab,
    lateness_in_window,
    make_bench_application,
    open_window,
    rate_in_window,
    run_for,
)
from gui.window import GlassnetWindow
from model.experiment import (
    Experiment,
    IdxData,
    InitialiserSpec,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    PlaneData,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.training import History, Trainer

__all__ = ["measure", "playground"]

PLAYGROUND_EPOCHS_A_SECOND = 60.0
"""TensorFlow Playground trains one epoch a frame, whatever the machine."""

_SECONDS = float(os.environ.get("BENCH_SECONDS", 60))


def playground() -> Experiment:
    """Return TensorFlow Playground's XOR: 250 points, batch 10, 4 and 2 tanh units, rate 0.03."""
    return Experiment(
        data=PlaneData("quadrants", 250, 0.1),
        split=SplitSpec(test_fraction=0.5),
        network=NetworkSpec(
            2, (LayerSpec(4, "tanh"), LayerSpec(2, "tanh"), LayerSpec(1, "sigmoid"))
        ),
        training=TrainingSpec(learning_rate=0.03, batch_size=10, stop=StopSpec()),
    )


def epochs_a_second_alone(experiment: Experiment, seconds: float) -> float:
    """Train without a window for a while; return epochs a second."""
    trainer = Trainer(experiment)
    end = time.perf_counter() + seconds
    start = time.perf_counter()
    trainer.run(lambda: time.perf_counter() > end, lambda snapshot: None)
    return trainer.epoch / (time.perf_counter() - start)


def _playground_rows() -> list[Row]:
    experiment = playground()
    window = open_window(experiment)
    frames = FrameCounter(build_tab(window).workbench.canvas.view.viewport())
    found = in_turn(
        lambda: rate_in_window(window, _SECONDS / 20),
        lambda: epochs_a_second_alone(experiment, _SECONDS / 30),
        5,
    )
    rate, alone = found.ours, found.peer
    before = frames.frames
    lateness = lateness_in_window(window, _SECONDS)
    # The first second of training is not part of the lateness, but of the frames.
    drawn = (frames.frames - before) / (_SECONDS + 1.0)
    rows = [
        Row.beside(
            "quadrants 250, 4+2 tanh: epochs a second, window drawing",
            rate,
            PLAYGROUND_EPOCHS_A_SECOND,
            peer_name="TensorFlow Playground, one epoch a frame",
            goal=">= 15",
            unit="epochs/s",
        ),
        Row.beside(
            "the same beside training without a window",
            rate,
            alone,
            peer_name="Trainer alone",
            goal=">= 0.8",
            unit="epochs/s",
        ),
        Row.alone("the same: lateness p99", lateness.percentile(99), goal="<= 8", unit="ms"),
        Row.alone("the same: lateness worst", max(lateness.late_ms), goal="<= 50", unit="ms"),
        Row.alone("the same: network drawn", drawn, goal=">= 55", unit="frames/s"),
    ]
    rows.append(_memory_row(window))
    window.document.undo_stack.setClean()
    window.close()
    return rows


def _memory_row(window: GlassnetWindow) -> Row:
    """Train on for a while and see what memory that takes."""
    before = _resident_mb()
    rate_in_window(window, _SECONDS)
    gained = _resident_mb() - before
    return Row.alone("memory gained in as much training again", gained, goal="<= 5", unit="MB")


def _large_network_rows() -> list[Row]:
    """Train 784-128-10 on 60,000 rows of noise: the figures do not depend on what they show."""
    generator = np.random.default_rng(0)
    path = _idx_files(generator)
    experiment = Experiment(
        data=IdxData(*path),
        network=NetworkSpec(784, (LayerSpec(128, "relu"), LayerSpec(10, "softmax"))),
        training=TrainingSpec(
            loss="categorical_cross_entropy",
            optimiser=OptimiserSpec("adam"),
            learning_rate=0.001,
            batch_size=128,
            initialiser=InitialiserSpec("he", bias=0.1),
            dtype="float32",
        ),
    )
    window = open_window(experiment)
    lateness = lateness_in_window(window, _SECONDS)
    window.document.undo_stack.setClean()
    window.close()
    return [
        Row.alone(
            "784-128-10 on 60,000 rows: lateness p99",
            lateness.percentile(99),
            goal="<= 8",
            unit="ms",
        )
    ]


def _idx_files(generator: np.random.Generator) -> tuple[str, str]:
    """Write 60,000 random pictures and labels as IDX files in a temporary folder."""
    folder = Path(tempfile.mkdtemp())
    images = generator.integers(0, 256, (60_000, 28, 28), dtype=np.uint8)
    labels = generator.integers(0, 10, 60_000, dtype=np.uint8)
    head = (0x00000803).to_bytes(4) + b"".join(n.to_bytes(4) for n in images.shape)
    (folder / "images-idx3-ubyte").write_bytes(head + images.tobytes())
    head = (0x00000801).to_bytes(4) + len(labels).to_bytes(4)
    (folder / "labels-idx1-ubyte").write_bytes(head + labels.tobytes())
    return str(folder / "images-idx3-ubyte"), str(folder / "labels-idx1-ubyte")


def _loss_plot_row() -> Row:
    """Time one redraw of the loss plot when a million epochs are in it."""
    window = open_window(playground())
    panel = build_tab(window).workbench.loss
    history = History(0, has_test=True)
    losses = np.abs(np.random.default_rng(0).normal(0.5, 0.1, (1_000_000, 2)))
    for epoch, (train, test) in enumerate(losses.tolist(), start=1):
        history.record(epoch, train, test)
    panel.show_history(history)
    run_for(0.3)
    times = []
    for epoch in range(1_000_001, 1_000_101):
        history.record(epoch, 0.5, 0.5)
        start = time.perf_counter()
        panel.show_history(history)
        panel.plot.repaint()
        times.append((time.perf_counter() - start) * 1000)
    window.close()
    return Row.alone(
        "loss plot of 10^6 epochs redrawn", float(np.median(times)), goal="<= 8", unit="ms"
    )


def _resident_mb() -> float:
    """Return the memory this process holds, MB; the most it ever held where Linux's is not told."""
    told = Path("/proc/self/statm")
    if told.exists():
        return int(told.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure() -> list[Row]:
    """Measure each in a window of its own."""
    _app = make_bench_application()
    return [*_playground_rows(), *_large_network_rows(), _loss_plot_row()]
