"""A person's own table, CSV or Excel: how it is written is found out, faults have their place."""

from model.data.csv.dataset import csv_dataset
from model.data.csv.format import CsvFormat, find_format
from model.data.csv.read import CsvColumn, CsvTable, SkippedLines, read_csv

__all__ = [
    "CsvColumn",
    "CsvFormat",
    "CsvTable",
    "SkippedLines",
    "csv_dataset",
    "find_format",
    "read_csv",
]
