"""The flags of the commands that have to do with experiments."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from gettext import gettext
from pathlib import Path

from model.defaults import LOTTERY_SEEDS
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    INITIALISERS,
    LOSSES,
    OPTIMISERS,
)
from foundation.text import mark
from model.words import decimal, decimals

_EXPORTS = (".onnx", ".py", ".ipynb")


def to_keep(text: str) -> Path:
    """Read where an experiment or a project is kept, which is no export."""
    path = Path(text)
    if path.suffix.lower() in _EXPORTS:
        wrong = gettext("{file} is the name of an export; --out keeps what opens here again")
        raise argparse.ArgumentTypeError(wrong.format(file=path.name))
    return path


def require_apart(
    written: Iterable[tuple[str, Path | None]], read: Iterable[tuple[str, Path]] = ()
) -> None:
    """Refuse to write two files over each other, or one over what is read.

    Parameters
    ----------
    written, read
        What a person calls each file, and its path; ``None`` where none is asked for.

    Raises
    ------
    ModelError
        Code ``command.same_file``.
    """
    taken = {_identity(path): name for name, path in read}
    for name, path in written:
        if path is None:
            continue
        first = taken.setdefault(_identity(path), name)
        if first != name:
            raise ModelError(
                "command.same_file",
                "{file}: {first} and {second} name the same file. Give each a name of its own.",
                file=str(path),
                first=first,
                second=name,
            )


def _identity(path: Path) -> object:
    """Return what is equal for two names of one file, also where capitals are no difference."""
    try:
        found = path.stat()
    except OSError:
        return path.resolve()
    return found.st_dev, found.st_ino


def _widths(text: str) -> tuple[int, ...]:
    """Read ``4,2``; ``0`` or ``none`` is no hidden layer."""
    if text.strip().lower() in ("", "0", "none"):
        return ()
    try:
        widths = tuple(int(part) for part in text.split(","))
    except ValueError:
        widths = (0,)
    if min(widths) < 1:
        wrong = gettext("{text} is not like 4,2 (units of each hidden layer)")
        raise argparse.ArgumentTypeError(wrong.format(text=repr(text)))
    return widths


def _swept_widths(text: str) -> tuple[int, ...]:
    """Read ``1,2,4``; a layer without units is not one to sweep."""
    widths = _widths(text)
    if not widths:
        wrong = gettext("{text} is not like 1,2,4 (units of the swept layer)")
        raise argparse.ArgumentTypeError(wrong.format(text=repr(text)))
    return widths


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``train`` to a parser."""
    parser.add_argument("experiment", nargs="?", type=Path, help="an experiment file (.glassnet)")
    parser.add_argument(
        "--data", help='xor, and:3, spiral, iris, ..., "sin(3*x1)*x2", or a .csv or .xlsx file'
    )
    parser.add_argument(
        "--features", metavar="LIST", help='the inputs: x1,x1*x2,x1^2,sin(x2),"petal length"'
    )
    parser.add_argument("--hidden", type=_widths, help="units of the hidden layers, like 4,2")
    parser.add_argument("--activation", choices=ACTIVATIONS, help="of the hidden layers")
    parser.add_argument("--loss", choices=LOSSES)
    parser.add_argument("--optimizer", choices=OPTIMISERS)
    parser.add_argument("--rate", type=decimal, help="learning rate, 0.1 or 0,1")
    parser.add_argument("--batch", type=int, help="rows a step; 0 takes all")
    parser.add_argument("--init", choices=INITIALISERS, help="how first weights are drawn")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--epochs", type=int, help="epochs in all; 0 writes the untrained file")
    parser.add_argument("--until-loss", type=decimal, help="stop below this training loss")
    parser.add_argument(
        "--threads", type=int, help="threads for large matrix products (1); 0 takes all processors"
    )
    parser.add_argument("--out", type=to_keep, help="where to write the trained experiment")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_trace_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``trace`` to a parser."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.glassnet)")
    parser.add_argument("--row", type=int, default=1, help="which row, counted from 1 (1)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_lottery_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``lottery`` to a parser."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.glassnet)")
    _add_seeds(parser, mark("how many random starts (%(default)s)"))


def add_sweep_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``sweep`` to a parser."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.glassnet)")
    parser.add_argument(
        "--rates", type=decimals, metavar="LIST", help="learning rates: 0.05,0.5 or 0,05;0,5"
    )
    parser.add_argument(
        "--widths",
        type=_swept_widths,
        metavar="LIST",
        help="units of the swept hidden layer: 1,2,4",
    )
    parser.add_argument(
        "--layer", type=int, help="which hidden layer's width, counted from 1 (the first)"
    )
    _add_seeds(parser, mark("how many random starts of each (%(default)s)"))


def _add_seeds(parser: argparse.ArgumentParser, what: str) -> None:
    """Add what every lottery takes."""
    parser.add_argument("--seeds", type=int, default=LOTTERY_SEEDS, help=what)
    parser.add_argument(
        "--cluster", metavar="ADDRESS", default="", help="a Dask scheduler's: tcp://host:8786"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``export`` to a parser."""
    parser.add_argument("experiment", type=Path, help="an experiment file (.glassnet)")
    parser.add_argument("--onnx", type=Path, help="write an ONNX file")
    parser.add_argument("--numpy", type=Path, help="write a NumPy script")
    parser.add_argument("--pytorch", type=Path, help="write a PyTorch script")
    parser.add_argument("--notebook", type=Path, help="write a Jupyter notebook")


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``check`` to a parser."""
    parser.add_argument(
        "asked",
        type=Path,
        metavar="LESSON_OR_CHALLENGE",
        help="a lesson's folder or id, or a challenge file (.json)",
    )
    parser.add_argument(
        "experiments",
        nargs="+",
        type=Path,
        metavar="EXPERIMENT",
        help="experiment files (.glassnet), or folders of them",
    )
    parser.add_argument("--csv", type=Path, help="write a table, one row an experiment")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_lessons_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of ``lessons`` to a parser."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")
