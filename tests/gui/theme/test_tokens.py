"""The contrasts the design promises, computed from the tokens themselves (WCAG 2.2)."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtGui import QColor

from gui.build_tab.dock.lottery_view import FAN_ALPHA
from gui.plots.points import HALO_ALPHA, RINGS
from gui.settings import ASSETS
from gui.theme.tokens import DARK, LIGHT, Theme, style_sheet
from gui.vision_tab.inside.kernel_view import TINT
from gui.vision_tab.stage.overlay import CHIP_ALPHA
from tests.gui.painted import rgb

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


CLASS_TOKENS = "pos neg class2 class3 class4 class5 class6 class7"
CONTRASTS = (
    ("t1 t2 t3 acc pos_text neg_text ok warn fail", "bg1", 4.5),
    ("t1 t2 t3 acc", "bg0 bg1 bg2 bg3 tint", 4.5),
    ("t1 t2 acc", "line", 4.5),  # what is pointed at
    ("onacc", "acc", 4.5),
    ("warn", "warnbg", 4.5),
    ("fail", "failbg", 4.5),
    ("ok", "okbg", 4.5),
    ("acc line2", "bg0 bg1 bg2 bg3 tint", 3.0),  # outlines and focus rings
    (CLASS_TOKENS, "bg1 bg2 bg3", 3.0),
    ("test runs t1", "bg2", 3.0),
    ("test runs line2", "bg1", 3.0),
)
"""Tokens of texts and marks, those of their grounds, and the least contrast."""


@THEMES
@pytest.mark.parametrize(("tokens", "grounds", "least"), CONTRASTS)
def test_a_token_stands_out_from_its_grounds(
    theme: Theme, tokens: str, grounds: str, least: float
) -> None:
    for token, ground in product(tokens.split(), grounds.split()):
        assert contrast(getattr(theme, token), getattr(theme, ground)) >= least, (token, ground)


def mixed(colour: str, ground: str, share: float) -> str:
    """Return what a colour laid over a ground comes to, `share` of it from 0 to 1."""
    parts = zip(rgb(QColor(colour)), rgb(QColor(ground)), strict=True)
    red, green, blue = (round(under + share * (over - under)) for over, under in parts)
    return QColor(red, green, blue).name()


def field(theme: Theme, number: int) -> str:
    """Return the strongest colour of a class's field on the decision map."""
    return mixed(theme.classes[number], theme.heat0, theme.output_gain)


CLASSES = pytest.mark.parametrize("number", range(8))


@THEMES
@CLASSES
def test_borders_and_rings_stand_out_from_every_class_s_field(theme: Theme, number: int) -> None:
    ground = field(theme, number)
    assert contrast(theme.t1, ground) >= 3.0  # the border, and the outline of a value's point
    halo = mixed(theme.bg1, ground, HALO_ALPHA)
    for _, token in RINGS:
        assert contrast(getattr(theme, token), halo) >= 3.0


@THEMES
@pytest.mark.parametrize("token", ["pos", "neg"])
def test_numbers_are_read_on_the_colour_of_their_sign(theme: Theme, token: str) -> None:
    assert contrast(theme.t1, mixed(getattr(theme, token), theme.heat0, TINT)) >= 4.5


@THEMES
@pytest.mark.parametrize("token", ["acc", "fail", "line2"])
def test_counts_are_read_on_the_fullest_cells_of_tables(theme: Theme, token: str) -> None:
    for ground in (theme.bg1, theme.bg2):
        assert contrast(theme.t1, mixed(getattr(theme, token), ground, 0.4)) >= 4.5


@THEMES
def test_one_curve_of_a_lottery_is_seen_alone(theme: Theme) -> None:
    assert contrast(mixed(theme.acc, theme.bg2, FAN_ALPHA), theme.bg2) >= 3.0


@pytest.mark.parametrize("picture", ["#FFFFFF", "#808080", "#000000"])
def test_words_are_read_over_any_picture(picture: str) -> None:
    chip = mixed(DARK.bg0, picture, CHIP_ALPHA / 255)
    for token in ("t1", "t2"):
        assert contrast(getattr(DARK, token), chip) >= 4.5


@THEMES
def test_style_sheet_is_filled_in_and_names_files_that_exist(theme: Theme) -> None:
    sheet = style_sheet(theme, ASSETS / "icons")
    assert "$" not in sheet.partition("*/")[2]
    for part in sheet.split("url(")[1:]:
        assert (ASSETS / part.partition(")")[0]).exists()
