"""Import of a network from an ONNX file as an experiment.

The result is compared with ONNX's reference evaluator before it is shown (docs/adr/0098).
"""

from __future__ import annotations

import contextlib
import math
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from foundation.files import StrPath
from foundation.text import Names, Text
from model.data.build import build_dataset
from model.data.cache import dataset_of
from model.data.dataset import Dataset
from model.data.derived import derive, term_of
from model.data.shape import input_names, output_names
from model.defaults import default_experiment, training_for_output
from model.edits.opened import SCALED_OTHERWISE, Scaling, refitted
from model.errors import ModelError, naming_file
from model.experiment import (
    Experiment,
    FloatArray,
    LayerSpec,
    NetworkSpec,
    OptimiserSpec,
    TruthTableData,
)
from model.export.run_back import RoundTrip, differences
from model.file_bytes import file_bytes
from model.importing.onnx_chain import Chain, read_chain
from model.network import Network
from model.own_units import predict

MAX_BYTES = 1 << 27
"""Maximum file size, three times that of Build's largest network in float32."""

MAX_INPUTS = 1024
"""Maximum inputs of a network opened without data, as of 32 x 32 pixels."""

ROWS = 50
"""Number of rows on which the answers are compared."""

_MAX_FED = 1 << 22
_ALL_CORNERS = 4


class NetworkRead(NamedTuple):
    """The result of reading a file.

    Attributes
    ----------
    experiment
        The experiment with the network's layers and weights.
    trip
        Comparison of its answers with ONNX's reference evaluator.
    notes
        Further notes for the user.
    """

    experiment: Experiment
    trip: RoundTrip
    notes: tuple[Text, ...]


def read_network(path: StrPath, present: Experiment | None = None) -> NetworkRead:
    """Read a chain of dense layers from an ONNX file.

    Parameters
    ----------
    path
        Path of the file; weights in other files of its folder are read too.
    present
        The current experiment; its data are kept if they fit the network.

    Returns
    -------
    NetworkRead
        The experiment, the comparison with ONNX's reference evaluator, and notes.

    Raises
    ------
    ModelError
        Codes ``onnx.damaged``, ``onnx.outside``, ``onnx.inputs``, ``onnx.differs``,
        ``onnx.run``, those of :func:`model.importing.onnx_chain.read_chain`, of reading files,
        and of an experiment that is too large.
    """
    with naming_file(path):
        model = _parsed(path)
        _load_external_weights(model, Path(path).resolve().parent)
        chain = _read(model)
        experiment, notes = _on_data(chain, Path(path).stem, present)
        trip = _compare_answers(model, chain, experiment)
    return NetworkRead(experiment, trip, notes)


# -- The file --------------------------------------------------------------------------------------


def _parsed(path: StrPath) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    content = file_bytes(path, MAX_BYTES, "file")
    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as fault:
        raise _damaged() from fault
    if not model.HasField("graph"):
        raise _damaged()
    return model


def _read(model: Any) -> Chain:
    try:
        return read_chain(model)
    except ModelError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as fault:
        raise _damaged() from fault  # attributes or tensors of a kind that ONNX does not allow


def _damaged() -> ModelError:
    return ModelError(
        "onnx.damaged", "This is no ONNX file, or it is damaged. Export the network again."
    )


def _load_external_weights(model: Any, folder: Path) -> None:
    """Load weights stored in separate files into the model.

    Raises
    ------
    ModelError
        Codes ``onnx.outside`` if a file is not in the model's folder, and ``onnx.damaged``.
    """
    from onnx import TensorProto

    files: dict[Path, bytes] = {}
    room = MAX_BYTES
    constants = (each.t for node in model.graph.node for each in node.attribute)
    for tensor in (*model.graph.initializer, *constants):
        if tensor.data_location != TensorProto.EXTERNAL:
            continue
        told = {entry.key: entry.value for entry in tensor.external_data}
        path = folder / told.get("location", "").replace("\0", "")
        if path.resolve().parent != folder:
            raise ModelError(
                "onnx.outside",
                "Its weights would lie in {path}, outside its folder, where they are not looked "
                "for. Put that file beside it, or export the network with its weights inside.",
                path=" ".join(str(told.get("location", "")).split())[:200],
            )
        if path not in files:
            files[path] = file_bytes(path, MAX_BYTES, "file")
        try:
            start = int(told.get("offset", 0))
            length = int(told.get("length", len(files[path]) - start))
        except ValueError as fault:
            raise _damaged() from fault
        room -= length
        if min(start, length, room) < 0 or start + length > len(files[path]):
            raise _damaged()
        tensor.raw_data = files[path][start : start + length]
        tensor.data_location = TensorProto.DEFAULT
        del tensor.external_data[:]


def _sides(value: Any) -> tuple[int, ...] | None:
    """Return the dimensions of an input, 0 for a free one; ``None`` if unspecified."""
    kind = value.type.tensor_type
    return tuple(side.dim_value for side in kind.shape.dim) if kind.HasField("shape") else None


# -- The experiment --------------------------------------------------------------------------------


def _on_data(
    chain: Chain, title: str, present: Experiment | None
) -> tuple[Experiment, tuple[Text, ...]]:
    """Return the network on the current data or on a substitute table, and notes."""
    notes = []
    if chain.left_out:
        notes.append(Text("Left out behind its answers: {operators}.", operators=chain.left_out))
    if chain.merged:
        notes.append(
            Text("Worked into the weights beside it: {operators}.", operators=chain.merged)
        )
    kept = None
    if present is not None:
        with contextlib.suppress(ModelError, OSError):  # data that cannot be read fit nothing
            kept = _on_current_data(chain, present, dataset_of(present))
    if kept is None:
        experiment, more = _on_own_table(chain)
        return replace(experiment, title=title), (*notes, *more)
    experiment, is_moved = kept
    if is_moved:
        notes.append(SCALED_OTHERWISE)
    return replace(experiment, title=title), tuple(notes)


def _on_current_data(
    chain: Chain, present: Experiment, dataset: Dataset
) -> tuple[Experiment, bool] | None:
    """Return the network on the current data, and whether its weights were adapted.

    The result is ``None`` if the data do not fit the network.
    """
    columns = dataset.columns
    if (columns.inputs, dataset.outputs) != (len(chain.scale), chain.layers[-1].units):
        return None
    if chain.columns and chain.columns != columns.feature_names:
        return None
    layers = _fitted(chain, dataset)
    if layers is None:
        return None
    # A mistake made on purpose belongs to the data of the article that made it.
    training = replace(present.training, slope_at="z")
    experiment = replace(present, training=training, progress=None)
    experiment = _with_layers(experiment, chain, layers, columns.feature_names)
    training = training_for_output(experiment, dataset.task)
    return replace(experiment, training=training), layers is not chain.layers


def _on_own_table(chain: Chain) -> tuple[Experiment, list[Text]]:
    """Return the network on a small table of points, with its answers as targets."""
    columns, outputs = len(chain.scale), chain.layers[-1].units
    if columns > MAX_INPUTS:
        raise ModelError(
            "onnx.inputs",
            "The network has {inputs} inputs, more than the {most} that Build shows without data. "
            "Choose data with as many columns first, then open it again.",
            inputs=columns,
            most=MAX_INPUTS,
        )
    low, high = np.zeros(columns), np.ones(columns)
    if chain.is_scaled:
        factor = np.where(chain.scale == 0.0, 1.0, chain.scale)
        low, high = (-1.0 - chain.shift) / factor, (1.0 - chain.shift) / factor
    rows = tuple(map(tuple, _points(low, high).tolist()))
    data = TruthTableData(
        chain.columns or input_names(columns),
        chain.targets or output_names(outputs),
        rows,
        tuple((0.0,) * outputs for _ in rows),
        scaling="standard" if chain.is_scaled else "none",
    )
    dataset = build_dataset(data)
    layers = _fitted(chain, dataset) or chain.layers
    x = derive(chain.features, dataset.x_train)
    answers = Network(NetworkSpec(x.shape[1], layers)).forward(x)
    data = replace(data, targets=tuple(map(tuple, answers.tolist())))
    proposed = default_experiment(data, hidden=())
    adam = OptimiserSpec("adam")
    training = replace(
        proposed.training,
        loss="squared",
        optimiser=adam,
        learning_rate=adam.kind.default_rate / 10,
    )
    proposed = replace(proposed, training=training)
    experiment = _with_layers(proposed, chain, layers, data.input_names)
    training = training_for_output(experiment, build_dataset(data).task)
    notes = [
        Text(
            "No data come with it: the table holds {n} points, with the network's own answers as "
            "targets. To see it on other data, choose those.",
            n=len(rows),
        )
    ]
    if layers is not chain.layers:
        notes.insert(0, Text("Its scaling is worked into the first and last weights."))
    return replace(experiment, training=training), notes


def _with_layers(
    experiment: Experiment, chain: Chain, layers: tuple[LayerSpec, ...], names: Names
) -> Experiment:
    terms = tuple(term_of(each, names) for each in chain.features)
    inputs = len(chain.features) or len(chain.scale)
    return replace(experiment, features=terms, network=NetworkSpec(inputs, layers))


def _fitted(chain: Chain, dataset: Dataset) -> tuple[LayerSpec, ...] | None:
    reads = Scaling(chain.scale, chain.shift, chain.out_scale, chain.out_shift)
    return refitted(chain.layers, reads, dataset, bool(chain.features))


def _points(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return every corner of a box, or ten corners if there are many columns.

    The opposite of each point is included. The mean is therefore the centre and the deviation
    half the side, so that standard scaling maps the corners to -1 and 1.
    """
    columns = np.arange(len(low))
    bits = np.array([np.zeros_like(columns), *(columns >> k & 1 for k in range(_ALL_CORNERS))])
    corners = np.concatenate([bits, 1 - bits])
    if len(low) <= _ALL_CORNERS:
        corners = np.array(list(product((0, 1), repeat=len(low))))
    return np.asarray(np.stack([low, high])[corners, columns])


# -- Beside ONNX's own evaluator -------------------------------------------------------------------


def _compare_answers(model: Any, chain: Chain, experiment: Experiment) -> RoundTrip:
    """Compare the answers of the file and of the experiment on random rows.

    Raises
    ------
    ModelError
        Code ``onnx.differs`` if an answer differs by more than rounding explains, ``onnx.run``
        if the file cannot be run.
    """
    from onnx import TensorProto

    (entering,) = [each for each in model.graph.input if each.name == chain.input]
    names = {getattr(TensorProto, name): name for name in ("FLOAT", "DOUBLE", "INT64", "INT32")}
    name = names.get(entering.type.tensor_type.elem_type)
    if name is None:
        raise _run_error(f"{chain.input} ∉ {', '.join(names.values())}")
    kind = np.dtype({"FLOAT": "float32", "DOUBLE": "float64"}.get(name, name.lower()))
    rows = np.random.default_rng(0).standard_normal((ROWS, len(chain.scale)))
    rows = (rows - chain.shift) / np.where(chain.scale == 0.0, 1.0, chain.scale)
    rows = (np.rint(rows) if kind.kind in "iu" else rows).astype(kind)
    answers = _answers(model, chain, rows, _sides(entering))
    dataset = dataset_of(experiment)
    own = predict(experiment, rows.astype(np.float64), dataset)
    answers = answers[:, -own.shape[1] :]
    if answers.shape != own.shape:
        raise _run_error(f"{answers.shape} {own.shape}")
    largest = float(differences(answers, own).max(initial=0.0))
    if not largest <= _tolerance(model, kind) * max(1.0, float(np.abs(own).max(initial=0.0))):
        raise ModelError(
            "onnx.differs",
            "What was read answers differently from the file, by {difference}, so it is not "
            "opened. Please report this with the file.",
            difference=largest,
        )
    return RoundTrip(len(rows), largest)


def _answers(
    model: Any, chain: Chain, rows: FloatArray, sides: tuple[int, ...] | None
) -> FloatArray:
    """Return the answers of ONNX's reference evaluator for rows.

    The rows are passed in batches of the size that the file requires.
    """
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    count, *rest = sides or (0, 0)
    known = math.prod(side for side in rest if side)
    rest = [side or max(rows.shape[1] // known, 1) for side in rest]
    count = count or len(rows)
    if math.prod(rest) != rows.shape[1] or count * rows.shape[1] > _MAX_FED:
        raise _run_error(" x ".join(map(str, (count, *rest))))
    model.graph.ClearField("node")
    model.graph.node.extend(chain.kept)
    model.graph.ClearField("output")
    found = []
    try:
        model.graph.output.append(helper.make_empty_tensor_value_info(chain.output))
        run = ReferenceEvaluator(model).run
        with np.errstate(all="ignore"):  # what is no number is one of Build's neither
            for start in range(0, len(rows), count):
                some = np.resize(rows[start : start + count], (count, rows.shape[1]))
                (made,) = run(None, {chain.input: some.reshape(-1, *rest)})
                found.append(np.asarray(made, np.float64).reshape(count, -1))
    except (ValueError, TypeError, RuntimeError, LookupError, ArithmeticError) as fault:
        raise _run_error(str(fault).partition("\n")[0][:200]) from fault
    answers = np.concatenate(found)[: len(rows)]
    return np.exp(answers) if chain.is_log else answers


def _run_error(reason: str) -> ModelError:
    return ModelError(
        "onnx.run",
        "ONNX's own evaluator cannot run it ({reason}), so nothing tells whether it was read "
        "rightly. Export it with one input of shape (rows, columns).",
        reason=reason,
    )


def _tolerance(model: Any, kind: np.dtype[Any]) -> float:
    """Return how far answers may be apart, as a share of the largest one."""
    from onnx import TensorProto

    small = (TensorProto.FLOAT16, TensorProto.BFLOAT16)
    is_small = kind.itemsize < 4 or any(each.data_type in small for each in model.graph.initializer)
    return 0.05 if is_small else 1e-3
