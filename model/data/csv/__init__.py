"""The user's tables, CSV or Excel: format detection, and errors with line and column."""

from model.data.csv.column import CsvColumn
from model.data.csv.format import CsvFormat
from model.data.csv.read import CsvTable, read_csv

__all__ = [
    "CsvColumn",
    "CsvFormat",
    "CsvTable",
    "read_csv",
]
