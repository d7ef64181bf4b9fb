"""A function of x1 and x2 typed by the user: ``sin(3 * x1) * x2``, ``x1^2 < x2``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from model.arrays import FloatArray
from model.data.dataset import LARGEST
from model.errors import ModelError

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


def _truth(test: np.ufunc) -> Callable[..., FloatArray]:
    """Return a test that gives 0 or 1, to be computed with."""
    return lambda *sides: np.asarray(test(*sides), np.float64)


_CONSTANTS = {"pi": np.pi, "e": np.e}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.UAdd: np.positive,
    ast.USub: np.negative,
    ast.Not: _truth(np.logical_not),
    ast.And: _truth(np.logical_and),
    ast.Or: _truth(np.logical_or),
    ast.Lt: _truth(np.less),
    ast.LtE: _truth(np.less_equal),
    ast.Gt: _truth(np.greater),
    ast.GtE: _truth(np.greater_equal),
}
_TRUTHS = (ast.Compare, ast.BoolOp, ast.Not)
_WRITTEN = str.maketrans(
    {"^": "**", "²": "**2", "³": "**3", "·": "*", "×": "*", "−": "-", "₁": "1", "₂": "2"}
    | {"≤": "<=", "≥": ">=", "π": "pi"}
)
_DECIMAL_COMMA = re.compile(r"(?<![\w.])(\d+),(?=\d)")
_TWO_READINGS = re.compile(r"(?<![\w.,])\d+,\d+,\d+(?![\d.,])")
"""Ambiguous commas: ``max(x1^2,0,5)`` may mean 2.0 and 5, or 2 and 0.5."""
_GLUED = re.compile(r"(?<=\d)(?=and|else|for|if|in|is|not|or)")
"""The gap between a number and a keyword, where Python would print a warning."""


def is_class_formula(formula: str) -> bool:
    """Return whether a formula yields a class instead of a number.

    Raises
    ------
    ModelError
        As :func:`values_of`, except ``data.formula_value``.
    """
    top = _parsed(formula)
    return isinstance(top.op if isinstance(top, ast.UnaryOp) else top, _TRUTHS)


def values_of(formula: str, x: FloatArray) -> FloatArray:
    """Return the formula's values at points, shape (n, 2) to (n,); comparisons give 0 and 1.

    Raises
    ------
    ModelError
        Code ``data.formula`` for an invalid formula, ``data.formula_value`` if it has no value
        at one of the points, or one beyond `LARGEST`.
    """
    names = {"x1": x[:, 0], "x2": x[:, 1], **_CONSTANTS}
    with np.errstate(all="ignore"):  # what comes of it is looked at below
        found = np.asarray(_value(_parsed(formula), names), np.float64)
    values = np.broadcast_to(found, len(x))
    fits = np.abs(values) <= LARGEST
    if not fits.all():
        place = x[fits.argmin()]
        raise ModelError(
            "data.formula_value",
            "“{formula}” has no value, or too large a one, at x1 = {x1}, x2 = {x2}. It needs one "
            "wherever both lie between -1 and 1.",
            formula=_quoted(formula),
            x1=round(float(place[0]), 3),
            x2=round(float(place[1]), 3),
        )
    return values.astype(np.float64)


def _parsed(formula: str) -> ast.expr:
    written = _GLUED.sub(" ", formula.translate(_WRITTEN).strip()[: LONGEST + 1])
    error: Exception | None = None
    for text in _readings(written) if len(written) <= LONGEST else ():
        try:
            return _read(text)
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as found:
            error = found
    raise ModelError(
        "data.formula",
        "“{formula}” is no formula of x1 and x2. Use numbers, + - * / ^, brackets and "
        "{functions}; a comparison, as with <, makes two classes.",
        formula=_quoted(formula),
        functions=", ".join(_FUNCTIONS),
    ) from error


def _readings(written: str) -> tuple[str, ...]:
    """Return the possible readings of a text, the likeliest first; none if it is unreadable."""
    if ";" in written:  # as in max(0,5; x1), where numbers have a decimal comma
        return (written.replace(",", ".").replace(";", ","),)
    if _TWO_READINGS.search(written):
        return ()
    return _DECIMAL_COMMA.sub(r"\1.", written), written


def _read(text: str) -> ast.expr:
    """Return the parsed expression of a text, after evaluating it at one point.

    Raises
    ------
    SyntaxError, ValueError, TypeError, RecursionError, MemoryError
        If the text is not a formula.
    """
    if set(text) & set("'\"\\#"):
        raise ValueError(text)
    top = ast.parse(text, mode="eval").body
    with np.errstate(all="ignore"):
        _value(top, {"x1": np.zeros(1), "x2": np.zeros(1), **_CONSTANTS})
    return top


def _quoted(formula: str) -> str:
    """Return a formula as one line of limited length, for quoting in a message."""
    return " ".join(formula[:LONGEST].split())


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """Evaluate a node of a formula.

    Raises
    ------
    ValueError
        If the kind of node is not supported.
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
            return reduce(_OPERATORS[type(op)], map(value, rest), value(first))
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(op) in _OPERATORS for op in ops
        ):
            sides = [value(left), *map(value, others)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            tests = (_OPERATORS[type(op)](a, b) for op, a, b in pairs)
            return reduce(_OPERATORS[ast.And], tests)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
            name in _FUNCTIONS and len(arguments) == _FUNCTIONS[name].nin
        ):
            return _FUNCTIONS[name](*map(value, arguments))
        case _:
            raise ValueError(ast.dump(node))
