"""The window speaks Turkish throughout, switches live, and cuts no text."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDialog, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from gui.build_tab.tab import BuildTab
from gui.settings import ASSETS, LOCALES, choose_language
from gui.window import GlassnetWindow
from model.experiment import DataSpec, GateData, PlaneData, TableData, TruthTableData
from tests.gui.build_tab.reading_hands import settle
from tests.gui.finding import find
from tests.gui.painted import painted_texts
from tests.gui.texts import cut_texts, texts_of
from tests.tiers import thorough
from tests.vision.teaching.drawn import drawn_folder
from vision.pictures.files import read_picture
from vision.teaching.collection import with_pictures
from vision.teaching.importing import picture_from_frame

ROOT = Path(__file__).resolve().parents[2]

# Words that stay: names of people, methods, gates, data, files and programs, and words that are
# spelt the same in both languages.
STAY = re.compile(
    r"""(Glassnet|EN|TR|English|Türkçe
    |AND|OR|NAND|NOR|XOR|XNOR|NOT|ReLU|Leaky|ELU|Softplus|Softmax|Sigmoid|Tanh
    |Perceptron|SGD|Momentum|Nesterov|RMSProp|Adam|AdamW|Huber|Normal|Xavier|He|LeCun
    |Iris|Titanic|setosa|versicolor|virginica|[Tt]est|Log|Model|Video|No|Std|ms|px|swapRB
    |sin|ONNX|Caffe|TFLite|EfficientNet-Lite0|GoogLeNet|SSD|MobileNet|V2|YOLOX|Ctrl|Shift|Alt|Esc
    |Home|End|Space|Enter
    |Delete|espresso|Tab|CSV|PNG|SVG)""",
    re.VERBOSE,
)
LETTERS = re.compile(r"[A-Za-zÇĞİÖŞÜçğıöşü]{2,}")  # x₁ is no word


def english_left(english: dict[str, str], turkish: dict[str, str]) -> list[str]:
    """Return the texts with words that are the same in both languages and should not be."""
    return [
        f"{place}: {text!r}"
        for place, text in turkish.items()
        if english.get(place) == text
        and not re.search("_(formula|slope)#", place)
        and not _stays(text)
    ]


def _stays(text: str) -> bool:
    words = re.findall(r"[\w-]+", re.sub(r"<[^>]*>|&\w+;", " ", text))  # no markup
    return all(STAY.fullmatch(word) for word in words if LETTERS.search(word))


pytestmark = pytest.mark.usefixtures("dressed")


def speak(language: str) -> None:
    """Switch the language and let every widget hear of it."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    choose_language(app, language)
    # Twice: what is written anew may ask for another layout.
    for _ in range(3):
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()


def bench(window: GlassnetWindow) -> BuildTab:
    """Leave the first-run page."""
    tab = window.build_tab
    tab.show_all_panels()
    tab.workbench.create_lazy_views()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return tab


def vision(window: GlassnetWindow, qtbot: QtBot) -> None:
    """Show the Vision tab, once it has looked at its model."""
    window.show_tab(window.VISION)
    tab = window.vision_tab
    qtbot.waitUntil(lambda: not tab.model.worker.is_busy, timeout=20_000)


def teach(window: GlassnetWindow, qtbot: QtBot) -> None:
    """Show the Teach tab with two classes and a head that tells them apart."""
    window.show_tab(window.TEACH)
    model = window.session.teach
    for name, file in (("setosa", "chelsea"), ("espresso", "coffee")):
        key = model.add_class(name)
        assert key is not None
        picture = read_picture(ASSETS / "images" / f"{file}.png")
        found = [picture_from_frame(picture[at:], f"{name} {at}") for at in (0, 40, 80)]
        collection = with_pictures(model.document.collection, key, found).collection
        model.document.edit("pictures", collection)
    model.train()
    qtbot.waitUntil(lambda: model.state.evaluation is not None, timeout=60_000)
    qtbot.waitUntil(lambda: model.is_idle, timeout=20_000)


@pytest.mark.parametrize("code", [code for code in LOCALES if code != "en"])
def test_the_compiled_file_is_in_step(code: str) -> None:
    compiled, path = BytesIO(), ASSETS / "i18n" / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run: make strings"


@pytest.mark.parametrize("page", ["first run", "bench", "teach", "vision"])
def test_switching_changes_every_text_and_switching_back_restores_it(
    window: GlassnetWindow, page: str, qtbot: QtBot
) -> None:
    if page != "first run":
        bench(window)
    # What it finds is written in words, also on panels that are made behind the first page.
    insight = window.session.build.insight
    qtbot.waitUntil(lambda: insight.view.verdict is not None and insight.is_idle, timeout=20_000)
    build = window.build_tab
    build.workbench.create_lazy_views()
    if page == "vision":
        vision(window, qtbot)
    if page == "teach":
        teach(window, qtbot)
    speak("tr")
    speak("en")
    english = texts_of(window)
    speak("tr")
    turkish = texts_of(window)
    assert english_left(english, turkish) == []
    speak("en")
    back = texts_of(window)
    assert {k: (v, back.get(k)) for k, v in english.items() if back.get(k) != v} == {}


def numbers_with(mark: str, window: GlassnetWindow) -> dict[str, str]:
    """Return the fields, lists and cells in which a number has this decimal mark."""
    pattern = re.compile(rf"(?<![\d.,])\d*\{mark}\d+(?![\d.,])")
    # A card that is hidden while a worker reckons keeps the description it had.
    texts = {k: v for k, v in texts_of(window).items() if "accessible description" not in k}
    for spin in window.findChildren(QAbstractSpinBox):
        texts[f"spin {spin.objectName()}"] = spin.text()
    return {place: text for place, text in texts.items() if pattern.search(text)}


@pytest.mark.parametrize(
    "data",
    [
        TruthTableData(("a", "b"), ("y",), ((0.5, 1.25), (1, 0)), ((0,), (0.75,))),
        thorough(TableData("iris", "standard")),
        thorough(PlaneData("quadrants")),
    ],
)
def test_every_number_follows_the_language(
    window: GlassnetWindow, data: DataSpec, qtbot: QtBot
) -> None:
    tab = bench(window)
    tab.model.choose_data(data)
    settle(qtbot, tab.workbench)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    tab.workbench.output.probe.toggle.click()
    typed = find(tab.workbench.output.probe, QLineEdit, "probe_input_0")
    typed.clear()
    qtbot.keyClicks(typed, "0.125")
    vision(window, qtbot)
    window.show_tab(window.BUILD)
    assert numbers_with(",", window) == {}
    assert numbers_with(".", window) != {}
    speak("tr")
    assert numbers_with(".", window) == {}
    assert typed.text() == "0,125"
    speak("en")
    assert numbers_with(",", window) == {}
    assert typed.text() == "0.125"


@pytest.mark.parametrize(
    "data",
    [
        thorough(GateData("full_adder", 3)),
        TableData("titanic"),
        thorough(TableData("symptoms")),
        None,
    ],
)
def test_nothing_painted_stays_english(window: GlassnetWindow, data: object, qtbot: QtBot) -> None:
    tab = bench(window)
    if data is None:
        vision(window, qtbot)
    else:
        tab.model.choose_data(data)  # type: ignore[arg-type]  # one of the above
    speak("tr")
    turkish = painted_texts(window)
    speak("en")
    english = set(painted_texts(window))
    assert len(turkish) > 50
    assert [text for text in turkish if text in english and not _stays(text)] == []


def test_qt_s_own_menus_are_turkish_too(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    english = [action.text() for action in field.createStandardContextMenu().actions()]
    speak("tr")
    turkish = [action.text() for action in field.createStandardContextMenu().actions()]
    assert "Copy" in "".join(english)
    assert "Ko&pyala\tCtrl+C" in turkish


def open_table(window: GlassnetWindow, folder: Path) -> None:
    """Import a table with a column of words and values that are missing."""
    rows = "".join(f"{x / 7},{x % 3},,{'ab'[x % 2]}\n" for x in range(30))
    (folder / "ölçüm.csv").write_text("length,width,weight,kind\n" + rows, encoding="utf-8")
    window.open_path(folder / "ölçüm.csv")


def leave_work(window: GlassnetWindow, folder: Path) -> None:
    window.session.build.set_units(0, 5)
    window.all_actions["file_new"].trigger()


def act(name: str) -> Callable[[GlassnetWindow, Path], object]:
    return lambda window, folder: window.all_actions[name].trigger()


DIALOGS: dict[str, Callable[[GlassnetWindow, Path], object]] = {
    "table": open_table,
    "unsaved": leave_work,
    "class folder": lambda window, folder: window.open_path(drawn_folder(folder / "drawn", 2)),
    **{name: act(name) for name in ("guide", "keys", "glossary", "about", "author")},
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", DIALOGS)
def test_no_turkish_text_of_a_dialog_is_cut(
    window: GlassnetWindow, name: str, tmp_path: Path, qtbot: QtBot
) -> None:
    window.resize(1024, 680)
    bench(window)
    speak("tr")
    DIALOGS[name](window, tmp_path)
    qtbot.waitUntil(lambda: any(map(QDialog.isVisible, window.findChildren(QDialog))))
    (dialog,) = (each for each in window.findChildren(QDialog) if each.isVisible())
    for table in dialog.findChildren(QTableView):  # read meanwhile
        qtbot.waitUntil(lambda table=table: table.model().rowCount() > 0)  # type: ignore[misc]  # a lambda's default has no type
    qtbot.waitUntil(lambda: cut_texts(dialog) == [])
    dialog.close()
