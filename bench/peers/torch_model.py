"""PyTorch's side of `bench/model.py`, run inside the peer's own environment."""

import time

import numpy as np
import torch


def version() -> str:
    """Return PyTorch's version."""
    return torch.__version__


def xor_rate(steps: int) -> float:
    """Train XOR 2-8-1 in full batches and return the steps a second."""
    torch.manual_seed(0)
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([[0.0], [1], [1], [0]], dtype=torch.float64)
    net = torch.nn.Sequential(
        torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)
    ).double()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.3)
    loss_of = torch.nn.BCEWithLogitsLoss()
    losses = []
    start = time.perf_counter()
    for _ in range(steps):
        optimiser.zero_grad()
        loss = loss_of(net(x), y)
        losses.append(loss.item())
        loss.backward()
        optimiser.step()
    return steps / (time.perf_counter() - start)


_PICTURES: dict[str, torch.Tensor] = {}


def load_pictures(path: str) -> None:
    """Read the arrays that `bench/model.py` saved."""
    with np.load(path) as arrays:
        for name in arrays.files:
            _PICTURES[name] = torch.from_numpy(arrays[name])


def fashion_epochs(epochs: int, seed: int) -> dict[str, float]:
    """Train 784-128-10 by Adam in batches of 128; return seconds an epoch and test accuracy."""
    torch.manual_seed(seed)
    x, y = _PICTURES["x"], _PICTURES["y"]
    net = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for first in range(0, len(x), 128):
            rows = order[first : first + 128]
            optimiser.zero_grad()
            loss = loss_of(net(x[rows]), y[rows])
            loss.backward()
            optimiser.step()
    seconds = (time.perf_counter() - start) / epochs
    with torch.no_grad():
        right = (net(_PICTURES["x_test"]).argmax(1) == _PICTURES["y_test"]).double().mean()
    return {"seconds": seconds, "accuracy": float(right)}
