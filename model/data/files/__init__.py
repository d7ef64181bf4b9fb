"""Data files: paths, unpacking, and cached reading."""
