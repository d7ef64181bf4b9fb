"""A network as a self-contained PyTorch program that prints its outputs and its loss."""

from __future__ import annotations

from foundation.files import StrPath
from model.data import Dataset, build_dataset
from model.experiment import Experiment
from model.experiment.checks import check_columns
from model.export.numpy_script import (
    derived_terms,
    includes_all_rows,
    input_words,
    layer_arrays,
    literal,
    loss_part,
    loss_shown,
    omission_note,
    rows_included,
    scaling_numbers,
)
from model.export.run_back import RoundTrip, run_torch
from model.files import write_bytes
from model.initialisers import initialise

_STEP = '''

class Step(nn.Module):
    """1 where z > 0, else 0; no gradient comes back through it."""

    def forward(self, z):
        return (z > 0).to(z.dtype)
'''

_DERIVE = '''

def derive(x):
    """Return the inputs of the first layer, made from the columns."""
    x = torch.tensor(x, dtype=torch.float64)
    return torch.stack([{inputs}], dim=1).to(DTYPE)
'''

_PROGRAM = '''"""A neural network, written by Glassnet. Run it with: python THIS_FILE

It needs PyTorch and nothing else. Rows are examples. The script prints the outputs for the rows of
X, one line a row{then_loss}.
{note}"""

import torch
from torch import nn

DTYPE = torch.{dtype}

# What goes in: {features}{scaled}{inputs}
# What comes out: {targets}{targets_scaled}


def array(numbers):
    return torch.tensor(numbers, dtype=DTYPE)
{step}{derive}

network = nn.Sequential(
{modules}
).to(DTYPE)

# One (W, b) a layer; W has shape (inputs, units), the transpose of what PyTorch keeps.
WEIGHTS = [
{layers}
]
with torch.no_grad():
    for layer, (W, b) in zip({weighted}, WEIGHTS):
        layer.weight.copy_(W.T)
        if layer.bias is not None:
            layer.bias.copy_(b)


def passed(x):
    """Return z and a of the output layer."""
    z = network[:-1]({given})
    return z, network[-1](z)


def predict(x):
    """Return the outputs for rows of inputs, shape (rows, outputs)."""
    with torch.no_grad():
        return passed(x)[1]

{scaling}
# Rows to answer.
X = {rows}
{training}

if __name__ == "__main__":
    for row in predict(X).tolist():
        print(*row)
{report}'''

_SCALING = '''
# The table's columns were scaled before training: (value - OFFSET) / SPREAD.
X_OFFSET = torch.tensor({x_offset}, dtype=torch.float64)
X_SPREAD = torch.tensor({x_spread}, dtype=torch.float64)
Y_OFFSET = torch.tensor({y_offset}, dtype=torch.float64)
Y_SPREAD = torch.tensor({y_spread}, dtype=torch.float64)


def answer(rows):
    """Return the outputs for rows in the units of the table, shape (rows, outputs)."""
    scaled = (torch.tensor(rows, dtype=torch.float64) - X_OFFSET) / X_SPREAD
    return predict(scaled.tolist()) * Y_SPREAD + Y_OFFSET

'''


def pytorch_script(experiment: Experiment, dataset: Dataset | None = None) -> str:
    """Return an experiment's network as a PyTorch program.

    Parameters
    ----------
    experiment, dataset
        As in :func:`model.export.numpy_script.numpy_parts`.

    Returns
    -------
    str
        A self-contained program that needs only PyTorch: an ``nn.Sequential`` with its weights.
        For large data it contains as many rows as the NumPy script, and no loss.
    """
    data = build_dataset(experiment) if dataset is None else dataset
    check_columns(experiment, data)
    network = initialise(experiment).network
    whole = includes_all_rows(data)
    is_stepped = any(not layer.activation_kind.has_slope for layer in network.layers)
    modules, weighted, arrays = [], [], []
    for number, (layer, shape) in enumerate(zip(network.layers, network.flow, strict=False)):
        module = layer.kind.torch_module(layer, shape)
        modules.append(f"    {module}, {layer.activation_kind.torch},")
        if len(layer.weights_and_biases[0]):
            weighted.append(f"network[{2 * number}]")
            arrays.append(f"    (\n{layer_arrays(layer)}    ),")
    scaling = scaling_numbers(data.columns)
    return _PROGRAM.format(
        **input_words(experiment, data),
        note=omission_note(data),
        then_loss=_then_loss(is_stepped) if whole else "",
        step=_STEP if is_stepped else "",
        derive=_DERIVE.format(inputs=derived_terms(data.features, "torch"))
        if data.features
        else "",
        modules="\n".join(modules),
        weighted="network[::2]"
        if len(weighted) == len(network.layers)
        else f"[{', '.join(weighted)}]",
        layers="\n".join(arrays),
        given="derive(x)" if data.features else "array(x)",
        scaling=_SCALING.format(**scaling) if scaling else "",
        rows=literal(rows_included(data), ""),
        training=loss_part(experiment, data, "torch", "{mean}") if whole else "",
        report=f'    print("loss", {loss_shown("loss().item()", experiment)})\n' if whole else "",
    )


def export_pytorch(
    experiment: Experiment, path: StrPath, dataset: Dataset | None = None
) -> RoundTrip | None:
    """Run the program if PyTorch is installed, and write it completely or not at all.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data set, if already built, or your own.
    path
        Path of the file; an existing file is replaced once the new one is complete.

    Returns
    -------
    RoundTrip or None
        Comparison of the program's answers with the network's; ``None`` if PyTorch is not
        installed.

    Raises
    ------
    ModelError
        If the data cannot be built or read; codes ``network.inputs`` and ``network.outputs`` if
        they do not fit the network; ``export.program`` if running it fails or its answers have
        the wrong shape; ``file.unwritable``.
    """
    data = build_dataset(experiment) if dataset is None else dataset
    program = pytorch_script(experiment, data)
    trip = run_torch(program, rows_included(data), experiment, data)
    write_bytes(path, program.encode())
    return trip


def _then_loss(is_stepped: bool) -> str:
    """Return the prose on the loss, and on its gradients if there are any."""
    gradients = "" if is_stepped else "; `loss().backward()` leaves each gradient at its parameter"
    return f", and then the loss{gradients}"
