"""Nothing is cut at the window's smallest size, in either language; titles show the sorting."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.settings import ASSETS, choose_language
from gui.vision_tab.class_names import class_name, format_count
from gui.vision_tab.share_row import ShareRow
from gui.vision_tab.state import SourceKind
from gui.vision_tab.tab import VisionTab
from tests.gui.finding import find
from tests.gui.texts import entries
from tests.gui.vision_tab.conftest import (
    next_model,
    next_result,
)
from vision.detections import Limits
from vision.formats.labels import Labels, read_labels
from vision.networks.segmenter import CutOut
from vision.result import Task


@pytest.mark.parametrize("kind", SourceKind)
def test_an_empty_stage_speaks_of_its_source(tab: VisionTab, kind: SourceKind) -> None:
    tab.model.choose_source(kind)
    assert tab.stage.card.isVisible()
    assert ("Ctrl+V" in tab.stage.card_hint.text()) == (kind is SourceKind.IMAGE)


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
    assert english[:4] == ["Person", english[1], "127.5 127.5 127.5", "Person"]
    choose_language(qapp, "tr")
    qtbot.waitUntil(lambda: said()[0] == "Kişi")
    share = "%" + english[1].removesuffix("%").replace(".", ",")
    assert said()[:4] == ["Kişi", share, "127,5 127,5 127,5", "Kişi"]
    assert "(kişi" in said()[4], "within a sentence it is no name"
    # What is found by its name is found by the name that is read.
    tab.model.show_only("kiş")
    assert tab.model.state.objects.rows == (0,)
    choose_language(qapp, "en")
    qtbot.waitUntil(lambda: said() == english)
    tab.model.show_only("")
    tab.model.set_limits(Limits(0.05, 0.5))
    assert tab.status().sentence.endswith(" …"), "of very many only the first are named"


@pytest.mark.parametrize("file", ["oid", "imagenet", "coco", "voc"])
def test_each_class_that_comes_with_the_program_is_translated(file: str) -> None:
    labels = read_labels(ASSETS / "models" / f"{file}_labels.txt")
    names = [name for name in labels.names if name.strip("?")]
    turkish = [entries().get(("", name)) for name in names]
    assert all(turkish)
    assert len(set(turkish)) == len(set(names)), "two classes have two names"


def test_the_sentence_about_a_mask_follows_its_threshold(qtbot: QtBot, tab: VisionTab) -> None:
    with next_model(qtbot, tab):
        tab.model.choose_task(Task.MASK)
    with next_result(qtbot, tab):
        tab.open_path(ASSETS / "images" / "astronaut.png")
    for threshold in (0.05, 0.95):
        tab.model.set_cut(CutOut(threshold=threshold))
        share = find(tab.cut, QLabel, "cut_share")
        assert share.text() in tab.status().sentence


def test_a_number_names_a_class_and_counts_none(qapp: QApplication) -> None:
    # The model's outputs count from 0, so number 6 is not the sixth class.
    name = Labels(()).name(6)
    choose_language(qapp, "tr")
    assert class_name(name) == "sınıf 6"
    choose_language(qapp, "en")
    assert class_name(name) == "class 6"


def test_a_count_does_not_run_into_a_name_that_ends_in_a_digit() -> None:
    assert format_count("cat", 5) == "cat 5"
    assert format_count("class 1", 28) == "class 1 × 28"


def test_a_share_is_written_in_the_language_in_use_also_between_two_steps(
    qapp: QApplication, qtbot: QtBot
) -> None:
    choose_language(qapp, "en")
    chosen: list[float] = []
    row = ShareRow("share", 0, 100, chosen.append, caption="Threshold", tip="")
    qtbot.addWidget(row)
    figure = find(row, QLabel, "share_value")
    for share, text in ((0.3, "30%"), (0.993, "99.3%")):
        row.show_share(share)
        assert figure.text() == text
    row.slider.setValue(98)
    assert chosen == [0.98]
    choose_language(qapp, "tr")
    row.show_share(0.98)
    assert (row.caption.text(), figure.text()) == ("Eşik", "%98")
