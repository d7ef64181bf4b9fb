"""Pictures and cameras: OpenCV inside; onnx at its edge. No Qt, nothing of ``model``."""
