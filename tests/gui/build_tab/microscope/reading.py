"""What a person reads off the microscope."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QTableWidget, QWidget

from gui.build_tab.microscope.panel import Microscope
from gui.format import parse_number
from gui.widgets.formula import FormulaLabel
from tests.gui.finding import find

__all__ = ["number_of", "table_row", "table_rows", "text"]


def text(scope: QWidget, name: str) -> str:
    """Return the text of a label or formula; empty where it is hidden."""
    widget = scope.findChild(QWidget, f"microscope_{name}")
    assert isinstance(widget, QLabel | FormulaLabel), name
    return "" if widget.isHidden() else widget.text()


def number_of(cell: str) -> float:
    """Return the number that a cell of the table reads."""
    digits, _, power = cell.rstrip(" ↑↓").partition("×10")
    exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    value = parse_number(f"{digits}e{exponent}" if power else digits)
    assert value is not None, cell
    return value


def table_rows(scope: Microscope) -> list[list[str]]:
    """Return the cells of old weight, gradient, change and new weight, by row."""
    table = find(scope, QTableWidget, "microscope_weights_table")
    rows = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        rows.append(["" if item is None else item.text() for item in items])
    return rows


def table_row(scope: Microscope, name: str) -> tuple[float, float, float]:
    """Return old value, gradient and new value of a weight by its name."""
    cells = next(row for row in table_rows(scope) if row[0] == name)
    return number_of(cells[1]), number_of(cells[2]), number_of(cells[4])
