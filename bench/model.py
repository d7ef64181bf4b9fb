"""The network's speed and memory: the real trainer, history and stop rules on, beside peers."""

import contextlib
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from bench.experiments import FASHION, picture_experiment
from bench.harness import Row, in_turn, resident_mb
from bench.machine import goal_on
from bench.torch_peer import Peer, torch_peer
from model.data import Dataset, build_dataset
from model.experiment import (
    Experiment,
    IdxData,
    LayerSpec,
    NetworkSpec,
    StopSpec,
    TrainingSpec,
)
from model.training import Trainer
from model.training.ensemble.population import Population

PROCESSORS = os.cpu_count() or 1
BUDGET_S = 95
LONG_BUDGET_S = 60
_LIMIT_S = 12.0
_STEPS = 20_000
_NETWORKS, _EPOCHS = 1024, 3000


def measure() -> Iterator[Row]:
    """Measure every speed line of the network."""
    peer = torch_peer()
    if peer is None:
        print("PyTorch is not in .venv-torch; its rows are left out", file=sys.stderr)
    with contextlib.nullcontext() if peer is None else peer:
        yield from _xor(peer)
        yield from _population()
        yield from _fashion(peer)


def measure_long() -> Iterator[Row]:
    """Measure memory and speed over a million epochs, in a process that has freed nothing yet."""
    yield from _million_epochs()


def _xor_experiment(epochs: int) -> Experiment:
    """Return XOR 2-8-1 in full batches, with three stop rules on that do not fire early."""
    layers = (LayerSpec(8, "tanh"), LayerSpec(1, "sigmoid"))
    stop = StopSpec(epochs=epochs, loss_below=1e-12, seconds=3600.0)
    return Experiment(network=NetworkSpec(2, layers), training=TrainingSpec(stop=stop))


def _run(
    experiment: Experiment, dataset: Dataset | None = None, threads: int = 1
) -> tuple[Trainer, float]:
    """Train on one thread, as by default (docs/adr/0016), or more; return trainer and seconds."""
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)  # what is not asked for is limited to one
    with threadpool_limits(threads, "blas"):
        trainer = Trainer(experiment, dataset)
        start = time.perf_counter()
        trainer.run(lambda: False, lambda snapshot: None)
        return trainer, time.perf_counter() - start


def our_xor_rate() -> float:
    """Return our epochs a second."""
    return _STEPS / _run(_xor_experiment(_STEPS))[1]


def textbook_xor_rate() -> float:
    """Return the epochs a second of the loop that a textbook writes."""
    generator = np.random.default_rng(0)
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    t = np.array([[0.0], [1], [1], [0]])
    w1, b1 = generator.normal(size=(2, 8)), np.zeros(8)
    w2, b2 = generator.normal(size=(8, 1)), np.zeros(1)
    losses = []
    start = time.perf_counter()
    for _ in range(_STEPS):
        a = np.tanh(x @ w1 + b1)
        p = 1.0 / (1.0 + np.exp(-(a @ w2 + b2)))
        losses.append(-np.mean(t * np.log(p) + (1.0 - t) * np.log(1.0 - p)))
        d2 = (p - t) / len(x)
        d1 = d2 @ w2.T * (1.0 - a**2)
        w2 -= 0.3 * a.T @ d2
        b2 -= 0.3 * d2.sum(axis=0)
        w1 -= 0.3 * x.T @ d1
        b1 -= 0.3 * d1.sum(axis=0)
    return _STEPS / (time.perf_counter() - start)


def sklearn_xor_rate() -> float:
    """Return scikit-learn's epochs a second."""
    epochs = _STEPS // 4
    x, t = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    net = MLPClassifier(
        (8,),
        "tanh",
        solver="sgd",
        batch_size=4,
        learning_rate_init=0.3,
        max_iter=epochs,
        momentum=0.0,
        tol=0.0,
        n_iter_no_change=epochs + 1,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        net.fit(x, t)
        seconds = time.perf_counter() - start
    return int(net.n_iter_) / seconds


def _xor(peer: Peer | None) -> Iterator[Row]:
    """Measure XOR 2-8-1."""
    name, unit = "XOR 2-8-1, full batch", "epochs/s"
    found = in_turn(our_xor_rate, textbook_xor_rate, 7, _LIMIT_S)
    yield Row.beside(
        name, found.ours, found.peer, peer_name="textbook NumPy loop", goal=">= 2.5", unit=unit
    )
    found = in_turn(our_xor_rate, sklearn_xor_rate, 5, _LIMIT_S)
    yield Row.beside(
        name,
        found.ours,
        found.peer,
        peer_name=f"scikit-learn {sklearn.__version__}",
        goal=">= 12",
        unit=unit,
    )
    if peer is not None:
        job = "bench/peers/torch_model.py:"
        found = in_turn(
            our_xor_rate, lambda: float(peer.call(job + "xor_rate", steps=3000)), 5, _LIMIT_S
        )
        yield Row.beside(
            name,
            found.ours,
            found.peer,
            peer_name=str(peer.call(job + "described")),
            goal=goal_on(intel=">= 20", amd=">= 14"),
            unit=unit,
        )


def _population() -> Iterator[Row]:
    """Measure many networks at once."""

    def at_once() -> float:
        with threadpool_limits(1, "blas"):  # as in the window, docs/adr/0016
            population = Population(_xor_experiment(_EPOCHS), range(_NETWORKS))
            start = time.perf_counter()
            population.run()
            return _NETWORKS * _EPOCHS / (time.perf_counter() - start)

    found = in_turn(at_once, our_xor_rate, 5, _LIMIT_S)
    yield Row.beside(
        f"{_NETWORKS} XOR networks at once",
        found.ours,
        found.peer,
        peer_name="one at a time, same trainer",
        goal=">= 30",
        unit="network epochs/s",
    )


def _million_epochs() -> Iterator[Row]:
    """Measure memory and speed over a million epochs of XOR."""
    trainer = Trainer(_xor_experiment(1_000_000))
    before = resident_mb()
    marks = {100_000: 0.0, 900_000: 0.0}
    reached = iter(marks)
    due = next(reached)
    start = time.perf_counter()

    def should_stop() -> bool:
        nonlocal due
        if trainer.epoch >= due:
            marks[due] = time.perf_counter()
            due = next(reached, 1 << 60)
        return False

    trainer.run(should_stop, lambda snapshot: None)
    end = time.perf_counter()
    yield Row.alone(
        "memory after a million epochs of XOR, above the start",
        resident_mb() - before,
        goal="<= 64",
        unit="MB",
    )
    yield Row.beside(
        "the last 100,000 epochs of a million",
        1e5 / (end - marks[900_000]),
        1e5 / (marks[100_000] - start),
        peer_name="the first 100,000",
        goal=">= 0.9",
        unit="epochs/s",
    )


def _fashion_experiment(seed: int) -> Experiment:
    """Return Fashion-MNIST 784-128-10, Adam, float32, three epochs."""
    images, labels, test_images, test_labels = (
        str(FASHION / f"{part}-{kind}-ubyte.gz")
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    )
    stop = StopSpec(epochs=3, loss_below=1e-9)
    return picture_experiment(IdxData(images, labels, test_images, test_labels), seed, stop)


def product_seconds(threads: int) -> float:
    """Return the seconds that an epoch's five matrix products take by themselves."""
    draw = np.random.default_rng(0).random
    x, a, d2 = (draw(s, np.float32) for s in ((128, 785), (129, 128), (10, 128)))
    p1, p2 = draw((785, 128), np.float32), draw((129, 10), np.float32)
    z1, d1, z2 = (np.empty(s, np.float32) for s in ((128, 128), (128, 128), (10, 128)))
    g1, g2 = np.empty_like(p1), np.empty_like(p2)
    with threadpool_limits(threads, "blas"):
        start = time.perf_counter()
        for _ in range(469):
            np.dot(p1.T, x.T, z1)
            np.dot(p2.T, a, z2)
            np.dot(a, d2.T, g2)
            np.dot(p2[:128], d2, d1)
            np.dot(x.T, d1.T, g1)
        return time.perf_counter() - start


class _Fashion:
    """The same three epochs on both sides, with the accuracies reached on the way."""

    def __init__(self) -> None:
        whole = build_dataset(_fashion_experiment(0))
        empty = whole.x_test[:0], whole.y_test[:0]
        self._whole = whole
        # The peers do not look at the test rows while they train, so neither do we.
        self._data = Dataset(
            whole.x_train,
            whole.y_train,
            *empty,
            whole.feature_names,
            whole.target_names,
            whole.class_names,
            whole.task,
        )
        self.labels = whole.labels_train
        self.accuracies: dict[str, list[float]] = {"ours": [], "torch": [], "sklearn": []}
        self._seed = 0

    def save(self, path: str) -> None:
        """Write the arrays for a peer in another process."""
        whole = self._whole
        np.savez(
            path, x=whole.x_train, y=self.labels, x_test=whole.x_test, y_test=whole.labels_test
        )

    def _note(self, side: str, accuracy: float) -> None:
        self.accuracies[side].append(100.0 * accuracy)

    def ours(self, threads: int = PROCESSORS) -> float:
        """Return our seconds an epoch."""
        self._seed += 1
        trainer, seconds = _run(_fashion_experiment(self._seed), self._data, threads)
        found = trainer.network.forward(self._whole.x_test).argmax(axis=1)
        self._note("ours", float(np.mean(found == self._whole.labels_test)))
        return seconds / 3

    def sklearn(self) -> float:
        """Return scikit-learn's seconds an epoch."""
        net = MLPClassifier(
            (128,),
            solver="adam",
            alpha=0.0,
            batch_size=128,
            learning_rate_init=1e-3,
            max_iter=3,
            random_state=self._seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            start = time.perf_counter()
            net.fit(self._data.x_train, self.labels)
            seconds = time.perf_counter() - start
        self._note("sklearn", float(net.score(self._whole.x_test, self._whole.labels_test)))
        return seconds / 3

    def torch(self, peer: Peer) -> float:
        """Return PyTorch's seconds an epoch."""
        job = "bench/peers/torch_model.py:fashion_epochs"
        found = peer.call(job, epochs=3, seed=self._seed)
        self._note("torch", found["accuracy"])
        return float(found["seconds"])

    def behind(self, side: str) -> float:
        """Return by how many points our mean test accuracy is below a peer's."""
        means = {name: float(np.mean(found)) for name, found in self.accuracies.items() if found}
        return means[side] - means["ours"]


def _count(threads: int) -> str:
    """Return the words for a number of threads."""
    return f"{threads} thread{'s' if threads > 1 else ''}"


def _fashion(peer: Peer | None) -> Iterator[Row]:
    """Measure Fashion-MNIST."""
    if not FASHION.exists():
        print(
            "Fashion-MNIST is not there (apt-get install dataset-fashion-mnist); rows left out",
            file=sys.stderr,
        )
        return
    name, unit = "Fashion-MNIST 784-128-10, Adam, float32", "s/epoch"
    accuracy = "Fashion-MNIST test accuracy after 3 epochs, points below"
    both = _Fashion()
    for threads in sorted({1, PROCESSORS}):
        found = in_turn(partial(both.ours, threads), partial(product_seconds, threads), 5, _LIMIT_S)
        yield Row.beside(
            f"{name}, {_count(threads)}",
            found.ours,
            found.peer,
            peer_name=f"its matrix products alone, {_count(threads)}",
            goal="<= 2.3",
            unit=unit,
        )
    found = in_turn(both.ours, both.sklearn, 3, _LIMIT_S)
    library = f"scikit-learn {sklearn.__version__}, {_count(PROCESSORS)}"
    yield Row.beside(
        f"{name}, {_count(PROCESSORS)}",
        found.ours,
        found.peer,
        peer_name=library,
        goal="<= 0.65",
        unit=unit,
    )
    yield Row.alone(f"{accuracy} {library}", both.behind("sklearn"), goal="<= 0.5", unit="points")
    if peer is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "pictures.npz"))
        both.save(path)
        peer.call("bench/peers/torch_model.py:load_pictures", path=path)
    # Both on one thread, then both as they come, which leaves the peer as it came.
    own = int(peer.call("bench/peers/torch_model.py:threads"))
    for threads, theirs in ((1, 1), (PROCESSORS, own)):
        library = str(peer.call("bench/peers/torch_model.py:described", threads=theirs))
        found = in_turn(partial(both.ours, threads), lambda: both.torch(peer), 5, _LIMIT_S)
        yield Row.beside(
            f"{name}, {_count(threads)}",
            found.ours,
            found.peer,
            peer_name=library,
            goal=goal_on(intel="<= 0.65", amd="<= 0.75"),
            unit=unit,
        )
    yield Row.alone(f"{accuracy} {library}", both.behind("torch"), goal="<= 0.5", unit="points")
