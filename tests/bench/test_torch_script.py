"""The PyTorch script, run by PyTorch where `.ci/torch.sh` has installed it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest

from bench.torch_peer import TORCH_PYTHON
from model.data import build_dataset
from model.data.derived import derive
from model.edits.features import with_features
from model.experiment import ACTIVATIONS, LOSSES, Activation, Experiment, Loss
from model.export import pytorch_script
from model.export.numpy_script import rows_included
from model.initialisers import initialise
from model.network import Network
from model.training.learner import Learner
from tests.model.test_export import DERIVED, experiment, houses

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(
        not TORCH_PYTHON.exists(),
        reason="PyTorch is not in .venv-torch; `sh .ci/torch.sh` installs it",
    ),
]


def held(made: Experiment, folder: Path) -> None:
    """Run the script of a network and hold what it prints against the network."""
    path = folder / "network.py"
    path.write_text(pytorch_script(made), encoding="utf-8")
    done = subprocess.run(
        [str(TORCH_PYTHON), "-I", str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    outputs = np.array([[float(word) for word in line.split()] for line in lines])
    dataset = build_dataset(made)
    rows = rows_included(dataset)
    own = Network.of(made).forward(derive(dataset.features, rows))
    assert len(outputs) == len(rows)
    np.testing.assert_allclose(outputs, own, rtol=1e-12, atol=1e-12)
    if made.network.layers[0].activation != "step":  # which no trainer of ours takes there
        own_loss = Learner(made).train.loss()
        assert float(last.removeprefix("loss ")) == pytest.approx(own_loss, rel=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation: Activation, tmp_path: Path) -> None:
    hidden: Activation = "tanh" if activation == "softmax" else activation
    output: Activation = "softmax" if activation == "softmax" else "identity"
    held(experiment(hidden, output), tmp_path)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: Loss, tmp_path: Path) -> None:
    output: Activation = "softmax" if loss == "categorical_cross_entropy" else "sigmoid"
    made = experiment("tanh", output)
    training = msgspec.structs.replace(made.training, loss=loss)
    held(msgspec.structs.replace(made, training=training), tmp_path)


def test_scaled_columns_and_derived_inputs(tmp_path: Path) -> None:
    held(initialise(houses(tmp_path, "standard")), tmp_path)
    for columns_and_terms in DERIVED.values():
        held(initialise(with_features(*columns_and_terms)), tmp_path)
