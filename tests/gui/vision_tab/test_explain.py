"""The occlusion map on the stage, and right settings against wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.vision_tab.tab import VisionTab
from tests.gui.vision_tab.conftest import (
    CHELSEA,
    COFFEE,
    Classify,
    click_entry,
    next_result,
)
from vision.classification import ClassificationResult
from vision.engine import LOADS

pytestmark = pytest.mark.thorough


def finished(tab: VisionTab) -> bool:
    """Tell whether a whole map is on the stage."""
    return tab.model.state.explanation is not None and tab.model.state.explanation.map.finished


def switch(qtbot: QtBot, tab: VisionTab) -> None:
    """Click the switch of the map."""
    qtbot.mouseClick(tab.source_bar.occlusion_switch, Qt.MouseButton.LeftButton)


def test_the_map_covers_what_the_network_sees_and_says_what_it_costs(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    classify(COFFEE)
    before = LOADS.count
    switch(qtbot, tab)
    qtbot.waitUntil(lambda: finished(tab))
    assert LOADS.count == before
    view, shown = tab.model.state.explanation, tab.stage.view.explanation
    strongest = view.map.strongest()
    points = round(100 * strongest.drop)
    assert shown.sentence == f"Hiding the bright part costs up to {points} points"
    assert "grey patch 32 px, step 16 px, 196 passes" in shown.detail
    assert shown.high == f"−{points}"
    # The outline goes round the cell whose hiding costs most.
    u, v = (strongest.column + 0.5) / 14, (strongest.row + 0.5) / 14
    assert any(
        min(x for x, _ in line) <= u <= max(x for x, _ in line)
        and min(y for _, y in line) <= v <= max(y for _, y in line)
        for line in shown.contours
    )
    assert tab.status().sentence.startswith("Occlusion map ready.")
    switch(qtbot, tab)
    assert tab.stage.view.explanation is None
    assert tab.status().sentence == "", "what is said of the map goes with it"


def explained(tab: VisionTab) -> str:
    """Return the class that the map on show is about."""
    view = tab.model.state.explanation
    assert isinstance(view.shown.result, ClassificationResult)
    return str(view.shown.result.labels[view.map.class_index])


def test_the_map_follows_another_picture(qtbot: QtBot, tab: VisionTab, classify: Classify) -> None:
    classify(COFFEE)
    switch(qtbot, tab)
    qtbot.waitUntil(lambda: tab.model.state.explanation is not None)
    # Opened while the first map is still being made.
    classify(CHELSEA)
    assert tab.source_bar.occlusion_switch.isChecked()
    qtbot.waitUntil(lambda: finished(tab))
    assert explained(tab) == "Egyptian cat"
    # And back by the history.
    with next_result(qtbot, tab):
        click_entry(qtbot, tab, 1)
    qtbot.waitUntil(lambda: finished(tab))
    assert explained(tab) == "espresso"


def test_a_map_can_be_asked_about_another_class(
    qtbot: QtBot, tab: VisionTab, classify: Classify
) -> None:
    classify(COFFEE)
    tab.model.explain(True)
    tab.model.explain_class(281)  # tabby cat, of which there is none
    qtbot.waitUntil(lambda: finished(tab))
    view = tab.model.state.explanation
    assert view.map.class_index == 281
    explanation = tab.stage.view.explanation
    assert explanation.sentence == "Hiding any one part changes little"
    assert explanation.high == "−0.5"
    tab.model.explain_class(None)
    state = tab.model.state
    assert state.explanation is None
    qtbot.waitUntil(lambda: finished(tab))
    view, result = tab.model.state.explanation, tab.model.state.result
    assert view.map.class_index == result.result.top[0].index
