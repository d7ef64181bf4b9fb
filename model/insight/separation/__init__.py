"""Linear separability: the best border, how well it separates, and why none does."""
