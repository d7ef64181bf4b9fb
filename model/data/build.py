"""From the description of data to arrays."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

import numpy as np

from model.data.dataset import Dataset, Task, check_dataset, check_rows, labels
from model.data.derived import check_offered, derived_dataset
from model.data.gates import truth_table
from model.data.idx import idx_dataset
from model.data.plane import MOST_POINTS, draw_plane, pattern_of
from model.data.scaling import Scaling, scale_columns, to_scaled
from model.data.shape import gate_shape, input_names
from model.data.split import split_rows
from model.data.tables import dataset_of_rows, load_table, table_dataset, task_of
from model.errors import ModelError
from model.experiment import (
    ArraysData,
    CsvData,
    DataSpec,
    Experiment,
    FloatArray,
    GateData,
    IdxData,
    PlaneData,
    PointsData,
    SplitSpec,
    TableData,
    TruthTableData,
)
from model.randomness import streams


def build_dataset(
    source: Experiment | DataSpec, split: SplitSpec | None = None, seed: int | None = None
) -> Dataset:
    """Make the arrays that an experiment learns from.

    Parameters
    ----------
    source
        An experiment, or the data part of one.
    split
        How rows are kept back; the experiment's own, or none, by default.
    seed
        The experiment's own, or 0, by default.

    Returns
    -------
    Dataset
        Inputs and targets as float64, rows as examples, scaled where the data ask for it; derived
        where the experiment lists features.

    Raises
    ------
    ModelError
        Where the data cannot be made or read; the code begins with ``data.`` or ``features.``.
    """
    if isinstance(source, Experiment):
        data: DataSpec = source.data
        features = source.features
        split = source.split if split is None else split
        seed = source.seed if seed is None else seed
    else:
        data, features = source, ()
    generator = streams(seed or 0).data
    built = replace(_build(data, split or SplitSpec(), generator), built_from=data)
    check_dataset(built)
    return with_derived(built, data, features) if features else built


def with_derived(dataset: Dataset, data: DataSpec, features: tuple[str, ...]) -> Dataset:
    """Return the data set with inputs derived from its columns.

    Parameters
    ----------
    dataset, data
        The columns, and what they were made from.
    features
        Terms, at least one.

    Raises
    ------
    ModelError
        Codes ``features.pictures``, ``features.column``, and those of
        :func:`model.data.dataset.check_dataset`: a square can be too large.
    """
    check_offered(data)
    derived = derived_dataset(dataset, features)
    check_dataset(derived)
    return derived


def depends_on_seed(experiment: Experiment) -> bool:
    """Tell whether noise, a pattern or a random split makes the data another for another seed.

    Parameters
    ----------
    experiment
        Whose data and split; they are made once to find out.

    Returns
    -------
    bool
        Whether the generator of the data was asked for a number.

    Raises
    ------
    ModelError, OSError
        Where the data cannot be made or read.
    """
    generator = streams(0).data
    before = generator.bit_generator.state
    _build(experiment.data, experiment.split, generator)
    return bool(generator.bit_generator.state != before)


@singledispatch
def _build(data: DataSpec, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    """Build one kind of data; each kind registers itself below."""
    raise ModelError(
        "data.kind",
        "A {kind} describes no data. named_data(name) returns what does.",
        kind=type(data).__name__,
    )


def _table_dataset(
    rows: tuple[FloatArray, FloatArray, FloatArray | None],
    names: tuple[tuple[str, ...], tuple[str, ...]],
    repeat: tuple[int, float],
    split: SplitSpec,
    generator: np.random.Generator,
    scaling: Scaling = "none",
) -> Dataset:
    """Repeat and jitter the rows of a truth table, split the copies, and scale them."""
    x, y, mask = rows
    copies, noise = repeat
    if not 1 <= copies * len(x) <= MOST_POINTS or copies < 1:
        raise ModelError(
            "data.copies",
            "Each row is used {copies} times. Use 1 or more, and {most} rows in all at most.",
            copies=copies,
            most=MOST_POINTS,
        )
    if not 0.0 <= noise < np.inf:
        raise ModelError("data.noise", "The noise is {noise}. Use 0 to 1.", noise=noise)
    many_x, many_y = np.tile(x, (copies, 1)), np.tile(y, (copies, 1))
    if noise > 0.0:
        many_x = many_x + generator.normal(0.0, noise, many_x.shape)
    many_mask = None if mask is None else np.tile(mask, (copies, 1))
    train, test = split_rows(len(many_x), split, generator, labels(many_y))
    logical = bool(((y == 0.0) | (y == 1.0)).all())
    task: Task = ("binary" if y.shape[1] == 1 else "multilabel") if logical else "regression"
    x_train, x_test, offset, spread = scale_columns(many_x[train], many_x[test], scaling)
    return Dataset(
        x_train=x_train,
        y_train=many_y[train],
        x_test=x_test,
        y_test=many_y[test],
        feature_names=names[0],
        target_names=names[1],
        class_names=("0", "1") if logical else (),
        task=task,
        rows_train=train % len(x),
        rows_test=test % len(x),
        mask_train=None if many_mask is None else many_mask[train],
        mask_test=None if many_mask is None else many_mask[test],
        x_offset=offset,
        x_spread=spread,
        table_x=to_scaled(x, offset, spread),
        table_y=y,
        table_mask=mask,
    )


@_build.register(GateData)
def _(data: GateData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    shape = gate_shape(data)
    x, y = truth_table(data.name, shape.inputs)
    names = (shape.feature_names, shape.target_names)
    return _table_dataset((x, y, None), names, (data.copies, data.noise), split, generator)


@_build.register(TruthTableData)
def _(data: TruthTableData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    widths = (len(data.input_names), len(data.output_names))
    if not data.rows or len(data.rows) != len(data.targets):
        raise ModelError(
            "data.table_rows",
            "The truth table has {rows} rows of inputs and {targets} rows of outputs. "
            "Give it at least one row, and as many of the one as of the other.",
            rows=len(data.rows),
            targets=len(data.targets),
        )
    for number, (row, target) in enumerate(zip(data.rows, data.targets, strict=True)):
        if (len(row), len(target)) != widths:
            raise ModelError(
                "data.table_row",
                "Row {row} of the truth table has {inputs} inputs and {outputs} outputs; "
                "the names say {widths}.",
                row=number + 1,
                inputs=len(row),
                outputs=len(target),
                widths=f"{widths[0]} and {widths[1]}",
            )
    free = np.array([[v is None for v in row] for row in data.targets], np.bool_)
    y = np.array([[0.0 if v is None else v for v in row] for row in data.targets])
    mask = (~free).astype(np.float64) if free.any() else None
    names = (data.input_names, data.output_names)
    x = np.array(data.rows, np.float64)
    repeat = data.copies, data.noise
    return _table_dataset((x, y, mask), names, repeat, split, generator, data.scaling)


def _plane_dataset(
    x: FloatArray,
    y: FloatArray,
    classes: tuple[str, ...],
    split: SplitSpec,
    generator: np.random.Generator,
) -> Dataset:
    parts = split_rows(len(x), split, generator, labels(y) if classes else None)
    task = task_of(classes)
    names = input_names(2), classes if task == "multiclass" else ("y",), classes
    return dataset_of_rows(x, y, parts, names, task)


@_build.register(PlaneData)
def _(data: PlaneData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    x, y = draw_plane(data, generator)
    classes = () if pattern_of(data).regression else ("0", "1")
    return _plane_dataset(x, y, classes, split, generator)


@_build.register(PointsData)
def _(data: PointsData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    if not data.points:
        raise ModelError(
            "data.no_points", "There are no points yet. Click on the plane to add some."
        )
    array = np.array(data.points, np.float64)
    x, target = array[:, :2], array[:, 2]
    if data.regression:
        return _plane_dataset(x, target[:, None], (), split, generator)
    known = (target == np.floor(target)) & (target >= 0) & (target < data.classes)
    if not known.all():
        raise ModelError(
            "data.point_class",
            "Point {row} has class {found}, but the classes are 0 to {last}.",
            row=int(np.flatnonzero(~known)[0]) + 1,
            found=float(target[~known][0]),
            last=data.classes - 1,
        )
    names = tuple(str(c) for c in range(data.classes))
    if data.classes == 2:
        return _plane_dataset(x, target[:, None], names, split, generator)
    one_hot = np.eye(data.classes)[target.astype(np.intp)]
    return _plane_dataset(x, one_hot, names, split, generator)


@_build.register(TableData)
def _(data: TableData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    return table_dataset(load_table(data.name), split, data.scaling, generator)


@_build.register(ArraysData)
def _(data: ArraysData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    check_rows(data.x, data.y)
    rows = np.arange(len(data.x))
    is_test = np.isin(rows, data.test_rows)
    parts = rows[~is_test], rows[is_test]
    if not data.test_rows:
        classes = labels(data.y) if data.task in ("binary", "multiclass") else None
        parts = split_rows(len(rows), split, generator, classes)
    names = data.feature_names, data.target_names, data.class_names
    return dataset_of_rows(data.x, data.y, parts, names, data.task, data.scaling)


@_build.register(IdxData)
def _(data: IdxData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    return idx_dataset(data, split, generator)


@_build.register(CsvData)
def _(data: CsvData, split: SplitSpec, generator: np.random.Generator) -> Dataset:
    from model.data.csv.dataset import csv_dataset  # late: few data are files

    return csv_dataset(data, split, generator)
