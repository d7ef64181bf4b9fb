"""The neural network: NumPy inside; scipy, onnx and msgspec only at its edges. No Qt, no OpenCV."""
