"""Exports of trained networks: an ONNX file, a NumPy or PyTorch script, a notebook."""

from model.export.notebook import export_notebook, notebook
from model.export.numpy_script import export_numpy, numpy_script
from model.export.onnx_file import export_onnx, onnx_model
from model.export.onnx_pictures import PictureModel, picture_model
from model.export.pytorch_script import export_pytorch, pytorch_script

__all__ = [
    "PictureModel",
    "export_notebook",
    "export_numpy",
    "export_onnx",
    "export_pytorch",
    "notebook",
    "numpy_script",
    "onnx_model",
    "picture_model",
    "pytorch_script",
]
