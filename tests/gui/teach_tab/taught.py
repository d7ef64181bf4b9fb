"""Classes to teach from: pictures in folders, and a model that has learned them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from pytestqt.qtbot import QtBot

from gui.teach_tab.teach_model import TeachModel

PATIENT_MS = 60_000
SIDE_PX = 64
COLOURS_BGR = {"Red": (40, 40, 220), "Green": (60, 200, 60), "Blue": (220, 90, 40)}


def write_classes(
    folder: Path, names: Sequence[str] = ("Red", "Green"), count: int = 8, seed: int = 0
) -> Path:
    """Write a folder of noisy pictures for each colour, and return the folder of them all."""
    rng = np.random.default_rng(seed)
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            cv2.imwrite(str(folder / name / f"{name} {number}.png"), picture(rng, name))
    return folder


def picture(rng: np.random.Generator, name: str) -> np.ndarray:
    """Return a picture of a colour with some noise (H, W, 3), uint8."""
    noise = rng.normal(0, 25, (SIDE_PX, SIDE_PX, 3))
    return np.clip(np.array(COLOURS_BGR[name]) + noise, 0, 255).astype(np.uint8)


def misplace(folder: Path, name: str, into: str) -> Path:
    """Put a picture of one colour into another one's folder, under a name of its own."""
    path = folder / into / f"misplaced {name}.png"
    cv2.imwrite(str(path), picture(np.random.default_rng(99), name))
    return path


def import_classes(qtbot: QtBot, model: TeachModel, folder: Path) -> None:
    """Make classes of a folder, and wait until they are there."""
    model.import_folder(folder)
    wait_for_rest(qtbot, model)
    assert model.state.collection.classes


def train(qtbot: QtBot, model: TeachModel) -> None:
    """Train the head, and wait until it has been judged."""
    before = model.state.evaluation
    model.train()
    qtbot.waitUntil(
        lambda: model.state.evaluation is not before and model.state.busy is None,
        timeout=PATIENT_MS,
    )


def wait_for_rest(qtbot: QtBot, model: TeachModel) -> None:
    """Wait until nothing is read or trained."""
    qtbot.waitUntil(lambda: model.state.busy is None, timeout=PATIENT_MS)


def close(qtbot: QtBot, model: TeachModel) -> None:
    """End what runs, as the window does before it closes."""
    qtbot.waitUntil(model.request_close, timeout=PATIENT_MS)
