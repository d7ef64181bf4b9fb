"""Pictures and cameras: OpenCV inside; onnx at its edge. No Qt, nothing of ``model``.

A library by itself::

    import vision

    classifier = vision.open_classifier()
    result = classifier.predict(vision.read_picture("coffee.png"))
    print(result.best.label, result.best.probability)

The names below are imported when they are first used, so ``import vision`` costs next to nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from foundation.lazy import lazy_names

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
    from vision.models import open_classifier, open_detector, open_predictor, open_segmenter
    from vision.occlusion import OcclusionMap, occlusion_map
    from vision.pictures import list_pictures, read_picture
    from vision.pipeline import Pipeline, PipelineUpdate
    from vision.preprocessing import Preprocessing
    from vision.result import Task
    from vision.segmenter import Backdrop, CutOut, MaskResult, Segmenter, cut_out
    from vision.session import PictureResult, Session
    from vision.sources.video_source import VideoSource
    from vision.xray import TensorView, compare, mistakes, view_tensor

# OpenCV takes it when it is loaded, which each module here may do (docs/adr/0050).
os.environ.setdefault("OPENCV_THREAD_POOL_ACTIVE_WAIT_MAIN", "1000")

# The public names, by the module that has them.
_NAMES = {
    "batch": "Batch BatchItem",
    "classification": "ClassificationResult Classifier",
    "detections": "Detections Limits",
    "detector": "DetectionResult Detector",
    "display": "DisplaySize to_display",
    "engine": "ComputeChoice Engine",
    "errors": "Fault VisionError",
    "library": "ModelLibrary",
    "model_choice": "ModelChoice choice_from_files",
    "models": "open_classifier open_detector open_predictor open_segmenter",
    "occlusion": "OcclusionMap occlusion_map",
    "pictures": "list_pictures read_picture",
    "pipeline": "Pipeline PipelineUpdate",
    "preprocessing": "Preprocessing",
    "result": "Task",
    "segmenter": "Backdrop CutOut MaskResult Segmenter cut_out",
    "session": "PictureResult Session",
    "sources.video_source": "VideoSource",
    "xray": "TensorView compare mistakes view_tensor",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _NAMES)
