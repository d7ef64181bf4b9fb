"""A tab's part of the status bar."""

from __future__ import annotations

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from gui.shell.status_bar import StatusBar
from gui.tab import Status


def test_a_screen_reader_hears_that_it_runs_and_then_what_came_of_it(
    qtbot: QtBot, said: list[str]
) -> None:
    def figures(epoch: str, loss: str) -> tuple[tuple[str, str], ...]:
        return ("epoch", epoch), ("epochs/s", "0"), ("loss", loss)

    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_status(Status("Ready", figures=figures("0", "0.768"), sentence="1 of 4 right."))
    assert said == [], "what the window opens with is there to be read"
    for epoch in ("1", "2"):
        bar.show_status(Status("Training", figures=figures(epoch, "0.7"), goes_on=True))
    assert said == ["Training."]
    end = Status("Paused", figures=figures("117", "0.0820"), sentence="All 4 rows are right.")
    bar.show_status(end)
    assert said[1:] == ["Paused. All 4 rows are right. epoch 117. loss 0.0820."]
    bar.show_status(end)
    assert len(said) == 2
    end = replace(end, figures=figures("117", "0.0790"))
    bar.show_status(end)
    assert said[2:] == ["loss 0.0790."]
    bar.show_sentence("Saved x₁.csv.")
    assert said[3:] == ["Saved x 1.csv."]
    bar.show_status(replace(end, state="Preparing", goes_on=True))
    bar.show_status(end)
    assert said[4:] == ["Preparing."], "nothing came of it"
