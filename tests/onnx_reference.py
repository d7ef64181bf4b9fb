"""What a network answers by onnx's own reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnx
from onnx.reference import ReferenceEvaluator


def reference_outputs(model: onnx.ModelProto | str, inputs: Mapping[str, Any]) -> list[Any]:
    """Return the output arrays of a model or of its file, in their order."""
    found = ReferenceEvaluator(model).run(None, dict(inputs))
    assert isinstance(found, list)
    return found
