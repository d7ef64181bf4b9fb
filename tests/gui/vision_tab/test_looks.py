"""Nothing is cut at the window's smallest size, in either language; titles show the sorting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from foundation.text import Text
from gui.settings import ASSETS, choose_language
from gui.theme import GAP_L_PX
from gui.vision_tab.class_names import class_in_sentence, class_name
from gui.vision_tab.folder_panel import FORWARD, PROBABILITY
from gui.vision_tab.state import SourceKind
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.texts import entries, width_of_lines
from tests.gui.told import sentences
from tests.gui.vision_tab.conftest import (
    COFFEE,
    PATIENT_MS,
    folder_ends,
    next_model,
    next_result,
    refused_model,
)
from tests.gui.vision_tab.media import write_folder
from tests.vision.onnx_models import linear_classifier
from vision.detections import Limits
from vision.formats.labels import read_labels
from vision.networks.segmenter import CutOut
from vision.result import Task

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(autouse=True)
def as_small_as_the_window(tab: VisionTab) -> None:
    """Let the tab become as small as the window lets it."""
    tab.setMinimumSize(1024, 610)


def test_the_right_column_fits_a_narrow_window(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], language: str
) -> None:
    classify(COFFEE)
    tab.resize(1440, 830)
    choose_language(QApplication.instance(), language)  # type: ignore[arg-type]  # there is one
    tab.resize(1024, 610)
    column, room = tab.right.widget(), tab.right.viewport()
    qtbot.waitUntil(lambda: column.width() <= room.width(), timeout=PATIENT_MS)
    assert tab.right.width() < 380


def test_a_long_name_of_an_own_model_leaves_the_column_its_width(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    tab.resize(1024, 610)
    column, room = tab.right.widget(), tab.right.viewport()
    model = tmp_path / f"{'a_name_as_exporters_write_them_' * 3}.onnx"
    model.write_bytes(linear_classifier(classes=4)[0])
    with next_model(qtbot, tab):
        tab.model.open_paths([model])
    qtbot.waitUntil(lambda: column.width() <= room.width(), timeout=PATIENT_MS)
    broken = tmp_path / f"{'x' * 100}.onnx"
    broken.write_bytes(b"no model at all")
    with refused_model(qtbot, tab):
        tab.model.open_paths([broken])
    qtbot.waitUntil(lambda: column.width() <= room.width(), timeout=PATIENT_MS)
    # All of the name is there, on several lines.
    assert "x" * 100 in tab.model_panel.card_text.text().replace("\u200b", "")


def test_a_long_name_is_whole_on_the_card_of_the_stage(
    qtbot: QtBot, tab: VisionTab, tmp_path: Path
) -> None:
    tab.resize(1024, 610)
    clip = tmp_path / f"{'film_' * 30}.avi"
    clip.write_bytes(b"no video at all")
    tab.open_path(clip)
    words = tab.stage.card_text
    qtbot.waitUntil(lambda: "cannot be opened" in words.text(), timeout=PATIENT_MS)
    assert width_of_lines(words) <= words.width()
    assert words.height() >= words.heightForWidth(words.width())


def test_the_tasks_stand_in_one_row_of_a_narrow_window(
    qtbot: QtBot, tab: VisionTab, language: str
) -> None:
    tab.resize(1024, 610)
    buttons = tab.model_panel.tasks.group.buttons()
    qtbot.waitUntil(lambda: len({button.y() for button in buttons}) == 1, timeout=PATIENT_MS)
    # Without the style sheet its sides are wider; what they cut is looked at in the whole window.
    assert all(b.fontMetrics().horizontalAdvance(b.text()) <= b.width() for b in buttons)


@pytest.mark.parametrize("kind", SourceKind)
def test_an_empty_stage_is_even_and_speaks_of_its_source(
    qtbot: QtBot, tab: VisionTab, kind: SourceKind
) -> None:
    tab.resize(1440, 830)
    tab.model.choose_source(kind)
    stage = tab.stage
    qtbot.waitUntil(stage.card.isVisible, timeout=PATIENT_MS)
    assert ("Ctrl+V" in stage.card_hint.text()) == (kind is SourceKind.IMAGE)
    column = [stage.card_text, stage.card_hint, stage.card_button]

    def gaps() -> list[int]:
        pairs = pairwise(one.geometry() for one in column)
        return [below.top() - above.bottom() - 1 for above, below in pairs]

    qtbot.waitUntil(lambda: gaps() == [GAP_L_PX] * 2, timeout=PATIENT_MS)


def test_look_inside_says_what_stands_there_before_there_is_a_picture(tab: VisionTab) -> None:
    tab.resize(1440, 830)
    tab.model.look_inside()
    (words,) = tab.cell_panel.findChildren(QLabel, "inside_nothing")
    assert words.isVisible()
    assert "recomputed here" in words.text()


def test_the_title_sorted_by_has_an_arrow(qtbot: QtBot, tab: VisionTab, tmp_path: Path) -> None:
    with folder_ends(qtbot, tab):
        tab.open_path(write_folder(tmp_path / "mixed", count=2))
    header = tab.folder_panel.view.horizontalHeader()

    def title(column: int) -> object:
        """Return a title as it is drawn."""
        left = header.sectionViewportPosition(column)
        size = header.sectionSize(column)
        return header.viewport().grab().toImage().copy(left, 0, size, header.height())

    plain = {column: title(column) for column in (PROBABILITY, FORWARD)}
    drawn = []
    for beside_px in (20, 45):
        where = QPoint(header.sectionViewportPosition(PROBABILITY) + beside_px, 10)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)
        # The pointer's hover must not count as an arrow.
        qtbot.mouseMove(tab.stage)
        drawn.append(title(PROBABILITY))
        assert title(FORWARD) == plain[FORWARD]
    assert len({id(picture) for picture in drawn if picture != plain[PROBABILITY]}) == 2
    assert drawn[0] != drawn[1]


@pytest.mark.thorough
def test_what_was_said_last_follows_the_language(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], qapp: QApplication
) -> None:
    said = sentences(tab)
    classify(COFFEE)
    assert said[-1] == "coffee.png classified as espresso."
    qtbot.mouseClick(tab.source_bar.occlusion_switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said[-1].startswith("Occlusion map ready."), timeout=PATIENT_MS)
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: said[-1].startswith("Örtme haritası hazır."), timeout=PATIENT_MS)
    classify(COFFEE)
    assert said[-1] == "coffee.png sınıflandırıldı: espresso."
    choose_language(qapp, "en")
    qtbot.waitUntil(lambda: said[-1] == "coffee.png classified as espresso.", timeout=PATIENT_MS)


def test_names_and_numbers_of_boxes_follow_the_language(
    qtbot: QtBot, tab: VisionTab, qapp: QApplication
) -> None:
    with next_model(qtbot, tab):
        tab.model.choose_task(Task.DETECTION)
    with next_result(qtbot, tab):
        tab.open_path(ASSETS / "images" / "astronaut.png")

    def said() -> list[str]:
        box, _ = tab.stage.view.accessible_items()[0]
        mean = tab.xray.mean_edit.text()
        history = tab.history_panel.list.model().index(0, 0).data()
        return [*box.split(), mean, history, tab.status().sentence]

    english = said()
    assert english[0] == english[3] == "Person"
    assert english[1].endswith("%")
    assert english[2] == "127.5 127.5 127.5"
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: said()[0] == "Kişi", timeout=PATIENT_MS)
    turkish = said()
    assert turkish[3] == "Kişi"
    assert turkish[1] == "%" + english[1].removesuffix("%").replace(".", ",")
    assert turkish[2] == "127,5 127,5 127,5"
    assert "(kişi" in turkish[4], "within a sentence it is no name"
    # What is found by its name is found by the name that is read.
    tab.model.show_only("kiş")
    assert tab.model.state.objects.rows == (0,)
    choose_language(qapp, "en")
    qtbot.waitUntil(lambda: said() == english, timeout=PATIENT_MS)


@pytest.mark.parametrize("file", ["oid", "imagenet", "coco", "voc"])
def test_each_class_that_comes_with_the_program_is_translated(file: str) -> None:
    labels = read_labels(ASSETS / "models" / f"{file}_labels.txt")
    names = [name for name in labels.names if name.strip("?")]
    turkish = entries()
    assert all(turkish.get(("", name)) for name in names)
    assert class_name("Person") == "Person", "a person's own name stays as given"


def test_two_classes_of_one_network_have_two_names() -> None:
    labels = read_labels(ASSETS / "models" / "imagenet_labels.txt")
    turkish = entries()
    names = Counter(turkish["", name] for name in labels.names)
    assert len(names) == len(labels.names), names.most_common(3)


def test_a_class_of_the_bundled_detector_is_no_name_within_a_sentence() -> None:
    assert class_in_sentence(Text("Coffee cup")) == "coffee cup"
    assert class_in_sentence("Mia") == "Mia", "a person's own name stays as given"


def test_the_history_takes_room_when_there_is_one(
    tab: VisionTab, classify: Callable[[Path], None]
) -> None:
    assert not tab.history_panel.isVisible()
    classify(COFFEE)
    assert tab.history_panel.isVisible()
    tab.history_panel.clear_button.click()
    assert not tab.history_panel.isVisible()


def test_the_column_needs_no_scrolling_in_the_first_windows_size(
    qtbot: QtBot, tab: VisionTab, classify: Callable[[Path], None], language: str
) -> None:
    classify(COFFEE)
    assert language in ("en", "tr")
    text = tab.model_panel.card_text
    qtbot.waitUntil(lambda: text.height() == text.heightForWidth(text.width()), timeout=PATIENT_MS)
    assert tab.right.verticalScrollBar().maximum() == 0


def test_the_sentence_about_a_mask_follows_its_threshold(qtbot: QtBot, tab: VisionTab) -> None:
    with next_model(qtbot, tab):
        tab.model.choose_task(Task.MASK)
    with next_result(qtbot, tab):
        tab.open_path(ASSETS / "images" / "astronaut.png")
    for threshold in (0.05, 0.95):
        tab.model.set_cut(CutOut(threshold=threshold))
        share = find(tab.cut, QLabel, "cut_share")
        assert share.text() in tab.status().sentence


def test_a_list_of_objects_that_is_cut_off_ends_with_one_mark(qtbot: QtBot, tab: VisionTab) -> None:
    with next_model(qtbot, tab):
        tab.model.choose_task(Task.DETECTION)
    with next_result(qtbot, tab):
        tab.open_path(ASSETS / "images" / "astronaut.png")
    tab.model.set_limits(Limits(0.05, 0.5))
    assert tab.status().sentence.endswith(" …")
