"""The data sets that have a tile, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from model.data.gates import TWO_INPUT_GATES
from model.experiment import (
    CsvData,
    DataSpec,
    GateData,
    IdxData,
    PlaneData,
    PointsData,
    TableData,
    TruthTableData,
)

__all__ = ["GATE_TILES", "PLANE_TILES", "TABLE_TILES", "Tile", "data_name", "tile_key", "tile_name"]


@dataclass(frozen=True)
class Tile:
    """One tile: its key and the data it stands for (``None``: it opens something).

    Attributes
    ----------
    key
        Stable name, ``"gate:xor"``.
    data
        What choosing it loads.
    """

    key: str
    data: DataSpec | None


def _gate(name: str, inputs: int = 2) -> Tile:
    return Tile(f"gate:{name}", GateData(name, inputs))


GATE_TILES: tuple[Tile, ...] = (
    *(_gate(name) for name in ("and", "or", "nand", "nor", "xor", "xnor")),
    _gate("not", 1),
    _gate("majority", 3),
    _gate("parity", 3),
    _gate("half_adder"),
    _gate("full_adder", 3),
    Tile("all_16", None),
)

PLANE_TILES: tuple[Tile, ...] = (
    *(
        Tile(f"plane:{name}", PlaneData(name))
        for name in ("circle", "quadrants", "gaussians", "spiral", "moons")
    ),
    Tile("plane:regression_plane", PlaneData("regression_plane")),
    Tile("plane:regression_gaussian", PlaneData("regression_gaussian")),
    Tile("points", PointsData(((-0.5, -0.5, 0.0), (0.5, 0.5, 1.0)))),
)

TABLE_TILES: tuple[Tile, ...] = (
    Tile("table:iris", TableData("iris", "standard")),
    Tile("table:digits", TableData("digits", "min_max")),
    Tile("table:symptoms", TableData("symptoms")),
    Tile("table:titanic", TableData("titanic")),
    Tile("own_table", None),
)


def tile_key(data: DataSpec) -> str:
    """Return the key of the tile that `data` belongs to."""
    match data:
        case GateData(name=name):
            known = {tile.key for tile in GATE_TILES}
            key = f"gate:{name}"
            return key if key in known else "all_16" if name in TWO_INPUT_GATES else key
        case PlaneData(name=name):
            return f"plane:{name}"
        case TableData(name=name):
            return f"table:{name}"
        case PointsData():
            return "points"
        case CsvData() | IdxData():
            return "own_table"
        case TruthTableData():
            return ""


def tile_name(key: str) -> str:
    """Return what a tile is called, in the language in use; gate names stay as they are."""
    translate = QCoreApplication.translate
    names = {
        "gate:and": "AND",
        "gate:or": "OR",
        "gate:nand": "NAND",
        "gate:nor": "NOR",
        "gate:xor": "XOR",
        "gate:xnor": "XNOR",
        "gate:not": "NOT",
        "gate:majority": translate("Data", "Majority"),
        "gate:parity": translate("Data", "Parity"),
        "gate:half_adder": translate("Data", "Half adder"),
        "gate:full_adder": translate("Data", "Full adder"),
        "gate:false": translate("Data", "false"),
        "gate:a_and_not_b": translate("Data", "a and not b"),
        "gate:b_and_not_a": translate("Data", "b and not a"),
        "gate:not_b": translate("Data", "not b"),
        "gate:b_implies_a": translate("Data", "b implies a"),
        "gate:not_a": translate("Data", "not a"),
        "gate:a_implies_b": translate("Data", "a implies b"),
        "gate:true": translate("Data", "true"),
        "all_16": translate("Data", "All 16"),
        "plane:circle": translate("Data", "Circle"),
        "plane:quadrants": translate("Data", "Quadrants"),
        "plane:gaussians": translate("Data", "Gaussians"),
        "plane:spiral": translate("Data", "Spiral"),
        "plane:moons": translate("Data", "Moons"),
        "plane:regression_plane": translate("Data", "Slope"),
        "plane:regression_gaussian": translate("Data", "Hills"),
        "points": translate("Data", "By hand"),
        "table:iris": translate("Data", "Iris"),
        "table:digits": translate("Data", "Digits"),
        "table:symptoms": translate("Data", "Symptoms"),
        "table:titanic": translate("Data", "Titanic"),
        "own_table": translate("Data", "Own CSV"),
    }
    return names.get(key, key.partition(":")[2].replace("_", " "))


def data_name(data: DataSpec) -> str:
    """Return what a title calls the data: "XOR", "Digits", a file's name."""
    match data:
        case TruthTableData():
            return QCoreApplication.translate("Data", "Truth table")
        case GateData(name=name) if f"gate:{name}" not in {tile.key for tile in GATE_TILES}:
            return tile_name(f"gate:{name}")
        case CsvData(path=path) | IdxData(images=path):
            return path.replace("\\", "/").rpartition("/")[2]
        case _:
            return tile_name(tile_key(data))
