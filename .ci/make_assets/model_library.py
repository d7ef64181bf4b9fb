"""Make assets/models/library.json from a table of facts about public models.

The table has a line for each model, with tabs between: repository, path, sha256, bytes, task,
input, colour, mean, std or scale, output, licence, accuracy. Hashes and sizes are those of the
Git-LFS pointers at the two commits below. Nothing is fetched::

    python .ci/make_assets/model_library.py model_library.tsv assets/models
"""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

COMMITS = {
    "onnx/models": "b1eeaa1a",
    "opencv/opencv_zoo": "966be4cb",
}
HOST = "https://media.githubusercontent.com/media"
NAMES = {
    "googlenet-12": "GoogLeNet (the tutorial's, as ONNX)",
    "squeezenet1.0-12": "SqueezeNet 1.0",
    "squeezenet1.1-7": "SqueezeNet 1.1",
    "mobilenetv2-12": "MobileNet v2",
    "resnet50-v1-12": "ResNet-50 v1",
    "mnist-12": "MNIST digits",
    "image_classification_mobilenetv1_2022apr": "MobileNet v1",
    "image_classification_ppresnet50_2022jan": "PP-ResNet-50",
    "object_detection_yolox_2022nov": "YOLOX-S",
}
# What the demonstration beside the model does: its letterbox, its colours, its head, its limits.
YOLOX = {
    "task": "detection",
    "labels_file": "coco_labels.txt",
    "preprocessing": {"size_wh": [640, 640], "swap_rb": True, "letterbox": True},
    "head": {"kind": "yolox", "score": 0.35, "overlap": 0.5},
    "scores_output": "",
    "softmax_needed": None,
}


def numbers(text: str) -> list[float]:
    """Return the numbers at the start of a cell."""
    return [float(part) for part in re.findall(r"[\d.]+", text.split("(")[0])]


def preprocessing(row: dict[str, str]) -> dict[str, object]:
    """Return the settings in the order of `blobFromImage`: mean on 0-255, then scale, then std."""
    sides = row["input"].split("x")
    if "see its" in row["colour"]:
        return {}
    size_wh = [int(sides[3]), int(sides[2])]
    if sides[1] == "1":
        return {"size_wh": size_wh, "channels": 1}
    mean = numbers(row["mean"])
    if "of 1.0" in row["mean"]:
        return {
            "size_wh": size_wh,
            "mean": [round(value * 255, 3) for value in mean],
            "scale": 1 / 255,
            "std": numbers(row["std"].removeprefix("std")),
            "swap_rb": row["colour"] == "RGB",
            "crop": True,
        }
    return {"size_wh": size_wh, "mean": mean, "swap_rb": row["colour"] == "RGB"}


def entry(row: dict[str, str]) -> dict[str, object]:
    """Return one manifest."""
    stem = Path(row["path"]).stem
    digits = row["task"] == "digits"
    output = row["output"]
    known = "softmax inside" in output or output == "logits"
    url = f"{HOST}/{row['repo']}/{COMMITS[row['repo']]}/{row['path']}"
    return {
        "key": stem,
        "name": NAMES[stem],
        "task": "digits" if digits else "classification",
        "file": f"{stem}.onnx",
        "labels_file": "digit_labels.txt" if digits else "imagenet_labels.txt",
        "preprocessing": preprocessing(row),
        "scores_output": output.split(",")[0] if "softmax inside" in output else "",
        "softmax_needed": output == "logits" if known else None,
        "sha256": row["sha256"],
        "bytes": int(row["bytes"]),
        "licence": row["licence"],
        "source": f"{row['repo']} at {COMMITS[row['repo']]}",
        "accuracy": "" if "README" in row["accuracy"] else row["accuracy"],
        "url": url,
    }


def main(table: Path, folder: Path) -> None:
    """Write the library's manifest and the digits' labels."""
    columns = "repo path sha256 bytes task input colour mean std output licence accuracy"
    lines = [line for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = [row for row in csv.DictReader(lines, columns.split(" "), delimiter="\t") if row["repo"]]
    # Of the other heads none is read, and faces are not shown.
    wanted = ("ImageNet classification", "digits")
    entries = [entry(row) for row in rows if row["task"].startswith(wanted)]
    entries += [entry(row) | YOLOX for row in rows if "yolox" in row["path"]]
    text = json.dumps(entries, indent=2) + "\n"
    (folder / "library.json").write_text(text, encoding="utf-8")
    digits = "".join(f"{digit}\n" for digit in range(10))
    (folder / "digit_labels.txt").write_text(digits, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
