"""Networks that were trained elsewhere, read from their files."""

from model.importing.onnx_network import NetworkRead, read_network
from model.importing.onnx_sniff import takes_rows

__all__ = ["NetworkRead", "read_network", "takes_rows"]
