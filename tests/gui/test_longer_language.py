"""A language 40 % longer than English is cut nowhere in the smallest window."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.exceptions import TimeoutError as QtBotTimeout
from pytestqt.qtbot import QtBot

from foundation.text import ENGLISH, use
from gui.app import dress_application
from gui.document.recovery import Autosave, Recovered, offer_recovery
from gui.settings import ASSETS
from gui.teach_tab.class_card import ClassCard
from gui.teach_tab.picture_viewer import viewer_of
from gui.teach_tab.samples import ClassPicturesDialog
from gui.teach_tab.tab import TeachTab
from gui.vision_tab.tab import VisionTab
from gui.window import GlassnetWindow
from model.defaults import default_experiment
from model.edits.network import with_weight
from model.experiment import CsvData
from model.files import encode
from tests.gui.build_tab.looking import bench, resize
from tests.gui.finding import find
from tests.gui.pseudo import LongerLanguage, pseudo
from tests.gui.test_translations import teach
from tests.gui.texts import cut_texts
from tests.vision.teaching.drawn import drawn_folder
from vision.result import Task

LEFT = Qt.MouseButton.LeftButton
SMALLEST = (1024, 680)
# Shortened on purpose, with all of it in the tool tip.
SHORTENED = ("status_sentence", "verdict_note", "training_bar/Field/", "compute_choice")


pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def spoken(qapp: QApplication) -> Iterator[None]:
    dress_application(qapp, "en", "light")
    use(LongerLanguage())
    yield
    use(ENGLISH)


@pytest.fixture
def small(window: GlassnetWindow, qtbot: QtBot) -> GlassnetWindow:
    resize(window, qtbot, *SMALLEST)
    return window


def cut(root: QWidget) -> list[str]:
    """Return what is cut, and not shortened on purpose."""
    return [text for text in cut_texts(root) if not any(name in text for name in SHORTENED)]


def whole(qtbot: QtBot, root: QWidget) -> None:
    """Wait until nothing is cut; say what is where something stays so, or a dialog is too large."""
    with contextlib.suppress(QtBotTimeout):
        qtbot.waitUntil(lambda: cut(root) == [], timeout=3000)
    assert cut(root) == []
    if isinstance(root, QDialog):
        least = root.minimumSizeHint().expandedTo(root.minimumSize())
        assert least.width() <= SMALLEST[0]
        assert least.height() <= SMALLEST[1]


def test_the_language_is_longer_and_keeps_what_is_filled_in() -> None:
    text = "Layer {n}: <b>{units}</b> units"
    assert len(pseudo(text)) > len(text) + 4
    assert "{n}: <b>{units}</b>" in pseudo(text)


def test_the_first_page_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    whole(qtbot, small)


@pytest.mark.parametrize("view", ["weights", "hidden", "lottery", "landscape"])
def test_build_is_whole(small: GlassnetWindow, view: str, qtbot: QtBot) -> None:
    tab = bench(small)
    tab.workbench.dock.choose(view)
    tab.model.step(whole_epoch=True)
    qtbot.waitUntil(lambda: tab.model.is_idle and tab.workbench.is_idle, timeout=20_000)
    whole(qtbot, small)
    tab.workbench.arrangement.show_data()
    whole(qtbot, small)
    if view == "lottery":
        find(small, QAbstractButton, "lottery_of_sweep").click()
        whole(qtbot, small)
        tab.model.draw_sweep(2, (0.05, 0.5), (1, 4), 0)
        table = tab.workbench.dock.lottery.sweep.table
        qtbot.waitUntil(lambda: table.isVisible() and tab.model.insight.is_idle)
        table.setFocus()  # a cell says more than the table
        whole(qtbot, small)


def test_forms_of_build_are_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    tab = bench(small)
    find(small, QAbstractButton, "more").click()
    whole(qtbot, tab.workbench.bar.more)
    tab.workbench.bar.more.close()
    whole(qtbot, tab.workbench.loss.open_run_table())
    small.all_actions["palette"].trigger()
    whole(qtbot, small)


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.DETECTION, Task.MASK])
def test_vision_is_whole(small: GlassnetWindow, task: Task, qtbot: QtBot) -> None:
    tab = small.show_tab(small.VISION)
    assert isinstance(tab, VisionTab)
    small.open_path(ASSETS / "images" / "coffee.png")
    tab.model.choose_task(task)
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=30_000)
    whole(qtbot, small)
    tab.model.look_inside()
    qtbot.waitUntil(lambda: tab.model.inside.state.view is not None, timeout=30_000)
    whole(qtbot, small)


def test_the_model_library_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    tab = small.show_tab(small.VISION)
    assert isinstance(tab, VisionTab)
    tab.model_panel.open_library()
    whole(qtbot, find(small, QDialog, "library_dialog"))


def test_a_lesson_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    bench(small)
    small.all_actions["learn"].trigger()
    whole(qtbot, small)
    small.learn.open_named("hidden_layer")
    whole(qtbot, small)


@pytest.mark.parametrize("step", range(1, 9))
def test_the_microscope_is_whole(small: GlassnetWindow, step: int, qtbot: QtBot) -> None:
    tab = bench(small)
    tab.model.open_microscope()
    qtbot.waitUntil(lambda: tab.model.is_idle and tab.workbench.is_idle, timeout=20_000)
    qtbot.mouseClick(find(small, QAbstractButton, f"microscope_step_{step}"), LEFT)
    qtbot.waitUntil(lambda: tab.model.is_idle and tab.workbench.is_idle, timeout=20_000)
    whole(qtbot, small)


def test_teach_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    tab = small.show_tab(small.TEACH)
    assert isinstance(tab, TeachTab)
    whole(qtbot, small)
    teach(small, qtbot)
    curves = find(small, QTabBar, "teach_curves")
    for index in range(curves.count()):
        curves.setCurrentIndex(index)
        whole(qtbot, small)
    tab.centre.bar.more_button.click()
    whole(qtbot, tab.centre.bar.more)
    tab.centre.bar.more.close()
    first, *_ = tab.classes.findChildren(ClassCard)
    first.open_pictures()
    (dialog,) = small.findChildren(ClassPicturesDialog)
    whole(qtbot, dialog)
    dialog.close()
    viewer = viewer_of(tab.model, small)
    viewer.open_pictures([(0, one.sha256) for one in tab.model.state.pictures_of(0)])
    qtbot.waitUntil(lambda: tab.model.is_idle, timeout=30_000)
    whole(qtbot, viewer)
    viewer.close()


def open_import(window: GlassnetWindow, folder: Path) -> None:
    """Import classes of which one may be a slip, with a file that is no image and a double."""
    home = drawn_folder(folder / "drawn", 6, ("discs", "stars"))
    shutil.copytree(home / "stars", home / "star")
    shutil.copy(home / "star" / "000.png", home / "star" / "double.png")
    (home / "star" / "001.png").write_bytes(b"no image at all")
    window.show_tab(window.TEACH).open_paths([home])


def open_table(window: GlassnetWindow, folder: Path) -> None:
    """Import a table with a column of words and values that are missing."""
    rows = "".join(f"{x / 7},{x % 3},,{'ab'[x % 2]}\n" for x in range(30))
    path = folder / "measured.csv"
    path.write_text("length,width,weight,kind\n" + rows, encoding="utf-8")
    bench(window)
    window.open_path(path)


def change(window: GlassnetWindow) -> None:
    experiment = window.document.experiment
    window.document.edit("weight", with_weight(experiment, 0, 0, 0, 1.25))


def open_unsaved(window: GlassnetWindow, folder: Path) -> None:
    change(window)
    window.all_actions["file_new"].trigger()


def open_changed(window: GlassnetWindow, folder: Path) -> None:
    path = folder / "mine.glassnet"
    window.document.file.path = path
    window.files.save()
    path.write_bytes(path.read_bytes() + b" ")
    change(window)
    window.files.save()


def of_a_table(window: GlassnetWindow, folder: Path, table: Path, is_there: bool) -> None:
    """Open an experiment about a table."""
    table.write_text("a,b\n1,2\n3,4\n5,7\n", encoding="utf-8")
    path = folder / "mine.glassnet"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode(default_experiment(CsvData(str(table)))))
    if not is_there:
        table.unlink()
    window.open_path(path)


def open_recovery(window: GlassnetWindow, folder: Path) -> None:
    work = Recovered(default_experiment(), folder / "mine.glassnet", folder / "copy.glassnet")
    autosave = Autosave(window.document, folder=folder, parent=window)
    offer_recovery(autosave, work, window, window.files)


def open_by_action(name: str) -> Callable[[GlassnetWindow, Path], object]:
    return lambda window, folder: window.all_actions[name].trigger()


DIALOGS: dict[str, Callable[[GlassnetWindow, Path], object]] = {
    **{name: open_by_action(name) for name in ("guide", "keys", "glossary", "about", "author")},
    "class_folder": lambda window, folder: window.open_path(drawn_folder(folder / "drawn", 2)),
    "import": open_import,
    "table": open_table,
    "unsaved": open_unsaved,
    "changed": open_changed,
    "gone": lambda window, folder: of_a_table(window, folder / "a", folder / "b.csv", False),
    "outside": lambda window, folder: of_a_table(window, folder / "a", folder / "b.csv", True),
    "recovery": open_recovery,
}


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_is_whole(small: GlassnetWindow, name: str, tmp_path: Path, qtbot: QtBot) -> None:
    DIALOGS[name](small, tmp_path)

    def opened() -> list[QDialog]:
        return [dialog for dialog in small.findChildren(QDialog) if dialog.isVisible()]

    qtbot.waitUntil(lambda: opened() != [], timeout=20_000)
    (dialog,) = opened()
    for table in dialog.findChildren(QTableView):  # one that is imported is read meanwhile
        qtbot.waitUntil(lambda table=table: table.model().rowCount() > 0, timeout=20_000)  # type: ignore[misc]  # a lambda's default has no type
    whole(qtbot, dialog)
    dialog.close()


def test_a_message_is_whole(small: GlassnetWindow, qtbot: QtBot) -> None:
    bench(small)
    small.show_unexpected_error("Traceback\nValueError: tried")
    whole(qtbot, small)
