"""TFLite models: checked, and written as ONNX where every operator is known."""
