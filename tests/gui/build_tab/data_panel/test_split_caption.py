"""The slider that splits rows keeps its caption, whatever stands beside it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QSlider
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.settings import choose_language
from gui.window import GlassnetWindow
from model.experiment import TableData
from tests.gui.build_tab.looking import SIZES, learn, resize
from tests.gui.finding import find
from tests.gui.texts import cut_texts
from tests.tiers import thorough

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.mark.parametrize("language", [thorough("en"), "tr"])
def test_the_split_keeps_its_caption_at_every_size(
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    qapp: QApplication,
    language: str,
) -> None:
    learn(tab, qtbot, TableData("digits", "min_max"), epochs=1)
    choose_language(qapp, language)
    slider = find(bench.data, QSlider, "split")
    caption = {"en": "Split", "tr": "Bölme"}[language]
    for size in (*SIZES, *reversed(SIZES)):
        resize(window, qtbot, *size)
        if not bench.data.isVisible():
            qtbot.mouseClick(bench.arrangement.rail.more, Qt.MouseButton.LeftButton)
        assert slider.parentWidget().isVisible()
        labels = slider.parentWidget().findChildren(QLabel)
        assert next(label.text() for label in labels if label.isVisible()) == caption
        assert cut_texts(slider.parentWidget()) == []
