"""Threshold, k, X-ray settings and names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
)
from pytestqt.qtbot import QtBot

from gui.vision_tab.settings_text import (
    format_scale,
    format_three,
    parse_scale,
    parse_size,
    parse_three,
)
from gui.vision_tab.state import ModelRow, Origin
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.told import told
from tests.gui.vision_tab.conftest import COFFEE, Classify, next_model, next_result
from tests.gui.vision_tab.media import write_video
from tests.gui.vision_tab.test_models import small_model
from tests.gui.vision_tab.test_streams import processed
from tests.vision.onnx_models import linear_classifier
from vision.models.choice import choice_from_onnx
from vision.models.opening import open_classifier
from vision.pictures.preprocessing import Preprocessing


def retype(qtbot: QtBot, tab: VisionTab, name: str, text: str) -> None:
    """Type into a field of the X-ray and press Enter."""
    edit = getattr(tab.xray, name)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_threshold_and_k_act_at_once_and_are_kept_for_the_next_time(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    classify(COFFEE)
    tab.top_k.slider.setFocus()
    qtbot.keyClick(tab.top_k.slider, Qt.Key.Key_End)
    badge = tab.stage.view.badge
    assert (badge.title, badge.figure, badge.is_sure) == ("not sure", "espresso 94.2%", False)
    tab.model.save_history(tmp_path / "history.csv")
    assert ",no," in (tmp_path / "history.csv").read_text(encoding="utf-8")
    tab.top_k.count_box.setFocus()
    qtbot.keyClick(tab.top_k.count_box, Qt.Key.Key_Down)
    assert len(tab.top_k.bars.rows) == 10
    tab.closed()
    again = VisionTab()
    qtbot.addWidget(again)
    assert (again.model.state.threshold, again.model.state.top) == (1.0, 10)
    assert again.top_k.slider.value() == again.top_k.slider.maximum()


def test_settings_that_the_model_refuses_leave_no_answer_until_they_are_reset(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    classify(COFFEE)
    tab.model.explain(True)
    qtbot.waitUntil(lambda: tab.model.state.explanation is not None)
    with told(qtbot, tab.model.messages) as failed:
        retype(qtbot, tab, "size_edit", "64")
    assert "224" in failed[0]
    assert tab.model.state.result is None
    assert tab.model.state.explanation is None
    with next_result(qtbot, tab):
        tab.xray.reset_button.click()
    assert tab.xray.size_edit.text() == "224 × 224"
    qtbot.waitUntil(lambda: tab.model.state.explanation is not None)


def test_what_another_model_said_goes_where_the_one_in_use_refuses_the_picture(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    """The settings of the network make pictures of another size than it takes."""
    classify(COFFEE)
    tab.model.look_inside()
    inside = tab.model.inside
    qtbot.waitUntil(lambda: inside.state.view is not None)
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)
    data, _, _ = linear_classifier()
    choice = choice_from_onnx("misfit", "Misfit", data, ("a", "b", "c"), Preprocessing((16, 16)))
    tab.model.registry.add_or_replace(ModelRow(choice, Origin.TEACH, classes=3))
    with told(qtbot, tab.model.messages) as failed:
        tab.model.choose_model("misfit")
    assert "16 x 16" in failed[0]
    assert (tab.model.state.result, inside.state.view) == (None, None)
    assert tab.stage.view.badge is None
    assert tab.title() == "coffee.png"
    with next_result(qtbot, tab):
        retype(qtbot, tab, "size_edit", "8")
    assert tab.stage.view.badge is not None


def test_a_stream_goes_on_once_refused_settings_are_reset(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    tab.open_path(write_video(tmp_path / "clip.avi", frames=400))
    qtbot.waitUntil(lambda: processed(tab) > 1)
    with told(qtbot, tab.model.messages):
        retype(qtbot, tab, "size_edit", "64")
    assert tab.model.state.result is None
    with next_result(qtbot, tab):
        tab.xray.reset_button.click()
    assert tab.model.state.source.is_live


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_size, "224", (224, 224)),
        (parse_size, "320 × 240", (320, 240)),
        (parse_size, "9x7", (9, 7)),
        (parse_scale, "1 / 128", 1 / 128),
        (parse_scale, "0.5", 0.5),
        (parse_scale, "0,5", 0.5),
        (parse_scale, "2/0,5", 4.0),
        (parse_three, "104 117 123", (104, 117, 123)),
        (parse_three, "0,5; 0,25; 1", (0.5, 0.25, 1)),
        (parse_three, "7", (7, 7, 7)),
        *((parse_scale, text, None) for text in ("", "1 / 0", "1/2/3", "half")),
    ],
)
def test_numbers_as_people_type_them(
    parse: Callable[[str], object], text: str, value: object
) -> None:
    if value is None:
        with pytest.raises(ValueError, match=r"no scale|convert"):
            parse(text)
    else:
        assert parse(text) == pytest.approx(value)


def test_numbers_follow_the_language() -> None:
    assert format_scale(1 / 128) == "1 / 128"
    assert format_three((123.675, -1.5, 0)) == "123.675 −1.5 0"
    assert format_scale(1e-300) == "1e−300"
    assert parse_scale(format_scale(1e-320)) == pytest.approx(1e-320, abs=1e-323)
    assert parse_scale(format_scale(-2e-7)) == -2e-7
    assert format_scale(float(np.float32(0.4))) == "0.4"
    QLocale.setDefault(QLocale("tr_TR"))
    try:
        assert parse_three(format_three((0.485, 0.456, 0.406))) == (0.485, 0.456, 0.406)
    finally:
        QLocale.setDefault(QLocale("en_GB"))


def test_settings_are_kept_with_a_model_of_ones_own_and_written_over_nothing_else(
    qtbot: QtBot, tab: VisionTab, classify: Classify, tmp_path: Path
) -> None:
    model = small_model(tmp_path)
    description = model.with_suffix(".json")
    description.write_text('{"epochs": 3}')
    classify(COFFEE)
    keep = find(tab, QAbstractButton, "xray_keep")
    with next_result(qtbot, tab):
        retype(qtbot, tab, "mean_edit", "100")
    # The bundled model's description is not ours to write.
    assert not keep.isVisible()
    with next_model(qtbot, tab):
        tab.open_paths([model])
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)
    with next_result(qtbot, tab):
        retype(qtbot, tab, "mean_edit", "104 117 123")
    with told(qtbot, tab.model.messages) as said:
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert "it holds something else" in said[0]
    assert description.read_text() == '{"epochs": 3}'
    description.unlink()
    with next_model(qtbot, tab):
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)
    settings = tab.model.state.settings
    assert settings.own == settings.used
    assert not keep.isVisible()
    # The command line reads the same.
    assert open_classifier(model).preprocessing == settings.own
    assert settings.own.mean == (104.0, 117.0, 123.0)
