"""No text of Build is cut, and nothing overlaps: panels, dialogs, states, sizes and languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.build_tab.data_panel.csv_dialog import CsvDialog
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document.recovery import Recovered, offer_recovery
from gui.window import GlassnetWindow
from model.experiment import DataSpec, GateData, PlaneData, StopSpec, TableData
from model.places import UnitAt
from tests.gui.build_tab.looking import EVERY_SIZE, cut_anywhere, learn
from tests.gui.finding import find

pytestmark = pytest.mark.usefixtures("dressed")

NARROW_AND_WIDE = ((1024, 680), (1440, 900))
DATA: dict[str, DataSpec] = {
    "xor": GateData("xor", copies=25, noise=0.17),
    "full adder": GateData("full_adder", 3),
    "parity of 4": GateData("parity", 4),
    "spiral": PlaneData("spiral"),
    "slope": PlaneData("regression_plane"),
    "iris": TableData("iris", "standard"),
    "digits": TableData("digits", "min_max"),
    "titanic": TableData("titanic"),
}
TABLE = "\n".join(
    (";".join(f"a rather long column name {n}" for n in range(12)), *[";".join("123456789012")] * 9)
)


@pytest.mark.thorough
@pytest.mark.parametrize("name", DATA)
def test_no_text_is_cut(
    name: str, tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    learn(tab, qtbot, DATA[name])
    qtbot.waitUntil(lambda: bench.is_idle, timeout=60_000)  # what a worker found is shown
    assert cut_anywhere(window, qtbot, sizes=EVERY_SIZE) == []


@pytest.mark.thorough
def test_no_text_is_cut_on_the_first_page(
    tab: BuildTab, window: GlassnetWindow, qtbot: QtBot
) -> None:
    assert tab.first_run is not None
    assert cut_anywhere(window, qtbot, sizes=EVERY_SIZE) == []


# -- Dialogs ---------------------------------------------------------------------------------------


def the_dialog(window: GlassnetWindow, name: str) -> QWidget:
    return window.findChildren(QDialog, name)[-1]


def unsaved_question(window: GlassnetWindow, tab: BuildTab, *_: object) -> QWidget:
    tab.model.choose_data(GateData("and"))
    window.files.new()
    return the_dialog(window, "unsaved_dialog")


def recovery_question(window: GlassnetWindow, tab: BuildTab, folder: Path, *_: object) -> QWidget:
    left = Recovered(window.document.experiment, folder / "a_rather_long_name.glassnet", folder)
    offer_recovery(window.session.autosave, left, window, window.files)
    return the_dialog(window, "recovery_dialog")


def help_list(window: GlassnetWindow, *_: object) -> QWidget:
    window.all_actions["keys"].trigger()
    return the_dialog(window, "keys_dialog")


def table_import(window: GlassnetWindow, tab: BuildTab, folder: Path, qtbot: QtBot) -> QWidget:
    path = folder / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    dialog = CsvDialog(tab.model, path, tab.workbench.data.reader, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    qtbot.waitUntil(lambda: not tab.workbench.data.reader.is_awaiting_result)
    return dialog


def unreadable_import(window: GlassnetWindow, tab: BuildTab, folder: Path, qtbot: QtBot) -> QWidget:
    dialog = table_import(window, tab, folder, qtbot)
    assert isinstance(dialog, CsvDialog)
    qtbot.keyClick(dialog.choices["encoding"], Qt.Key.Key_End)  # UTF-16
    qtbot.waitUntil(lambda: not tab.workbench.data.reader.is_awaiting_result)
    assert dialog.findChildren(QWidget, "csv_problem")[0].isVisible()
    return dialog


def more_settings(window: GlassnetWindow, tab: BuildTab, *_: object) -> QWidget:
    tab.workbench.bar.more_button.click()
    return tab.workbench.bar.more


def run_table(window: GlassnetWindow, tab: BuildTab, *_: object) -> QWidget:
    while len(tab.model.state.run.earlier) < 2:
        tab.model.step(whole_epoch=True)
        tab.model.new_start()
    return tab.workbench.loss.open_run_table()


DIALOGS = (
    unsaved_question,
    recovery_question,
    help_list,
    table_import,
    unreadable_import,
    more_settings,
    run_table,
)


@pytest.mark.thorough
@pytest.mark.parametrize("dialog", DIALOGS, ids=lambda dialog: dialog.__name__)
def test_no_text_of_a_dialog_is_cut(
    dialog: Callable[[GlassnetWindow, BuildTab, Path, QtBot], QWidget],
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    def show() -> QWidget:
        return dialog(window, tab, tmp_path, qtbot)

    assert cut_anywhere(window, qtbot, show, NARROW_AND_WIDE) == []


# -- States ----------------------------------------------------------------------------------------


def press(window: GlassnetWindow, name: str) -> None:
    find(window, QAbstractButton, name).click()


def error_with_details(window: GlassnetWindow, tab: BuildTab, qtbot: QtBot) -> None:
    window.show_unexpected_error("Traceback:\nZeroDivisionError: " + "0 " * 90)
    press(window, "message_details")


def unit_and_probe(window: GlassnetWindow, tab: BuildTab, qtbot: QtBot) -> None:
    learn(tab, qtbot, TableData("iris", "standard"), epochs=3)
    tab.model.choose_unit(UnitAt(0, 1))
    press(window, "probe_toggle")


def sick_network(window: GlassnetWindow, tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(PlaneData("spiral"))
    tab.model.edit("rate", lambda e: replace(e, training=replace(e.training, learning_rate=1000.0)))
    tab.model.step(whole_epoch=True)
    cards = tab.workbench.output.doctor.cards
    qtbot.waitUntil(lambda: any(card.isVisible() for card in cards), timeout=10_000)


def circuit_proof_and_hidden_space(window: GlassnetWindow, tab: BuildTab, qtbot: QtBot) -> None:
    tab.model.choose_data(GateData("half_adder"))
    tab.model.train()
    qtbot.waitUntil(
        lambda: not (tab.model.is_training or tab.model.is_about_to_train), timeout=60_000
    )
    qtbot.waitUntil(lambda: tab.workbench.output.verdict.isVisible(), timeout=10_000)
    press(window, "verdict_why")
    press(window, "circuit_toggle")
    tab.workbench.dock.choose("hidden")


def long_names_of_runs(window: GlassnetWindow, tab: BuildTab, qtbot: QtBot) -> None:
    for index in range(10):
        tab.model.step(whole_epoch=True)
        tab.model.new_start()
        tab.model.rename_run(index, f"A run with a name that is rather long, number {index}")


def digits_rounded(window: GlassnetWindow, tab: BuildTab, qtbot: QtBot) -> None:
    learn(tab, qtbot, TableData("digits", "min_max"), epochs=8)
    tab.workbench.dock.choose("weights")
    told = find(window, QLabel, "rounding_sentence")
    qtbot.waitUntil(lambda: "still pass" in told.text(), timeout=10_000)


STATES = (
    error_with_details,
    unit_and_probe,
    sick_network,
    long_names_of_runs,
    digits_rounded,
    circuit_proof_and_hidden_space,
)


@pytest.mark.thorough
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_text_of_a_state_is_cut(
    state: Callable[[GlassnetWindow, BuildTab, QtBot], None],
    tab: BuildTab,
    bench: Workbench,
    window: GlassnetWindow,
    qtbot: QtBot,
) -> None:
    state(window, tab, qtbot)
    qtbot.waitUntil(lambda: tab.workbench.is_idle, timeout=60_000)  # what a worker found is shown
    assert cut_anywhere(window, qtbot, sizes=EVERY_SIZE) == []


@pytest.mark.thorough
@pytest.mark.parametrize("view", ["weights", "hidden", "lottery", "sweep", "landscape"])
def test_no_text_of_the_docks_results_is_cut(
    view: str, tab: BuildTab, bench: Workbench, window: GlassnetWindow, qtbot: QtBot
) -> None:
    """Each view is chosen anew at each size: where the loss comes into the dock, it is in front."""
    dock, model = bench.dock, tab.model
    learn(tab, qtbot, DATA["xor"], epochs=30)
    key = "lottery" if view == "sweep" else view
    dock.choose(key)
    if view == "sweep":
        press(window, "lottery_of_sweep")
        model.draw_sweep(2, (0.05, 0.5), (1, 4), 0)
    elif view == "lottery":
        # So few epochs leave some seeds unsolved, and the button that opens one of them.
        stop = StopSpec(epochs=30)
        model.edit("", lambda e: replace(e, training=replace(e.training, stop=stop)))
        model.draw_lottery(20)
        qtbot.waitUntil(dock.lottery.view.open_stuck.isVisible, timeout=60_000)
    elif view == "landscape":
        press(window, "landscape_start")
    qtbot.waitUntil(lambda: bench.is_idle, timeout=60_000)

    def show() -> QWidget:
        dock.choose(key)
        return window

    assert cut_anywhere(window, qtbot, show, EVERY_SIZE) == []
