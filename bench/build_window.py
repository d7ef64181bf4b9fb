"""Build with every panel visible, on the Playground's task."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.harness import SHARE, Row, in_turn, resident_mb
from bench.window_alive import (
    FrameCounter,
    build_tab,
    lateness_in_window,
    make_bench_application,
    open_window,
    rate_in_window,
)
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

BUDGET_S = 55
LONG_BUDGET_S = 720
_SECONDS = 15.0 * SHARE
_ROUNDS, _ROUND_S, _LIMIT_S = 10, 1.5 * SHARE, 35.0
_MEMORY_SECONDS = 600 * SHARE


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


def measure() -> Iterator[Row]:
    """Measure the Playground's task."""
    _app = make_bench_application()
    experiment = playground()
    with open_window(experiment) as window:
        found = in_turn(
            lambda: rate_in_window(window, _ROUND_S),
            lambda: epochs_a_second_alone(experiment, _ROUND_S),
            _ROUNDS,
            _LIMIT_S,
        )
        yield Row.beside(
            "quadrants 250, 4+2 tanh: epochs a second, window drawing",
            found.ours,
            PLAYGROUND_EPOCHS_A_SECOND,
            peer_name="TensorFlow Playground, one epoch a frame",
            goal=">= 15",
            unit="epochs/s",
        )
        yield Row.beside(
            "the same beside training without a window",
            found.ours,
            found.peer,
            peer_name="Trainer alone",
            goal=">= 0.85",
            unit="epochs/s",
        )
        frames = FrameCounter(build_tab(window).workbench.canvas.view.viewport())
        lateness = lateness_in_window(window, _SECONDS)
        # The first second of training is not part of the lateness, but of the frames.
        drawn = frames.frames / (_SECONDS + 1.0)
    yield Row.alone("the same: lateness p99", lateness.percentile(99), goal="<= 8", unit="ms")
    yield Row.alone("the same: lateness worst", max(lateness.late_ms), goal="<= 50", unit="ms")
    yield Row.alone("the same: network drawn", drawn, goal=">= 55", unit="frames/s")


def measure_long() -> Iterator[Row]:
    """Train for ten minutes, after one in which everything has been used once."""
    _app = make_bench_application()
    with open_window(playground()) as window:
        rate_in_window(window, _MEMORY_SECONDS / 10)
        before = resident_mb()
        rate_in_window(window, _MEMORY_SECONDS)
        gained = resident_mb() - before
    yield Row.alone(
        f"memory gained in {_MEMORY_SECONDS:g} s more of training", gained, goal="<= 5", unit="MB"
    )
