"""Open mutated files one after the other in a process of its own, and report on each.

    python -m tests.vision.mutation_worker KIND FIRST COUNT

KIND is models, classic, finders (detectors and networks that cut out), pictures, videos, streams,
or one kind of picture: png, gif, webp, avif, tiff, bmp, jpeg or heic.

Prints a JSON line when a case begins and one when it ends, so that whoever watches knows which
case ended the process or made it hang.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import onnx

from tests.vision.finders import mask_model, ssd_model, yolox_model
from tests.vision.golden.caffe_nets import detectors, old_format
from tests.vision.mutated_streams import stream_case, video_case
from tests.vision.onnx_models import linear_classifier, network, noise
from tests.vision.other_formats import kernel_and_bias, tflite_model
from tests.vision.picture_files import WRITINGS, encoded, png_bomb, sample, with_right_sums, written
from tests.vision.running import reading_processes
from tests.vision.tflite_bytes import Bytes
from vision.engine import ComputeChoice
from vision.errors import VisionError
from vision.look.inside.network import InsideNetwork
from vision.models.opening import open_predictor
from vision.pictures.files import read_picture
from vision.pictures.pixels import check_pixels
from vision.pictures.preprocessing import Preprocessing

type Random = np.random.Generator

BOMBS: dict[int, bytes] = {}


def conv_model() -> bytes:
    """Return a small network with the operators that image networks use."""
    return network(
        """(float[N, 3, 16, 16] x) => (float[N, 5] y) {
            c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, W1, b1)
            r = Relu (c)
            p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (r)
            d = Conv <kernel_shape = [1, 1], group = 2> (p, W2)
            a = Add (d, p)
            g = GlobalAveragePool (a)
            f = Reshape (g, shape)
            z = Gemm <transB = 1> (f, W3, b3)
            y = Softmax <axis = 1> (z)
        }""",
        W1=noise(8, 3, 3, 3),
        b1=noise(8),
        W2=noise(8, 4, 1, 1),
        shape=[0, -1],
        W3=noise(5, 8),
        b3=noise(5),
    )


def mutate(data: bytes, random: Random) -> bytes:
    """Return a damaged copy."""
    out = bytearray(data)
    kind = int(random.integers(0, 8))
    at = int(random.integers(0, max(1, len(out))))
    length = int(random.integers(1, 64))
    if kind == 0:
        return bytes(out[:at])
    if kind == 1:
        out[at : at + length] = bytes(length)
    elif kind == 2:
        out[at:at] = random.bytes(length)
    elif kind == 3:
        del out[at : at + length]
    elif kind == 4:
        out[at : at + length] = b"\xff" * length
    elif kind == 5:
        out[at:at] = out[at : at + length]
    else:
        # Headers are where a flipped bit tells most: half of the flips go there.
        reach = min(len(out), 200) if random.random() < 0.5 else len(out)
        for _ in range(int(random.integers(1, 12))):
            out[int(random.integers(0, reach))] ^= 1 << int(random.integers(0, 8))
    return bytes(out)


def mutate_meaning(data: bytes, random: Random) -> bytes:
    """Return a model that parses, but whose graph says something else than it should."""
    model = onnx.load_from_string(data)
    graph = model.graph
    for _ in range(int(random.integers(1, 4))):
        node = graph.node[int(random.integers(0, len(graph.node)))]
        kind = int(random.integers(0, 9))
        value = int(random.choice([-1, 0, 1, 2, 3, 7, 1000, 2**31, 2**62]))
        weights = graph.initializer[int(random.integers(0, len(graph.initializer)))]
        if kind == 0 and node.attribute:
            attribute = node.attribute[int(random.integers(0, len(node.attribute)))]
            attribute.i = value
            for index in range(len(attribute.ints)):
                attribute.ints[index] = value
        elif kind == 1:
            weights.dims[int(random.integers(0, len(weights.dims)))] = value
        elif kind == 2 and node.input:
            node.input[int(random.integers(0, len(node.input)))] = str(
                random.choice(["", "x", "z", "W1", "missing"])
            )
        elif kind == 3 and node.input:
            del node.input[-1]
        elif kind == 4:
            node.op_type = str(random.choice(["CumSum", "LSTM", "Conv", "Gather", "Resize", "If"]))
        elif kind == 5:
            weights.data_type = int(random.integers(0, 20))
        elif kind == 6:
            weights.raw_data = weights.raw_data[: int(random.integers(0, 64))]
        elif kind == 7:
            sides = graph.input[0].type.tensor_type.shape.dim
            sides[int(random.integers(0, len(sides)))].dim_value = value
        else:
            del graph.node[int(random.integers(0, len(graph.node)))]
            if not graph.node:
                break
    return bytes(model.SerializeToString())


def rare(random: Random) -> bytes:
    """Return something that was never a good file."""
    choices: list[Callable[[], bytes]] = [
        lambda: b"",
        lambda: bytes(int(random.integers(1, 5000))),
        lambda: random.bytes(int(random.integers(1, 5000))),
        lambda: b"<html>404</html>",
        lambda: b"\x1c\0\0\0TFL3" + random.bytes(int(random.integers(0, 500))),
        lambda: b"\x0a\x0c\x0a\x01x\x12\x07" + mutate(b"Placeholder" * 20, random),
        lambda: encoded(".png"),
        lambda: linear_classifier()[0],
    ]
    return choices[int(random.integers(0, len(choices)))]()


def model_case(number: int, folder: Path, choice: ComputeChoice = ComputeChoice.AUTO) -> None:
    """Open one mutated model and classify with it."""
    open_model = partial(open_predictor, compute=choice)
    random = np.random.default_rng(number)
    picture = sample()
    if random.random() < 0.05:
        path = folder / f"m.{random.choice(['onnx', 'tflite', 'pb', 'caffemodel'])}"
        path.write_bytes(rare(random))
        open_model(path).predict(picture)
        return
    kind = int(random.integers(0, 5))
    if kind == 0:
        net = old_format()
        text, binary = net.prototxt, net.caffemodel
        if random.random() < 0.5:
            text = mutate(text, random)
        else:
            binary = mutate(binary, random)
        (folder / "n.prototxt").write_bytes(text)
        (folder / "n.caffemodel").write_bytes(binary)
        open_model(folder / "n.caffemodel", folder / "n.prototxt").predict(picture)
        return
    if kind == 1 and random.random() < 0.5:
        path = folder / "m.tflite"
        path.write_bytes(mutate(tflite_model(*kernel_and_bias()), random))
        open_model(path, preprocessing=Preprocessing((8, 8))).predict(picture)
        return
    data = linear_classifier(softmax=bool(random.integers(0, 2)))[0] if kind == 1 else conv_model()
    if random.random() < 0.05:
        data = data.replace(np.float32(1).tobytes(), np.float32(np.nan).tobytes())
    path = folder / f"m.{random.choice(['onnx', 'onnx', 'tflite', 'pb', 'bin'])}"
    change = mutate_meaning if random.random() < 0.6 else mutate
    path.write_bytes(change(data, random))
    open_model(path).predict(picture)


def finder_case(number: int, folder: Path) -> None:
    """Open one mutated detector or segmenter, ask it for a picture, and look inside it."""
    random = np.random.default_rng(number)
    kind = int(random.integers(0, 5))
    path, prototxt = folder / "m.onnx", None
    if kind == 0:
        net = detectors()[int(random.integers(0, 2))]
        path, prototxt = folder / "n.caffemodel", folder / "n.prototxt"
        text, binary = net.prototxt, net.caffemodel
        if random.random() < 0.7:
            text = mutate(text, random)
        else:
            binary = mutate(binary, random)
        prototxt.write_bytes(text)
        path.write_bytes(binary)
    elif kind == 1:
        path = folder / "m.tflite"
        path.write_bytes(mutate(Bytes().file(), random))
    else:
        data = (ssd_model, yolox_model, mask_model)[kind - 2]()
        if random.random() < 0.1:
            data = data.replace(np.float32(1).tobytes(), np.float32(np.nan).tobytes())
        change = mutate_meaning if random.random() < 0.7 else mutate
        path.write_bytes(change(data, random))
    predictor = open_predictor(path, prototxt)
    predictor.predict(sample())
    blob = predictor.preprocessing.blob(sample())
    InsideNetwork(predictor.engine.file, blob.shape).run(blob)


def picture_case(number: int, folder: Path) -> None:
    """Read one mutated picture."""
    random = np.random.default_rng(number)
    suffixes = [".png", ".jpg", ".gif", ".bmp", ".webp", ".tif", ".avif", ".ppm"]
    suffix = suffixes[number % len(suffixes)]
    path = folder / f"p{random.choice(suffixes)}"
    if number % 100 == 50:
        path.write_bytes(BOMBS[number % 200])
    elif random.random() < 0.05:
        path.write_bytes(rare(random))
    else:
        noise = random.integers(0, 256, (40, 60, 3), np.uint8)
        channels = np.dstack([noise, noise[:, :, :1]]) if suffix == ".png" else noise
        path.write_bytes(mutate(encoded(suffix, channels), random))
    check_pixels(read_picture(path))


def kind_of_picture_case(number: int, folder: Path, kind: str) -> None:
    """Read one picture of a kind, mutated once or twice."""
    random = np.random.default_rng(number)
    data = written(kind, number)
    for _ in range(1 + (random.random() < 0.2)):
        data = mutate(data, random)
    if kind == "png" and random.random() < 0.7:
        data = with_right_sums(data)
    path = folder / f"p.{kind}"
    path.write_bytes(data)
    check_pixels(read_picture(path))


def main(kind: str, first: int, count: int) -> None:
    """Run the cases and report on each."""
    cases: dict[str, Callable[[int, Path], None]] = {
        "models": model_case,
        "classic": partial(model_case, choice=ComputeChoice.CLASSIC_CPU),
        "finders": finder_case,
        "pictures": picture_case,
        "videos": partial(video_case, mutate=mutate),
        "streams": partial(stream_case, mutate=mutate),
        **{one: partial(kind_of_picture_case, kind=one) for one in (*WRITINGS, "heic")},
    }
    case = cases[kind]
    if kind == "pictures":
        # One that is refused by its size, and one that is just small enough to be read.
        BOMBS.update({50: png_bomb(30_000, 30_000), 150: png_bomb(30_000, 2_200)})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(first, first + count):
            print(json.dumps({"begin": number}), flush=True)
            started = time.perf_counter()
            try:
                case(number, folder)
                verdict = "result"
            except VisionError as error:
                verdict = error.code.name.lower()
                if "\n" in error.sentence():
                    raise ValueError(f"not one line: {error.sentence()!r}") from error
            seconds = time.perf_counter() - started
            peak_mb = own_peak_mb()
            report = {"end": number, "verdict": verdict, "seconds": seconds, "peak_mb": peak_mb}
            report["processes"] = reading_processes()
            print(json.dumps(report), flush=True)


def own_peak_mb() -> float:
    """Return the most memory this process has held, MB.

    On Linux ``ru_maxrss`` begins at what the parent held, so the kernel's other figure is read.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    # The decoders' own complaints would fill the terminal.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
