"""Model files and the files that belong to a model."""
