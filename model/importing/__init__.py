"""Import of networks from files of other programs."""

from model.importing.onnx_network import MAX_BYTES, NetworkRead, read_network

__all__ = ["MAX_BYTES", "NetworkRead", "read_network"]
