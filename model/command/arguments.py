"""The options of the commands on experiments."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from foundation.text import mark, tr
from foundation.words import decimal, decimals, number
from model.defaults import LOTTERY_SEEDS
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    INITIALISERS,
    LOSSES,
    OPTIMISERS,
)

_EXPORTS = (".onnx", ".py", ".ipynb")


def parse_document_path(text: str) -> Path:
    """Parse the path of an experiment or project file, not of an export."""
    path = Path(text)
    if path.suffix.lower() in _EXPORTS:
        raise argparse.ArgumentTypeError(
            tr("{file} is the name of an export; --out keeps what opens here again", file=path.name)
        )
    return path


def require_distinct_paths(
    written: Iterable[tuple[str, Path | None]], read: Iterable[tuple[str, Path]] = ()
) -> None:
    """Raise if two outputs share a path, or an output overwrites an input.

    Parameters
    ----------
    written, read
        Pairs of a file's name for the error message and its path; ``None`` if not requested.

    Raises
    ------
    ModelError
        Code ``command.same_file``.
    """
    taken = {path.resolve(): name for name, path in read}
    for name, path in written:
        if path is None:
            continue
        first = taken.setdefault(path.resolve(), name)
        if first != name:
            raise ModelError(
                "command.same_file",
                "{file}: {first} and {second} name the same file. Give each a name of its own.",
                file=str(path),
                first=first,
                second=name,
            )


def _widths(text: str) -> tuple[int, ...]:
    """Parse ``4,2``; ``0`` or ``none`` means no hidden layer."""
    if text.strip().lower() in ("", "0", "none"):
        return ()
    try:
        widths = tuple(int(part) for part in text.split(","))
    except ValueError:
        widths = (0,)
    if min(widths) < 1:
        raise argparse.ArgumentTypeError(
            tr("{text} is not like 4,2 (units of each hidden layer)", text=repr(text))
        )
    return widths


def _swept_widths(text: str) -> tuple[int, ...]:
    """Parse ``1,2,4``; a layer of 0 units cannot be swept."""
    widths = _widths(text)
    if not widths:
        raise argparse.ArgumentTypeError(
            tr("{text} is not like 1,2,4 (units of the swept layer)", text=repr(text))
        )
    return widths


def at_least(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a parser of integers from `least` to `most`; the default is 2**31 - 1."""
    largest = (1 << 31) - 1 if most is None else most

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= largest:
            wrong = tr("{text} is no whole number of {least} or more")
            if most is not None:
                wrong = tr("{text} is no whole number from {least} to {most}")
            raise argparse.ArgumentTypeError(wrong.format(text=text, least=least, most=most))
        return number

    return read


def part(most: float) -> Callable[[str], float]:
    """Return a parser of numbers from 0 to `most`."""

    def read(text: str) -> float:
        try:
            value = decimal(text)
        except argparse.ArgumentTypeError:
            value = -1.0
        if not 0 <= value <= most:
            raise argparse.ArgumentTypeError(
                tr("{text} is no number from 0 to {most}", text=text, most=number(most))
            )
        return value

    return read


def numbers(count: int, kind: type[int] | type[float]) -> Callable[[str], tuple[float, ...]]:
    """Return a parser of `count` numbers separated by commas or an x."""

    def read(text: str) -> tuple[float, ...]:
        try:
            found = tuple(kind(part) for part in text.lower().replace("x", ",").split(","))
        except ValueError:
            found = ()
        if len(found) == 1:
            found *= count
        if len(found) != count:
            raise argparse.ArgumentTypeError(
                tr("{text} is not {count} numbers", text=text, count=count)
            )
        return found

    return read


type Option = tuple[tuple[str, ...], dict[str, Any]]


def option(*names: str, **settings: Any) -> Option:
    """Return an option: its names and its arguments for argparse."""
    return names, settings


_EXPERIMENT = option("experiment", type=Path, help="an experiment file (.glassnet)")
_JSON = option("--json", action="store_true", help="print one JSON document")
_CLUSTER = option(
    "--cluster", metavar="ADDRESS", default="", help="a Dask scheduler's: tcp://host:8786"
)


def _seeds(what: str) -> Option:
    return option("--seeds", type=int, default=LOTTERY_SEEDS, help=what)


OPTIONS: dict[str, tuple[Option, ...]] = {
    "train": (
        option("experiment", nargs="?", type=Path, help="an experiment file (.glassnet)"),
        option(
            "--data", help='xor, and:3, spiral, iris, ..., "sin(3*x1)*x2", or a .csv or .xlsx file'
        ),
        option(
            "--features", metavar="LIST", help='the inputs: x1,x1*x2,x1^2,sin(x2),"petal length"'
        ),
        option("--hidden", type=_widths, help="units of the hidden layers, like 4,2"),
        option("--activation", choices=ACTIVATIONS, help="of the hidden layers"),
        option("--loss", choices=LOSSES),
        option("--optimizer", choices=OPTIMISERS),
        option("--rate", type=decimal, help="learning rate, 0.1 or 0,1"),
        option("--batch", type=at_least(0), help="rows a step; 0 takes all"),
        option("--init", choices=INITIALISERS, help="how first weights are drawn"),
        option("--seed", type=at_least(0)),
        option("--epochs", type=at_least(0), help="epochs in all; 0 writes the untrained file"),
        option("--until-loss", type=decimal, help="stop below this training loss"),
        option(
            "--threads",
            type=at_least(0),
            help="threads for large matrix products (1); 0 takes all processors",
        ),
        option("--out", type=parse_document_path, help="where to write the trained experiment"),
        _JSON,
    ),
    "trace": (
        _EXPERIMENT,
        option("--row", type=int, default=1, help="which row, counted from 1 (1)"),
        _JSON,
    ),
    "lottery": (
        _EXPERIMENT,
        _seeds(mark("how many random starts (%(default)s)")),
        _CLUSTER,
        _JSON,
    ),
    "sweep": (
        _EXPERIMENT,
        option(
            "--rates", type=decimals, metavar="LIST", help="learning rates: 0.05,0.5 or 0,05;0,5"
        ),
        option(
            "--widths",
            type=_swept_widths,
            metavar="LIST",
            help="units of the swept hidden layer: 1,2,4",
        ),
        option("--layer", type=int, help="which hidden layer's width, counted from 1 (the first)"),
        _seeds(mark("how many random starts of each (%(default)s)")),
        _CLUSTER,
        _JSON,
    ),
    "export": (
        _EXPERIMENT,
        option("--onnx", type=Path, help="write an ONNX file"),
        option("--numpy", type=Path, help="write a NumPy script"),
        option("--pytorch", type=Path, help="write a PyTorch script"),
        option("--notebook", type=Path, help="write a Jupyter notebook"),
    ),
    "check": (
        option(
            "asked",
            type=Path,
            metavar="LESSON_OR_CHALLENGE",
            help="a lesson's folder or id, or a challenge file (.json)",
        ),
        option(
            "experiments",
            nargs="+",
            type=Path,
            metavar="EXPERIMENT",
            help="experiment files (.glassnet), or folders of them",
        ),
        option("--csv", type=Path, help="write a table, one row an experiment"),
        _JSON,
    ),
    "lessons": (_JSON,),
}
"""The options of each command."""
