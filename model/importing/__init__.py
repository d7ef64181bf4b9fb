"""Import of networks from files of other programs."""

from model.importing.onnx_network import MOST_BYTES, NetworkRead, read_network

__all__ = ["MOST_BYTES", "NetworkRead", "read_network"]
