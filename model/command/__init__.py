"""The commands on experiments, as plain functions that `main.py` connects."""
