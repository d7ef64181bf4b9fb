"""The Caffe networks whose outputs are kept: each layer alone with odd sizes, and GoogLeNet."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.vision.golden.caffe_files import Array, Net

_NETS = Path(__file__).with_name("nets.txt").read_text("utf-8").split("\n\n")[1:]
_WINDOWS = [
    "kernel_size: 3 stride: 2",
    "kernel_size: 2 stride: 2",
    "kernel_size: 3 stride: 1 pad: 1",
    "kernel_size: 3 stride: 2 pad: 1",
    "kernel_size: 2 stride: 2 pad: 1",
    "kernel_size: 3 stride: 3 pad: 2",
    "kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 2 pad_h: 0 pad_w: 1",
    "kernel_size: 5 stride: 3",
]


def net_of(text: str) -> Net:
    """Return a network written as those of nets.txt."""
    head, *layers = text.strip().split("\n")
    name, shape = head.split(" : ")
    sides = tuple(map(int, shape.removeprefix("old ").split()))
    net = Net(name, {"data": sides}, old=shape.startswith("old"))
    for line in layers:
        ends, settings, *blobs = (part.strip() for part in f"{line} |".split("|"))
        kind, *bottoms = ends.partition(" >")[0].split()
        made = [net.blob(blob) for blob in blobs if blob]
        net.layer(kind, bottoms, ends.partition("> ")[2], settings, made)
    return net


def single_layers() -> list[Net]:
    """Return one network for each way of each layer, and a few of what comes apart and joins."""
    windows = [
        f"pool {method} {window} on {sides} : 1 3 {sides[0]} {sides[1]}\n"
        f"Pooling data > out | pooling_param {{ pool: {method} {window} }}"
        for method in ("MAX", "AVE")
        for window in _WINDOWS
        for sides in ((7, 9), (8, 6))
    ]
    return [net_of(text) for text in [*_NETS, *windows]]


def old_format() -> Net:
    """Return a small network in the format with ``layers``."""
    return next(net_of(text) for text in _NETS if text.startswith("old format"))


SSD_CLASSES = 4
SSD_PRIORS = (
    "min_size: 12 aspect_ratio: 2 flip: true clip: false variance: 0.1 variance: 0.1 variance: 0.2 "
    "variance: 0.2 offset: 0.5",
    "min_size: 24 max_size: 32 aspect_ratio: 2 aspect_ratio: 3 clip: true variance: 0.1 "
    "variance: 0.1 variance: 0.2 variance: 0.2",
)


def detectors() -> list[Net]:
    """Return SSDs of two maps, as MobileNet-SSD ends; their output is a row a box."""
    return [_ssd("ssd", "CENTER_SIZE"), _ssd("ssd corners", "CORNER")]


def _ssd(name: str, code: str) -> Net:
    net = Net(name, {"data": (1, 3, 48, 64)})
    maps = [
        net.layer(
            "Convolution", bottom, top, *_blobs(net, f"kernel_size: {k} stride: {k}", 8, n, k, k)
        )
        for bottom, top, n, k in (("data", "map0", 3, 8), ("map0", "map1", 8, 2))
    ]
    ends: dict[str, list[str]] = {"loc": [], "conf": [], "priorbox": []}
    for index, (bottom, settings, priors) in enumerate(zip(maps, SSD_PRIORS, (3, 6), strict=True)):
        for end, values, size in (("loc", 4, 0.3), ("conf", SSD_CLASSES, 0.6)):
            top = f"map{index}_{end}"
            text, blobs = _blobs(net, "kernel_size: 1", priors * values, 8, 1, 1)
            net.layer("Convolution", bottom, top, text, [size * blob for blob in blobs])
            order = "permute_param { order: 0 order: 2 order: 3 order: 1 }"
            net.layer("Permute", top, f"{top}_perm", order)
            ends[end].append(
                net.layer("Flatten", f"{top}_perm", f"{top}_flat", "flatten_param { axis: 1 }")
            )
        prior = f"map{index}_priorbox"
        net.layer("PriorBox", [bottom, "data"], prior, f"prior_box_param {{ {settings} }}")
        ends["priorbox"].append(prior)
    _detection_end(net, ends, SSD_CLASSES, "nms_threshold: 1 top_k: 400", code, 0.4)
    return net


# Of each depthwise layer after the first: units before, units after, stride.
_SEPARABLE = (
    (32, 64, 1),
    (64, 128, 2),
    (128, 128, 1),
    (128, 256, 2),
    (256, 256, 1),
    (256, 512, 2),
    *[(512, 512, 1)] * 5,
    (512, 1024, 2),
    (1024, 1024, 1),
)
# Of each map with boxes: its layer, units, boxes a place, least and largest box in pixels.
_BOX_MAPS = (
    ("conv11", 512, 3, 60, 0),
    ("conv13", 1024, 6, 105, 150),
    ("conv14_2", 512, 6, 150, 195),
    ("conv15_2", 256, 6, 195, 240),
    ("conv16_2", 256, 6, 240, 285),
    ("conv17_2", 128, 6, 285, 300),
)
VOC_CLASSES = 21


def mobilenet_ssd() -> Net:
    """Return MobileNet-SSD of 300 x 300 (the layers of its deploy.prototxt) with random weights."""
    net = Net("mobilenet ssd", {"data": (1, 3, 300, 300)})

    def conv(
        bottom: str,
        top: str,
        inputs: int,
        units: int,
        size: int = 1,
        stride: int = 1,
        group: int = 1,
    ) -> str:
        settings = f"kernel_size: {size} stride: {stride} pad: {size // 2} group: {group}"
        text, blobs = _blobs(net, settings, units, inputs // group, size, size)
        # As large as keeps numbers from growing or fading on the way.
        blobs[0] *= np.float32(np.sqrt(2 / (inputs // group * size * size)) / blobs[0].std())
        net.layer("Convolution", bottom, top, text, [blobs[0], blobs[1] * 0.1], name=top)
        return net.layer("ReLU", top, top, name=f"{top}/relu")

    x = conv("data", "conv0", 3, 32, 3, 2)
    for number, (before, after, stride) in enumerate(_SEPARABLE, start=1):
        x = conv(x, f"conv{number}/dw", before, before, 3, stride, before)
        x = conv(x, f"conv{number}", before, after)
    before = 1024
    for number, units in ((14, 512), (15, 256), (16, 256), (17, 128)):
        x = conv(x, f"conv{number}_1", before, units // 2)
        x = conv(x, f"conv{number}_2", units // 2, units, 3, 2)
        before = units
    ends: dict[str, list[str]] = {"loc": [], "conf": [], "priorbox": []}
    for layer, units, boxes, least, largest in _BOX_MAPS:
        for end, values, spread in (("loc", 4, 1.0), ("conf", VOC_CLASSES, 0.9)):
            top = f"{layer}_mbox_{end}"
            text, blobs = _blobs(net, "kernel_size: 1", boxes * values, units, 1, 1)
            blobs[0] *= np.float32(spread / np.sqrt(units) / blobs[0].std())
            net.layer("Convolution", layer, top, text, [blobs[0], blobs[1] * 0.1], name=top)
            order = "permute_param { order: 0 order: 2 order: 3 order: 1 }"
            net.layer("Permute", top, f"{top}_perm", order)
            flat = net.layer("Flatten", f"{top}_perm", f"{top}_flat", "flatten_param { axis: 1 }")
            ends[end].append(flat)
        ratios = "aspect_ratio: 2" + (f" aspect_ratio: 3 max_size: {largest}" if largest else "")
        rest = "flip: true clip: false variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2"
        settings = f"prior_box_param {{ min_size: {least} {ratios} {rest} }}"
        ends["priorbox"].append(
            net.layer("PriorBox", [layer, "data"], f"{layer}_mbox_priorbox", settings)
        )
    _detection_end(net, ends, VOC_CLASSES, "nms_threshold: 0.45 top_k: 100", "CENTER_SIZE", 0.25)
    return net


def _detection_end(
    net: Net, ends: dict[str, list[str]], classes: int, nms: str, code: str, least: float
) -> None:
    """Add how an SSD ends, from its maps of offsets, scores and boxes."""
    for end, axis in (("loc", 1), ("conf", 1), ("priorbox", 2)):
        net.layer("Concat", ends[end], f"mbox_{end}", f"concat_param {{ axis: {axis} }}")
    shape = f"reshape_param {{ shape {{ dim: 0 dim: -1 dim: {classes} }} }}"
    net.layer("Reshape", "mbox_conf", "mbox_conf_reshape", shape)
    net.layer("Softmax", "mbox_conf_reshape", "mbox_conf_softmax", "softmax_param { axis: 2 }")
    net.layer("Flatten", "mbox_conf_softmax", "mbox_conf_flatten", "flatten_param { axis: 1 }")
    keep = nms.rpartition(" ")[2]
    net.layer(
        "DetectionOutput",
        ["mbox_loc", "mbox_conf_flatten", "mbox_priorbox"],
        "detection_out",
        f"detection_output_param {{ num_classes: {classes} share_location: true "
        f"background_label_id: 0 nms_param {{ {nms} }} "
        f"code_type: {code} keep_top_k: {keep} confidence_threshold: {least} }}",
        name="detection_out",
    )


def _blobs(net: Net, settings: str, *weights: int) -> tuple[str, list[Array]]:
    text = f"convolution_param {{ num_output: {weights[0]} {settings} }}"
    return text, [net.weights(*weights), net.weights(weights[0])]


# For each inception: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
_INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def googlenet(*, old: bool = False) -> Net:
    """Return GoogLeNet (Szegedy et al., 2014, table 1) with random weights."""
    net = Net("googlenet old" if old else "googlenet", {"data": (1, 3, 224, 224)}, old=old)
    kinds = {
        name: (name.upper() if old else name)
        for name in ("Convolution", "Pooling", "Concat", "Dropout", "Softmax")
    }
    kinds |= {"ReLU": "RELU" if old else "ReLU", "LRN": "LRN"}
    kinds["InnerProduct"] = "INNER_PRODUCT" if old else "InnerProduct"

    def conv(bottom: str, top: str, inputs: int, units: int, size: int, stride: int = 1) -> str:
        settings = f"kernel_size: {size} stride: {stride} pad: {size // 2}"
        text, blobs = _blobs(net, settings, units, inputs, size, size)
        net.layer(kinds["Convolution"], bottom, top, text, [blobs[0], blobs[1] * 0.1], name=top)
        return net.layer(kinds["ReLU"], top, top, name=f"{top}/relu")

    def pool(bottom: str, top: str, settings: str) -> str:
        return net.layer(kinds["Pooling"], bottom, top, f"pooling_param {{ {settings} }}", name=top)

    lrn = "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }"
    down = "pool: MAX kernel_size: 3 stride: 2"
    x = conv("data", "conv1", 3, 64, 7, 2)
    x = net.layer(kinds["LRN"], pool(x, "pool1", down), "norm1", lrn)
    x = conv(conv(x, "conv2/reduce", 64, 64, 1), "conv2", 64, 192, 3)
    x = pool(net.layer(kinds["LRN"], x, "norm2", lrn), "pool2", down)
    channels = 192
    for name, (n1, r3, n3, r5, n5, proj) in _INCEPTIONS.items():
        head = f"inception_{name}"
        branches = [
            conv(x, f"{head}/1x1", channels, n1, 1),
            conv(conv(x, f"{head}/3x3_reduce", channels, r3, 1), f"{head}/3x3", r3, n3, 3),
            conv(conv(x, f"{head}/5x5_reduce", channels, r5, 1), f"{head}/5x5", r5, n5, 5),
            conv(
                pool(x, f"{head}/pool", "pool: MAX kernel_size: 3 stride: 1 pad: 1"),
                f"{head}/pool_proj",
                channels,
                proj,
                1,
            ),
        ]
        x = net.layer(kinds["Concat"], branches, f"{head}/output")
        channels = n1 + n3 + n5 + proj
        if name in ("3b", "4e"):
            x = pool(x, f"{head}/down", down)
    x = pool(x, "pool5", "pool: AVE kernel_size: 7 stride: 1")
    net.layer(kinds["Dropout"], x, x, "dropout_param { dropout_ratio: 0.4 }")
    blobs = [net.weights(1000, 1024), net.weights(1000)]
    net.layer(kinds["InnerProduct"], x, "fc", "inner_product_param { num_output: 1000 }", blobs)
    net.layer(kinds["Softmax"], "fc", "prob")
    return net


def every_net() -> list[Net]:
    """Return every network there are golden outputs for."""
    return [*single_layers(), *detectors(), googlenet(), googlenet(old=True)]
