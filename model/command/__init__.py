"""What the command line does with experiments: plain functions, so that `main.py` only wires."""
