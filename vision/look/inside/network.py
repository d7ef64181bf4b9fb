"""Runs a network once and keeps the outputs of all layers."""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from foundation.text import Text
from vision.engine import Engine, Outputs
from vision.errors import Fault, VisionError
from vision.formats.model_file import ModelFile
from vision.formats.onnx.rewrite import normalise_for_opencv
from vision.formats.reader import parse_model
from vision.look.inside.graph import Graph, as_maps, read_graph
from vision.pictures.preprocessing import Blob

if TYPE_CHECKING:
    import onnx

type Maps = npt.NDArray[np.float32]
"""Output of a layer: (maps, height, width) float32."""


def _reference_counts(outputs: Outputs) -> Iterator[int]:
    return (sys.getrefcount(maps) for maps in outputs.values())


_OWN_REFERENCES: Final = next(_reference_counts({"": np.empty(0, np.float32)}))
"""References to an array that is in one dictionary only; Python's versions count differently."""


@dataclass(frozen=True, eq=False)
class Forward:
    """The outputs of all layers for one picture.

    Attributes
    ----------
    tensors
        Tensors by name, with a batch of one, including the picture's.
    forward_ms
        Duration of the forward pass with all maps, in milliseconds.
    """

    tensors: Mapping[str, npt.NDArray[np.float32]]
    forward_ms: float

    def maps(self, tensor: str) -> Maps:
        """Return a tensor as maps, (maps, height, width)."""
        array = self.tensors[tensor]
        return array.reshape(as_maps(array.shape))

    def has(self, tensor: str) -> bool:
        """Return whether a tensor is known; tensors of unknown shape are not."""
        return tensor in self.tensors


class InsideNetwork:
    """A network that returns the maps of all its layers; for one thread at a time."""

    def __init__(self, file: ModelFile, shape: tuple[int, ...]) -> None:
        """Read the graph and build its network.

        Parameters
        ----------
        file
            An ONNX or a converted Caffe model.
        shape
            Shape of the picture's tensor, (1, C, H, W).

        Raises
        ------
        VisionError
            model_inside, and the errors of `Engine`.
        """
        try:
            self.graph: Graph = read_graph(_model(file), shape, file.name)
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            # OpenCV runs some graphs whose weights do not have the shapes that they say.
            reason = Text("its graph does not hold together")
            raise VisionError(Fault.MODEL_INSIDE, file=file.name, reason=reason) from error
        self._file = file
        self._sizes = {
            layer.output: math.prod(layer.shape) for layer in self.graph.layers if layer.shape
        }
        self._names = list(self._sizes)
        # An output that is empty because OpenCV has joined it to what follows is also why a model
        # of the user's own is not used: its numbers differ from ONNX's.
        engine = self._build(self.graph.model)
        self._is_apart = engine is None
        self._engine = engine or self._build_unfused(self._names)
        self._recent: deque[Outputs] = deque(maxlen=2)

    def _build_unfused(self, tensors: Collection[str]) -> Engine:
        """Return a network in which some tensors are not fused."""
        engine = self._build(_with_unfused(self.graph.model, tensors))
        if engine is None:
            raise self._no_maps()
        return engine

    def _no_maps(self) -> VisionError:
        reason = Text("OpenCV does not give the maps of all its layers")
        return VisionError(Fault.MODEL_INSIDE, file=self._file.name, reason=reason)

    def _build(self, model: bytes) -> Engine | None:
        """Return a network that computes all maps, or None if OpenCV cannot return them."""
        # What was known to run is only asked for more of what it computes.
        changed = replace(
            parse_model(model, self._file.name),
            trusted=self._file.trusted,
            known_to_run=self._file.known_to_run,
        )
        try:
            engine = Engine(changed)
        except VisionError as error:
            if error.code is Fault.MODEL_STOPPED:
                raise
            return None
        return engine if set(self._names) <= set(engine.output_names) else None

    def run(self, blob: Blob) -> Forward:
        """Run the network on one picture (1, C, H, W).

        Raises
        ------
        VisionError
            model_forward, model_busy or model_inside.
        """
        started = time.perf_counter()
        outputs = self._engine.forward(blob, self._names, self._unused_outputs())
        lost = self._incomplete_tensors(outputs)
        if lost and not self._is_apart:
            # The new engine joins x times the sigmoid of x, and its like, to one operator even
            # where what lies between is an output, which is then empty.
            self._is_apart, self._engine = True, self._build_unfused(lost)
            outputs = self._engine.forward(blob, self._names)
            lost = self._incomplete_tensors(outputs)
        if lost:
            raise self._no_maps()
        # Filling the maps of the last but one picture again, if nobody holds them, halves the time.
        self._recent.append(outputs)
        elapsed_ms = (time.perf_counter() - started) * 1e3
        return Forward({self.graph.picture: blob, **outputs}, elapsed_ms)

    def _unused_outputs(self) -> Outputs:
        """Return an earlier picture's outputs that nobody else holds, if there are any."""
        for outputs in self._recent:
            if all(count <= _OWN_REFERENCES for count in _reference_counts(outputs)):
                return outputs
        return {}

    def _incomplete_tensors(self, outputs: Outputs) -> set[str]:
        """Return the tensors that OpenCV did not return completely."""
        return {name for name, size in self._sizes.items() if outputs[name].size != size}


def _with_unfused(model: bytes, tensors: Collection[str]) -> bytes:
    """Return a model in which an Identity prevents some tensors from being fused."""
    import onnx

    changed = onnx.load_from_string(model)
    graph = changed.graph
    parted = {name for node in graph.node for name in node.input}.intersection(tensors)
    nodes = []
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name in parted:
                node.input[place] = f"{name}/apart"
        nodes.append(node)
        nodes += [
            onnx.helper.make_node("Identity", [name], [f"{name}/apart"])
            for name in node.output
            if name in parted
        ]
    del graph.node[:]
    graph.node.extend(nodes)
    return bytes(changed.SerializeToString())


def _model(file: ModelFile) -> onnx.ModelProto:
    """Return the model as run by the pipeline, including weights from other files."""
    import onnx

    try:
        if file.must_stay_on_disk:
            data = onnx.load(Path(file.name)).SerializeToString()
        else:
            data = file.data
        return onnx.load_from_string(normalise_for_opencv(data))
    except (ValueError, OSError, onnx.checker.ValidationError) as error:
        reason = Text("its weights cannot be read")
        raise VisionError(Fault.MODEL_INSIDE, file=file.name, reason=reason) from error
