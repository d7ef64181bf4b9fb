"""Pictures and cameras: OpenCV inside; onnx at its edge. No Qt, nothing of ``model``.

A library by itself::

    import vision

    classifier = vision.open_classifier()
    result = classifier.classify(vision.read_picture("coffee.png"))
    print(result.best.label, result.best.probability)

The names below are imported when they are first used, so ``import vision`` costs next to nothing.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vision.batch import Batch, BatchItem
    from vision.classification import ClassificationResult, Classifier
    from vision.detections import Detections, Limits
    from vision.detector import DetectionResult, Detector
    from vision.display import DisplaySize, to_display
    from vision.engine import ComputeChoice, Engine
    from vision.errors import Fault, VisionError
    from vision.library import ModelLibrary
    from vision.model_choice import ModelChoice, choice_from_files
    from vision.models import open_classifier, open_detector, open_predictor
    from vision.occlusion import OcclusionMap, occlusion_map
    from vision.pictures import list_pictures, read_picture
    from vision.pipeline import Pipeline, PipelineUpdate
    from vision.preprocessing import Preprocessing
    from vision.segmenter import MaskResult, Segmenter, cut_out
    from vision.session import PictureResult, Session
    from vision.sources.video_source import VideoSource
    from vision.xray import BlobXray, compare, mistakes

# OpenCV takes it when it is loaded, which each module here may do (docs/adr/0050).
os.environ.setdefault("OPENCV_THREAD_POOL_ACTIVE_WAIT_MAIN", "1000")

_HOMES = {
    "Batch": "batch",
    "BatchItem": "batch",
    "BlobXray": "xray",
    "ClassificationResult": "classification",
    "Classifier": "classification",
    "ComputeChoice": "engine",
    "DetectionResult": "detector",
    "Detections": "detections",
    "Detector": "detector",
    "DisplaySize": "display",
    "Engine": "engine",
    "Fault": "errors",
    "Limits": "detections",
    "MaskResult": "segmenter",
    "ModelChoice": "model_choice",
    "ModelLibrary": "library",
    "OcclusionMap": "occlusion",
    "PictureResult": "session",
    "Pipeline": "pipeline",
    "PipelineUpdate": "pipeline",
    "Preprocessing": "preprocessing",
    "Segmenter": "segmenter",
    "Session": "session",
    "VideoSource": "sources.video_source",
    "VisionError": "errors",
    "choice_from_files": "model_choice",
    "compare": "xray",
    "cut_out": "segmenter",
    "list_pictures": "pictures",
    "mistakes": "xray",
    "occlusion_map": "occlusion",
    "open_classifier": "models",
    "open_detector": "models",
    "open_predictor": "models",
    "read_picture": "pictures",
    "to_display": "display",
}

__all__ = [
    "Batch",
    "BatchItem",
    "BlobXray",
    "ClassificationResult",
    "Classifier",
    "ComputeChoice",
    "DetectionResult",
    "Detections",
    "Detector",
    "DisplaySize",
    "Engine",
    "Fault",
    "Limits",
    "MaskResult",
    "ModelChoice",
    "ModelLibrary",
    "OcclusionMap",
    "PictureResult",
    "Pipeline",
    "PipelineUpdate",
    "Preprocessing",
    "Segmenter",
    "Session",
    "VideoSource",
    "VisionError",
    "choice_from_files",
    "compare",
    "cut_out",
    "list_pictures",
    "mistakes",
    "occlusion_map",
    "open_classifier",
    "open_detector",
    "open_predictor",
    "read_picture",
    "to_display",
]


def __getattr__(name: str) -> object:
    """Import a public name from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, used or not."""
    return sorted({*globals(), *__all__})
