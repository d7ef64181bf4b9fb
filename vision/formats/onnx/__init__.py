"""ONNX models: read, judged, rewritten for OpenCV, and written."""
