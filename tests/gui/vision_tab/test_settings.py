"""Threshold, k, X-ray settings and names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTableView,
)
from pytestqt.qtbot import QtBot

from gui.format import megabytes, milliseconds, percent
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
from tests.gui.vision_tab.conftest import COFFEE, PATIENT_MS, next_model, next_result
from tests.gui.vision_tab.media import write_video
from tests.gui.vision_tab.test_models import small_model
from tests.gui.vision_tab.test_streams import processed
from tests.vision.onnx_models import linear_classifier
from vision.models.choice import choice_from_onnx
from vision.models.opening import open_classifier
from vision.pictures.files import read_picture
from vision.pictures.preprocessing import Preprocessing
from vision.result import Task

pytestmark = pytest.mark.timeout(240)


def retype(qtbot: QtBot, tab: VisionTab, name: str, text: str) -> None:
    """Type into a field of the X-ray and press Enter."""
    edit = getattr(tab.xray, name)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_a_high_threshold_makes_the_label_not_sure(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    classify(COFFEE)
    tab.top_k.slider.setFocus()
    qtbot.keyClick(tab.top_k.slider, Qt.Key.Key_End)
    badge = tab.stage.view.badge
    assert badge is not None
    assert (badge.title, badge.figure, badge.is_sure) == ("not sure", "espresso 94.2%", False)
    assert tab.model.state.threshold == 1.0
    tab.model.save_history(tmp_path / "history.csv")
    assert ",no," in (tmp_path / "history.csv").read_text(encoding="utf-8")


def test_k_is_how_many_bars_there_are(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    tab.top_k.count_box.setFocus()
    qtbot.keyClick(tab.top_k.count_box, Qt.Key.Key_Down)
    assert tab.model.state.top == 10
    assert len(tab.top_k.bars.rows) == 10


def test_the_figures_of_the_xray_are_those_of_the_tensor(
    tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    reading = tab.model.state.result
    assert reading is not None
    blob = reading.preprocessing.blob(read_picture(COFFEE))
    shape, span, mean = (
        tab.findChild(type(tab.xray.comparison), name).text()
        for name in ("xray_shape", "xray_range", "xray_mean_value")
    )
    assert shape == "1×3×224×224"
    assert span == f"{blob.min():.2f} / {blob.max():.2f}".replace("-", "−")
    assert mean == f"{blob.mean():.3f}".replace("-", "−")
    assert len(reading.tensor.channels) == 3


def test_the_wrong_colour_order_changes_the_answer_and_reset_brings_it_back(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    right = tab.top_k.bars.rows[0][1]
    with next_result(qtbot, tab):
        qtbot.mouseClick(
            tab.xray.swap_box, Qt.MouseButton.LeftButton, pos=tab.xray.swap_box.rect().center() / 4
        )
    reading = tab.model.state.result
    assert reading is not None
    assert not reading.preprocessing.swap_rb
    assert tab.top_k.bars.rows[0][1] != pytest.approx(right, abs=1e-4)
    assert len(tab.model.state.history) == 1
    with next_result(qtbot, tab):
        qtbot.mouseClick(tab.xray.reset_button, Qt.MouseButton.LeftButton)
    assert tab.top_k.bars.rows[0][1] == right
    assert tab.xray.swap_box.isChecked()


def test_typed_settings_reach_the_network(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    for name, text in (
        ("mean_edit", "104 117 123"),
        ("scale_edit", "1/255"),
    ):
        with next_result(qtbot, tab):
            retype(qtbot, tab, name, text)
    reading = tab.model.state.result
    assert reading is not None
    assert reading.preprocessing.mean == (104.0, 117.0, 123.0)
    assert reading.preprocessing.scale == pytest.approx(1 / 255)
    assert reading.tensor.maximum <= (255 - 104) / 255 + 1e-6


def test_nonsense_in_a_field_is_marked_and_escape_gives_it_back(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    retype(qtbot, tab, "size_edit", "wide")
    assert tab.xray.size_edit.property("invalid") == "true"
    assert tab.model.state.result is not None
    assert tab.model.state.result.preprocessing.size_wh == (224, 224)
    qtbot.keyClick(tab.xray.size_edit, Qt.Key.Key_Escape)
    assert tab.xray.size_edit.text() == "224 × 224"
    assert not tab.xray.size_edit.property("invalid")


def test_a_size_the_network_refuses_is_said(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    model = small_model(tmp_path)
    with next_model(qtbot, tab):
        tab.model.open_paths([model])
    classify(COFFEE)
    with told(qtbot, tab.model.messages) as failed:
        retype(qtbot, tab, "size_edit", "31")
    assert "1 x 3 x 31 x 31" in failed[0]
    assert tab.model.messages.shown is not None
    with next_result(qtbot, tab):
        retype(qtbot, tab, "size_edit", "8")
    assert tab.model.messages.shown is None


def test_settings_that_the_model_refuses_leave_no_answer_until_they_are_reset(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    tab.model.explain(True)
    qtbot.waitUntil(lambda: tab.model.state.explanation is not None, timeout=PATIENT_MS)
    with told(qtbot, tab.model.messages) as failed:
        retype(qtbot, tab, "size_edit", "64")
    assert "224" in failed[0]
    assert tab.model.state.result is None
    assert tab.model.state.explanation is None
    with next_result(qtbot, tab):
        tab.xray.reset_button.click()
    assert tab.xray.size_edit.text() == "224 × 224"
    qtbot.waitUntil(lambda: tab.model.state.explanation is not None, timeout=PATIENT_MS)


def choose_misfit(tab: VisionTab, key: str = "misfit") -> None:
    """Choose a network whose own settings make pictures of another size than it takes."""
    data, _, _ = linear_classifier()
    choice = choice_from_onnx(key, "Misfit", data, ("a", "b", "c"), Preprocessing((16, 16)))
    tab.model.registry.put(ModelRow(choice, Origin.TEACH, classes=3))
    tab.model.choose_model(key)


def test_what_another_model_said_goes_where_the_one_in_use_refuses_the_picture(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    classify(COFFEE)
    with told(qtbot, tab.model.messages) as failed:
        choose_misfit(tab)
    assert "16 x 16" in failed[0]
    assert tab.model.state.result is None
    badge = tab.stage.view.badge
    assert badge is None
    assert not tab.stage.card.isVisible()
    assert tab.title() == "coffee.png"
    # With settings that fit, the picture is looked at.
    with next_result(qtbot, tab):
        retype(qtbot, tab, "size_edit", "8")
    assert tab.title() == "coffee.png"
    assert tab.stage.view.badge is not None
    # Neither are another's maps left.
    tab.model.choose_task(Task.DETECTION)
    tab.model.look_inside()
    inside = tab.model.inside
    qtbot.waitUntil(lambda: inside.state.view is not None, timeout=PATIENT_MS)
    qtbot.waitUntil(lambda: not tab.model.state.is_busy, timeout=PATIENT_MS)
    with told(qtbot, tab.model.messages):
        choose_misfit(tab, "another")
    assert inside.state.view is None
    assert tab.stage.isVisible()


def test_what_another_model_said_of_a_stream_goes_where_the_one_in_use_refuses_its_frames(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    tab.open_path(write_video(tmp_path / "clip.avi", frames=400))
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    with told(qtbot, tab.model.messages):
        choose_misfit(tab)
    assert tab.model.state.result is None
    assert tab.stage.view.badge is None
    assert tab.title() == "clip.avi"
    with next_result(qtbot, tab):
        retype(qtbot, tab, "size_edit", "8")
    assert tab.model.state.source.is_live


def test_a_stream_goes_on_once_refused_settings_are_reset(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    tab.open_path(write_video(tmp_path / "clip.avi", frames=400))
    qtbot.waitUntil(lambda: processed(tab) > 1, timeout=PATIENT_MS)
    with told(qtbot, tab.model.messages):
        retype(qtbot, tab, "size_edit", "64")
    assert tab.model.state.result is None
    with next_result(qtbot, tab):
        tab.xray.reset_button.click()
    assert tab.model.state.source.is_live


@pytest.mark.parametrize(
    ("text", "value"), [("224", (224, 224)), ("320 × 240", (320, 240)), ("9x7", (9, 7))]
)
def test_sizes_as_people_type_them(text: str, value: tuple[int, int]) -> None:
    assert parse_size(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 / 128", 1 / 128), ("0.5", 0.5), ("0,5", 0.5), ("2/0,5", 4.0)],
)
def test_scales_as_people_type_them(text: str, value: float) -> None:
    assert parse_scale(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("104 117 123", (104, 117, 123)), ("0,5; 0,25; 1", (0.5, 0.25, 1)), ("7", (7, 7, 7))],
)
def test_three_numbers_as_people_type_them(text: str, value: tuple[float, ...]) -> None:
    assert parse_three(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "1 / 0", "1/2/3", "half"])
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no scale|convert"):
        parse_scale(text)


def test_numbers_follow_the_language() -> None:
    QLocale.setDefault(QLocale("en_GB"))
    assert (percent(0.967), milliseconds(8.21), megabytes(18_545_637)) == (
        "96.7%",
        "8.2",
        "18.5 MB",
    )
    assert format_scale(Preprocessing(scale=1 / 128).scale) == "1 / 128"
    assert format_three((123.675, -1.5, 0)) == "123.675 −1.5 0"
    assert format_scale(1e-300) == "1e−300"
    assert parse_scale(format_scale(1e-320)) == pytest.approx(1e-320, abs=1e-323)
    assert parse_scale(format_scale(-2e-7)) == -2e-7
    assert format_scale(float(np.float32(0.4))) == "0.4"
    QLocale.setDefault(QLocale("tr_TR"))
    try:
        assert (percent(0.967), milliseconds(8.21)) == ("%96,7", "8,2")
        assert parse_three(format_three((0.485, 0.456, 0.406))) == (0.485, 0.456, 0.406)
    finally:
        QLocale.setDefault(QLocale("en_GB"))


def test_the_threshold_and_k_are_kept_for_the_next_time(qtbot: QtBot, tab: VisionTab) -> None:
    tab.top_k.slider.setFocus()
    qtbot.keyClick(tab.top_k.slider, Qt.Key.Key_Home)
    tab.top_k.count_box.setFocus()
    qtbot.keyClick(tab.top_k.count_box, Qt.Key.Key_Home)
    tab.closed()
    again = VisionTab()
    qtbot.addWidget(again)
    assert (again.model.state.threshold, again.model.state.top) == (0.0, 3)
    assert (again.top_k.slider.value(), again.top_k.count_box.currentIndex()) == (0, 0)


def test_every_control_has_its_names(tab: VisionTab) -> None:
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView)
    widgets = [w for kind in kinds for w in tab.findChildren(kind)]
    own = [
        widget
        for widget in widgets
        if not isinstance(widget, QScrollBar | QHeaderView)
        # The list inside a combo box, and the corner of a table, are Qt's own.
        and not isinstance(widget.parent(), QTableView)
        and "QComboBox" not in type(widget.parent()).__name__
        and not (widget.window() is not tab.window())
    ]
    assert len(own) > 30
    assert [w for w in own if not w.objectName() or not w.accessibleName()] == []
    assert [w.objectName() for w in own if not w.toolTip() and isinstance(w, QAbstractButton)] == []


def test_settings_are_kept_with_a_model_of_ones_own(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    model = small_model(tmp_path)
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
    with next_model(qtbot, tab):
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)
    settings = tab.model.state.settings
    assert settings is not None
    assert settings.own == settings.used
    assert settings.own.mean == (104.0, 117.0, 123.0)
    assert not keep.isVisible()
    # The command line reads the same.
    classifier = open_classifier(model)
    assert classifier.preprocessing == settings.own
    # Again: the description is written over.
    with next_result(qtbot, tab):
        retype(qtbot, tab, "mean_edit", "0")
    with next_model(qtbot, tab):
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert open_classifier(model).preprocessing.mean == (0, 0, 0)


def test_settings_are_written_over_nothing_else(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], tmp_path: Path
) -> None:
    model = small_model(tmp_path)
    other = model.with_suffix(".json")
    other.write_text('{"epochs": 3}')
    classify(COFFEE)
    with next_model(qtbot, tab):
        tab.open_paths([model])
    qtbot.waitUntil(lambda: not tab.model.state.is_busy)
    with next_result(qtbot, tab):
        retype(qtbot, tab, "mean_edit", "104 117 123")
    keep = tab.findChild(QAbstractButton, "xray_keep")
    with told(qtbot, tab.model.messages) as said:
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert "it holds something else" in said[0]
    assert other.read_text() == '{"epochs": 3}'
