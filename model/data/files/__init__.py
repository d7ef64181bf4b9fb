"""Files that data are read from: found, unpacked, read once."""
