"""Writes LiteRT's detections in photographs as test data; run by hand.

    python -m venv /tmp/litert
    /tmp/litert/bin/pip install ai-edge-litert opencv-python-headless numpy scikit-image \
        scikit-learn gradio ultralytics
    npm pack @mediapipe/objectron@0.4.1675468480 && tar xzf mediapipe-objectron-*.tgz
    PYTHONPATH=. /tmp/litert/bin/python .ci/make_assets/golden_boxes.py \
        package/objectron_solution_packed_assets.data

The photographs stay in the packages that carry them; tests/vision/golden/boxes.json has their
hashes and what was found. The decoding below is one of its own, written from the paper of SSD (Liu
et al., 2016).
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from tests.vision.photographs import PHOTOGRAPHS, find

GOLDEN = Path("tests", "vision", "golden", "boxes.json")
_LABEL_BYTES, _SIDE, _MIN_SCORE, _MAX_OVERLAP = 184, 300, 0.3, 0.5


def anchors() -> list[tuple[float, float, float, float]]:
    """Return centre, width and height of all 1,917 anchors as shares of the picture."""
    scales = [0.2 + 0.15 * layer for layer in range(6)] + [1.0]
    found = []
    for layer, side in enumerate((19, 10, 5, 3, 2, 1)):
        scale, mean = scales[layer], math.sqrt(scales[layer] * scales[layer + 1])
        shapes = [(scale, ratio) for ratio in (1, 2, 1 / 2, 3, 1 / 3)] + [(mean, 1)]
        if layer == 0:
            shapes = [(0.1, 1), (scale, 2), (scale, 1 / 2)]
        for row in range(side):
            for column in range(side):
                for size, ratio in shapes:
                    root = math.sqrt(ratio)
                    centre = (column + 0.5) / side, (row + 0.5) / side
                    found.append((*centre, size * root, size / root))
    return found


def overlap(one: list[float], other: list[float]) -> float:
    """Return the intersection of two boxes over their union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return width * height / (sum(areas) - width * height)


def boxes_of(offsets: np.ndarray, logits: np.ndarray, size_wh: tuple[int, int]) -> list[dict]:
    """Return every box above the threshold, best first, and whether it survives suppression."""
    width, height = size_wh
    found = []
    for (dy, dx, dh, dw), scores, (x, y, w, h) in zip(offsets, logits, anchors(), strict=True):
        index = int(scores[1:].argmax()) + 1
        score = 1 / (1 + math.exp(-float(scores[index])))
        if score <= _MIN_SCORE:
            continue
        middle = dx / 10 * w + x, dy / 10 * h + y
        half = math.exp(dw / 5) * w / 2, math.exp(dh / 5) * h / 2
        box = [
            min(max((middle[0] - half[0]) * width, 0), width),
            min(max((middle[1] - half[1]) * height, 0), height),
            min(max((middle[0] + half[0]) * width, 0), width),
            min(max((middle[1] + half[1]) * height, 0), height),
        ]
        found.append({"index": index, "score": score, "xyxy": [float(one) for one in box]})
    found.sort(key=lambda one: -one["score"])
    kept: list[dict] = []
    for one in found:
        rivals = [best for best in kept if best["index"] == one["index"]]
        one["is_kept"] = all(overlap(one["xyxy"], r["xyxy"]) <= _MAX_OVERLAP for r in rivals)
        if one["is_kept"]:
            kept.append(one)
    for one in found:
        one["score"] = round(one["score"], 4)
        one["xyxy"] = [round(corner, 2) for corner in one["xyxy"]]
    return found


def main(archive: str) -> None:
    """Run the published network over every photograph that is found."""
    interpreter = Interpreter(model_content=Path(archive).read_bytes()[_LABEL_BYTES:])
    interpreter.allocate_tensors()
    [picture] = interpreter.get_input_details()
    names = {one["name"]: one["index"] for one in interpreter.get_output_details()}
    golden = {}
    for photograph in PHOTOGRAPHS:
        path = find(photograph)
        if path is None:
            print("not found:", photograph)
            continue
        pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
        small = cv2.resize(pixels, (_SIDE, _SIDE))[:, :, ::-1].astype(np.float32)
        interpreter.set_tensor(picture["index"], (small[None] - 127.5) / 127.5)
        interpreter.invoke()
        offsets, logits = (
            interpreter.get_tensor(names[f"raw_outputs/{end}"])[0]
            for end in ("box_encodings", "class_predictions")
        )
        height, width = pixels.shape[:2]
        golden[photograph] = {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "boxes": boxes_of(offsets, logits, (width, height)),
        }
    lines = (f"{json.dumps(name)}: {json.dumps(found)}" for name, found in golden.items())
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    count = sum(len(one["boxes"]) for one in golden.values())
    print(f"{len(golden)} photographs, {count} boxes, {GOLDEN.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
