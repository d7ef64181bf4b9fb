"""A function of x1 and x2 that a person writes, as data: ``sin(3 * x1) * x2``, ``x1^2 < x2``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from model.errors import ModelError
from model.experiment import FloatArray

LONGEST = 200

_FUNCTIONS: dict[str, np.ufunc] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.absolute,
    "sign": np.sign,
    "min": np.minimum,
    "max": np.maximum,
}
_CONSTANTS = {"pi": np.pi, "e": np.e}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.UAdd: np.positive,
    ast.USub: np.negative,
    ast.Not: np.logical_not,
    ast.And: np.logical_and,
    ast.Or: np.logical_or,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_TRUTHS = (ast.Compare, ast.BoolOp, ast.Not)
_WRITTEN = str.maketrans({"^": "**", "·": "*", "×": "*", "−": "-", "₁": "1", "₂": "2"})
_DECIMAL_COMMA = re.compile(r"(?<![\w.])(\d+),(?=\d)")
"""Not that of ``max(x1,0)``: the digit before it is part of a name."""


def is_class_formula(formula: str) -> bool:
    """Tell whether a formula says of a place that it is of class 1, and gives no number.

    Raises
    ------
    ModelError
        As `values_of`, but for ``data.formula_value``.
    """
    top = _parsed(formula)
    return isinstance(top.op if isinstance(top, ast.UnaryOp) else top, _TRUTHS)


def values_of(formula: str, x: FloatArray) -> FloatArray:
    """Return the values of a formula at places, shape (n, 2) to (n,); 0 and 1 where it compares.

    Raises
    ------
    ModelError
        Code ``data.formula`` where it is none, ``data.formula_value`` where it has no value at one
        of the places.
    """
    names = {"x1": x[:, 0], "x2": x[:, 1], **_CONSTANTS}
    with np.errstate(all="ignore"):  # what comes of it is looked at below
        found = np.asarray(_value(_parsed(formula), names), np.float64)
    values = np.broadcast_to(found, len(x))
    if not np.isfinite(values).all():
        place = x[np.flatnonzero(~np.isfinite(values))[0]]
        raise ModelError(
            "data.formula_value",
            "“{formula}” has no value at x1 = {x1}, x2 = {x2}. It needs one wherever both lie "
            "between -1 and 1.",
            formula=formula,
            x1=round(float(place[0]), 3),
            x2=round(float(place[1]), 3),
        )
    return values.astype(np.float64)


def _parsed(formula: str) -> ast.expr:
    """Return a formula as it is written, or, where that is none, with commas as decimal points."""
    written = formula.translate(_WRITTEN).strip()
    for text in (written, _DECIMAL_COMMA.sub(r"\1.", written)):
        try:
            if len(text) > LONGEST:
                raise ValueError
            top = ast.parse(text, mode="eval").body
            with np.errstate(all="ignore"):
                _value(top, {"x1": np.zeros(1), "x2": np.zeros(1), **_CONSTANTS})
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
            fault: Exception = error
        else:
            return top
    raise ModelError(
        "data.formula",
        "“{formula}” is no formula of x1 and x2. Use numbers, + - * / ^, brackets and "
        "{functions}; a comparison, as with <, makes two classes.",
        formula=formula,
        functions=", ".join(_FUNCTIONS),
    ) from fault


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """Work out a part of a formula; what is none of the few kinds that are known is refused.

    Raises
    ------
    ValueError
        Then.
    """

    def value(inner: ast.expr) -> Any:
        return _value(inner, names)

    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return np.float64(number)
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](value(left), value(right))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](value(operand))
        case ast.BoolOp(op=op, values=[first, *rest]):
            found = value(first)
            for one in rest:
                found = _OPERATORS[type(op)](found, value(one))
            return found
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(op) in _OPERATORS for op in ops
        ):
            sides = [value(left), *map(value, others)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return reduce(np.logical_and, (_OPERATORS[type(op)](a, b) for op, a, b in pairs))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
            name in _FUNCTIONS and len(arguments) == _FUNCTIONS[name].nin
        ):
            return _FUNCTIONS[name](*map(value, arguments))
        case _:
            raise ValueError(ast.dump(node))
