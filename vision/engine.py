"""Runs networks with OpenCV's DNN module; only this module uses `cv2.dnn.Net`."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from foundation.text import Text
from vision.child import LIMIT_GB, LIMIT_S
from vision.errors import Fault, VisionError
from vision.formats.model_file import ModelFile
from vision.formats.onnx.check import (
    counting_operators,
    find_violation,
    largest_tensor_bytes,
    unsupported_operators,
)
from vision.formats.onnx.rewrite import fuse_clips, normalise_for_opencv
from vision.networks.probe import (
    Outcome,
    is_classic,
    read_net,
    read_net_at,
    run_trial,
)
from vision.pictures.preprocessing import Blob
from vision.reasons import message_of, sides_text

type Outputs = dict[str, npt.NDArray[np.float32]]

# Faults travel as VisionError; OpenCV's own log lines would only repeat them on the terminal.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class ComputeChoice(StrEnum):
    """The devices that the user can choose."""

    AUTO = "auto"
    NEW_CPU = "new_cpu"
    CLASSIC_CPU = "classic_cpu"
    CLASSIC_OPENCL = "classic_opencl"


@dataclass(frozen=True)
class ComputeUse:
    """The device in use.

    Attributes
    ----------
    chosen
        Device that the user chose.
    used
        Device that runs the network; never AUTO.
    reason
        Why it is not the chosen one, or why AUTO did not use the fastest; otherwise empty.
    """

    chosen: ComputeChoice
    used: ComputeChoice
    reason: str = ""


class _NotUsableError(Exception):
    """A file cannot be read or run, although OpenCV reported no error."""


_FORWARD_FAULTS: Final = (cv2.error, ValueError, TypeError, IndexError, _NotUsableError)
_EMPTY: Final = np.empty(0, np.float32)
_BUILD_FAULTS: Final = (cv2.error, _NotUsableError)

# Some such maps together, and the time that they take, are as much as the user's machine bears.
_MAX_TENSOR_BYTES: Final = 512 * 1024 * 1024
_UNUSABLE: Final = {
    Outcome.DIFFERS: Text("its answers in OpenCV differ from those in ONNX"),
    Outcome.ENDS: Text("OpenCV crashes when it reads or runs it"),
    Outcome.MEMORY: Text("it needs more than {gigabytes} GB of memory", gigabytes=LIMIT_GB),
    Outcome.NO_END: Text("running it once takes longer than {seconds} s", seconds=int(LIMIT_S)),
}


@dataclass
class _Loads:
    """Counter of built networks, so that tests can assert "once"."""

    count: int = 0


LOADS: Final = _Loads()


class Engine:
    """One loaded network, used by one thread at a time.

    Attributes
    ----------
    name
        File name for error messages.
    input_shape
        (N, C, H, W) with None for free axes, or None if the file does not declare it.
    output_names
        Names of all outputs, in the graph's order.
    use
        Device in use, and the reason.
    load_ms
        Time to read the file and build the network, in milliseconds.
    """

    def __init__(self, file: ModelFile, compute: ComputeChoice = ComputeChoice.AUTO) -> None:
        """Build the network.

        Parameters
        ----------
        file
            A model file in memory.
        compute
            Device to use.

        Raises
        ------
        VisionError
            model_not_a_model, model_shapeless, model_unsupported or model_inputs.
        """
        self._busy = threading.Lock()
        self.file: Final = file
        self._has_run = False
        self._beside: Engine | None = None
        self.name: Final = file.name
        self.input_shape = _input_shape(file)
        started = time.perf_counter()
        _require_valid(file)
        shape = _likely_shape(self.input_shape)
        self._net, self.use = _build(file, compute, shape)
        LOADS.count += 1
        self._tried = {shape}
        self.load_ms = file.read_ms + (time.perf_counter() - started) * 1e3
        names = self._net.getUnconnectedOutLayersNames()
        self.output_names: tuple[str, ...] = tuple(str(name) for name in names)
        if not self.output_names:
            raise VisionError(
                Fault.MODEL_NOT_A_MODEL, file=file.name, reason=Text("it has no output")
            )

    def forward(
        self, blob: Blob, outputs: Sequence[str] = (), into: Outputs | None = None
    ) -> Outputs:
        """Run the network on a blob.

        Parameters
        ----------
        blob
            The input, (N, C, H, W) float32.
        outputs
            Names of the outputs to return; all if empty.
        into
            Result of an earlier call with these outputs that is no longer needed: its arrays are
            filled again, which saves allocating and copying them.

        Returns
        -------
        The outputs by name; the caller may modify the arrays.

        Raises
        ------
        VisionError
            model_forward, or model_busy if another thread is running this method.
        """
        self._require_shape(blob)
        if not self._busy.acquire(blocking=False):
            raise VisionError(Fault.MODEL_BUSY, file=self.name)
        try:
            return self._forward(blob, outputs or self.output_names, into or {})
        finally:
            self._busy.release()

    def clone_for_thread(self) -> Engine:
        """Return a copy of the network for another thread, built on the first call.

        Call it only after this network has run: the copy is not checked again.

        Raises
        ------
        VisionError
            model_unsupported or file_unwritable, on each call that cannot build it.
        """
        if self._beside is None:
            known = replace(self.file, known_to_run=True)
            net, _ = _build(known, self.use.used, ())
            other = copy(self)  # once the network is there: these two must never share one
            other._busy, other._net, other._tried = threading.Lock(), net, set(self._tried)
            self._beside = other
        return self._beside

    def _require_shape(self, blob: Blob) -> None:
        """Raise if a blob does not have the shape that the model declares.

        OpenCV 5.0's new engine would run on it anyway and read out of bounds.
        """
        wanted = self.input_shape
        if wanted is None:
            return
        fits = len(wanted) == blob.ndim and all(
            side is None or side == given for side, given in zip(wanted, blob.shape, strict=True)
        )
        if not fits:
            reason = Text("it takes {shape}", shape=sides_text(wanted))
            given = sides_text(blob.shape)
            raise VisionError(Fault.MODEL_FORWARD, file=self.name, shape=given, reason=reason)

    def _forward(self, blob: Blob, outputs: Sequence[str], into: Outputs) -> Outputs:
        try:
            results = self._run(blob, outputs, into)
        except _FORWARD_FAULTS as error:
            if not self._fall_back(error, blob.shape):
                raise self._failure(blob, error) from error
            try:
                results = self._run(blob, outputs, into)
            except _FORWARD_FAULTS as second:
                raise self._failure(blob, second) from second
        self._has_run = True
        return results

    def _run(self, blob: Blob, outputs: Sequence[str], into: Outputs) -> Outputs:
        if blob.shape not in self._tried:
            is_classic_used = self.use.used is not ComputeChoice.NEW_CPU
            engine = cv2.dnn.ENGINE_CLASSIC if is_classic_used else cv2.dnn.ENGINE_NEW
            _require_usable(self.file, engine, blob.shape)
            self._tried.add(blob.shape)
        self._net.setInput(blob)
        if len(outputs) == 1:
            return {outputs[0]: np.asarray(self._net.forward(outputs[0]), np.float32)}
        # The new engine computes all outputs at once, and wants all of them named.
        names = list(self.output_names)
        arrays = self._net.forward(names, [into.get(name, _EMPTY) for name in names])
        by_name = dict(zip(self.output_names, arrays, strict=True))
        return {name: np.asarray(by_name[name], np.float32) for name in outputs}

    def _fall_back(self, error: Exception, shape: tuple[int, ...]) -> bool:
        """Build the classic network if the new engine fails on its first input."""
        is_new = self.use.used is ComputeChoice.NEW_CPU
        if self._has_run or not is_new or self.use.chosen is not ComputeChoice.AUTO:
            return False
        try:
            self._net = _read_net(self.file, cv2.dnn.ENGINE_CLASSIC, shape)
        except (*_BUILD_FAULTS, VisionError):
            return False
        self._tried = {shape}
        self.use = ComputeUse(self.use.chosen, _device_of(self._net), short_reason(error))
        return True

    def _failure(self, blob: Blob, error: Exception) -> VisionError:
        reason, given = short_reason(error), sides_text(blob.shape)
        return VisionError(Fault.MODEL_FORWARD, file=self.name, shape=given, reason=reason)


def short_reason(error: Exception) -> str:
    """Return the informative part of an OpenCV error on one line."""
    if isinstance(error, _NotUsableError):
        return message_of(error)
    words = str(error)
    if isinstance(error, cv2.error) and "error: (" in words:
        words = words.split("error: (", 1)[1].split(") ", 1)[-1]
        words = words.split(" in function ", 1)[0]
    line = " ".join(words.split()).strip("> ")[:160]
    if isinstance(error, cv2.error) and line:
        # Its own words, of use to whoever asks about it.
        return Text("OpenCV says: {words}", words=line)
    return line or type(error).__name__


def _input_shape(file: ModelFile) -> tuple[int | None, ...] | None:
    """Return the shape of the only input, as far as the file declares it."""
    inputs = file.structure.inputs
    for info in (*inputs, *file.structure.outputs):
        if not info.is_tensor:
            reason = Text("{name} is not one tensor", name=info.name)
            raise VisionError(Fault.MODEL_UNSUPPORTED, file=file.name, reason=reason)
    if len(inputs) != 1:
        names = ", ".join(info.name for info in inputs) or Text("none")
        raise VisionError(Fault.MODEL_INPUTS, file=file.name, count=len(inputs), names=names)
    shape = inputs[0].shape
    if shape is None:
        return None
    return tuple(side if isinstance(side, int) and side > 0 else None for side in shape)


def _likely_shape(sides: tuple[int | None, ...] | None) -> tuple[int, ...]:
    """Return a likely input shape for a model, or () if the file declares none."""
    if sides is None:
        return ()
    usual = (1, 3, 224, 224) if len(sides) == 4 else (1,) * len(sides)
    return tuple(side or other for side, other in zip(sides, usual, strict=True))


def _require_valid(file: ModelFile) -> None:
    """Raise if an ONNX model is invalid; OpenCV does not check this itself."""
    if file.trusted:
        return
    # What lies outside ONNX's own set is left to OpenCV, which knows some of it.
    lacking = [op for op in unsupported_operators(file.structure) if "::" not in op]
    if lacking:
        reason = Text("it lacks {operators}", operators=", ".join(lacking))
        raise VisionError(Fault.MODEL_UNSUPPORTED, file=file.name, reason=reason)
    for info in (*file.structure.inputs, *file.structure.outputs):
        if info.shape is None:
            raise VisionError(Fault.MODEL_SHAPELESS, file=file.name, name=info.name)
    for name in sorted(file.structure.external_files):
        if not Path(file.name).parent.joinpath(name).is_file():
            raise VisionError(Fault.MODEL_NEEDS_DATA, file=file.name, name=name)
    fault = find_violation(file.name if file.must_stay_on_disk else file.data)
    if fault:
        raise VisionError(Fault.MODEL_NOT_A_MODEL, file=file.name, reason=fault)
    counting = counting_operators(file.data)
    if counting:
        reason = Text(
            "how many numbers {operators} gives depends on the picture, and where there are none, "
            "OpenCV crashes",
            operators=", ".join(counting),
        )
        raise VisionError(Fault.MODEL_UNSUPPORTED, file=file.name, reason=reason)


def _build(
    file: ModelFile, compute: ComputeChoice, shape: tuple[int, ...]
) -> tuple[cv2.dnn.Net, ComputeUse]:
    is_new = compute is ComputeChoice.NEW_CPU
    engine = cv2.dnn.ENGINE_NEW if is_new else cv2.dnn.ENGINE_CLASSIC
    net, reason = None, ""
    if compute is ComputeChoice.AUTO:
        try:
            net = _read_net(file, cv2.dnn.ENGINE_NEW, shape)
        except _BUILD_FAULTS as error:
            reason = short_reason(error)
    if net is None:
        net = _read_net_or_raise(file, engine, shape)
    if compute is ComputeChoice.CLASSIC_OPENCL:
        if cv2.ocl.haveOpenCL():
            net.setPreferableTarget(cv2.dnn.DNN_TARGET_OPENCL)
            return net, ComputeUse(compute, compute)
        reason = Text("there is no OpenCL device")
    return net, ComputeUse(compute, _device_of(net), reason)


def _device_of(net: cv2.dnn.Net) -> ComputeChoice:
    return ComputeChoice.CLASSIC_CPU if is_classic(net) else ComputeChoice.NEW_CPU


def _read_net_or_raise(file: ModelFile, engine: int, shape: tuple[int, ...]) -> cv2.dnn.Net:
    try:
        return _read_net(file, engine, shape)
    except _BUILD_FAULTS as error:
        reason = short_reason(error)
        raise VisionError(Fault.MODEL_UNSUPPORTED, file=file.name, reason=reason) from error


def _read_net(file: ModelFile, engine: int, shape: tuple[int, ...]) -> cv2.dnn.Net:
    _require_usable(file, engine, shape)
    if file.must_stay_on_disk:
        # Weights in other files are found only from the path.
        net = read_net_at(file.name, engine)
    else:
        net = read_net(_content(file, engine), engine)
    # OpenCV 5.0's new engine gives an empty net, not an error, for an operator it lacks.
    if net.getUnconnectedOutLayersNames() == ("_input",):
        raise _NotUsableError(Text("an operator is missing in the new engine"))
    return net


def _content(file: ModelFile, engine: int) -> bytes:
    data = normalise_for_opencv(file.data)
    return fuse_clips(data) if engine == cv2.dnn.ENGINE_NEW else data


def _require_usable(file: ModelFile, engine: int, shape: tuple[int, ...]) -> None:
    """Raise if a model crashed a trial process or returned different numbers there."""
    if file.known_to_run:
        return
    model = Path(file.name) if file.must_stay_on_disk else _content(file, engine)
    if isinstance(model, bytes) and shape:
        size = largest_tensor_bytes(model, shape)
        if size > _MAX_TENSOR_BYTES:
            megabytes, limit = size >> 20, _MAX_TENSOR_BYTES >> 20
            raise VisionError(
                Fault.MODEL_MAPS, file=file.name, megabytes=megabytes, limit_megabytes=limit
            )
    outcome = run_trial(model, engine, shape, name=file.name)
    # An error that OpenCV reports, it will report here as well.
    if outcome in _UNUSABLE:
        raise _NotUsableError(_UNUSABLE[outcome])


def predict_rows(path: Path, rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return OpenCV's outputs, (rows, outputs), of an ONNX file for (rows, features).

    The file has one such input and output and was written by this program, so it is not tried in
    another process first.

    Raises
    ------
    VisionError
        model_unsupported if OpenCV cannot build the network, model_forward if the network fails on
        these rows.
    """
    try:
        net = read_net_at(path, cv2.dnn.ENGINE_NEW)
    except cv2.error as error:
        reason = short_reason(error)
        raise VisionError(Fault.MODEL_UNSUPPORTED, file=path.name, reason=reason) from error
    try:
        net.setInput(rows.astype(np.float32))
        return np.array(net.forward(), np.float32)
    except cv2.error as error:
        shape = sides_text(rows.shape)
        reason = short_reason(error)
        raise VisionError(
            Fault.MODEL_FORWARD, file=path.name, shape=shape, reason=reason
        ) from error
