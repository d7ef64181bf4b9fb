"""Data files: found, unpacked, and read once."""
