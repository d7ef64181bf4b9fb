"""A network as a self-contained NumPy script that prints its outputs and its loss."""

from __future__ import annotations

from typing import Literal

import numpy as np

from foundation.files import StrPath
from foundation.text import Names
from model.data import Dataset, build_dataset
from model.data.derived import Feature
from model.experiment import Experiment, FloatArray, LayerSpec
from model.experiment.checks import check_columns
from model.export.run_back import RoundTrip, run_numpy
from model.files import write_bytes
from model.initialisers import initialise
from model.losses import is_fused, loss_kind
from model.metrics import UNDECIDED, decision_threshold

MAX_NUMBERS = 200_000
"""Maximum numbers of data in a script, approximately."""

_OPENING = '''"""A neural network, written by Glassnet. Run it with: python THIS_FILE

It needs NumPy and nothing else. Rows are examples. Every layer computes z = x @ W + b and then its
activation. The script prints the outputs for the rows of X, one line a row{then_loss}.
{note}"""

'''

_INPUTS = """import numpy as np

DTYPE = np.{dtype}

# What goes in: {features}{scaled}{inputs}
# What comes out: {targets}{targets_scaled}


def array(numbers):
    return np.array(numbers, dtype=DTYPE)


"""

_LAYERS = """# One ({row}) a layer; W has shape (inputs, units).
LAYERS = [
{layers}
]


"""

_FORWARD = '''def passed(x):
    """Return z and a of the output layer."""
    z = a = array({given})
    for {row} in LAYERS:
        z = {sums}
        a = activation(z)
    return z, a


def predict(x):
    """Return the outputs for rows of inputs, shape (rows, outputs)."""
    return passed(x)[1]

'''

_ROWS = """
# Rows to answer.
X = {rows}
"""

_ANSWERS = """

if __name__ == "__main__":
    for row in predict(X):
        print(" ".join(repr(float(value)) for value in row))
{report}"""

_DERIVE = '''


def derive(x):
    """Return the inputs of the first layer, made from the columns."""
    x = np.array(x, dtype=np.float64)
    return np.stack([{inputs}], axis=1)'''

_JUDGING = '''

def judge():
    """Return the share of training rows that are right, and how many are undecided.

    Undecided, neither right nor wrong: {near}.
    """
    a, t = predict(X_TRAIN), array(T_TRAIN)
{judge}
    return float(right.mean()), int(undecided.sum())
'''

_CLASSES = """\
    ordered = np.sort(a, axis=1)
    undecided = ordered[:, -1] - ordered[:, -2] <= {near!r}
    right = ~undecided & (a.argmax(axis=1) == t.argmax(axis=1))"""

_YES_OR_NO = """\
    between = (np.abs(a - {threshold!r}) <= {near!r}){and_asked}
    wrong = ~between & ((a > {threshold!r}) != (t > 0.5)){and_asked}
    undecided = between.any(axis=1) & ~wrong.any(axis=1)
    right = ~between.any(axis=1) & ~wrong.any(axis=1)"""

_SCALED = ", scaled; `answer` takes and gives the units of the table"

_SCALING = '''
# The table's columns were scaled before training: (value - OFFSET) / SPREAD.
X_OFFSET = np.array({x_offset})
X_SPREAD = np.array({x_spread})
Y_OFFSET = np.array({y_offset})
Y_SPREAD = np.array({y_spread})


def answer(rows):
    """Return the outputs for rows in the units of the table, shape (rows, outputs)."""
    return predict((np.array(rows) - X_OFFSET) / X_SPREAD) * Y_SPREAD + Y_OFFSET

'''

_TRAINING = '''
# What it was trained on: rows, targets{mask_note}.
X_TRAIN = {x}
T_TRAIN = {t}
{mask}

def loss():
    """Return the {name} loss: mean over rows, sum over outputs."""
    z, a = passed(X_TRAIN)
    q, t = {reads}, array(T_TRAIN)
    return {total}
'''


def rows_shown(dataset: Dataset) -> FloatArray:
    """Return the rows to show: those of the truth table, the test rows, or all."""
    if dataset.table_x is not None:
        return dataset.table_x
    return dataset.x_test if len(dataset.x_test) else dataset.x_train


def numbers_shown(dataset: Dataset) -> np.ndarray:
    """Return the numbers of the rows of :func:`rows_shown`, from 1."""
    if dataset.table_x is not None:
        return np.arange(len(dataset.table_x)) + 1
    train, test = dataset.row_numbers
    return test if len(test) else train


def rows_included(data: Dataset) -> FloatArray:
    """Return the shown rows, at most as many as a program may contain."""
    rows = rows_shown(data.columns)
    return rows[: max(1, MAX_NUMBERS // max(1, rows.shape[1]))]


def includes_all_rows(data: Dataset) -> bool:
    """Return whether a program contains all training rows, and so computes their loss."""
    return data.columns.x_train.size + data.y_train.size <= MAX_NUMBERS


def omission_note(data: Dataset) -> str:
    """Return the program's note on omitted data, empty if nothing is omitted."""
    shown = len(rows_included(data)) == len(rows_shown(data.columns))
    return "" if includes_all_rows(data) and shown else "It carries only part of the data.\n"


def input_words(experiment: Experiment, data: Dataset) -> dict[str, str]:
    """Return the program's description of its inputs and outputs."""
    columns = data.columns
    return {
        "dtype": experiment.training.dtype,
        "features": one_line(columns.feature_names),
        "inputs": f"; its inputs: {one_line(data.feature_names)}" if data.features else "",
        "targets": one_line(data.target_names),
        "scaled": "" if columns.x_offset is None else _SCALED,
        "targets_scaled": "" if data.y_offset is None else _SCALED,
    }


def loss_part(
    experiment: Experiment, data: Dataset, library: Literal["numpy", "torch"], total: str
) -> str:
    """Return the program's code for the training loss.

    Parameters
    ----------
    library
        The library that the program computes with.
    total
        The expression returned, with ``{mean}`` for the sum over outputs and mean over rows.
    """
    loss, mask = experiment.training.loss, data.mask_train
    last = experiment.network.layers[-1].activation
    formula: str = getattr(loss_kind(loss, last), library)
    counted = formula if mask is None else f"({formula}) * array(MASK)"
    return _TRAINING.format(
        x=literal(data.columns.x_train, ""),
        t=literal(data.y_train, ""),
        mask="" if mask is None else f"MASK = {literal(mask, '')}\n",
        mask_note="" if mask is None else ", and 0 where any answer will do",
        name=loss.replace("_", " "),
        reads="z" if is_fused(loss, last) else "a",
        total=total.format(mean=f"({counted}).sum() / len(t)"),
    )


def literal(values: FloatArray, indent: str = "    ") -> str:
    """Return an array as a list of lists, one row per line."""
    if values.ndim == 1:
        return "[" + ", ".join(map(repr, values.tolist())) + "]"
    if len(values) == 0:
        return "[]"
    lines = (f"{indent}    {row!r}," for row in values.tolist())
    return "[\n" + "\n".join(lines) + f"\n{indent}]"


def numpy_script(experiment: Experiment, dataset: Dataset | None = None) -> str:
    """Return an experiment's network as a NumPy script.

    Parameters
    ----------
    experiment, dataset
        As in :func:`numpy_parts`.

    Returns
    -------
    str
        A self-contained program that needs only NumPy.
    """
    return "".join(numpy_parts(experiment, dataset).values())


def numpy_parts(experiment: Experiment, dataset: Dataset | None = None) -> dict[str, str]:
    """Return the parts of an experiment's NumPy script.

    Parameters
    ----------
    experiment
        The network; missing weights are drawn.
    dataset
        Its data set, if already built.

    Returns
    -------
    dict
        The parts in order: ``opening``, ``inputs``, ``activations``, ``layers``, ``forward``,
        ``units``, ``rows``, ``loss``, ``answers``; unused ones are empty. Joined, they are a
        self-contained program that needs only NumPy.

    Notes ----- The script does the same operations on the same numbers as
    :class:`model.network.Network`. If the data were scaled, its ``answer`` takes and returns
    the units of the table. If inputs are derived, its rows contain the original columns. For
    large data it contains as many rows as fit in `MAX_NUMBERS`, and no loss.
    """
    network = initialise(experiment).network
    data = build_dataset(experiment) if dataset is None else dataset
    check_columns(experiment, data)
    sums = [layer.kind.numpy_sums for layer in network.layers]
    is_alike = len(set(sums)) == 1
    layers = []
    for layer, text in zip(network.layers, sums, strict=True):
        if not text:
            raise layer.kind.only_dense()
        own = "" if is_alike else f"        lambda a, W, b: {text},\n"
        layers.append(f"    (\n{layer_arrays(layer)}        {layer.activation},\n{own}    ),")
    row = "W, b, activation" if is_alike else "W, b, activation, sums"
    used = dict.fromkeys(layer.activation_kind.numpy for layer in network.layers)
    derived = _DERIVE.format(inputs=derived_terms(data.features, "np")) if data.features else ""
    scaling = scaling_numbers(data.columns)
    whole = includes_all_rows(data)
    return {
        "opening": _OPENING.format(
            then_loss=", and then the loss" if whole else "", note=omission_note(data)
        ),
        "inputs": _INPUTS.format(**input_words(experiment, data)),
        "activations": "\n\n\n".join(used) + f"{derived}\n\n\n",
        "layers": _LAYERS.format(row=row, layers="\n".join(layers)),
        "forward": _FORWARD.format(
            given="derive(x)" if data.features else "x",
            row=row,
            sums=sums[0] if is_alike else "sums(a, W, b)",
        ),
        "units": _SCALING.format(**scaling) if scaling else "",
        "rows": _ROWS.format(rows=literal(rows_included(data), "")),
        "loss": _training(experiment, data) if whole else "",
        "answers": _ANSWERS.format(report=_report(experiment, data) if whole else ""),
    }


def layer_arrays(layer: LayerSpec) -> str:
    """Return W and b as program code."""
    weights, biases = layer.weights_and_biases
    indent = " " * 8
    return f"{indent}array({literal(weights, indent)}),\n{indent}array({literal(biases)}),\n"


def derived_terms(features: tuple[Feature, ...], library: str) -> str:
    """Return code that computes each derived input from `x` with `library`."""
    made = []
    for kind, first, second in features:
        column = f"x[:, {first}]"
        texts = {
            "column": column,
            "sine": f"{library}.sin({column})",
            "square": f"{column} * {column}",
        }
        made.append(texts.get(kind, f"{column} * x[:, {second}]"))
    return ", ".join(made)


def one_line(names: Names) -> str:
    """Return names as one line for a comment, without unprintable characters."""
    plain = ("".join(c if c.isprintable() else " " for c in name) for name in names)
    return ", ".join(" ".join(name.split()) for name in plain)


def scaling_numbers(data: Dataset) -> dict[str, str]:
    """Return the scaling of columns and targets as code, empty if there is none."""
    if data.x_offset is None or data.x_spread is None:
        return {}
    none = np.zeros(data.outputs), np.ones(data.outputs)
    y = none if data.y_offset is None or data.y_spread is None else (data.y_offset, data.y_spread)
    return {
        "x_offset": literal(data.x_offset),
        "x_spread": literal(data.x_spread),
        "y_offset": literal(y[0]),
        "y_spread": literal(y[1]),
    }


def _training(experiment: Experiment, data: Dataset) -> str:
    """Return the code for the training loss and the scoring of rows."""
    loss = loss_part(experiment, data, "numpy", "float({mean})")
    return f"{loss}{_scoring_function(experiment, data)}\n"


def _scoring_function(experiment: Experiment, data: Dataset) -> str:
    """Return the function that counts right and undecided rows, empty for a regression."""
    if data.task == "regression":
        return ""
    if data.task == "multiclass" and data.outputs > 1:
        near = f"the two largest outputs within {UNDECIDED!r} of each other"
        return _JUDGING.format(near=near, judge=_CLASSES.format(near=UNDECIDED))
    threshold = decision_threshold(experiment)
    near = f"an output within {UNDECIDED!r} of {threshold!r}"
    asked = "" if data.mask_train is None else " & (array(MASK) > 0.0)"
    judge = _YES_OR_NO.format(near=UNDECIDED, threshold=threshold, and_asked=asked)
    return _JUDGING.format(near=near, judge=judge)


def _report(experiment: Experiment, data: Dataset) -> str:
    """Return the code that prints the last line, about the training rows."""
    shown = f'"loss", {loss_shown("loss()", experiment)}'
    if data.task == "regression":
        return f"    print({shown})\n"
    return (
        "    right, undecided = judge()\n"
        f'    print({shown}, "accuracy", repr(right), "undecided", undecided)\n'
    )


def loss_shown(loss: str, experiment: Experiment) -> str:
    """Return code that formats a loss without the digits that vary with summation order.

    Notes
    -----
    The trainer sums in another order than a script, which changes the last digit or two.
    """
    digits = np.finfo(experiment.training.dtype).precision - 2
    return f'f"{{{loss}:.{digits}g}}"'


def export_numpy(
    experiment: Experiment, path: StrPath, dataset: Dataset | None = None
) -> RoundTrip:
    """Run the script and write it, completely or not at all.

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
    RoundTrip
        Comparison of the script's answers with the network's.

    Raises
    ------
    ModelError
        If the data cannot be built or read; codes ``network.inputs`` and ``network.outputs`` if
        they do not fit the network; ``export.program`` if its answers have the wrong shape;
        ``file.unwritable``.
    """
    data = build_dataset(experiment) if dataset is None else dataset
    script = numpy_script(experiment, data)
    _, trip = run_numpy([script], experiment, data)
    write_bytes(path, script.encode())
    return trip
