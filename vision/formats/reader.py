"""Detects the kind of a model file and reads it into memory."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from foundation.text import Text
from vision.errors import Fault, VisionError
from vision.files import read_file
from vision.formats.model_file import ModelFile, ModelFormat
from vision.formats.onnx.structure import WireError, read_structure
from vision.formats.tflite.flatbuffer import TfliteError, TfliteInputsError
from vision.formats.tflite.graph import read_graph
from vision.reasons import message_of

MAX_MODEL_BYTES: Final = 1024 * 1024 * 1024
_MAX_PROTOTXT_BYTES: Final = 16 * 1024 * 1024


def read_model_file(
    model: Path | str, prototxt: Path | str | None = None, sha256: str = ""
) -> ModelFile:
    """Read a model file; its format is detected from its content, not its name.

    Parameters
    ----------
    model, prototxt
        The file, and the text file of a Caffe model.
    sha256
        Required hash, or empty.

    Raises
    ------
    VisionError
        file_missing, file_unreadable, model_empty, model_not_a_model, model_foreign, model_inputs,
        tflite_operators, model_needs_prototxt, model_needs_weights, model_changed, or a Caffe
        fault.
    """
    started = time.perf_counter()
    path = Path(model)
    inside = path / "saved_model.pb"  # TensorFlow's models are folders
    data = read_file(inside if inside.is_file() else path, MAX_MODEL_BYTES)
    if not data:
        raise VisionError(Fault.MODEL_EMPTY, file=str(path))
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise VisionError(Fault.MODEL_CHANGED, file=str(path))
    if prototxt is not None or path.suffix.lower() in (".caffemodel", ".prototxt"):
        file = _caffe(path, data, prototxt)
    else:
        file = parse_model(data, str(path))
    elapsed_ms = (time.perf_counter() - started) * 1e3
    is_known = bool(sha256)
    return replace(
        file, read_ms=elapsed_ms, trusted=file.trusted or is_known, known_to_run=is_known
    )


def parse_model(data: bytes, name: str = "model") -> ModelFile:
    """Recognise a model in memory; `name` is for error messages.

    Raises
    ------
    VisionError
        model_not_a_model, model_foreign, model_inputs or tflite_operators.
    """
    # Imported here: it brings the onnx package.
    from vision.formats.onnx.layout import convert_for_opencv

    if data[4:8] == b"TFL3":
        return _tflite(data, name)
    if data.startswith(_ARCHIVE) and _contains_onnx(data):
        reason = Text("it is an archive with a model in it; unpack it first")
        raise VisionError(Fault.MODEL_NOT_A_MODEL, file=name, reason=reason)
    foreign = _foreign_format(data)
    if foreign is not None:
        kind, how = foreign
        raise VisionError(Fault.MODEL_FOREIGN, file=name, kind=kind, how=how)
    try:
        structure = read_structure(data)
        element = structure.inputs[0].element if structure.inputs else 0
        data, structure = convert_for_opencv(data, structure)
        return ModelFile(name, ModelFormat.ONNX, data, structure, element=element or 1)
    except WireError as error:
        if data.startswith(_SAVED_MODEL):
            kind = Text("a TensorFlow SavedModel")
            raise VisionError(Fault.MODEL_FOREIGN, file=name, kind=kind, how="tf2onnx") from error
        suffix = Path(name).suffix.lower()
        if suffix == ".pb":
            kind = Text("a TensorFlow graph")
            raise VisionError(Fault.MODEL_FOREIGN, file=name, kind=kind, how="tf2onnx") from error
        if suffix == ".weights" or (suffix == ".cfg" and b"[net" in data[:4096]):
            darknet, exporter = Text("a Darknet file"), "darknet_onnx_export"
            raise VisionError(Fault.MODEL_FOREIGN, file=name, kind=darknet, how=exporter) from error
        found = _describe_failed_download(data) or message_of(error)
        raise VisionError(Fault.MODEL_NOT_A_MODEL, file=name, reason=found) from error


def _tflite(data: bytes, name: str) -> ModelFile:
    """Convert a TFLite file."""
    from vision.formats.tflite.convert import UnknownOperatorsError, convert_tflite

    try:
        onnx, preprocessing = convert_tflite(read_graph(data))
    except TfliteError as error:
        raise VisionError(Fault.MODEL_NOT_A_MODEL, file=name, reason=error.words) from error
    except TfliteInputsError as error:
        names = ", ".join(error.names) or Text("none")
        count = len(error.names)
        raise VisionError(Fault.MODEL_INPUTS, file=name, count=count, names=names) from error
    except UnknownOperatorsError as error:
        raise VisionError(Fault.TFLITE_OPERATORS, file=name, operators=str(error)) from error
    structure = read_structure(onnx)
    return ModelFile(name, ModelFormat.TFLITE, onnx, structure, preprocessing=preprocessing)


_ARCHIVE: Final = b"PK\x03\x04"
"""First bytes of a ZIP archive."""

_FOREIGN: Final = (
    (b"\x89HDF\r\n\x1a\n", Text("a Keras file (HDF5)"), "tf2onnx"),
    (b"\x80\x02", Text("a PyTorch file"), "torch.onnx.export"),
    (_ARCHIVE, Text("an archive, as PyTorch and Keras write them"), "torch.onnx.export"),
)
"""First bytes of other libraries' files, their names, and how to export them."""

_SAVED_MODEL: Final = b"\x08\x01\x12"
"""First bytes of a SavedModel: the version of its schema, then its first graph."""


def _foreign_format(data: bytes) -> tuple[str, str] | None:
    """Return the library that wrote a file and how to export to ONNX, or None."""
    if data.startswith(_ARCHIVE) and b"model.weights.h5" in data:
        return Text("a Keras file"), "tf2onnx"
    return next(((kind, how) for begin, kind, how in _FOREIGN if data.startswith(begin)), None)


def _contains_onnx(data: bytes) -> bool:
    """Return whether an archive contains an ONNX file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.lower().endswith(".onnx") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _describe_failed_download(data: bytes) -> str:
    """Return what a failed download saved instead of a model, or ""."""
    if data.startswith(b"version https://git-lfs"):
        return Text("it is a pointer of Git LFS, in place of the model")
    if data[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return Text("it is a web page, in place of the model")
    return ""


def _is_text(data: bytes) -> bool:
    """Return whether the beginning of a file is text, as in a prototxt."""
    return b"\0" not in data[:4096]


def _caffe(path: Path, data: bytes, prototxt: Path | str | None) -> ModelFile:
    if prototxt is None:
        is_text = path.suffix.lower() == ".prototxt"
        lacks = Fault.MODEL_NEEDS_WEIGHTS if is_text else Fault.MODEL_NEEDS_PROTOTXT
        raise VisionError(lacks, file=str(path))
    limit = MAX_MODEL_BYTES if _is_text(data) else _MAX_PROTOTXT_BYTES
    description = read_file(Path(prototxt), limit)
    if _is_text(data) and not _is_text(description):
        # The two were given the wrong way round.
        path, data, prototxt, description = Path(prototxt), description, path, data
    from vision.formats.caffe.convert import convert_caffe

    onnx, head = convert_caffe(description, data, str(prototxt), str(path))
    structure = read_structure(onnx)
    return ModelFile(str(path), ModelFormat.CAFFE, onnx, structure, trusted=True, head=head)
