"""Image recognition with OpenCV, without Qt and ``model``.

A library by itself, ``glassnet.vision`` where it is installed::

    import vision

    classifier = vision.open_classifier()
    result = classifier.predict(vision.read_picture("coffee.png"))
    print(result.best.label, result.best.probability)

The names below are imported on first use, so ``import vision`` costs next to nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from foundation.lazy import lazy_names

if TYPE_CHECKING:
    from vision.classification import ClassificationResult, Classifier
    from vision.detections import Detections, Limits
    from vision.engine import ComputeChoice, Engine
    from vision.errors import Fault, VisionError
    from vision.jobs.batch import Batch, BatchItem
    from vision.jobs.pipeline import Pipeline, PipelineUpdate
    from vision.jobs.session import PictureResult, Session
    from vision.look.occlusion import OcclusionMap, occlusion_map
    from vision.look.xray import TensorView, compare, mistakes, view_tensor
    from vision.models.choice import ModelChoice, choice_from_files
    from vision.models.library import ModelLibrary
    from vision.models.opening import open_classifier, open_detector, open_predictor, open_segmenter
    from vision.networks.detector import DetectionResult, Detector
    from vision.networks.segmenter import Backdrop, CutOut, MaskResult, Segmenter, cut_out
    from vision.pictures.files import list_pictures, read_picture
    from vision.pictures.pixels import DisplaySize, to_display
    from vision.pictures.preprocessing import Preprocessing
    from vision.result import Task
    from vision.sources.video_source import VideoSource

# OpenCV takes it when it is loaded, which each module here may do (docs/adr/0050).
os.environ.setdefault("OPENCV_THREAD_POOL_ACTIVE_WAIT_MAIN", "1000")

# The public names, by the module that has them.
_NAMES = {
    "classification": "ClassificationResult Classifier",
    "detections": "Detections Limits",
    "engine": "ComputeChoice Engine",
    "errors": "Fault VisionError",
    "jobs.batch": "Batch BatchItem",
    "jobs.pipeline": "Pipeline PipelineUpdate",
    "jobs.session": "PictureResult Session",
    "look.occlusion": "OcclusionMap occlusion_map",
    "look.xray": "TensorView compare mistakes view_tensor",
    "models.choice": "ModelChoice choice_from_files",
    "models.library": "ModelLibrary",
    "models.opening": "open_classifier open_detector open_predictor open_segmenter",
    "networks.detector": "DetectionResult Detector",
    "networks.segmenter": "Backdrop CutOut MaskResult Segmenter cut_out",
    "pictures.files": "list_pictures read_picture",
    "pictures.pixels": "DisplaySize to_display",
    "pictures.preprocessing": "Preprocessing",
    "result": "Task",
    "sources.video_source": "VideoSource",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _NAMES)
