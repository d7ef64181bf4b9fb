"""The network as a drawing that a person reads, edits and grows."""

from gui.build.canvas.canvas import NetworkCanvas

__all__ = ["NetworkCanvas"]
