"""A folder: opened by its dialog or dropped; held, continued, cancelled; sorted, written, read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QProgressBar, QTableView

from gui.vision_tab.folder_panel import LABEL, PROBABILITY
from tests.e2e.vision.viewer import FRAME_MS, Viewer, read_table
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE
from tests.gui.vision_tab.media import write_folder


def many_names(folder: Path, count: int) -> Path:
    """Make a folder of `count` names for two pictures in turn."""
    folder.mkdir()
    for index in range(count):
        (folder / f"picture_{index:03d}.png").symlink_to((COFFEE, CHELSEA)[index % 2])
    return folder


def test_a_folder_is_opened_sorted_and_written(viewer: Viewer, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mixed", count=6)
    viewer.open_by_dialog("source_folder", folder)
    summary = "mixed: 6 pictures classified, 1 not readable."
    viewer.wait(lambda: viewer.sentence == summary, "the folder is done")
    assert viewer.text("folder_title") == "mixed"
    assert viewer.text("folder_count") == "7 of 7, 1 not readable"
    assert not viewer.find("folder_progress").isVisible()
    in_order = viewer.rows()
    names = [f"picture_{index:03d}.png" for index in range(6)]
    assert [row[0] for row in in_order] == [*names, "zz_broken.png"]
    assert [row[1] for row in in_order[:6]] == ["espresso", "Egyptian cat"] * 3
    assert in_order[6][1].startswith("This is no picture that can be read")

    viewer.click_header(LABEL)
    viewer.wait(lambda: viewer.rows() != in_order, "the table is sorted")
    assert [row[1] for row in viewer.rows()[1:]] == ["Egyptian cat"] * 3 + ["espresso"] * 3
    for falling, beside_px in ((False, 20), (True, 45)):
        viewer.click_header(PROBABILITY, beside_px)
        shares = [float(row[2].rstrip("%") or -1) for row in viewer.rows()]
        assert shares == sorted(shares, reverse=falling)

    view = viewer.find("folder_table", QTableView)
    cat = next(row for row, texts in enumerate(viewer.rows()) if texts[1] == "Egyptian cat")
    where = view.visualRect(view.model().index(cat, LABEL)).center()
    viewer.click(view.viewport(), where)
    viewer.wait(lambda: viewer.title == viewer.rows()[cat][0], "that picture is shown", FRAME_MS)
    viewer.wait_for_label("Egyptian cat")
    assert viewer.badge.figure == viewer.rows()[cat][2]

    viewer.click("folder_save")
    table = tmp_path / "found.csv"
    viewer.name_file("save_folder_dialog", table)
    viewer.wait(lambda: "Saved found.csv" in viewer.sentence, "the table is written")
    written = read_table(table)
    assert [Path(row["picture"]).name for row in written] == [row[0] for row in in_order]
    for row, (_, label, share, second) in zip(written[:6], in_order, strict=False):
        assert row["label 1"] == label
        assert f"{100 * float(row['p 1']):.1f}%" == share
        assert f"{row['label 2']} {100 * float(row['p 2']):.1f}%" == second
        assert float(row["forward ms"]) > 0
    assert written[6]["label 1"] == ""
    assert "zz_broken.png" in written[6]["error"]


def test_a_dropped_folder_is_held_continued_and_cancelled(viewer: Viewer, tmp_path: Path) -> None:
    folder = many_names(tmp_path / "many", 2000)
    progress = viewer.find("folder_progress", QProgressBar)
    viewer.drop(
        folder,
        viewer.find("stage_view"),
        done=lambda: progress.isVisible() and progress.value() > 3,
    )
    assert progress.maximum() == 2000
    viewer.click("folder_pause")
    held: list[int] = []

    def rests() -> bool:
        """Tell whether nothing came since many looks ago."""
        held.append(progress.value())
        return len(held) > 20 and held[-1] == held[-20]

    viewer.wait(rests, "the folder rests")
    assert viewer.text("folder_count") == f"{held[-1]} of 2\N{NO-BREAK SPACE}000"
    assert len(viewer.rows()) == held[-1] < 2000
    viewer.click("folder_pause")
    viewer.wait(lambda: progress.value() > held[-1] + 3, "the folder goes on", FRAME_MS)
    viewer.click("folder_cancel")
    viewer.wait(lambda: "many: stopped after" in viewer.sentence, "the folder is cancelled")
    done = len(viewer.rows())
    assert f"stopped after {done} pictures" in viewer.sentence
    assert held[-1] < done < 2000
    assert not progress.isVisible()
    assert not viewer.find("folder_cancel").isVisible()
    labels = [row[1] for row in viewer.rows()]
    assert labels == [("espresso", "Egyptian cat")[index % 2] for index in range(done)]
    # What was found stays usable, and the tab takes something else at once.
    viewer.drop_on_stage(COFFEE, "coffee.png classified as espresso")
    assert viewer.title == "coffee.png"


def test_an_empty_folder_is_said_and_the_next_one_works(viewer: Viewer, tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    viewer.open_by_dialog("source_folder", empty)
    viewer.wait(lambda: "nothing" in viewer.complaint, "it is said")
    viewer.open_by_dialog("source_folder", many_names(tmp_path / "two", 2))
    viewer.wait(lambda: "two: 2 pictures classified" in viewer.sentence, "the next one works")
    viewer.click(viewer.find("folder_table", QTableView).viewport(), QPoint(80, 10))
    viewer.wait_for_label("espresso")
