"""One training step, number by number, and what its gradient is checked against."""
