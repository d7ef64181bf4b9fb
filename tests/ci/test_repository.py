"""Lint holds the guides of a contributor to the sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

MAP, DEFAULTS = "gui/plots/plane_map.py", "model/defaults.py"


@pytest.fixture(scope="module")
def check(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("check_repository")


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        (f"| lines | `{MAP}`: `PlaneMap._paint_lines`, `PlaneMap.bounds`; `Ctrl+K` |", []),
        (f"`gui/plots/` and `{DEFAULTS}`:\n  `LOTTERY_SEEDS`, then `make strings`", []),
        ("`gui/no_such/`; `plane_map.py`", ["gui/no_such/", "plane_map.py"]),
        (f"`{MAP}`: `PlaneMap._draw_lines`, `MapPlane.bounds`", ["PlaneMap._draw", "MapPlane"]),
        (f"`{MAP}`: `MARGIN`, which `{DEFAULTS}` has", ["MARGIN"]),
        ("`docs/`: `teach`", ["docs/"]),
    ],
)
def test_a_guide_names_what_is_there(check: ModuleType, row: str, lost: list[str]) -> None:
    names = [MAP, DEFAULTS, "docs/teach.md"]
    found = list(check.lost_places(row, names))
    assert [fault.startswith(name) for fault, name in zip(found, lost, strict=True)] == [
        True for _ in lost
    ]


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
