"""Caffe models, converted to ONNX in memory because OpenCV 5 no longer reads them."""
