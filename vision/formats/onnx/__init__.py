"""ONNX models: reading, checking, rewriting for OpenCV, and writing."""
