"""Data to learn from: logic gates, patterns on the plane, tables, and the user's own files."""

from model.data.build import build_dataset, depends_on_seed
from model.data.dataset import Dataset, Task
from model.data.gates import GATES, TWO_INPUT_GATES, truth_table
from model.data.sources import data_names, named_data
from model.data.sources.plane import PLANES
from model.data.tables import TABLES

__all__ = [
    "GATES",
    "PLANES",
    "TABLES",
    "TWO_INPUT_GATES",
    "Dataset",
    "Task",
    "build_dataset",
    "data_names",
    "depends_on_seed",
    "named_data",
    "truth_table",
]
