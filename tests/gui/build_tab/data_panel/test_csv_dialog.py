"""A person's own table: found out, previewed, corrected, and learned from."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.csv_dialog import CsvDialog
from gui.build_tab.tab import BuildTab
from gui.build_tab.workbench import Workbench
from gui.document import ExperimentDocument
from gui.window import GlassnetWindow
from gui.workers import LatestTask
from model.data.cache import is_quickly_available
from model.data.csv import read_csv
from model.data.sources.idx import idx_data
from model.experiment import CsvData, StopSpec
from tests.gui.build_tab.large_tables import TABLE_ROWS, write_table
from tests.gui.build_tab.runs_seen import run_ends
from tests.gui.finding import find
from tests.gui.threads_seen import threads_seen

OpenDialog = Callable[[Path], CsvDialog]
LEFT = Qt.MouseButton.LeftButton
TURKISH = "boy;kilo;tür\n1,5;40,5;kedi\n0,9;12,0;köpek\n1,1;13,5;köpek\n1,7;44,0;kedi\n"


def table(folder: Path, text: str = TURKISH, encoding: str = "cp1254") -> Path:
    path = folder / "veri.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def open_dialog(qtbot: QtBot, build_model: BuildModel) -> Iterator[OpenDialog]:
    """Return what opens a table in the dialog and waits until it has been read."""
    reader = LatestTask()

    def opened(path: Path) -> CsvDialog:
        dialog = CsvDialog(build_model, path, reader)
        qtbot.addWidget(dialog)
        dialog.show()  # so that its end gives up what it reads
        qtbot.waitUntil(lambda: not reader.is_awaiting_result)
        return dialog

    yield opened
    qtbot.waitUntil(lambda: reader.is_idle)


def cell(dialog: CsvDialog, row: int, column: int) -> str:
    """Return what a cell of the preview says."""
    return str(dialog.preview.model().index(row, column).data())


def problem_of(dialog: CsvDialog) -> QLabel:
    return find(dialog, QLabel, "csv_problem")


def chosen(document: ExperimentDocument) -> CsvData:
    """Return the table that the document learns from."""
    data = document.experiment.data
    assert isinstance(data, CsvData)
    return data


def test_a_turkish_table_is_understood(
    qtbot: QtBot, open_dialog: OpenDialog, document: ExperimentDocument, tmp_path: Path
) -> None:
    dialog = open_dialog(table(tmp_path))
    assert dialog.preview.model().rowCount() == 4
    assert (cell(dialog, 0, 0), cell(dialog, 1, 2)) == ("1.5", "köpek")
    assert [dialog.columns.item(i, 1).text() for i in range(3)] == ["numbers", "numbers", "words"]
    qtbot.mouseClick(dialog.accept_button, LEFT)
    data = chosen(document)
    assert (data.features, data.targets) == (("boy", "kilo"), ("tür",))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([f"2024-01-{day:02d} 12:00" for day in range(1, 21)], "dates"),
        ([f"name {chr(97 + n)}" for n in range(20)], "words, no two alike"),
    ],
)
def test_a_column_that_only_names_the_rows_is_left_out(
    open_dialog: OpenDialog, tmp_path: Path, cells: list[str], kind: str
) -> None:
    lines = [f"{text},{n % 3},{n % 2}\n" for n, text in enumerate(cells)]
    dialog = open_dialog(table(tmp_path, "first,n,y\n" + "".join(lines), "utf-8"))
    assert find(dialog, QComboBox, "csv_role_0").currentText() == "Nothing"
    assert dialog.columns.item(0, 1).text() == kind
    assert dialog.data().features == ("n",)


def holds(dialog: CsvDialog) -> list[str]:
    """Return what each column is said to hold."""
    return [dialog.columns.item(row, 1).text() for row in range(dialog.columns.rowCount())]


def test_numbers_with_a_unit_are_numbers_and_said_to_be_read_without_it(
    open_dialog: OpenDialog, tmp_path: Path
) -> None:
    text = "share;price;kind\n5%;₺ 15;a\n12,5 %;₺ 1.500;b\n%7;₺ 3;a\n"
    dialog = open_dialog(table(tmp_path, text, "utf-8"))
    assert holds(dialog) == ["numbers in %", "numbers in ₺", "words"]
    assert [cell(dialog, 1, column) for column in (0, 1)] == ["12.5", "1500"]
    note = find(dialog, QLabel, "csv_note").text()
    assert "Numbers read without their unit: share (%), price (₺)." in note
    assert "Thousands separators removed: price (1.500 = 1500)." in note


def test_thousands_that_may_be_decimals_are_shown_as_they_are_read(
    qtbot: QtBot, open_dialog: OpenDialog, tmp_path: Path
) -> None:
    dialog = open_dialog(table(tmp_path, "a;b;kind\n1,2;1.100;x\n2,3;1.250;y\n", "utf-8"))
    assert holds(dialog) == ["numbers", "numbers", "words"]
    assert dialog.columns.item(1, 1).toolTip() == "Thousands separators removed: 1.100 = 1100"
    note = find(dialog, QLabel, "csv_note").text()
    assert "Thousands separators removed: b (1.100 = 1100)." in note
    decimal = find(dialog, QComboBox, "csv_decimal")
    decimal.setFocus()
    qtbot.keyClick(decimal, Qt.Key.Key_Down)  # the point
    qtbot.waitUntil(lambda: holds(dialog) == ["words", "numbers", "words"])


def test_a_single_column_is_said_to_be_too_few(open_dialog: OpenDialog, tmp_path: Path) -> None:
    dialog = open_dialog(table(tmp_path, "age\n17\n19\n23\n", "utf-8"))
    assert "There is only one column" in find(dialog, QLabel, "csv_note").text()
    assert not dialog.accept_button.isEnabled()


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8-sig", "UTF-8"), ("cp1254", "Windows-1254"), ("utf-16", "UTF-16")],
)
def test_an_encoding_has_one_name(
    encoding: str, name: str, open_dialog: OpenDialog, tmp_path: Path
) -> None:
    dialog = open_dialog(table(tmp_path, TURKISH, encoding))
    assert find(dialog, QLabel, "csv_note").text().startswith(f"Read as {name}, columns")
    assert dialog.choices["encoding"].findText(name) > 0


ODD = "a;note;y\n" + "1,5;2,5;0\n2,5;3,5;1\n" * 10 + "3,5;1.23.4;1\n"


def test_a_refusal_is_said_in_the_dialog_and_the_choices_stay(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, bench: Workbench, tmp_path: Path
) -> None:
    window.open_path(table(tmp_path, ODD))
    dialog = find(tab, CsvDialog, "csv_dialog")
    problem = problem_of(dialog)
    qtbot.waitUntil(problem.isVisible)
    assert "row 21, column note: '1.23.4'" in problem.text()
    assert not dialog.accept_button.isEnabled()
    assert dialog.preview.isVisible(), "what was read is still there"
    scaling, roles = dialog.choices["scaling"], dialog.findChildren(QComboBox)
    qtbot.keyClick(scaling, Qt.Key.Key_End)
    note = next(role for role in roles if role.objectName() == "csv_role_1")
    qtbot.keyClick(note, Qt.Key.Key_End)
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    assert not problem.isVisible()
    decimal = dialog.choices["decimal"]
    qtbot.keyClick(decimal, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: not tab.workbench.data.reader.is_awaiting_result)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: isinstance(window.document.experiment.data, CsvData))
    data = window.document.experiment.data
    assert isinstance(data, CsvData)
    assert (data.features, data.targets, data.decimal) == (("a",), ("y",), ",")
    assert data.scaling == "none"


def test_a_click_before_all_is_read_counts(
    qtbot: QtBot, open_dialog: OpenDialog, document: ExperimentDocument, tmp_path: Path
) -> None:
    dialog = open_dialog(table(tmp_path))
    role = find(dialog, QComboBox, "csv_role_0")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(role, Qt.Key.Key_End)
        qtbot.mouseClick(dialog.accept_button, LEFT)
    assert chosen(document).features == ("kilo",)


def test_what_is_left_out_is_said_in_the_dialog_and_afterwards(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, bench: Workbench, tmp_path: Path
) -> None:
    path = table(tmp_path, "Measured in May\na,y\n1,0\n,1\n# a remark\n\n3,\n4,1\n5,0\n")
    window.open_path(path)
    dialog = find(tab, CsvDialog, "csv_dialog")
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    note = find(dialog, QLabel, "csv_note")
    rows = "2 of 5 rows left out for missing values: 2, 3."
    lines = "Lines passed over: 1 at the top, 1 with a comment, 1 blank."
    qtbot.waitUntil(lambda: f"{rows} {lines}" in note.text())
    qtbot.mouseClick(dialog.accept_button, LEFT)
    facts = find(bench.data.samples, QLabel, "data_facts")
    assert facts.text() == f"3 rows, 1 input: a\n{rows} {lines}"
    assert facts.height() >= facts.heightForWidth(facts.width()), "all of it is seen"


def test_blanks_part_columns_and_lines_are_skipped(
    qtbot: QtBot, open_dialog: OpenDialog, tmp_path: Path
) -> None:
    dialog = open_dialog(table(tmp_path, "x, y\n1.5   2 0\n2.5\t3 1\n 3.5 4 0\n"))
    separator = dialog.choices["separator"]
    qtbot.keyClick(separator, Qt.Key.Key_End)
    qtbot.keyClicks(dialog.skip, "1")
    rows = dialog.preview.model()
    qtbot.waitUntil(lambda: (rows.columnCount(), rows.rowCount()) == (3, 3))
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    data = dialog.data()
    assert (data.separator, data.skip_lines) == (" ", 1)


@pytest.mark.parametrize("text", ["3/4", "1.5", "-1", "1e", "12345", "x"])
def test_what_is_no_number_of_lines_is_marked_and_refused(
    text: str, qtbot: QtBot, open_dialog: OpenDialog, tmp_path: Path
) -> None:
    dialog = open_dialog(table(tmp_path))
    note = find(dialog, QLabel, "csv_note")
    qtbot.keyClicks(dialog.skip, text)
    assert dialog.skip.text() == text
    assert dialog.skip.property("invalid") == "true"
    assert f"“{text}” is no number of lines" in note.text()
    assert not dialog.accept_button.isEnabled()
    qtbot.keyClick(dialog.skip, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_the_first_rows_are_read_on_a_worker(
    qtbot: QtBot, build_model: BuildModel, tmp_path: Path
) -> None:
    reader = LatestTask()
    with threads_seen(read_csv) as threads:
        dialog = CsvDialog(build_model, table(tmp_path), reader)
        qtbot.addWidget(dialog)
        assert not dialog.accept_button.isEnabled(), "nothing is read yet that could be accepted"
        assert not problem_of(dialog).isVisible(), "nor is anything wrong yet"
        qtbot.waitUntil(dialog.accept_button.isEnabled)
        separator = dialog.choices["separator"]
        for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
            qtbot.keyClick(separator, key)
        qtbot.waitUntil(lambda: reader.is_idle)
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    qtbot.waitUntil(lambda: reader.is_idle)
    assert threading.get_ident() not in threads
    assert dialog.preview.model().columnCount() == 3, "the newest choice is what is shown"
    assert dialog.accept_button.isEnabled()


def test_the_dialog_is_closed_while_it_reads(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, tmp_path: Path
) -> None:
    window.open_path(table(tmp_path))
    find(tab, CsvDialog, "csv_dialog").reject()
    assert not tab.workbench.data.reader.is_awaiting_result
    qtbot.waitUntil(lambda: tab.findChild(CsvDialog, "csv_dialog") is None)
    qtbot.waitUntil(lambda: tab.workbench.data.reader.is_idle)


def learn(qtbot: QtBot, window: GlassnetWindow, path: Path) -> None:
    """Import a table as a person does, with what is proposed."""
    window.open_path(path)
    dialog = find(window, CsvDialog, "csv_dialog")
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.mouseClick(dialog.accept_button, LEFT)


@pytest.mark.parametrize("trains", [False, True])
def test_the_same_file_imported_again_is_read_again(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, tmp_path: Path, trains: bool
) -> None:
    path, controller = table(tmp_path), tab.model
    learn(qtbot, window, path)
    with run_ends(qtbot, controller, 20_000):
        controller.train()
    before = controller.state.experiment.network
    if trains:
        training = replace(window.document.experiment.training, stop=StopSpec())
        controller.edit("no stop", lambda e: replace(e, training=training))
        controller.train()
        qtbot.waitUntil(lambda: controller.is_training)
    path.write_bytes((TURKISH + "2,5;60,5;kedi\n").encode("cp1254"))
    learn(qtbot, window, path)
    facts = find(tab.workbench.data.samples, QLabel, "data_facts")
    qtbot.waitUntil(lambda: facts.text().startswith("5 rows"))
    assert not controller.is_training
    if not trains:
        assert controller.state.experiment.network == before, "what it has learned is kept"
    with run_ends(qtbot, controller, 20_000):
        controller.train()
        qtbot.waitUntil(lambda: controller.is_training)
        controller.pause()
    assert controller.training.trainer is not None
    dataset = controller.training.trainer.dataset
    assert len(dataset.x_train) + len(dataset.x_test) == 5


def test_pictures_and_labels_that_lie_together_are_found(tmp_path: Path) -> None:
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    for name in names:
        (tmp_path / name).write_bytes(b"")
    data = idx_data(tmp_path / names[1])
    assert data is not None
    assert data.images.endswith(names[0])
    assert data.labels.endswith(names[1])
    assert data.test_images == ""
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"")
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"")
    whole = idx_data(tmp_path / "t10k-images-idx3-ubyte")
    assert whole is not None
    assert whole.images.endswith(names[0])
    assert whole.test_labels.endswith("t10k-labels-idx1-ubyte")
    (tmp_path / names[1]).unlink()
    assert idx_data(tmp_path / names[0]) is None


def test_pictures_without_labels_are_explained(
    qtbot: QtBot, window: GlassnetWindow, bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(b"")
    window.open_path(path)
    assert "train-labels-idx1-ubyte" in window.message_bar.text.text()


def test_all_of_a_large_table_is_at_hand_when_the_dialog_closes(
    qtbot: QtBot, window: GlassnetWindow, tab: BuildTab, tmp_path: Path, nothing_read_before: None
) -> None:
    large = write_table(tmp_path / "large.csv", TABLE_ROWS)
    window.open_path(Path(large.path))
    dialog = find(tab, CsvDialog, "csv_dialog")
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    scaling = dialog.choices["scaling"]
    qtbot.keyClick(scaling, Qt.Key.Key_End)  # other rows, which are read too
    data, before = dialog.data(), window.document.experiment
    learned = replace(before, data=data, split=data.default_split)
    assert not is_quickly_available(learned)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.accept_button, LEFT)
    assert is_quickly_available(learned)
    qtbot.waitUntil(lambda: window.document.experiment.data == data)


def test_a_table_that_goes_before_it_is_chosen_is_refused_in_the_dialog(
    qtbot: QtBot, open_dialog: OpenDialog, document: ExperimentDocument, tmp_path: Path
) -> None:
    path = table(tmp_path)
    dialog = open_dialog(path)
    before = document.experiment
    scaling = dialog.choices["scaling"]
    path.unlink()
    qtbot.keyClick(scaling, Qt.Key.Key_End)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(problem_of(dialog).isVisible)
    assert "veri.csv" in problem_of(dialog).text()
    assert dialog.isVisible()
    assert document.experiment is before


def wide_table(folder: Path, columns: int) -> Path:
    names = ",".join(f"c{number}" for number in range(columns))
    row = ",".join(map(str, range(columns)))
    return table(folder, f"{names}\n{row}\n" + f"{row}\n" * 40, "utf-8")


def test_lists_of_uses_are_made_for_the_rows_that_are_seen(
    qtbot: QtBot, open_dialog: OpenDialog, tmp_path: Path
) -> None:
    dialog = open_dialog(wide_table(tmp_path, 785))
    assert dialog.columns.rowCount() == 785
    assert len(dialog.columns.findChildren(QComboBox)) < 60
    assert dialog.findChild(QComboBox, "csv_role_700") is None
    dialog.columns.scrollToBottom()
    role = find(dialog, QComboBox, "csv_role_784")
    assert role.currentText() == "Target"
    qtbot.keyClick(role, Qt.Key.Key_End)
    assert not dialog.accept_button.isEnabled(), "no target is left"
    dialog.columns.scrollToTop()
    qtbot.keyClick(find(dialog, QComboBox, "csv_role_0"), Qt.Key.Key_Down)
    assert dialog.data().targets == ("c0",)
    assert len(dialog.data().features) == 783


def test_large_numbers_are_shown_in_full(open_dialog: OpenDialog, tmp_path: Path) -> None:
    text = "n,x,y\n202400017,123456789.25,0\n202400018,0.1,1\n"
    dialog = open_dialog(table(tmp_path, text, "utf-8"))
    assert [cell(dialog, 0, 0), cell(dialog, 0, 1)] == ["202400017", "123\xa0456\xa0789.25"]


def test_a_workbooks_sheet_is_chosen(
    qtbot: QtBot, open_dialog: OpenDialog, document: ExperimentDocument, tmp_path: Path
) -> None:
    book = Workbook()
    book.active.title = "2025"
    for row in (["boy", "tür"], *([k / 4, "kedi" if k % 2 else "köpek"] for k in range(12))):
        book.active.append(row)
    later = book.create_sheet("2026")
    for row in (["en", "tür"], *([k / 2, "kuş" if k % 3 else "balık"] for k in range(12))):
        later.append(row)
    book.save(tmp_path / "hayvanlar.xlsx")
    dialog = open_dialog(tmp_path / "hayvanlar.xlsx")
    sheets = dialog.choices["sheet"]
    assert [sheets.itemText(at) for at in range(sheets.count())] == ["2025", "2026"]
    assert sheets.isVisible()
    assert not dialog.choices["separator"].isVisible()
    assert cell(dialog, 1, 0) == "0.25"
    qtbot.keyClick(sheets, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: cell(dialog, 1, 0) == "0.5")
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: isinstance(document.experiment.data, CsvData))
    assert (chosen(document).sheet, chosen(document).features) == ("2026", ("en",))


def test_of_several_tables_in_a_zip_one_is_chosen(
    qtbot: QtBot, open_dialog: OpenDialog, document: ExperimentDocument, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("big.csv", TURKISH)
        archive.writestr("small.csv", "a,y\n1,0\n2,1\n")
    dialog = open_dialog(tmp_path / "two.zip")
    sheet = dialog.choices["sheet"]
    assert (sheet.isVisible(), sheet.currentText()) == (True, "big.csv")
    assert dialog.choices["separator"].isVisible()
    assert dialog.preview.model().rowCount() == 4
    sheet.setFocus()
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: dialog.preview.model().rowCount() == 2)
    qtbot.mouseClick(dialog.accept_button, LEFT)
    qtbot.waitUntil(lambda: isinstance(document.experiment.data, CsvData))
    assert (chosen(document).sheet, chosen(document).features) == ("small.csv", ("a",))
