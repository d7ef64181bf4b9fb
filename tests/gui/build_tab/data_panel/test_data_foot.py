"""The sliders at the foot of the data panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.foot import DataSettings
from model.defaults import default_experiment
from model.experiment import GateData, IdxData


def write_pictures(folder: Path, part: str, rows: int) -> tuple[str, str]:
    """Write pictures of 7 x 7 pixels and their labels; return both paths."""
    images, labels = folder / f"{part}-images", folder / f"{part}-labels"
    shape = np.array([rows, 7, 7], ">u4").tobytes()
    images.write_bytes(b"\0\0\x08\x03" + shape + bytes(range(49)) * rows)
    count = np.array([rows], ">u4").tobytes()
    labels.write_bytes(b"\0\0\x08\x01" + count + bytes([0, 1, 2, 3]) * (rows // 4))
    return str(images), str(labels)


@pytest.mark.parametrize("is_given", [False, True])
def test_test_rows_in_files_of_their_own_are_not_split(
    qtbot: QtBot, build_model: BuildModel, tmp_path: Path, is_given: bool
) -> None:
    test = write_pictures(tmp_path, "t10k", 20) if is_given else ("", "")
    data = IdxData(*write_pictures(tmp_path, "train", 60), *test)
    foot = DataSettings(build_model)
    qtbot.addWidget(foot)
    build_model.document.load(default_experiment(data), None)
    foot.show_state(build_model.state)
    assert foot.split.slider.isEnabled() != is_given
    assert foot.split.by_class.isHidden() == is_given
    assert ("files of their own" in foot.split.slider.toolTip()) == is_given
    if is_given:
        assert foot.split.slider.value() == 75
    build_model.document.load(default_experiment(GateData("xor")), None)
    foot.show_state(build_model.state)
    assert foot.split.slider.isEnabled()
