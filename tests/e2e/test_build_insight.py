"""What Build says of a network: verdict, doctor, lottery, landscape, and the way back in time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QSlider, QTabBar, QTableWidget, QToolButton, QWidget

from gui.build_tab.dock.rounding_bar import CoarsenessSlider, value_of
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.ways import both

DRAWN_MS = 60_000


def train_for(builder: Builder, epochs: int, by_keys: bool) -> None:
    builder.push("train", by_keys)
    builder.wait(lambda: builder.epoch >= epochs, f"{epochs} epochs have gone by", SOON_MS)
    if builder.tab.model.is_training:
        builder.push("train", by_keys)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)


def choose_view(builder: Builder, key: str, by_keys: bool) -> None:
    """Bring a view of the dock to the front."""
    dock = builder.tab.workbench.dock
    tabs = builder.find("dock_tabs", QTabBar)
    index = ("weights", "hidden", "lottery", "landscape").index(key)
    shown = [i for i in range(tabs.count()) if tabs.isTabVisible(i)]
    if index not in shown and by_keys:
        builder.reach("dock_more")
        builder.press("Space")
        builder.press("Down", times=index - len(shown) + 1)
        builder.press("Enter")
    elif index not in shown:
        builder.pick("dock_more", f"dock_view_{key}")
    elif by_keys:
        builder.reach("dock_tabs")
        builder.press("Right", times=shown.index(index) - shown.index(tabs.currentIndex()))
    else:
        builder.click(tabs, tabs.tabRect(index).center())
    builder.wait(lambda: dock.current == key, f"{key} is in front", SOON_MS)


# -- Can a perceptron do it? -----------------------------------------------------------------------


# -- What a unit computes --------------------------------------------------------------------------


# -- Training doctor -------------------------------------------------------------------------------


# -- Round weights ---------------------------------------------------------------------------------


@both
def test_weights_are_rounded_as_coarsely_as_the_table_allows(
    builder: Builder, by_keys: bool
) -> None:
    builder.push("train", by_keys)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it stops by itself", SOON_MS)
    exact = builder.save()
    assert builder.tab.workbench.dock.current == "weights"
    told = "Integers still pass all 4 rows."
    builder.wait(lambda: builder.text("rounding_sentence") == told, "the coarsest", SOON_MS)
    slider = builder.find("rounding_slider", CoarsenessSlider)
    if by_keys:
        builder.reach("rounding_slider")
        builder.press("End")
        builder.wait(lambda: builder.text("rounding_step") == "Tens", "tens", SOON_MS)
        builder.press("Escape")
        builder.wait(lambda: builder.text("rounding_step") == "Exact", "left again", SOON_MS)
        builder.press("Right", times=value_of(1.0))
    else:
        where = QPoint(round(slider.x_of(value_of(1.0))), slider.height() // 2)
        end = QPoint(slider.width() - 2, slider.height() // 2)
        builder.drag(slider, end - QPoint(4, 0), end)
        builder.wait(lambda: builder.text("rounding_step") == "Tens", "tens", SOON_MS)
        assert not any(builder.rows_right)
        builder.drag(slider, end, where)
    builder.wait(lambda: builder.text("rounding_step") == "Integers", "integers", SOON_MS)
    assert all(builder.rows_right)
    builder.push("rounding_keep", by_keys)
    builder.wait(lambda: builder.text("rounding_step") == "Exact", "they are kept", SOON_MS)
    rounded = builder.save()
    for layer in rounded.network.layers:
        assert layer.weights is not None
        assert (layer.weights == np.round(layer.weights)).all()
    assert all(builder.rows_right)
    assert [a > 0.5 for a in builder.answers(rounded)] == [False, True, True, False]
    builder.press("Ctrl+Z")
    builder.wait(lambda: builder.document.experiment == exact, "it is undone", SOON_MS)


# -- Hidden space ----------------------------------------------------------------------------------


@both
def test_xor_is_folded_until_a_line_parts_it(builder: Builder, by_keys: bool) -> None:
    builder.enter("layer_0_units", "2", by_keyboard=by_keys)
    builder.wait(lambda: builder.drawn_units == [2, 2, 1], "two hidden units", SOON_MS)
    choose_view(builder, "hidden", by_keys)
    builder.wait(builder.find("hidden_map").isVisible, "the map is shown", SOON_MS)
    assert builder.text("hidden_sentence") == "Agrees with the network on all 4 rows."
    across, up = (builder.find(f"hidden_{way}", QToolButton) for way in ("across", "up"))
    assert across.text() == "h₁ ▾"
    if by_keys:
        builder.reach("hidden_across")
        builder.press("Space")
        builder.press("Down", times=2)
        builder.press("Enter")
    else:
        builder.pick("hidden_across", "hidden_unit_0_1")
    builder.wait(lambda: across.text() == "h₂ ▾", "the axes change", SOON_MS)
    assert up.text() == "h₁ ▾"
    before = builder.image(builder.find("hidden_map", QWidget))
    builder.push("hidden_grid", by_keys)
    after = builder.image(builder.find("hidden_map", QWidget))
    assert after != before, "the grid is left out"


# -- Seed lottery ----------------------------------------------------------------------------------


@both
def test_rates_and_widths_are_swept_and_a_cell_is_taken(builder: Builder, by_keys: bool) -> None:
    choose_view(builder, "lottery", by_keys)
    if by_keys:
        builder.reach("lottery_of_seeds")
        builder.press("Right")
        builder.press("Space")
    else:
        builder.click("lottery_of_sweep")
    builder.push("sweep_start", by_keys)
    table = builder.find("sweep_table", QTableWidget)
    insight = builder.tab.model.insight
    builder.wait(
        lambda: insight.view.sweep is not None and insight.view.sweep_share is None,
        "all is drawn",
        DRAWN_MS,
    )
    texts = [[table.item(row, column).text() for column in range(5)] for row in range(5)]
    assert texts[0] == ["0%"] * 5, "one unit never solves XOR"
    assert texts[4][2] == "100%"
    before = builder.save()
    if by_keys:
        builder.reach("sweep_table")
        builder.press("Down", times=4)
        builder.press("Right", times=3)
        builder.press("Enter")
    else:
        at = table.visualRect(table.model().index(4, 3)).center()
        builder.click(table.viewport(), at, times=2)
    experiment = builder.tab.model.document.experiment
    assert experiment.training.learning_rate == 1.5
    assert experiment.network.layers[0].units == 8
    builder.press("Ctrl+Z")
    assert builder.save() == before, "one step back"


# -- Loss landscape --------------------------------------------------------------------------------


@both
def test_the_landscape_of_a_run_is_drawn(builder: Builder, by_keys: bool) -> None:
    train_for(builder, 30, by_keys)
    saved = builder.save()
    choose_view(builder, "landscape", by_keys)
    builder.push("landscape_start", by_keys)
    surface = builder.find("landscape_surface", QWidget)
    builder.wait(surface.isVisible, "the landscape is shown", DRAWN_MS)
    assert "keeps" in builder.text("landscape_kept")
    image = builder.image(surface)
    colours = {
        image.pixelColor(x, y).name()
        for x in range(4, image.width(), 6)
        for y in range(4, image.height(), 6)
    }
    assert len(colours) > 5, "bands of several heights"
    assert builder.save() == saved


# -- Time machine ----------------------------------------------------------------------------------


def test_an_earlier_epoch_is_dragged_to_and_branched_from(builder: Builder) -> None:
    train_for(builder, 30, by_keys=False)
    newest = builder.save()
    last = builder.epoch
    slider = builder.find("timeline", QSlider)
    middle = slider.height() // 2
    start, end = QPoint(slider.width() - 9, middle), QPoint(slider.width() // 2, middle)
    builder.drag(slider, start, end)
    builder.wait(lambda: 0 < builder.epoch < last, "an epoch between is shown", SOON_MS)
    epoch = builder.epoch
    shown = [builder.cell(row, 3) for row in range(4)]
    assert shown != [f"{a:.3f}" for a in builder.answers(newest)]
    builder.click("loss_branch")
    builder.wait(
        lambda: builder.document.undo_stack.undoText() == f"Branch from epoch {epoch}",
        "it has branched",
        SOON_MS,
    )
    saved = builder.save()
    assert saved.progress is not None
    assert saved.progress.epoch == epoch
    assert shown == [f"{a:.3f}" for a in builder.answers(saved)]
