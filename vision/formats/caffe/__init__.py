"""Caffe models, converted to ONNX in memory: OpenCV 5 no longer reads them."""
