"""Commands on experiments as plain functions, connected by `main.py`."""
