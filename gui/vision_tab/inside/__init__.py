"""Look inside a classifier."""
