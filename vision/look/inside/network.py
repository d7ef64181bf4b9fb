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
from vision.formats.onnx.rewrite import readable
from vision.formats.reader import parse_model
from vision.look.inside.graph import Graph, as_maps, read_graph
from vision.pictures.preprocessing import Blob

if TYPE_CHECKING:
    import onnx
    from onnx.reference import ReferenceEvaluator

type Maps = npt.NDArray[np.float32]
"""What a layer gives: (maps, height, width) float32."""


def _reference_counts(outputs: Outputs) -> Iterator[int]:
    return (sys.getrefcount(maps) for maps in outputs.values())


_OWN_REFERENCES: Final = next(_reference_counts({"": np.empty(0, np.float32)}))
"""To an array that is in one dictionary only; how many that are depends on Python's version."""


@dataclass(frozen=True, eq=False)
class Forward:
    """The outputs of all layers for one picture.

    Attributes
    ----------
    tensors
        By name, with their batch of one; the picture's is among them.
    forward_ms
        How long the forward with maps took, in milliseconds.
    """

    tensors: Mapping[str, npt.NDArray[np.float32]]
    forward_ms: float

    def maps(self, tensor: str) -> Maps:
        """Return a tensor as maps, (maps, height, width)."""
        array = self.tensors[tensor]
        return array.reshape(as_maps(array.shape))

    def has(self, tensor: str) -> bool:
        """Return whether a tensor is known; one of unknown shape is not."""
        return tensor in self.tensors


class InsideNetwork:
    """A network that gives the maps of all its layers; for one thread at a time.

    Attributes
    ----------
    is_by_reference
        True if ONNX's own reference computes it, where OpenCV cannot give all the maps.
    """

    def __init__(self, file: ModelFile, shape: tuple[int, ...]) -> None:
        """Read the graph and build its network.

        Parameters
        ----------
        file
            An ONNX or a converted Caffe model.
        shape
            Of the picture's tensor, (1, C, H, W).

        Raises
        ------
        VisionError
            model_inside, and what `Engine` raises.
        """
        if file.structure is None:
            raise VisionError(
                Fault.MODEL_INSIDE, file=file.name, reason=Text("it is neither ONNX nor Caffe")
            )
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
        self._engine = self._built(self.graph.model)
        # An output that is empty because OpenCV has joined it to what follows is also why a model
        # of the user's own is not used: its numbers differ from ONNX's.
        self._is_apart = self._engine is None
        if self._is_apart:
            self._engine = self._built(_kept_apart(self.graph.model, self._names))
        self._reference: ReferenceEvaluator | None = None
        self._recent: deque[Outputs] = deque(maxlen=2)
        self.is_by_reference = self._engine is None

    def _built(self, model: bytes) -> Engine | None:
        """Return a network that computes all maps, or None if OpenCV cannot give them."""
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
        outputs = self._by_engine(blob)
        if outputs is None:
            outputs = self._by_reference(blob)
        # The next forward fills the maps of the one before the last, if nobody has them any more:
        # new memory would cost as much time again as the maps themselves.
        self._recent.append(outputs)
        elapsed_ms = (time.perf_counter() - started) * 1e3
        return Forward({self.graph.picture: blob, **outputs}, elapsed_ms)

    def _by_engine(self, blob: Blob) -> Outputs | None:
        while self._engine is not None:
            try:
                outputs = self._engine.forward(blob, self._names, self._free_again())
            except VisionError as error:
                if error.code in (Fault.MODEL_BUSY, Fault.MODEL_STOPPED):
                    raise
                self._engine = None
                break
            lost = {name for name, size in self._sizes.items() if outputs[name].size != size}
            if not lost:
                return outputs
            # The new engine joins x times the sigmoid of x, and its like, to one operator even
            # where what lies between is an output, which is then empty.
            tried, self._is_apart = self._is_apart, True
            self._engine = None if tried else self._built(_kept_apart(self.graph.model, lost))
        self.is_by_reference = True
        return None

    def _free_again(self) -> Outputs:
        """Return an earlier forward pass's maps that are not in use any more, or none."""
        for outputs in self._recent:
            if all(count <= _OWN_REFERENCES for count in _reference_counts(outputs)):
                return outputs
        return {}

    def _by_reference(self, blob: Blob) -> Outputs:
        import onnx

        from vision.networks.probe_process import evaluator  # where ONNX's own is wrong, ours

        name = self.graph.picture
        try:
            if self._reference is None:
                self._reference = evaluator(onnx.load_from_string(self.graph.model))
            with np.errstate(all="ignore"):  # its sigmoid runs over on the way to the right number
                arrays = self._reference.run(self._names, {name: blob})
        except Exception as error:
            # The evaluator raises whatever its Python code comes upon.
            reason = Text("neither OpenCV nor ONNX gives its maps")
            raise VisionError(Fault.MODEL_INSIDE, file=self._file.name, reason=reason) from error
        return {
            one: np.asarray(array, np.float32)
            for one, array in zip(self._names, arrays, strict=True)
        }


def _kept_apart(model: bytes, tensors: Collection[str]) -> bytes:
    """Return a model in which an Identity keeps some tensors from being fused."""
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
    """Return the model as the pipeline runs it, with weights from other files."""
    import onnx

    try:
        if file.must_stay_on_disk:
            data = onnx.load(Path(file.name)).SerializeToString()
        else:
            data = file.data
        return onnx.load_from_string(readable(data))
    except (ValueError, OSError, onnx.checker.ValidationError) as error:
        reason = Text("its weights cannot be read")
        raise VisionError(Fault.MODEL_INSIDE, file=file.name, reason=reason) from error
