"""Texts about layers, activations and numbers of a picture network."""

from __future__ import annotations

from foundation.text import tr
from gui.format import factor, list_separator, show_fixed, show_integer, show_number, significant
from vision.look.inside.activations import Activation
from vision.look.inside.graph import Kind, Layer
from vision.look.inside.window import window_of


def layer_name(layer: Layer) -> str:
    """Return a layer's short name, such as "conv 1".

    A layer that is not explained is named by its operator.
    """
    if layer.kind is Kind.OTHER:
        return f"{layer.operator} {layer.number}"
    names = {
        Kind.CONVOLUTION: tr("conv {n}"),
        Kind.DENSE: tr("dense {n}"),
        Kind.MAXIMUM: tr("max pool {n}"),
        Kind.MEAN: tr("mean {n}"),
        Kind.SUM: tr("sum {n}"),
        Kind.PRODUCT: tr("product {n}"),
        Kind.SCALE: tr("scale {n}"),
        Kind.ACTIVATION: tr("activation {n}"),
        Kind.JOIN: tr("join {n}"),
        Kind.REARRANGEMENT: tr("reorder {n}"),
        Kind.SOFTMAX: tr("softmax {n}"),
        Kind.LOCAL_NORMALISATION: tr("local norm {n}"),
    }
    return names[layer.kind].format(n=layer.number)


def map_name(layer: Layer, channel: int) -> str:
    """Return a map's name, counted from 1: "conv 1, map 21"."""
    return tr("{layer}, map {n}", layer=layer_name(layer), n=show_integer(channel + 1))


def maps_size(shape: tuple[int, int, int]) -> str:
    """Return number and size of maps in short form: "32 × 112²"."""
    maps, height, width = shape
    if height == width == 1:
        return show_integer(maps)
    high, wide = show_integer(height), show_integer(width)
    side = f"{high}²" if height == width else f"{high}×{wide}"
    return f"{show_integer(maps)} × {side}"


def layer_title(layer: Layer, read_hw: tuple[int, int]) -> str:
    """Describe a layer: its name, its maps, its window and its activation."""
    maps, height, width = layer.maps_shape
    if (height, width) == (1, 1):
        several = tr("{count} numbers", count=show_integer(maps))
        size = tr("1 number") if maps == 1 else several
    else:
        one = tr("1 map of {height} × {width}")
        several = tr("{count} maps of {height} × {width}")
        size = (one if maps == 1 else several).format(
            count=show_integer(maps),
            height=show_integer(height),
            width=show_integer(width),
        )
    parts = [layer_name(layer), size]
    window = window_of(layer, read_hw)
    if window is not None and layer.kind is not Kind.OTHER:
        shape = f"{window.size[0]} × {window.size[1]}"
        if window.strides != (1, 1):
            shape = tr("{size}, stride {stride}", size=shape, stride=window.strides[0])
        parts.append(shape)
        if layer.weights is not None and layer.attributes.get("group", 1) > 1:
            parts.append(tr("{count} groups", count=layer.attributes["group"]))
    if layer.activation is not None and layer.kind is not Kind.ACTIVATION:
        parts.append(activation_name(layer.activation))
    return " · ".join(parts)


def activation_name(activation: Activation) -> str:
    """Return an activation's usual name."""
    if activation.name == "Clip" and activation.parameters == (0.0, 6.0):
        return "ReLU6"
    names = {"Relu": "ReLU", "LeakyRelu": "leaky ReLU", "PRelu": "PReLU", "Gelu": "GELU"}
    return names.get(activation.name, activation.name)


def activation_formula(activation: Activation, z: float) -> str:
    """Return an activation applied to `z`, as a formula."""
    shown, between = figure(z), list_separator()
    numbers = [show_number(one, 3) for one in activation.parameters]
    match activation.name:
        case "Relu":
            return f"max(0{between}{shown})"
        case "Clip":
            low, high = numbers
            return f"min(max({low}{between}{shown}){between}{high})"
        case "HardSigmoid":
            alpha, beta = activation.parameters
            plus = f" + {numbers[1]}" if beta else ""
            times = f"{numbers[0]} · {factor(shown)}" if alpha != 1 else shown
            return f"min(max(0{between}{times}{plus}){between}1)"
        case "HardSwish":
            squeezed = f"{shown} / 6 + {show_fixed(0.5, 1)}"
            return f"{shown} · min(max(0{between}{squeezed}){between}1)"
        case "LeakyRelu" | "Elu" if z >= 0:
            return shown
        case "LeakyRelu":
            return f"{numbers[0]} · {factor(shown)}"
        case "Elu":
            return f"{numbers[0]} · (exp({shown}) − 1)"
        case "Sigmoid":
            return f"1 / (1 + exp(−({shown})))"
        case "Softplus":
            return f"ln(1 + exp({shown}))"
    return f"{activation_name(activation)}({shown})"


def figure(value: float) -> str:
    """Format a number with three decimals, or with one from 100 on.

    Tiny and huge numbers get three significant digits.
    """
    if 0 < abs(value) < 0.01 or abs(value) >= 1e7:
        return significant(value, 3)
    return show_fixed(value, 3 if abs(value) < 100 else 1)


def signed(value: float, digits: int = 2) -> str:
    """Format a number with its sign; huge numbers get a power of ten."""
    text = show_fixed(value, digits) if abs(value) < 1e7 else significant(value, 3)
    if value != value:  # NaN has no sign
        return text
    return text if value < 0 and not text.startswith("0") else f"+{text}"


def channel_name(channel: int, names: tuple[str, ...]) -> str:
    """Return a map's name: the colour, or the number from 1.

    `names` has the colours of the picture's channels; it is empty for other maps.
    """
    if names:
        return names[channel] if channel < len(names) else str(channel + 1)
    return tr("map {n}", n=show_integer(channel + 1))
