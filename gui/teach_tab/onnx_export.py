"""Export of a head with its backbone as an ONNX file, and a script.

Free of Qt, like `gui.teach_tab.teaching`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from gui.teach_tab.teaching import Head
from model.data.shape import empty_dataset, shape_for_network
from model.export.onnx_file import INPUT, OUTPUT, onnx_model
from vision.files import read_file, write_file
from vision.formats.manifest import ASSETS, bundled_manifest
from vision.formats.reader import MAX_MODEL_BYTES
from vision.models.choice import ModelChoice, choice_from_onnx
from vision.pictures.preprocessing import Preprocessing

PROBABILITIES = "probabilities"
TAUGHT = "taught"
"""Key of the model in Vision's list."""


def onnx_content(head: Head) -> bytes:
    """Return the ONNX file of backbone, head and softmax.

    Notes
    -----
    Input ``image``, shape (N, 3, 224, 224): an image prepared as in the metadata ``preprocessing``,
    a `vision.pictures.preprocessing.Preprocessing` as JSON. Output ``probabilities``, shape
    (N, classes), in the order of the metadata ``classes``, one name per line.

    Raises
    ------
    ModelError
        export.float32 if a weight exceeds the range of float32.
    """
    import onnx
    from onnx import TensorProto, helper

    manifest = bundled_manifest()
    whole = onnx.load_from_string(read_file(ASSETS / "models" / manifest.file, MAX_MODEL_BYTES))
    graph = whole.graph
    features = manifest.features_output
    own = [node for node in graph.node if manifest.scores_output not in node.output]
    dropped = {name for node in graph.node for name in node.input} - {
        name for node in own for name in node.input
    }
    weights = [tensor for tensor in graph.initializer if tensor.name not in dropped]
    top = onnx_model(head.experiment, empty_dataset(shape_for_network(head.experiment))).graph
    renamed = {INPUT: features, OUTPUT: PROBABILITIES}
    for node in top.node:
        node.input[:] = [renamed.get(name, f"head.{name}") for name in node.input]
        node.output[:] = [renamed.get(name, f"head.{name}") for name in node.output]
        node.name = f"head.{node.name}"
    for tensor in top.initializer:
        tensor.name = f"head.{tensor.name}"
    shape: list[str | int | None] = ["N", len(head.keys)]
    joined = helper.make_graph(
        [*own, *top.node],
        "taught",
        list(graph.input),
        [helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, shape)],
        [*weights, *top.initializer],
    )
    model = helper.make_model(
        joined,
        producer_name="Glassnet",
        opset_imports=list(whole.opset_import),
        ir_version=whole.ir_version,
    )
    helper.set_model_props(model, _metadata(head, manifest.preprocessing))
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def write_onnx(head: Head, path: Path) -> None:
    """Write the ONNX file of backbone, head and softmax, see `onnx_content`.

    Raises
    ------
    VisionError
        file_unwritable.
    ModelError
        As `onnx_content`.
    """
    write_file(path, onnx_content(head))


def script_model(script: Path) -> Path:
    """Return the path of a script's model, with the suffix .onnx."""
    return script.with_suffix(".onnx")


def write_opencv_script(head: Head, path: Path, model: Path) -> None:
    """Write a Python script that classifies images with the exported ONNX file.

    The script expects the file in its own folder.

    Raises
    ------
    VisionError
        file_unwritable.
    """
    write_file(path, opencv_script(head, model.name).encode())


def opencv_script(head: Head, model_name: str) -> str:
    """Return a twelve-line script that runs an exported ONNX file with OpenCV.

    The files are read in Python: on Windows OpenCV cannot open paths with letters of another code
    page.
    """
    settings = bundled_manifest().preprocessing
    mean = ", ".join(f"{value:g}" for value in settings.mean)
    scale, size = f"{settings.scale!r}", settings.size_wh
    swap, crop = settings.swap_rb, settings.crop
    return f"""# Run it with: python THIS_FILE PICTURE
import cv2, numpy, pathlib, sys
names = {list(head.names)!r}
model = pathlib.Path(__file__).with_name({model_name!r})
net, data = cv2.dnn.readNetFromONNX(numpy.fromfile(model, "u1")), numpy.fromfile(sys.argv[1], "u1")
picture, whole = cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
assert picture is not None, f"{{sys.argv[1]}} cannot be read"
if whole.shape[2:] == (4,):  # what is transparent is laid on white, as Glassnet does
    picture = (255.5 - (255 - picture) * (whole[..., 3:] / (256**whole.itemsize - 1))).astype("u1")
net.setInput(cv2.dnn.blobFromImage(picture, {scale}, {size}, ({mean}), swapRB={swap}, crop={crop}))
for probability, name in sorted(zip(net.forward()[0].tolist(), names), reverse=True):
    print(f"{{probability:.6f}} {{name}}")
"""


def taught_choice(head: Head, name: str) -> ModelChoice:
    """Return a head and its backbone as a model for Vision.

    Raises
    ------
    ModelError
        As `onnx_content`.
    """
    settings = bundled_manifest().preprocessing
    return choice_from_onnx(TAUGHT, name, onnx_content(head), head.names, settings)


def _metadata(head: Head, preprocessing: Preprocessing) -> dict[str, str]:
    return {
        "classes": "\n".join(" ".join(name.split()) for name in head.names),
        "preprocessing": msgspec.json.encode(preprocessing).decode(),
    }
