"""Lint holds the rows of CONTRIBUTING.md to the sources, and PNGs to a size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

MAP, DEFAULTS = "gui/plots/plane_map.py", "model/defaults.py"


@pytest.fixture(scope="module")
def check(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("check_repository")


def faults_in(check: ModuleType, row: str) -> list[str]:
    names = [MAP, DEFAULTS, "docs/teach.md"]
    text = f"# Page\n\n## Where to change what\n\n{row}\n\n## Habits\n\n`nobody.py`\n"
    return list(check.rows_that_mislead(text, names))


def test_a_large_png_is_found_unless_it_is_listed(check: ModuleType) -> None:
    photograph, text = "assets/images/coffee.png", "assets/i18n/tr/LC_MESSAGES/messages.po"
    assert list(check.large_pngs([photograph, text])) == []
    check.LARGE_PNGS.remove(photograph)
    (found,) = check.large_pngs([photograph, text])
    check.LARGE_PNGS.add(photograph)
    assert found.startswith(photograph)


@pytest.mark.parametrize(
    "row",
    [
        f"| lines | `{MAP}`: `PlaneMap._paint_lines`, `PlaneMap.bounds`; `{DEFAULTS}`: `_TABLES` |",
        f"- A pattern, then the next: `{DEFAULTS}`:\n  `default_experiment`, `docs/teach.md`",
        f"| `--seeds` and `MOST_SEEDS` | `{DEFAULTS}`: `LOTTERY_SEEDS`, then `make strings` |",
    ],
)
def test_a_row_that_leads_there_is_taken(check: ModuleType, row: str) -> None:
    assert faults_in(check, row) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"| fine | `{MAP}`; how fine: `plane_map.py`: `PlaneMap` |", "plane_map.py, which is not"),
        (f"| seeds | `{DEFAULTS}`: `LOTTERY_SEEDS`; at most `MOST_SEEDS` |", "MOST_SEEDS, which"),
        (f"| lines | `{MAP}`: `PlaneMap._draw_lines` |", "PlaneMap._draw_lines, which"),
        (f"| lines | `{MAP}`: `_paint_lines` |", "_paint_lines, which"),
        (f"1. Lines: `{MAP}`.\n2. `PlaneMap` too.", "PlaneMap after no file"),
        ("| a folder | `docs/`: `teach` |", "teach after docs/"),
        ("| a page | `docs/teach.md`: `no_such_word` |", "no_such_word, which is not in"),
    ],
)
def test_a_row_that_misleads_is_found(check: ModuleType, row: str, fault: str) -> None:
    (found,) = faults_in(check, row)
    assert fault in found


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"| how lines look | `{MAP}`; where: `{DEFAULTS}`: `MARGIN` |", "no symbol in gui"),
        (f"| how lines look | `{MAP}`: `PlaneMap`; else `{DEFAULTS}` |", "no symbol in model"),
        (f"| how lines look, {'and so on, ' * 30}| `{MAP}`: `PlaneMap` |", "split it"),
    ],
)
def test_a_row_that_stops_short_is_found(check: ModuleType, row: str, fault: str) -> None:
    text = f"\n## Where to change what\n\n| I want | look in |\n|---|---|\n{row}\n"
    (found,) = check.rows_that_stop_short(text)
    assert "how lines look" in found
    assert fault in found


def test_a_row_with_a_symbol_after_each_file_is_taken(check: ModuleType) -> None:
    row = f"| lines | `{MAP}`: `PlaneMap`; `docs/teach.md`; `{DEFAULTS}`: `MARGIN` |"
    text = f"\n## Where to change what\n\n{row}\n\n1. Its numbers: `{DEFAULTS}`.\n"
    assert list(check.rows_that_stop_short(text)) == []


def test_text_is_html_only_where_a_file_owns_that(
    check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    (tmp_path / "gui" / "widgets").mkdir(parents=True)
    lines = ("self.page.setHtml(text)", "words.setTextFormat(Qt.TextFormat.AutoText)", "QLabel()")
    for name in ("gui/panel.py", "gui/widgets/basic.py"):
        (tmp_path / name).write_text("\n".join(lines))
    names = ["gui/panel.py", "gui/widgets/basic.py"]
    found = sorted(check.markup_outside_its_owners(names))
    assert [fault.partition(" uses")[0] for fault in found] == [
        f"gui/panel.py:{line}" for line in (1, 2, 3)
    ]


def test_a_page_without_the_tables_is_found(check: ModuleType) -> None:
    assert list(check.rows_that_mislead("# Page\n\n`nobody.py`\n", [])) != []
