"""The theme's tokens: every colour, size and font weight in use.

Panels never define colours or sizes themselves; they call :func:`active` for the current theme, or
use the constants here. Orange and blue always mean negative and positive (or class 0 and 1); the
only accent, teal, always means "active" or "train".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from msgspec import Struct, structs
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QScrollArea
from shiboken6 import isValid

__all__ = [
    "BODY_PX",
    "CAPTION_PX",
    "CARD_TITLE_PX",
    "DARK",
    "FIGURE_PX",
    "GAP_L_PX",
    "GAP_M_PX",
    "GAP_S_PX",
    "GAP_XL_PX",
    "INSET_PX",
    "LIGHT",
    "RADIUS_CARD_PX",
    "RADIUS_FIELD_PX",
    "SHEET_MOTION_MS",
    "TITLE_PX",
    "Theme",
    "activate",
    "active",
    "font",
    "painted_in",
]

CAPTION_PX, BODY_PX, TITLE_PX, CARD_TITLE_PX, FIGURE_PX = 11, 12, 13, 15, 20
GAP_S_PX, GAP_M_PX, GAP_L_PX, GAP_XL_PX = 4, 8, 12, 16
INSET_PX = 12
RADIUS_FIELD_PX, RADIUS_CARD_PX = 5, 7
SHEET_MOTION_MS = 160


class Theme(Struct, frozen=True):
    """A set of colours, each as ``#RRGGBB``.

    Attributes
    ----------
    bg0, bg1, bg2, bg3
        Header and status bar; panels; canvas and plot background; fields, quiet buttons, tracks.
    line, line2
        Dividers (decorative); outlines of controls and neurons.
    grat, runs
        Graticule and canvas dots; earlier runs.
    t1, t2, t3
        Text, labels, hints.
    acc, acch, onacc, tint
        Accent, its hover, text on it, background of a selected row.
    pos, pos_text, neg, neg_text
        Positive (class 1, solid, square) and negative (class 0, dashed, circle).
    class2 .. class7
        Further classes.
    test
        Test and validation lines.
    ok, warn, fail, okbg, warnbg, failbg
        Outcomes, always with an icon.
    heat0
        Neutral end of heat maps.
    output_gain
        Colour intensity of the output's heat map, 0 to 1.
    """

    name: str
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    line: str
    line2: str
    grat: str
    runs: str
    t1: str
    t2: str
    t3: str
    acc: str
    acch: str
    onacc: str
    tint: str
    pos: str
    pos_text: str
    neg: str
    neg_text: str
    class2: str
    class3: str
    class4: str
    class5: str
    class6: str
    class7: str
    test: str
    ok: str
    warn: str
    fail: str
    okbg: str
    warnbg: str
    failbg: str
    heat0: str
    output_gain: float

    @property
    def is_dark(self) -> bool:
        """Whether the background is darker than the text."""
        return self.name == "dark"

    @property
    def classes(self) -> tuple[str, ...]:
        """The colours of classes 0 to 7."""
        return (
            self.neg,
            self.pos,
            self.class2,
            self.class3,
            self.class4,
            self.class5,
            self.class6,
            self.class7,
        )

    def colours(self) -> dict[str, str]:
        """Return the colour tokens by name, for the style sheet's template."""
        return {name: text for name, text in structs.asdict(self).items() if isinstance(text, str)}

    def palette(self) -> QPalette:
        """Return the Qt palette for widgets without a style sheet rule."""
        palette = QPalette()
        roles = {
            QPalette.ColorRole.Window: self.bg1,
            QPalette.ColorRole.WindowText: self.t1,
            QPalette.ColorRole.Base: self.bg1,
            QPalette.ColorRole.AlternateBase: self.bg2,
            QPalette.ColorRole.Text: self.t1,
            QPalette.ColorRole.PlaceholderText: self.t2,
            QPalette.ColorRole.Button: self.bg3,
            QPalette.ColorRole.ButtonText: self.t1,
            QPalette.ColorRole.Highlight: self.acc,
            QPalette.ColorRole.HighlightedText: self.onacc,
            QPalette.ColorRole.ToolTipBase: self.bg1,
            QPalette.ColorRole.ToolTipText: self.t1,
            QPalette.ColorRole.Link: self.acc,
            QPalette.ColorRole.Accent: self.acc,
        }
        for role, colour in roles.items():
            palette.setColor(role, QColor(colour))
        for role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(self.line2))
        return palette


LIGHT = Theme(
    name="light",
    bg0="#F1F2F5",
    bg1="#FFFFFF",
    bg2="#F7F8FA",
    bg3="#ECEEF2",
    line="#DCDFE5",
    line2="#7E8593",
    grat="#E3E6EB",
    runs="#848C9A",
    t1="#1A1D24",
    t2="#4E5665",
    t3="#636A77",
    acc="#0B6E69",
    acch="#095A56",
    onacc="#FFFFFF",
    tint="#E2F1EF",
    pos="#0072B2",
    pos_text="#00629A",
    neg="#D55E00",
    neg_text="#A84700",
    class2="#00845F",
    class3="#B0568C",
    class4="#8A6D00",
    class5="#3B7EA6",
    class6="#5B5B5B",
    class7="#7A4B2A",
    test="#9C3D77",
    ok="#11734A",
    warn="#8A5A00",
    fail="#B3261E",
    okbg="#E6F4EC",
    warnbg="#FBF3E0",
    failbg="#FBEAE8",
    heat0="#F2F3F6",
    output_gain=0.62,
)

DARK = Theme(
    name="dark",
    bg0="#13161B",
    bg1="#1A1E24",
    bg2="#14171C",
    bg3="#272C34",
    line="#2D333C",
    line2="#737C8A",
    grat="#262B33",
    runs="#6C7583",
    t1="#E7EAEF",
    t2="#AEB6C2",
    t3="#8E97A5",
    acc="#4CC9B8",
    acch="#6BD8C9",
    onacc="#06211E",
    tint="#17332F",
    pos="#56B4E9",
    pos_text="#6BBEEE",
    neg="#E69F00",
    neg_text="#EBAB22",
    class2="#2FBF94",
    class3="#D98DB8",
    class4="#D6CB3C",
    class5="#9AD0F5",
    class6="#B8B8B8",
    class7="#C79A78",
    test="#E08FC0",
    ok="#5FCB94",
    warn="#E3B341",
    fail="#F28B82",
    okbg="#17301F",
    warnbg="#2F2818",
    failbg="#3A2020",
    heat0="#20252C",
    output_gain=0.58,
)

_PROPERTY = "glassnet_theme"


def active() -> Theme:
    """Return the application's theme, light until one is chosen."""
    app = QApplication.instance()
    return DARK if app is not None and app.property(_PROPERTY) == "dark" else LIGHT


_SHEET = Template(Path(__file__).with_name("style_sheet.qss").read_text(encoding="utf-8"))


def style_sheet(theme: Theme, icons: Path) -> str:
    """Return the style sheet for a theme; `icons` is the folder of its SVG arrows."""
    return _SHEET.substitute(theme.colours(), icons=icons.as_posix())


def activate(app: QApplication, theme: Theme, sheet: str) -> None:
    """Apply `theme` to `app`; every widget then gets ``PaletteChange`` and repaints.

    Replacing a style sheet restyles each widget once per ancestor, some nine times; clearing it
    first makes that once. Scroll areas do not resize their content meanwhile.
    """
    columns = [each for each in app.allWidgets() if isinstance(each, QScrollArea)]
    columns = [column for column in columns if column.widgetResizable()]
    for column in columns:
        column.setWidgetResizable(False)
    app.setProperty(_PROPERTY, theme.name)
    app.setStyleSheet("")
    app.setPalette(theme.palette())
    app.setStyleSheet(sheet)
    for column in filter(isValid, columns):
        column.setWidgetResizable(True)


@contextmanager
def painted_in(theme: Theme) -> Iterator[None]:
    """Paint in another theme within this block, without notifying widgets."""
    app = QApplication.instance()
    assert app is not None
    before = app.property(_PROPERTY)
    app.setProperty(_PROPERTY, theme.name)
    try:
        yield
    finally:
        app.setProperty(_PROPERTY, before)


def font(size_px: int = BODY_PX, weight: int = 400) -> QFont:
    """Return the interface font with tabular figures.

    Parameters
    ----------
    size_px
        One of the sizes above, in pixels at 100 %.
    weight
        400, 500 or 600.
    """
    result = QFont(QApplication.font())
    result.setPixelSize(size_px)
    result.setWeight(QFont.Weight(weight))
    return result
