"""PyTorch's side of `bench/model.py`, run inside the peer's own environment."""

import time

import numpy as np
import torch


def threads() -> int:
    """Return how many threads PyTorch computes with."""
    return int(torch.get_num_threads())


def described(threads: int = 0) -> str:
    """Return PyTorch's version and how many threads it computes with.

    Parameters
    ----------
    threads
        How many it is to use from now on; 0 leaves it as it is.
    """
    if threads:
        torch.set_num_threads(threads)
    count = torch.get_num_threads()
    return f"PyTorch {torch.__version__}, {count} thread{'s' if count > 1 else ''}"


def xor_rate(steps: int, limit_s: float = 2.0) -> float:
    """Train XOR 2-8-1 in full batches, but not for long, and return the steps a second.

    Where something else wants a processor, two threads that wait for each other take a hundred
    times as long.
    """
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
        if time.perf_counter() - start > limit_s:
            break
    return len(losses) / (time.perf_counter() - start)


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


def trajectory(
    x: list[list[float]],
    y: list[list[float]],
    weights: list[list[list[float]]],
    biases: list[list[float]],
    settings: dict[str, object],
    steps: int,
) -> list[list[list[float]]]:
    """Train a tanh network by full batches in float64; return each layer's weights, then biases.

    The loss is binary cross-entropy on the last layer's values, mean over rows, sum over outputs.
    """
    layers = []
    for w, b in zip(weights, biases):  # noqa: B905  # the peer may run an older Python
        layer = torch.nn.Linear(len(w), len(b), dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(w, dtype=torch.float64).T)
            layer.bias.copy_(torch.tensor(b, dtype=torch.float64))
        layers.append(layer)
    parts = [part for layer in layers for part in (layer, torch.nn.Tanh())][:-1]
    net = torch.nn.Sequential(*parts)
    chosen = dict(settings)
    optimiser = getattr(torch.optim, str(chosen.pop("name")))(net.parameters(), **chosen)
    inputs = torch.tensor(x, dtype=torch.float64)
    targets = torch.tensor(y, dtype=torch.float64)
    loss_of = torch.nn.BCEWithLogitsLoss(reduction="sum")
    for _ in range(steps):
        optimiser.zero_grad()
        loss = loss_of(net(inputs), targets) / len(inputs)
        loss.backward()
        optimiser.step()
    return [layer.weight.detach().T.tolist() for layer in layers] + [
        [layer.bias.detach().tolist()] for layer in layers
    ]


_ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
    "elu": torch.nn.functional.elu,
    "softplus": lambda z: torch.nn.functional.softplus(z, threshold=700.0),
    "softmax": lambda z: torch.softmax(z, dim=1),
}


def _elements(loss: str, q: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """Return the loss of every output; cross-entropies take logits."""
    sign = 2.0 * t - 1.0
    if loss == "binary_cross_entropy":
        return torch.nn.functional.binary_cross_entropy_with_logits(q, t, reduction="none")
    if loss == "categorical_cross_entropy":
        return -t * torch.log_softmax(q, dim=1)
    if loss in ("hinge", "perceptron"):
        return torch.relu((1.0 if loss == "hinge" else 0.0) - sign * q)
    if loss == "huber":
        return torch.nn.functional.smooth_l1_loss(q, t, reduction="none")
    return (q - t).abs() if loss == "absolute" else (q - t) ** 2 / 2.0


def derivatives(
    x: list[list[float]],
    y: list[list[float]],
    mask: list[list[float]],
    layers: list[dict[str, object]],
    loss: str,
    l1: float = 0.0,
    l2: float = 0.0,
) -> dict[str, object]:
    """Return by autograd, in float64, what a network does with some rows and how its loss changes.

    Each layer has ``weights`` (inputs x units), ``biases`` or none, and an ``activation``. The loss
    is the mean over rows of the sum over the outputs that count, with the penalties.
    """

    def tensor(values: object) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float64)

    a, t, counted = tensor(x), tensor(y), tensor(mask)
    weights = [tensor(layer["weights"]).requires_grad_() for layer in layers]
    biases = [
        None if layer["biases"] is None else tensor(layer["biases"]).requires_grad_()
        for layer in layers
    ]
    sums, answers = [], []
    for w, b, layer in zip(weights, biases, layers):  # noqa: B905  # perhaps an older Python
        z = a @ w if b is None else a @ w + b
        z.retain_grad()
        a = _ACTIVATIONS[str(layer["activation"])](z)
        sums.append(z)
        answers.append(a)
    last = layers[-1]["activation"]
    is_fused = (loss, last) in (
        ("binary_cross_entropy", "sigmoid"),
        ("categorical_cross_entropy", "softmax"),
    )
    elements = _elements(loss, sums[-1] if is_fused else a, t)
    value = (elements * counted).sum() / len(t)
    penalty = sum(l2 * (w**2).sum() / 2.0 + l1 * w.abs().sum() for w in weights)
    (value + penalty).backward()
    return {
        "loss": value.item(),
        "z": [z.tolist() for z in sums],
        "a": [each.tolist() for each in answers],
        "dL_dz": [z.grad.tolist() for z in sums],
        "dL_dW": [w.grad.tolist() for w in weights],
        "dL_db": [None if b is None else b.grad.tolist() for b in biases],
    }
