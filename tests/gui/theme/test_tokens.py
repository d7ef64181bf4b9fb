"""The contrasts the design promises, computed from the tokens themselves (WCAG 2.2)."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from gui.settings import ASSETS
from gui.theme.style_sheet import style_sheet
from gui.theme.tokens import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@THEMES
@pytest.mark.parametrize(
    "token", ["t1", "t2", "t3", "acc", "pos_text", "neg_text", "ok", "warn", "fail"]
)
def test_text_stands_out_from_panels(theme: Theme, token: str) -> None:
    assert contrast(getattr(theme, token), theme.bg1) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["bg0", "bg1", "bg2", "bg3", "tint"])
@pytest.mark.parametrize("token", ["t1", "t2", "t3", "acc"])
def test_text_stands_out_from_every_ground(theme: Theme, token: str, ground: str) -> None:
    assert contrast(getattr(theme, token), getattr(theme, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("token", ["t1", "t2", "acc"])
def test_text_stands_out_from_what_is_pointed_at(theme: Theme, token: str) -> None:
    assert contrast(getattr(theme, token), theme.line) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["bg0", "bg1", "bg2", "bg3", "tint"])
@pytest.mark.parametrize("token", ["acc", "line2"])
def test_outlines_and_focus_rings_stand_out(theme: Theme, token: str, ground: str) -> None:
    assert contrast(getattr(theme, token), getattr(theme, ground)) >= 3.0


@THEMES
@pytest.mark.parametrize("token", ["pos", "neg", "class2", "class3", "test", "runs", "t1"])
def test_plots_stand_out_from_their_ground(theme: Theme, token: str) -> None:
    assert contrast(getattr(theme, token), theme.bg2) >= 3.0


@THEMES
@pytest.mark.parametrize("token", ["pos", "neg", "class2", "class3", "test", "runs", "line2"])
def test_graphics_stand_out_from_panels(theme: Theme, token: str) -> None:
    assert contrast(getattr(theme, token), theme.bg1) >= 3.0


@THEMES
@pytest.mark.parametrize(
    ("text", "ground"), [("onacc", "acc"), ("warn", "warnbg"), ("fail", "failbg"), ("ok", "okbg")]
)
def test_text_stands_out_from_its_ground(theme: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


@THEMES
def test_style_sheet_is_filled_in_and_names_files_that_exist(theme: Theme) -> None:
    sheet = style_sheet(theme, ASSETS / "icons")
    assert "$" not in sheet.partition("*/")[2]
    for part in sheet.split("url(")[1:]:
        assert (ASSETS / part.partition(")")[0]).exists()
