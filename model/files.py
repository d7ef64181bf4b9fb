"""Experiment files: one JSON document, written completely or not at all."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from foundation.files import StrPath, check_target, replace_file
from foundation.text import Text
from model.data.files.paths import with_absolute_paths, with_relative_paths
from model.errors import ModelError, naming_file
from model.experiment import SCHEMA_VERSION, DataSpec, Experiment, Past
from model.experiment.learning import readable_records
from model.file_bytes import file_bytes
from model.network import Parameters

MAX_BYTES = 1 << 30
"""Maximum size of an experiment file."""


def _nested_lists(value: Any) -> Any:
    """Return an array as nested lists, for msgspec."""
    if not isinstance(value, np.ndarray):
        raise TypeError(type(value).__name__)
    if not np.isfinite(value).all():
        raise ModelError(
            "file.not_finite",
            "A weight is not a finite number, and no file can hold it. Go back to an earlier "
            "epoch, or start anew.",
        )
    return value.tolist()


def array_from_json(kind: type, value: Any) -> Any:
    """Convert nested lists to an array of one or two dimensions, for msgspec."""
    if kind is not np.ndarray:
        raise TypeError(kind.__name__)
    if not isinstance(value, list):
        raise ValueError("expected a list of numbers")
    rows = value if value and isinstance(value[0], list) else [value]
    widths = {len(row) if isinstance(row, list) else -1 for row in rows}
    if len(widths) != 1 or -1 in widths:
        raise ValueError("expected rows of one length")
    if not all(type(v) in (int, float) for row in rows for v in row):
        raise ValueError("expected numbers")
    try:
        array = np.array(value, np.float64)
    except OverflowError as fault:
        raise ValueError("a number is too large") from fault
    if not np.isfinite(array).all():
        raise ValueError("a number is too large")
    return array


def encode(experiment: Experiment, path: StrPath | None = None) -> bytes:
    """Return an experiment as UTF-8 JSON, indented, ``schema_version`` first.

    Parameters
    ----------
    experiment
        Experiment to encode.
    path
        Path of the file to be written; data files in its folder get relative paths.

    Raises
    ------
    ModelError
        Code ``file.not_unicode`` if a name contains a lone surrogate.

    Notes
    -----
    Every float is written with the fewest digits that read back to the same float.
    """
    if path is not None:
        folder = Path(path).resolve().parent
        experiment = _with_paths(experiment, lambda data: with_relative_paths(data, folder))
    try:
        text = msgspec.json.encode(experiment, enc_hook=_nested_lists)
    except UnicodeEncodeError as fault:
        raise ModelError(
            "file.not_unicode",
            "A name has half a letter in it, {letter}, and no file can hold it. Write it anew.",
            letter=ascii(fault.object[fault.start]),
        ) from fault
    return msgspec.json.format(text, indent=1) + b"\n"


def decode(content: bytes) -> Experiment:
    """Parse the content of an experiment file.

    Raises
    ------
    ModelError
        Codes ``file.not_json`` (with line and column), ``file.too_new``, ``file.no_version``,
        ``file.invalid`` (with the key's path), ``network.shape``, ``network.no_such_weight``.
    """
    document = _parse(content)
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ModelError(
            "file.no_version",
            "The file has no schema_version, so it is no Glassnet experiment. Open a .glassnet "
            "file.",
        )
    if version > SCHEMA_VERSION:
        raise ModelError(
            "file.too_new",
            "The file has version {version}; this Glassnet reads up to version {known}. "
            "Install a newer Glassnet to open it.",
            version=version,
            known=SCHEMA_VERSION,
        )
    # Version 1 only lacks keys of version 2, each of which may be missing.
    document = {**document, "schema_version": SCHEMA_VERSION}
    if "learning" in document:
        document = {**document, "learning": readable_records(document["learning"])}
    try:
        experiment = msgspec.convert(document, Experiment, dec_hook=array_from_json, strict=True)
    except msgspec.ValidationError as fault:
        if isinstance(fault.__cause__, ModelError):
            raise fault.__cause__ from fault
        where = re.search(r"`\$\.?(.*)`$", str(fault))
        place = where.group(1) if where else ""
        raise _damaged(re.sub(r" - at `.*`$", "", str(fault)), place or "the top") from fault
    # Weights of the wrong shape, and pins of weights that are not there, are damage too.
    Parameters(experiment.network).pinned_indices(experiment.network)
    return experiment


def _damaged(fault: str | Text, place: str = "the top") -> ModelError:
    return ModelError(
        "file.invalid",
        "The experiment is damaged at {path}: {fault}. Open another copy of it.",
        path=place,
        fault=fault,
    )


def _parse(content: bytes) -> dict[str, Any]:
    """Parse JSON, or report where it is broken."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ModelError(
            "file.not_text",
            "The file is not text: byte {position} is not UTF-8. Open a .glassnet file, or a "
            "network exported as ONNX.",
            position=fault.start,
        ) from fault
    try:
        document = msgspec.json.decode(text)
    except RecursionError as fault:
        raise _damaged(Text("it is nested too deeply")) from fault
    except msgspec.ValidationError as fault:
        raise _damaged(Text("a number is too large")) from fault
    except msgspec.DecodeError as fault:
        found = re.search(r"\(byte (\d+)\)", str(fault))  # none where it breaks off
        before = text.encode()[: int(found[1]) if found else None].decode("utf-8", "ignore")
        raise ModelError(
            "file.not_json",
            "The file breaks off or is damaged at line {line}, column {column}. Open another copy "
            "of it.",
            line=1 + before.count("\n"),
            column=len(before) - before.rfind("\n"),
        ) from fault
    return document if isinstance(document, dict) else {}  # which has no version


def read_experiment(path: StrPath) -> Experiment:
    """Read an experiment file without changing it.

    Parameters
    ----------
    path
        Path of the experiment file; at most `MAX_BYTES`.

    Returns
    -------
    Experiment
        The experiment as written; paths of data files are absolute.

    Raises
    ------
    ModelError
        As :func:`model.file_bytes.file_bytes` and :func:`decode`, with ``file`` among its values.
    """
    return experiment_in(file_bytes(path, MAX_BYTES, "file"), path)


def experiment_in(content: bytes, path: StrPath) -> Experiment:
    """Parse an experiment read from `path`; paths of data files become absolute.

    Raises
    ------
    ModelError
        As :func:`decode`, with ``file`` among its values.
    """
    with naming_file(path):
        experiment = decode(content)
    folder = Path(path).resolve().parent
    return _with_paths(experiment, lambda data: with_absolute_paths(data, folder))


def _with_paths(experiment: Experiment, change: Callable[[DataSpec], DataSpec]) -> Experiment:
    """Return the experiment with the paths of its data and earlier runs replaced."""
    past = experiment.past
    if isinstance(past, Past):
        runs = tuple(
            run if run.data is None else replace(run, data=change(run.data)) for run in past.runs
        )
        past = replace(past, runs=runs)
    return replace(experiment, data=change(experiment.data), past=past)


def write_experiment(experiment: Experiment, path: StrPath) -> None:
    """Write an experiment file completely or not at all.

    Parameters
    ----------
    experiment
        Experiment, with or without weights and progress.
    path
        Output path; an existing file is replaced once the new one is complete.

    Raises
    ------
    ModelError
        Code ``file.unwritable``, or ``file.arrays`` for user data too large to be stored by value;
        an existing file is then unchanged.
    """
    experiment.data.check_kept()
    write_bytes(path, encode(experiment, path))


def write_bytes(path: StrPath, content: bytes) -> None:
    """Replace a file atomically: write a temporary file next to it, flush to disk, rename.

    Raises
    ------
    ModelError
        Code ``file.unwritable``.
    """
    try:
        replace_file(Path(path), lambda file: file.write(content))
    except (OSError, ValueError) as fault:
        raise _unwritable(path, fault) from fault


def require_writable(path: StrPath) -> None:
    """Raise early if a file cannot be written.

    Raises
    ------
    ModelError
        Code ``file.unwritable``.
    """
    try:
        target = Path(path).resolve()
        check_target(target)
        with contextlib.suppress(FileNotFoundError):
            target.lstat()  # its name may be too long
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as fault:
        raise _unwritable(path, fault) from fault


def _unwritable(path: StrPath, fault: Exception) -> ModelError:
    return ModelError(
        "file.unwritable",
        "{file} cannot be written: {fault}. Choose another name or folder.",
        file=str(path),
        fault=getattr(fault, "strerror", None) or str(fault),
    )
