"""Names for data, as the command line takes them."""

from __future__ import annotations

import re
from pathlib import Path

from model.data.formula import is_class_formula
from model.data.gates import GATES
from model.data.plane import FORMULA, PLANES
from model.data.tables import TABLES
from model.errors import ModelError
from model.experiment import CsvData, DataSpec, GateData, PlaneData, TableData

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".data", ".dat", ".xlsx", ".xlsm")
"""What the files of tables end in; here, since reading them is loaded only when one is read."""

_ALSO_TAKEN = (".zip", ".xls", ".ods")
_KINDS = (*TABLE_SUFFIXES, ".csv.gz", ".tsv.gz", ".zip")
TABLE_PATTERNS = " ".join(f"*{kind}" for kind in _KINDS)
"""The same, and the usual packed ones, as a file dialog takes them."""


def is_table_name(path: Path) -> bool:
    """Tell whether a file's name is that of a table.

    It may be packed by gzip or in a zip, or of a kind that is only named when it is read.
    """
    name = path.name.lower()
    return name.removesuffix(".gz").endswith(TABLE_SUFFIXES) or name.endswith(_ALSO_TAKEN)


def data_names() -> tuple[str, ...]:
    """Return every name that :func:`named_data` knows.

    Returns
    -------
    tuple of str
        Gates, then patterns in the plane, then tables.
    """
    return (*GATES, *PLANES, *TABLES)


def named_data(name: str) -> DataSpec:
    """Return the data of a name, the table in a file, or a function of one's own.

    Parameters
    ----------
    name
        ``xor`` or ``XOR``; ``and:3`` for a gate with another number of inputs; ``spiral``;
        ``iris``; a path that ends as those of tables do; a formula of ``x1`` and ``x2``, as
        ``sin(3*x1)*x2``, or ``x1^2 < x2`` for two classes (see :class:`PlaneData`).

    Returns
    -------
    DataSpec
        What an experiment holds in place of the rows; no file is opened.

    Raises
    ------
    ModelError
        Code ``data.unknown_name``; ``data.formula`` for a formula that is none.
    """
    own = name.lower()
    base, _, count = own.partition(":")
    if base in GATES and (not count or count.isdecimal()):
        fewest, most = GATES[base].inputs
        return GateData(base, int(count) if count else min(max(2, fewest), most))
    if own in PLANES:
        return PlaneData(own)
    if own in TABLES:
        return TableData(own)
    if is_table_name(Path(name)):
        return CsvData(name)
    is_path = Path(name).suffix[1:].isalpha()
    if re.search(r"\bx[12₁₂]\b", name) and not is_path:
        is_class_formula(name)  # raises where it is no formula
        return PlaneData(FORMULA, formula=name)
    raise ModelError(
        "data.unknown_name",
        "There is no data called {name}. Use the path of a .csv or .xlsx file, a formula of x1 and "
        "x2, or one of: {known}.",
        name=name,
        known=", ".join(data_names()),
    )
