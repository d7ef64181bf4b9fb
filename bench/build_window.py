"""Build with every panel visible, on the Playground's task."""

from __future__ import annotations

import os
import time

from bench.harness import Row, in_turn, resident_mb
from bench.window_alive import (
    FrameCounter,
    build_tab,
    lateness_in_window,
    make_bench_application,
    open_window,
    rate_in_window,
)
from gui.window import GlassnetWindow
from model.experiment import (
    Experiment,
    LayerSpec,
    NetworkSpec,
    PlaneData,
    SplitSpec,
    StopSpec,
    TrainingSpec,
)
from model.training import Trainer

__all__ = ["measure", "playground"]

PLAYGROUND_EPOCHS_A_SECOND = 60.0
"""TensorFlow Playground trains one epoch a frame, whatever the machine."""

_SECONDS = float(os.environ.get("BENCH_SECONDS", 60))
_MEMORY_SECONDS = float(os.environ.get("BENCH_MEMORY_SECONDS", 600))


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
    found = in_turn(
        lambda: rate_in_window(window, _SECONDS / 30),
        lambda: epochs_a_second_alone(experiment, _SECONDS / 30),
        12,
    )
    rate, alone = found.ours, found.peer
    frames = FrameCounter(build_tab(window).workbench.canvas.view.viewport())
    lateness = lateness_in_window(window, _SECONDS)
    # The first second of training is not part of the lateness, but of the frames.
    drawn = frames.frames / (_SECONDS + 1.0)
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
    before = resident_mb()
    rate_in_window(window, _MEMORY_SECONDS)
    return Row.alone(
        f"memory gained in {_MEMORY_SECONDS:g} s more of training",
        resident_mb() - before,
        goal="<= 5",
        unit="MB",
    )


def measure() -> list[Row]:
    """Measure the Playground's task."""
    _app = make_bench_application()
    return _playground_rows()
