"""Trained networks for elsewhere: one ONNX file, or one NumPy script."""

from model.export.numpy_script import export_numpy, numpy_script
from model.export.onnx_file import export_onnx, onnx_model
from model.export.onnx_pictures import PictureModel, picture_model

__all__ = [
    "PictureModel",
    "export_numpy",
    "export_onnx",
    "numpy_script",
    "onnx_model",
    "picture_model",
]
