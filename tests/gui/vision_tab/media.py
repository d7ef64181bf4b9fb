"""Videos and folders made for a test."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.gui.vision_tab.conftest import CHELSEA, COFFEE


def write_video(path: Path, frames: int = 40, fps: int = 20) -> Path:
    """Write a video whose first half shows the coffee and whose second half the cat."""
    size = (320, 240)
    pictures = [cv2.resize(cv2.imread(str(p)), size) for p in (COFFEE, CHELSEA)]
    codec = "mp4v" if path.suffix == ".mp4" else "MJPG"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, size)
    for index in range(frames):
        writer.write(pictures[2 * index >= frames])
    writer.release()
    return path


def write_folder(folder: Path, count: int = 8) -> Path:
    """Write a folder of coffees and cats in turn, with one file that is no picture."""
    folder.mkdir()
    pictures = [path.read_bytes() for path in (COFFEE, CHELSEA)]
    for index in range(count):
        (folder / f"picture_{index:03d}.png").write_bytes(pictures[index % 2])
    (folder / "zz_broken.png").write_bytes(np.random.default_rng(0).bytes(500))
    return folder
