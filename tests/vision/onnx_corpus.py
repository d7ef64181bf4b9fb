"""Valid ONNX files: those of the onnx package's own tests, and graphs around each operator.

The graphs are small classifiers of one picture: a Sigmoid, the operator with constants at every
place that it takes them, stored in every way that ONNX has, and a matrix product. Which of them
are valid, and what they answer, onnx itself says.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError
from onnx import NodeProto, TensorProto, checker, defs, helper, numpy_helper, shape_inference

from vision.networks.probe_process import evaluator

type Constant = npt.NDArray[np.generic]
type Array = npt.NDArray[np.float32]

SIDE = 4
CLASSES = 5
OPSET = 18
PACKAGE_TESTS = Path(onnx.__file__).parent / "backend/test/data"
# What onnx's reference evaluator raises on a graph that it does not run; an ImportError is for a
# picture inside the graph, which takes Pillow.
_NOT_RUN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Operand:
    """What stands at one place of an operator: the picture's activations, or a constant."""

    kind: str
    value: Constant | None = None

    def __str__(self) -> str:
        kind = self.kind.removeprefix("tensor(").removesuffix(")")
        if self.value is None:
            return f"{kind} x"
        return f"{kind} " + "x".join(map(str, self.value.shape))


def _constants(*values: Any, kind: type[np.generic]) -> list[Operand]:
    return [Operand(np.dtype(kind).name, np.asarray(value, kind)) for value in values]


def _ramp(*shape: int) -> Array:
    return np.linspace(0.25, 0.75, int(np.prod(shape)), dtype=np.float32).reshape(shape)


_KINDS: Mapping[str, tuple[int, list[Operand]]] = {
    "tensor(float)": (
        TensorProto.FLOAT,
        _constants(0.5, [0.5], _ramp(3, 1, 1), _ramp(1, 3, SIDE, SIDE), kind=np.float32),
    ),
    "tensor(bool)": (
        TensorProto.BOOL,
        _constants(True, [False], [[[[True]], [[False]], [[True]]]], kind=np.bool_),
    ),
    "tensor(int64)": (TensorProto.INT64, _constants(1, [1], [2, 3], kind=np.int64)),
    "tensor(int32)": (TensorProto.INT32, _constants(1, [[[2]], [[1]], [[3]]], kind=np.int32)),
    "tensor(uint8)": (TensorProto.UINT8, _constants(1, [1], kind=np.uint8)),
}

_ATTRIBUTES: Mapping[str, list[dict[str, Any]]] = {
    "ArgMax": [{"axis": 1}, {"axis": 3, "keepdims": 0}],
    "ArgMin": [{"axis": 1}, {"axis": 3, "keepdims": 0}],
    "AveragePool": [{"kernel_shape": [2, 2]}, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}],
    "BitShift": [{"direction": "LEFT"}, {"direction": "RIGHT"}],
    "Cast": [{"to": kind} for kind in (1, 7, 9, 10, 11)],
    "Concat": [{"axis": 1}, {"axis": -1}],
    "CumSum": [{}, {"exclusive": 1}, {"reverse": 1}],
    "DepthToSpace": [{"blocksize": 1}],
    "EyeLike": [],
    "Flatten": [{}, {"axis": 2}, {"axis": -1}],
    "Gather": [{"axis": 1}, {"axis": 3}],
    "HardSigmoid": [{}, {"alpha": 0.1, "beta": 0.3}],
    "IsInf": [{}, {"detect_negative": 0}],
    "LRN": [{"size": 3}],
    "LogSoftmax": [{}, {"axis": 1}],
    "LpNormalization": [{"p": 2}, {"axis": 1, "p": 1}],
    "LpPool": [{"kernel_shape": [2, 2]}],
    "MaxPool": [{"kernel_shape": [2, 2]}, {"kernel_shape": [2, 2], "ceil_mode": 1}],
    "Mod": [{"fmod": 1}, {"fmod": 0}],
    "OneHot": [{}],
    "Shrink": [{}, {"lambd": 0.3, "bias": 0.1}],
    "Softmax": [{}, {"axis": 1}, {"axis": 2}],
    "SpaceToDepth": [{"blocksize": 2}],
    "Split": [{"num_outputs": 1}],
    "Transpose": [{}, {"perm": [0, 2, 3, 1]}],
    "TopK": [],
}

# Nondeterministic, or of no tensor.
_LEFT_OUT = frozenset(
    ["Bernoulli", "Dropout", "ImageDecoder", "Multinomial", "RandomNormalLike", "RandomUniformLike"]
)


def _store_raw(name: str, value: Constant) -> tuple[list[TensorProto], list[NodeProto]]:
    return [numpy_helper.from_array(value, name)], []


def _typed(name: str, value: Constant) -> TensorProto:
    kind = helper.np_dtype_to_tensor_dtype(value.dtype)
    return helper.make_tensor(name, kind, value.shape, value.ravel().tolist())


def _store_typed(name: str, value: Constant) -> tuple[list[TensorProto], list[NodeProto]]:
    return [_typed(name, value)], []


def _store_node(name: str, value: Constant) -> tuple[list[TensorProto], list[NodeProto]]:
    return [], [helper.make_node("Constant", [], [name], value=_typed(name, value))]


STORES: Mapping[str, Callable[[str, Constant], tuple[list[TensorProto], list[NodeProto]]]] = {
    "raw": _store_raw,
    "typed": _store_typed,
    "node": _store_node,
}


def picture_blob(shape: Sequence[int] = (1, 3, SIDE, SIDE)) -> Array:
    """Return the picture that all graphs are asked about."""
    return np.random.default_rng(7).uniform(-1, 1, shape).astype(np.float32)


def classifier(
    nodes: Sequence[NodeProto], constants: Mapping[str, Constant], store: str, opset: int = OPSET
) -> bytes | None:
    """Return a valid classifier around nodes that make ``a`` of ``s``, or None if there is none.

    Parameters
    ----------
    nodes
        ``s`` is the Sigmoid of the picture.
    constants
        Their other inputs by name.
    store
        How these are stored, a key of `STORES`.
    opset
        The version of ONNX's operators.
    """
    tensors, before = [], []
    for name, value in constants.items():
        more, made = STORES[store](name, value)
        tensors += more
        before += made
    body = [*before, helper.make_node("Sigmoid", ["x"], ["s"]), *nodes]
    answer = _answer(_model(body, tensors, "a", None, opset), picture_blob())
    if answer is None or not 2 <= answer.size <= 2000 or answer.dtype.kind not in "fbiu":
        return None
    if not np.isfinite(answer.astype(np.float64)).all():
        return None
    weights = np.random.default_rng(3).uniform(-1, 1, (answer.size, CLASSES)).astype(np.float32)
    tensors += [
        numpy_helper.from_array(weights / answer.size, "W"),
        numpy_helper.from_array(np.asarray([1, -1], np.int64), "row"),
    ]
    body += [
        helper.make_node("Cast", ["a"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["f", "row"], ["flat"]),
        helper.make_node("MatMul", ["flat", "W"], ["y"]),
    ]
    model = _model(body, tensors, "y", [1, CLASSES], opset)
    try:
        checker.check_model(model, full_check=True)
    except (checker.ValidationError, shape_inference.InferenceError):
        return None
    return bytes(model.SerializeToString())


def _model(
    nodes: Sequence[NodeProto],
    tensors: Sequence[TensorProto],
    output: str,
    shape: list[int] | None,
    opset: int,
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "picture",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def _answer(model: onnx.ModelProto, blob: Array) -> Constant | None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = evaluator(model).run(None, {model.graph.input[0].name: blob})
        except _NOT_RUN:
            return None
    assert isinstance(found, list)
    return found[0] if isinstance(found[0], np.ndarray) else None


def reference(data: bytes, blob: Array) -> Array | None:
    """Return what onnx's reference evaluator answers, or None where it does not run a model."""
    try:
        model = onnx.load_model_from_string(data)
    except DecodeError:
        return None
    answer = _answer(model, blob)
    return None if answer is None else np.asarray(answer, np.float32)


def operator_graphs(only: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield a name and a classifier for each operator, place and way of storing a constant."""
    for schema in sorted(defs.get_all_schemas(), key=lambda one: one.name):
        if schema.domain or schema.deprecated or schema.name in _LEFT_OUT:
            continue
        if only and schema.name not in only:
            continue
        opset = max(OPSET, schema.since_version)
        yield from _graphs_of(defs.get_schema(schema.name, opset, ""), opset)


def _graphs_of(schema: defs.OpSchema, opset: int) -> Iterator[tuple[str, bytes]]:
    for operands in _operands(schema):
        stores = _stores(operands)
        for number, attributes in enumerate(_ATTRIBUTES.get(schema.name, [{}])):
            for store in stores:
                nodes, constants = [], {}
                names = []
                for place, one in enumerate(operands):
                    name = f"i{place}"
                    if one.value is not None:
                        constants[name] = one.value
                    elif one.kind == "tensor(float)":
                        name = "s"
                    else:
                        nodes += _as_kind(name, one.kind)
                    names.append(name)
                nodes.append(helper.make_node(schema.name, names, ["a"], **attributes))
                data = classifier(nodes, constants, store, opset)
                if data is not None:
                    places = ",".join(map(str, operands))
                    yield f"{schema.name}({places}) {number} {store}", data


def _stores(operands: Sequence[Operand]) -> Sequence[str]:
    """Return the ways of storing to be tried: all of them for booleans, which have the most."""
    constants = [one.value for one in operands if one.value is not None]
    if any(value.dtype == np.bool_ for value in constants):
        return list(STORES)
    return ["raw", "node"] if any(value.ndim == 0 for value in constants) else ["raw"]


def _as_kind(name: str, kind: str) -> list[NodeProto]:
    """Return nodes that make activations of another type: above one half, or four steps."""
    to = _KINDS[kind][0]
    if kind == "tensor(bool)":
        half = helper.make_tensor("", TensorProto.FLOAT, [], [0.5])
        return [
            helper.make_node("Constant", [], [f"{name}_half"], value=half),
            helper.make_node("Greater", ["s", f"{name}_half"], [name]),
        ]
    four = helper.make_tensor("", TensorProto.FLOAT, [], [4.0])
    return [
        helper.make_node("Constant", [], [f"{name}_four"], value=four),
        helper.make_node("Mul", ["s", f"{name}_four"], [f"{name}_scaled"]),
        helper.make_node("Cast", [f"{name}_scaled"], [name], to=to),
    ]


def _operands(schema: defs.OpSchema) -> Iterator[tuple[Operand, ...]]:
    """Yield what may stand at the places of an operator, at least one of them no constant."""
    inputs = list(schema.inputs)
    if not inputs:
        return
    variadic = inputs[-1].option == defs.OpSchema.FormalParameterOption.Variadic
    counts = {2, 3} if variadic else {max(1, schema.min_input), min(3, len(inputs))}
    types = {one.type_param_str: one.allowed_type_strs for one in schema.type_constraints}
    for count in sorted(counts):
        if count > 3:
            continue
        places = [inputs[min(place, len(inputs) - 1)].type_str for place in range(count)]
        # Places that share a type parameter take the same type.
        names = dict.fromkeys(places)
        choices = [
            [kind for kind in _KINDS if kind in types.get(name, [name])][:2] for name in names
        ]
        for kinds in itertools.product(*choices):
            kind_of = dict(zip(names, kinds, strict=True))
            options = []
            for place in places:
                kind = kind_of[place]
                options.append([Operand(kind), *_KINDS[kind][1]])
            for chosen in itertools.product(*options):
                constants = sum(one.value is not None for one in chosen)
                if constants < count and _is_wanted(chosen, constants):
                    yield chosen


def _is_wanted(chosen: tuple[Operand, ...], constants: int) -> bool:
    """Leave out most of the graphs in which several constants differ in shape."""
    shapes = {one.value.shape for one in chosen if one.value is not None}
    return constants < 2 or len(shapes) == 1


def pattern_graphs() -> Iterator[tuple[str, bytes]]:
    """Yield activations and norms as exporters write them, the constants on either side."""
    for name, (count, make) in _PATTERNS.items():
        for number, sides in enumerate(itertools.product([False, True], repeat=count)):
            nodes, constants = make(sides)
            for store in ["raw", "node"] if number in (0, 2**count - 1) else ["raw"]:
                data = classifier(nodes, constants, store, opset=17)
                assert data is not None
                yield f"{name} {''.join('LR'[side] for side in sides)} {store}", data


type _Pattern = tuple[list[NodeProto], dict[str, Constant]]


def _scalars(**values: float) -> dict[str, Constant]:
    return {name: np.asarray(value, np.float32) for name, value in values.items()}


def _two(constant: str, other: str, is_right: bool) -> list[str]:
    return [other, constant] if is_right else [constant, other]


def gelu_tanh(
    sides: Sequence[bool], cube: float = 0.044715, scale: float = 0.7978845608028654
) -> _Pattern:
    """Return GELU by tanh; `sides` tell which of its constants stand on the right."""
    make = helper.make_node
    nodes = [
        make("Mul", ["s", "s"], ["s2"]),
        make("Mul", ["s", "s2"], ["s3"]),
        make("Mul", _two("cube", "s3", sides[0]), ["m"]),
        make("Add", ["s", "m"], ["p"]),
        make("Mul", _two("scale", "p", sides[1]), ["q"]),
        make("Tanh", ["q"], ["t"]),
        make("Add", _two("one", "t", sides[2]), ["u"]),
        make("Mul", ["s", "u"], ["v"]),
        make("Mul", _two("half", "v", sides[3]), ["a"]),
    ]
    return nodes, _scalars(cube=cube, scale=scale, one=1, half=0.5)


def _gelu_erf(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("Div", ["s", "root"], ["d"]),
        make("Erf", ["d"], ["e"]),
        make("Add", _two("one", "e", sides[0]), ["u"]),
        make("Mul", ["s", "u"], ["v"]),
        make("Mul", _two("half", "v", sides[1]), ["a"]),
    ]
    return nodes, _scalars(root=2**0.5, one=1, half=0.5)


def _layer_norm(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("ReduceMean", ["s"], ["mean"], axes=[-1]),
        make("Sub", ["s", "mean"], ["d"]),
        make("Pow", ["d", "two"], ["d2"]),
        make("ReduceMean", ["d2"], ["var"], axes=[-1]),
        make("Add", _two("eps", "var", sides[0]), ["ve"]),
        make("Sqrt", ["ve"], ["std"]),
        make("Div", ["d", "std"], ["n"]),
        make("Mul", _two("gain", "n", sides[1]), ["g"]),
        make("Add", _two("bias", "g", sides[2]), ["a"]),
    ]
    more: dict[str, Constant] = {"gain": _ramp(SIDE), "bias": _ramp(SIDE)[::-1].copy()}
    return nodes, _scalars(two=2, eps=1e-3) | more


def _celu(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("Sub", ["s", "half"], ["h"]),
        make("Div", ["h", "alpha"], ["d"]),
        make("Elu", ["d"], ["e"]),
        make("Mul", _two("alpha", "e", sides[0]), ["a"]),
    ]
    return nodes, _scalars(alpha=2, half=0.5)


def _softplus(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("Exp", ["s"], ["e"]),
        make("Add", _two("one", "e", sides[0]), ["p"]),
        make("Log", ["p"], ["a"]),
    ]
    return nodes, _scalars(one=1)


def _normalize(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("Pow", ["s", "two"], ["p"]),
        make("ReduceSum", ["p", "axes"], ["q"]),
        make("Sqrt", ["q"], ["r"]),
        make("Add", _two("eps", "r", sides[0]), ["e"]),
        make("Div", ["s", "e"], ["a"]),
    ]
    return nodes, _scalars(two=2, eps=0.1) | {"axes": np.asarray([1], np.int64)}


def _softmax(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("ReduceMax", ["s"], ["m"], axes=[1]),
        make("Sub", ["s", "m"], ["d"]),
        make("Exp", ["d"], ["e"]),
        make("ReduceSum", ["e", "axes"], ["t"]),
        make("Div", ["e", "t"], ["a"]),
    ]
    return nodes, {"axes": np.asarray([1], np.int64)}


def _swish(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [make("Sigmoid", ["s"], ["g"]), make("Mul", _two("g", "s", sides[0]), ["a"])]
    return nodes, {}


def _hard_swish(sides: Sequence[bool]) -> _Pattern:
    make = helper.make_node
    nodes = [
        make("Add", _two("three", "s", sides[0]), ["p"]),
        make("Clip", ["p", "zero", "six"], ["c"]),
        make("Mul", _two("s", "c", sides[1]), ["q"]),
        make("Div", ["q", "six"], ["a"]),
    ]
    return nodes, _scalars(three=3, zero=0, six=6)


def _gate(*nodes: NodeProto) -> Callable[[Sequence[bool]], _Pattern]:
    """Return what multiplies the picture with a function of its sine, which makes ``g`` of ``q``.

    OpenCV knows such products with a function of the picture itself.
    """

    def make(sides: Sequence[bool]) -> _Pattern:
        product = helper.make_node("Mul", _two("g", "s", sides[0]), ["a"])
        return [helper.make_node("Sin", ["s"], ["q"]), *nodes, product], {}

    return make


def _gelu_of_half(sides: Sequence[bool]) -> _Pattern:
    """Return GELU as x times the half of one plus an Erf."""
    make = helper.make_node
    nodes = [
        make("Div", ["s", "root"], ["d"]),
        make("Erf", ["d"], ["e"]),
        make("Add", _two("one", "e", sides[0]), ["u"]),
        make("Mul", _two("half", "u", sides[1]), ["v"]),
        make("Mul", _two("s", "v", sides[2]), ["a"]),
    ]
    return nodes, _scalars(root=2**0.5, one=1, half=0.5)


_PATTERNS: Mapping[str, tuple[int, Callable[[Sequence[bool]], _Pattern]]] = {
    "gelu by tanh": (4, gelu_tanh),
    # Like GELU, but with numbers that are not its own.
    "no gelu by tanh": (4, lambda sides: gelu_tanh(sides, 0.01, 0.5)),
    "gelu by erf": (2, _gelu_erf),
    "layer norm": (3, _layer_norm),
    "celu": (1, _celu),
    "softplus": (1, _softplus),
    "log of two plus": (
        1,
        lambda sides: (_softplus(sides)[0], _scalars(one=2)),
    ),
    "normalize": (1, _normalize),
    "softmax": (0, _softmax),
    "swish": (1, _swish),
    "hard swish": (2, _hard_swish),
    "gelu of half": (3, _gelu_of_half),
    "gate by sigmoid": (1, _gate(helper.make_node("Sigmoid", ["q"], ["g"]))),
    "gate by hard sigmoid": (
        1,
        _gate(helper.make_node("HardSigmoid", ["q"], ["g"], alpha=1 / 6, beta=0.5)),
    ),
    "gate by tanh of softplus": (
        1,
        _gate(helper.make_node("Softplus", ["q"], ["p"]), helper.make_node("Tanh", ["p"], ["g"])),
    ),
}


def package_models() -> Iterator[tuple[str, bytes]]:
    """Yield the models of the onnx package's own tests: its files, and one for each operator."""
    from onnx.backend.test.case.node import collect_testcases

    for path in sorted(PACKAGE_TESTS.rglob("*.onnx")):
        yield path.parent.name if path.stem == "model" else path.stem, path.read_bytes()
    with warnings.catch_warnings():
        # Its own cases overflow on purpose.
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    for case in cases:
        if case.model is not None:
            yield case.name, case.model.SerializeToString()
