"""Networks to look into: public ones with weights drawn here, GoogLeNet by the converter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from tests.vision.golden.caffe_nets import googlenet
from tests.vision.onnx_models import known_file
from vision.formats.model_file import ModelFile
from vision.formats.reader import read_model_file

_LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def public_network(name: str) -> ModelFile:
    """Return a network of the ONNX package, which comes without its weights; they are drawn."""
    model = onnx.load(_LIGHT / f"light_{name}.onnx")
    generator = np.random.default_rng(1)
    shapes = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type != "ConstantOfShape":
            nodes.append(onnx.NodeProto.FromString(node.SerializeToString()))
            continue
        shape = shapes[node.input[0]].tolist()
        if len(shape) > 1:
            spread = np.sqrt(2 / np.prod(shape[1:]))
            values = spread * generator.standard_normal(shape)
        else:
            values = generator.uniform(0.5, 1.5, shape)
        tensor = numpy_helper.from_array(values.astype(np.float32), node.output[0])
        model.graph.initializer.append(tensor)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    # From this version on a weight need not be an input too.
    model.ir_version = 8
    return known_file(model.SerializeToString(), f"{name}.onnx")


def converted_googlenet(folder: Path) -> ModelFile:
    """Return GoogLeNet with random weights, read from Caffe's two files."""
    net = googlenet()
    prototxt, weights = folder / "net.prototxt", folder / "net.caffemodel"
    prototxt.write_bytes(net.prototxt)
    weights.write_bytes(net.caffemodel)
    return replace(read_model_file(weights, prototxt), known_to_run=True)
