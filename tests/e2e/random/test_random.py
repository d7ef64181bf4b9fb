"""Whoever works on the window at random finds no exception, no crash, and no end of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from model.defaults import default_experiment
from model.experiment import GateData
from model.files import write_experiment

ASSETS = Path(__file__).resolve().parents[3] / "assets"
DRIVER = Path(__file__).with_name("driver.py")
STEPS, LONGEST_S = 400, 240
NOBODY = "http://127.0.0.1:9"
"""Nothing is downloaded, whatever is pressed."""


def lay_out(folder: Path) -> None:
    """Make a folder of what a person may drop and open."""
    for name in ("images/coffee.png", "datasets/iris.csv", "models/selfie_segmentation.tflite"):
        shutil.copy(ASSETS / name, folder)
    write_experiment(default_experiment(GateData("and")), folder / "and.glassnet")
    Path(folder, "decimals.csv").write_text("a;b;c\n1,5;2;x\n2,5;3;y\n3;4;x\n", encoding="utf-8")
    Path(folder, "junk.bin").write_bytes(b"junk\0\1")
    Path(folder, "empty.csv").touch()
    picture = cv2.resize(cv2.imread(str(folder / "coffee.png")), (160, 120))
    for name in ("cup", "plate"):
        Path(folder, "classes", name).mkdir(parents=True)
        for brightness in range(3):
            path = folder / "classes" / name / f"{brightness}.png"
            cv2.imwrite(str(path), cv2.convertScaleAbs(picture, beta=20 * brightness))


@pytest.mark.timeout(LONGEST_S + 60)
@pytest.mark.parametrize("seed", range(6))
def test_random_hands_break_nothing(tmp_path: Path, seed: int) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    home.mkdir()
    lay_out(files)
    homes = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    run = subprocess.run(
        [sys.executable, "-X", "faulthandler", DRIVER, str(seed), str(STEPS), files],
        env={
            **os.environ,
            **dict.fromkeys(homes, str(home)),
            **dict.fromkeys(("http_proxy", "https_proxy"), NOBODY),
            "QT_QPA_PLATFORM": "offscreen",
        },
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    steps = run.stdout.splitlines()
    assert run.returncode == 0, "\n".join(steps[-60:])
    assert steps[-1] == "done"
    assert len(steps) > 20
