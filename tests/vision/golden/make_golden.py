"""Write what OpenCV 4.14's own Caffe reader computes; run by hand in an environment of its own.

    uv venv --python 3.13 /tmp/opencv4
    uv pip install --python /tmp/opencv4/bin/python "opencv-python-headless==4.14.0.94" numpy
    /tmp/opencv4/bin/python -m tests.vision.golden.make_golden

OpenCV 5 has no Caffe reader, so the outputs are kept in caffe.npz; inputs and weights come from
seeds and are made again by each test.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.vision.golden.caffe_nets import every_net

GOLDEN = Path(__file__).with_name("caffe.npz")


def main() -> None:
    """Run every network through the old reader and keep its output."""
    outputs = {}
    for net in every_net():
        reader = cv2.dnn.readNetFromCaffe(  # type: ignore[attr-defined]  # OpenCV 4 has it
            np.frombuffer(net.prototxt, np.uint8), np.frombuffer(net.caffemodel, np.uint8)
        )
        reader.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        for name, value in net.inputs().items():
            reader.setInput(value, name)
        outputs[net.name] = reader.forward()
    np.savez_compressed(GOLDEN, **outputs)
    print(f"{cv2.__version__}: {len(outputs)} outputs, {GOLDEN.stat().st_size} bytes")


if __name__ == "__main__":
    main()
