"""Tables: truth tables of any shape, the built-in ones, files that cannot be read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QTableView, QWidget

from model.experiment import CsvData, GateData, TableData, TruthTableData
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.ways import both

MENU = {
    "table_input_added": "Add input",
    "table_input_removed": "Remove last input",
    "table_output_added": "Add output",
    "table_output_removed": "Remove last output",
    "table_row_removed": "Remove chosen row",
}


def change(builder: Builder, name: str, by_keys: bool) -> None:
    """Choose an entry of the truth table's menu."""
    if by_keys:
        builder.reach("table_menu")
        builder.press_menu_entry(MENU[name])
    else:
        builder.pick("table_menu", name)


# -- Truth tables ----------------------------------------------------------------------------------


@both
def test_a_table_of_four_inputs_and_three_outputs_is_whole(builder: Builder, by_keys: bool) -> None:
    for name in ("table_input_added", "table_input_added"):
        change(builder, name, by_keys)
    builder.wait(lambda: builder.table.rowCount() == 16, "there are 16 rows", SOON_MS)
    for name in ("table_output_added", "table_output_added"):
        change(builder, name, by_keys)
    builder.wait(lambda: builder.drawn_units[-1] == 3, "three outputs are drawn", SOON_MS)
    view = builder.find("truth_table", QTableView)
    last = builder.table.columnCount() - 1
    assert last == 4 + 3 + 3
    assert view.columnViewportPosition(last) + view.columnWidth(last) <= view.viewport().width()
    saved = builder.save()
    assert isinstance(saved.data, TruthTableData)
    assert saved.data.output_names == ("y", "y₂", "y₃")
    assert (saved.network.inputs, saved.network.layers[-1].units) == (4, 3)
    outputs = builder.tab.model.state.table_outputs
    assert outputs is not None
    assert [builder.cell(5, column) for column in (7, 8, 9)] == [f"{a:.3f}" for a in outputs[5]]


@both
def test_rows_inputs_and_outputs_are_removed(builder: Builder, by_keys: bool) -> None:
    builder.choose_tile_by("gate_tiles", "gate:half_adder", ["End", "Left", "Left"], by_keys)
    builder.wait(lambda: builder.table.columnCount() == 7, "two outputs", SOON_MS)
    assert builder.save().data == GateData("half_adder")
    change(builder, "table_output_removed", by_keys)
    builder.wait(lambda: builder.drawn_units[-1] == 1, "one output is drawn", SOON_MS)
    if by_keys:
        builder.reach("truth_table")
        builder.press("Down", times=4)
        builder.press("Delete")
    else:
        builder.click_cell(3, 0)
        builder.hover("status_fact")
        builder.wait(lambda: builder.tab.model.state.row == 3, "it stays chosen", SOON_MS)
        change(builder, "table_row_removed", by_keys)
    builder.wait(lambda: builder.table.rowCount() == 3, "three rows are left", SOON_MS)
    saved = builder.save()
    assert isinstance(saved.data, TruthTableData)
    assert saved.data.rows == ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0))
    change(builder, "table_input_removed", by_keys)
    builder.wait(lambda: builder.drawn_units[0] == 1, "one input is drawn", SOON_MS)
    if by_keys:
        builder.reach("table_add_row")
        builder.press("Space")
    else:
        builder.click("table_add_row")
    builder.wait(lambda: builder.table.rowCount() == 3, "there is one row more", SOON_MS)
    saved = builder.save()
    assert isinstance(saved.data, TruthTableData)
    assert (len(saved.data.rows), saved.network.inputs) == (3, 1)


def test_each_gate_of_more_inputs_is_one_click(builder: Builder) -> None:
    for key, rows, outputs in (
        ("gate:not", 2, 1),
        ("gate:majority", 8, 1),
        ("gate:parity", 8, 1),
        ("gate:full_adder", 8, 2),
    ):
        builder.choose_tile("gate_tiles", key)
        builder.wait(lambda n=rows: builder.table.rowCount() == n, f"{key}: its rows", SOON_MS)
        assert builder.drawn_units[-1] == outputs
        data = builder.save().data
        assert isinstance(data, GateData)
        assert data.name == key.removeprefix("gate:")


# -- The built-in tables ---------------------------------------------------------------------------


@both
def test_a_tables_scaling_split_and_map_are_chosen(builder: Builder, by_keys: bool) -> None:
    builder.choose_tile_by("table_tiles", "table:iris", [], by_keys)
    builder.wait(lambda: "Iris" in builder.text("data_summary"), "Iris is loaded", SOON_MS)
    for name, text, keys in (
        ("table_scaling", "0 to 1", ("End",)),
        ("map_first_input", "petal length (cm)", ("Home", "Down", "Down")),
        ("map_second_input", "petal width (cm)", ("End",)),
    ):
        if by_keys:
            builder.reach(name)
            for key in keys:
                builder.press(key)
        else:
            builder.choose(name, text)
        builder.wait(lambda n=name, t=text: builder.choice(n) == t, f"{name}: {text}", SOON_MS)
    if by_keys:
        builder.reach("split_by_class")
        builder.press("Space")
    else:
        box = builder.find("split_by_class", QCheckBox)
        builder.click(box, QPoint(9, box.height() // 2))
    builder.wait(lambda: not builder.document.experiment.split.stratify, "no more", SOON_MS)
    dataset = builder.tab.model.state.dataset
    assert len(set(dataset.y_test.sum(axis=0).tolist())) > 1, "kinds have test rows by chance"
    x = dataset.x_train
    assert (float(x.min()), float(x.max())) == (0.0, 1.0)
    saved = builder.save()
    assert saved.data == TableData("iris", "min_max")
    assert not saved.split.stratify


@both
def test_the_confusion_matrix_is_shown_in_the_maps_place(builder: Builder, by_keys: bool) -> None:
    builder.choose_tile_by("table_tiles", "table:iris", [], by_keys)
    builder.wait(lambda: "Iris" in builder.text("data_summary"), "Iris is loaded", SOON_MS)
    if by_keys:
        builder.reach("output_view_map")
        builder.press("Right")
    else:
        builder.click("output_view_matrix")
    matrix = builder.find("confusion_large", QWidget)
    builder.wait(matrix.isVisible, "the matrix is shown", SOON_MS)
    assert not builder.map.isVisible()
    if by_keys:
        builder.press("Left")
    else:
        builder.click("output_view_map")
    builder.wait(builder.map.isVisible, "the map is back", SOON_MS)
    assert builder.save().data == TableData("iris", "standard")


# -- Files -----------------------------------------------------------------------------------------


def open_table(builder: Builder, path: Path) -> None:
    """Ask for a table by keys, and wait until its first rows were looked at."""
    builder.choose_tile("table_tiles", "own_table")
    builder.name_file("table_dialog", path, back=False)
    builder.wait(
        lambda: (
            any(d.isVisible() for d in builder.window.findChildren(QTableView, "csv_preview"))
            or any(d.isVisible() for d in builder.window.findChildren(QWidget, "csv_problem"))
        ),
        "the import dialog has read it",
        SOON_MS,
    )


def test_a_file_that_cannot_be_learned_is_refused_in_the_dialog_until_it_can(
    builder: Builder, tmp_path: Path
) -> None:
    before = builder.save()
    path = tmp_path / "sizes.csv"
    path.write_text("a;a;tür\n1,5;2;x\n2,5;3;x\n", encoding="utf-16")
    open_table(builder, path)
    builder.wait(lambda: "has 1. Choose" in builder.text("csv_problem"), "refused", SOON_MS)
    builder.reach("csv_cancel")
    builder.press("Enter")
    builder.come_back()
    assert builder.document.experiment == before
    open_table(builder, path)
    accept = builder.find("csv_accept")
    builder.wait(lambda: "has 1. Choose" in builder.text("csv_problem"), "refused", SOON_MS)
    assert not accept.isEnabled()
    preview = builder.find("csv_preview", QTableView).model()
    heads = [preview.headerData(c, Qt.Orientation.Horizontal) for c in range(3)]
    assert heads == ["a", "a (2)", "tür"]
    builder.choose("csv_role_2", "Nothing")
    builder.choose("csv_role_1", "Target")
    builder.wait(accept.isEnabled, "what is left can be learned", SOON_MS)
    assert not builder.find("csv_problem").isVisible()
    builder.click("csv_accept")
    builder.come_back()
    builder.wait(lambda: "sizes.csv" in builder.text("data_summary"), "it is loaded", SOON_MS)
    saved = builder.save()
    assert isinstance(saved.data, CsvData)
    assert (saved.data.features, saved.data.targets) == (("a",), ("a (2)",))
    builder.choose_tile("gate_tiles", "gate:or")
    assert builder.save().data == GateData("or")


@both
def test_a_table_without_rows_is_named_in_the_dialog(
    builder: Builder, tmp_path: Path, by_keys: bool
) -> None:
    before = builder.save()
    path = tmp_path / "empty.csv"
    path.write_text("a,b,c\n", encoding="utf-8")
    open_table(builder, path)
    builder.wait(lambda: "no rows" in builder.text("csv_problem"), "it is said", SOON_MS)
    assert not builder.find("csv_accept").isEnabled()
    if by_keys:
        builder.press("Escape")
    else:
        builder.click("csv_cancel")
    builder.come_back()
    assert builder.save() == before


def test_gaps_are_left_out_or_filled(builder: Builder, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("a,b,kind\n1,,x\n2,3,y\n4,5,x\n7,2,y\n,6,x\n3,3,y\n", encoding="utf-8")
    for choice, rows in (("Leave the row out", 4), ("Fill in", 6)):
        open_table(builder, path)
        builder.wait(builder.find("csv_accept").isEnabled, "the rows are read", SOON_MS)
        builder.choose("csv_missing", choice)
        builder.press("Enter")  # in the list still
        builder.come_back()
        builder.wait(
            lambda n=rows: builder.text("data_facts").startswith(f"{n} rows"), choice, SOON_MS
        )
    saved = builder.save()
    assert isinstance(saved.data, CsvData)
    assert saved.data.missing == "mean"
