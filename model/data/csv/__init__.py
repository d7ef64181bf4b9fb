"""The user's own table, CSV or Excel: its format is detected, errors name line and column."""

from model.data.csv.column import CsvColumn
from model.data.csv.format import CsvFormat
from model.data.csv.read import CsvTable, read_csv

__all__ = [
    "CsvColumn",
    "CsvFormat",
    "CsvTable",
    "read_csv",
]
