"""TFLite models: checked, and converted to ONNX if every operator is known."""
