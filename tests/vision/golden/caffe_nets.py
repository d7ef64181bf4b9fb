"""The Caffe networks whose outputs are kept: each layer alone with odd sizes, and GoogLeNet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.vision.golden.caffe_files import Array, Net

type Blobs = Callable[[Net], list[Array]]

ODD: dict[str, tuple[int, ...]] = {"data": (1, 6, 7, 9)}


def one(
    name: str,
    kind: str,
    settings: str = "",
    blobs: Blobs | None = None,
    shape: tuple[int, ...] = (1, 6, 7, 9),
) -> Net:
    """Return a network of one layer."""
    net = Net(name, {"data": shape})
    net.layer(kind, "data", "out", settings, blobs(net) if blobs else None, name="it")
    return net


def _conv(
    settings: str, *weights: int, bias: bool = True
) -> tuple[str, Callable[[Net], list[Array]]]:
    def blobs(net: Net) -> list[Array]:
        return [net.weights(*weights)] + ([net.weights(weights[0])] if bias else [])

    return f"convolution_param {{ num_output: {weights[0]} {settings} }}", blobs


def _pool(settings: str) -> str:
    return f"pooling_param {{ {settings} }}"


def single_layers() -> list[Net]:
    """Return one network for each way of each layer."""
    rows, columns = (1, 5, 7, 9), (2, 5)
    nets = [
        one("conv 3x3", "Convolution", *_conv("kernel_size: 3", 5, 6, 3, 3)),
        one("conv stride", "Convolution", *_conv("kernel_size: 3 stride: 2 pad: 1", 5, 6, 3, 3)),
        one("conv group", "Convolution", *_conv("kernel_size: 3 group: 3 pad: 2", 9, 2, 3, 3)),
        one("conv depthwise", "Convolution", *_conv("kernel_size: 3 group: 6", 6, 1, 3, 3)),
        one("conv dilation", "Convolution", *_conv("kernel_size: 3 dilation: 2", 4, 6, 3, 3)),
        one(
            "conv rectangular",
            "Convolution",
            *_conv("kernel_h: 2 kernel_w: 5 stride_h: 3 stride_w: 2 pad_h: 0 pad_w: 2", 4, 6, 2, 5),
        ),
        one(
            "conv no bias",
            "Convolution",
            *_conv("kernel_size: 1 bias_term: false", 7, 6, 1, 1, bias=False),
        ),
        one("relu", "ReLU"),
        one("relu leaky", "ReLU", "relu_param { negative_slope: 0.1 }"),
        one("prelu", "PReLU", "", lambda net: [net.uniform(-0.5, 0.5, 6)]),
        one(
            "prelu shared",
            "PReLU",
            "prelu_param { channel_shared: true }",
            lambda net: [net.uniform(0.1, 0.4, 1)],
        ),
        one("sigmoid", "Sigmoid"),
        one("tanh", "TanH"),
        one("dropout", "Dropout", "dropout_param { dropout_ratio: 0.4 }"),
        one("lrn", "LRN", "lrn_param { local_size: 5 alpha: 0.5 beta: 0.75 }"),
        one(
            "lrn within",
            "LRN",
            "lrn_param { local_size: 3 alpha: 0.7 beta: 0.75 norm_region: WITHIN_CHANNEL }",
        ),
        one(
            "batch norm",
            "BatchNorm",
            "batch_norm_param { eps: 0.001 use_global_stats: true }",
            lambda net: [
                net.uniform(-1, 1, 6),
                net.uniform(0.5, 2, 6),
                np.asarray([2.5], np.float32),
            ],
        ),
        one(
            "scale",
            "Scale",
            "scale_param { bias_term: true }",
            lambda net: [net.uniform(0.5, 2, 6), net.uniform(-1, 1, 6)],
        ),
        one("scale no bias", "Scale", "", lambda net: [net.uniform(0.5, 2, 6)]),
        one(
            "inner product",
            "InnerProduct",
            "inner_product_param { num_output: 5 }",
            lambda net: [net.weights(5, 378), net.weights(5)],
        ),
        one(
            "inner product no bias",
            "InnerProduct",
            "inner_product_param { num_output: 4 bias_term: false }",
            lambda net: [net.weights(4, 378)],
        ),
        one("flatten", "Flatten"),
        one("flatten axis", "Flatten", "flatten_param { axis: 2 }"),
        one("reshape", "Reshape", "reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 9 } }"),
        one("reshape flat", "Reshape", "reshape_param { shape { dim: 0 dim: -1 } }"),
        one("permute", "Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }"),
        one("permute two", "Permute", "permute_param { order: 0 order: 3 order: 1 order: 2 }"),
        one(
            "normalize pixels",
            "Normalize",
            "norm_param { across_spatial: false channel_shared: false }",
            lambda net: [net.uniform(5, 20, 6)],
        ),
        one("normalize all", "Normalize", "", lambda net: [net.uniform(5, 20, 1)]),
        one("softmax", "Softmax"),
        one("softmax rows", "Softmax", "", shape=columns),
        one("softmax axis", "Softmax", "softmax_param { axis: 2 }"),
        one(
            "pool max floor",
            "Pooling",
            _pool("pool: MAX kernel_size: 2 stride: 2 ceil_mode: false"),
        ),
        one(
            "pool average floor",
            "Pooling",
            _pool("pool: AVE kernel_size: 3 stride: 2 ceil_mode: false"),
            shape=(1, 3, 8, 10),
        ),
        one("pool global max", "Pooling", _pool("pool: MAX global_pooling: true"), shape=rows),
        one("pool global average", "Pooling", _pool("pool: AVE global_pooling: true"), shape=rows),
    ]
    windows = [
        "kernel_size: 3 stride: 2",
        "kernel_size: 2 stride: 2",
        "kernel_size: 3 stride: 1 pad: 1",
        "kernel_size: 3 stride: 2 pad: 1",
        "kernel_size: 2 stride: 2 pad: 1",
        "kernel_size: 3 stride: 3 pad: 2",
        "kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 2 pad_h: 0 pad_w: 1",
        "kernel_size: 5 stride: 3",
    ]
    for method in ("MAX", "AVE"):
        for window in windows:
            for sides in ((7, 9), (8, 6)):
                name = f"pool {method} {window} on {sides}"
                nets.append(
                    one(name, "Pooling", _pool(f"pool: {method} {window}"), shape=(1, 3, *sides))
                )
    return nets + several_inputs()


def several_inputs() -> list[Net]:
    """Return networks whose layer joins what came apart."""
    nets = []
    for name, kind, settings in (
        ("concat", "Concat", ""),
        ("concat axis", "Concat", "concat_param { axis: 2 }"),
        ("eltwise sum", "Eltwise", ""),
        (
            "eltwise coefficients",
            "Eltwise",
            "eltwise_param { operation: SUM coeff: 0.5 coeff: -2 }",
        ),
        ("eltwise product", "Eltwise", "eltwise_param { operation: PROD }"),
        ("eltwise maximum", "Eltwise", "eltwise_param { operation: MAX }"),
    ):
        net = Net(name, ODD)
        net.layer("Sigmoid", "data", "left")
        net.layer("TanH", "data", "right")
        net.layer(kind, ["left", "right"], "out", settings)
        nets.append(net)
    net = Net("split", ODD)
    net.text.append('layer { name: "split" type: "Split" bottom: "data" top: "one" top: "two" }')
    net.layer("Sigmoid", "one", "left")
    net.layer("Eltwise", ["left", "two"], "out")
    nets.append(net)
    net = Net("in place", ODD)
    net.layer("Convolution", "data", "out", *_blobs(net, "kernel_size: 3", 4, 6, 3, 3))
    net.layer(
        "BatchNorm",
        "out",
        "out",
        "",
        [net.uniform(-1, 1, 4), net.uniform(0.5, 1, 4), np.ones(1, np.float32)],
    )
    net.layer(
        "Scale",
        "out",
        "out",
        "scale_param { bias_term: true }",
        [net.uniform(0.5, 2, 4), net.uniform(-1, 1, 4)],
    )
    net.layer("ReLU", "out", "out")
    nets.append(net)
    nets.append(old_format())
    return nets


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
            "Convolution", "data", "map0", *_blobs(net, "kernel_size: 8 stride: 8", 8, 3, 8, 8)
        )
    ]
    maps.append(
        net.layer(
            "Convolution", "map0", "map1", *_blobs(net, "kernel_size: 2 stride: 2", 8, 8, 2, 2)
        )
    )
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
    text, make = _conv(settings, *weights)
    return text, make(net)


def old_format() -> Net:
    """Return a small network in the format with ``layers``."""
    net = Net("old format", {"data": (1, 3, 11, 13)}, old=True)
    net.layer("CONVOLUTION", "data", "c", *_blobs(net, "kernel_size: 3", 8, 3, 3, 3))
    net.layer("RELU", "c", "c")
    net.layer("LRN", "c", "n", "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")
    net.layer("POOLING", "n", "p", _pool("pool: MAX kernel_size: 3 stride: 2"))
    net.layer("TANH", "p", "t")
    net.layer("SIGMOID", "p", "s")
    net.layer("CONCAT", ["t", "s"], "j")
    net.layer("DROPOUT", "j", "j", "dropout_param { dropout_ratio: 0.5 }")
    net.layer(
        "INNER_PRODUCT",
        "j",
        "f",
        "inner_product_param { num_output: 10 }",
        [net.weights(10, 16 * 4 * 5), net.weights(10)],
    )
    net.layer("SOFTMAX", "f", "prob")
    return net


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
        return net.layer(kinds["Pooling"], bottom, top, _pool(settings), name=top)

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
    return [*single_layers(), *detectors(), mobilenet_ssd(), googlenet(), googlenet(old=True)]
