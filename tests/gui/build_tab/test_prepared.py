"""What is made ahead of need changes nothing that is seen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.workbench import Workbench
from model.experiment import DataSpec, GateData, PlaneData, PointsData, TableData
from tests.gui.build_tab.reading_hands import settle
from tests.tiers import thorough


@pytest.mark.parametrize(
    "data",
    [
        GateData("xor"),
        thorough(PlaneData("regression_gaussian")),
        thorough(TableData("iris")),
        thorough(PointsData(((0.0, 1.0, 0.0), (1.0, 0.0, 1.0)))),
    ],
)
def test_what_is_made_ahead_of_need_stays_out_of_sight(
    bench: Workbench, qtbot: QtBot, qapp: QApplication, data: DataSpec
) -> None:
    bench.model.choose_data(data)
    settle(qtbot, bench)
    bench.model.insight.request_close()  # what is worked out is no part of this
    qtbot.waitUntil(lambda: bench.is_idle, timeout=20_000)
    for _ in range(3):
        qapp.processEvents()
    settle(qtbot, bench)
    before = bench.grab().toImage()
    bench.prepare()
    bench.create_lazy_views()
    for _ in range(3):
        qapp.processEvents()
    assert bench.grab().toImage() == before
