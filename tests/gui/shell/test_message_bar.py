"""A message lies over the page, takes neither room nor focus, and goes with its cause."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.app import report_unexpected_errors
from gui.build_tab.tab import BuildTab
from gui.messages import Messages
from gui.shell.message_bar import MessageBar
from gui.window import GlassnetWindow
from model.edits.network import with_activation
from model.experiment import Experiment
from tests.gui.finding import find


class Page(NamedTuple):
    """A page with one field, over which messages are shown."""

    page: QWidget
    field: QLineEdit
    messages: Messages
    bar: MessageBar


def page_with_bar(qtbot: QtBot) -> Page:
    page, field = QWidget(), QLineEdit()
    QVBoxLayout(page).addWidget(field)
    messages = Messages(page)
    bar = MessageBar(field, messages)
    qtbot.addWidget(page)
    return Page(page, field, messages, bar)


def test_what_is_copied_from_a_message_is_as_it_was_told(qtbot: QtBot) -> None:
    page, _, messages, bar = page_with_bar(qtbot)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    sentence = f"/home/{'photographs_' * 9}1/cat.png: there is no such file."
    messages.show_error(lambda: sentence)
    assert bar.text.text() != sentence
    bar.text.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_C):
        qtbot.keyClick(bar.text, key, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == sentence


def test_a_message_is_heard_with_what_it_offers(qtbot: QtBot, said: list[str]) -> None:
    _page, _, messages, _ = page_with_bar(qtbot)
    messages.show_error(lambda: "a.png holds no picture → choose another.")
    assert said == ["a.png holds no picture to choose another."]
    messages.show_warning(lambda: "The rows are scaled.", (lambda: "Scale no more", messages.clear))
    assert said[1:] == ["The rows are scaled. Offered here: Scale no more."]


def test_a_message_takes_neither_focus_nor_room(qtbot: QtBot) -> None:
    page, field, messages, bar = page_with_bar(qtbot)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    place = field.geometry()
    messages.show_error(lambda: "a.png holds no picture.", "trace")
    assert bar.isVisible()
    assert field.geometry() == place
    assert field.hasFocus()
    assert bar.text.text() == "a.png holds no picture."

    assert not bar.details.isVisible()
    qtbot.mouseClick(find(bar, QPushButton, "message_details"), Qt.MouseButton.LeftButton)
    assert bar.details.isVisible()
    assert bar.details.toPlainText() == "trace"

    qtbot.mouseClick(find(bar, QToolButton, "message_close"), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    messages.show_note(lambda: "Saved.")
    assert find(bar, QPushButton, "message_details").isHidden()


def build(window: GlassnetWindow, qtbot: QtBot) -> BuildTab:
    window.show_tab(window.BUILD)
    tab = window.build_tab
    tab.show_all_panels()
    qtbot.waitUntil(lambda: tab.workbench.is_idle)
    return tab


def test_escape_closes_a_message(window: GlassnetWindow, qtbot: QtBot) -> None:
    tab = build(window, qtbot)
    window.activateWindow()
    tab.setFocus()
    qtbot.waitUntil(tab.hasFocus)
    window.session.messages.show_error(lambda: "Something is wrong.")
    qtbot.keyClick(tab, Qt.Key.Key_Escape)
    assert not window.message_bar.isVisible()


def refuse_to_train(window: GlassnetWindow, qtbot: QtBot) -> BuildTab:
    """Give a hidden layer steps, which no gradient passes, and press Train."""
    tab = build(window, qtbot)
    tab.model.edit("Steps", lambda e: with_activation(e, 0, "step"))
    tab.model.train()
    assert "step activation" in window.message_bar.text.text()
    return tab


def test_a_tabs_message_stays_behind_with_it(window: GlassnetWindow, qtbot: QtBot) -> None:
    tab = refuse_to_train(window, qtbot)
    window.header.tabs.setCurrentIndex(window.VISION)
    assert not window.message_bar.isVisible()
    tab.model.train()
    assert window.message_bar.isVisible(), "what is told meanwhile is told at once"
    window.header.tabs.setCurrentIndex(window.BUILD)
    assert window.message_bar.isVisible(), "and there where it can be mended"
    window.session.messages.show_warning(lambda: "The settings are not kept.")
    window.header.tabs.setCurrentIndex(window.VISION)
    assert window.message_bar.isVisible(), "what is not of one tab goes along"


def test_a_message_brings_its_remedy_as_a_button_and_goes_with_its_cause(
    window: GlassnetWindow, qtbot: QtBot
) -> None:
    tab = refuse_to_train(window, qtbot)
    tab.model.edit("Tanh", lambda e: with_activation(e, 0, "tanh"))
    assert not window.message_bar.isVisible()
    refuse_to_train(window, qtbot)
    window.session.messages.show_error(lambda: "Something else.")
    assert not window.message_bar.remedy_button.isVisible()
    tab.model.train()
    button = window.message_bar.remedy_button
    assert button.text() == "Use a sigmoid in layer 1"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not window.message_bar.isVisible()
    assert window.document.experiment.network.layers[0].activation == "sigmoid"
    tab.model.step(whole_epoch=False)
    assert not window.message_bar.isVisible()


def test_a_perceptron_of_two_layers_is_made_one(window: GlassnetWindow, qtbot: QtBot) -> None:
    tab = build(window, qtbot)

    def by_perceptron(experiment: Experiment) -> Experiment:
        optimiser = replace(experiment.training.optimiser, name="perceptron")
        return replace(experiment, training=replace(experiment.training, optimiser=optimiser))

    tab.model.edit("Perceptron", by_perceptron)
    tab.model.step(whole_epoch=False)
    qtbot.mouseClick(window.message_bar.remedy_button, Qt.MouseButton.LeftButton)
    assert [layer.activation for layer in window.document.experiment.network.layers] == ["step"]
    tab.model.step(whole_epoch=False)
    assert not window.message_bar.isVisible()


def test_a_sentence_and_its_remedy_follow_the_language(
    dressed: None, window: GlassnetWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    pickled = tmp_path / "model.joblib"
    pickled.write_bytes(b"")
    window.open_path(pickled)
    bar = window.message_bar
    english = bar.text.text(), bar.remedy_button.text(), bar.remedy_button.accessibleName()
    qtbot.mouseClick(window.header.languages.button(1), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.text.text() != english[0])
    turkish = bar.text.text(), bar.remedy_button.text(), bar.remedy_button.accessibleName()
    assert "model.joblib" in turkish[0]
    assert all(one != other for one, other in zip(english, turkish, strict=True))


@pytest.mark.parametrize("in_thread", [False, True], ids=["here", "on another thread"])
def test_what_nobody_caught_is_shown_when_what_is_under_way_is_over(
    window: GlassnetWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    """It may have been raised while Qt paints, when no other widget may come into sight."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # so that it is set back
    report_unexpected_errors(window)
    error = ValueError("tried")
    report = Thread(target=sys.excepthook, args=(ValueError, error, None))
    if in_thread:
        report.start()
        report.join()
    else:
        report.run()
    assert not window.message_bar.isVisible()
    qtbot.waitUntil(window.message_bar.isVisible)
    assert "ValueError: tried" in window.message_bar.text.text()
