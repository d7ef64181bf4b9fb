"""The style sheet, written once over the tokens and filled in for light or dark.

Widgets choose a look by a dynamic property, never by a style sheet of their own:
``role`` = ``panel | card | seg | inset | bar`` on frames, ``role`` = ``title | caption | hint |
figure | hero`` on labels, ``tone`` = ``primary | quiet | link | warn | ok | fail`` on buttons, cards
and labels, ``size`` = ``small | bar | hero`` on buttons.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from gui.theme.tokens import Theme

__all__ = ["style_sheet"]

_TEMPLATE = Template(
    """
* { font-size: 12px; }
QMainWindow, QDialog, QWidget#central { background: $bg1; }
QToolTip { background: $bg1; color: $t1; border: 1px solid $line2; padding: 4px 6px; }

QFrame[role="header"], QFrame[role="status"] { background: $bg0; border: none; }
QFrame[role="header"] { border-bottom: 1px solid $line; }
QFrame[role="status"] { border-top: 1px solid $line; }
QFrame[role="bar"] { background: $bg1; border: none; border-bottom: 1px solid $line; }
QFrame[role="panel"] { background: $bg1; border: none; }
QFrame[role="panel"][side="left"] { border-right: 1px solid $line; }
QFrame[role="panel"][side="right"] { border-left: 1px solid $line; }
QFrame[role="panel"][side="top"] { border-top: 1px solid $line; }
QFrame[role="inset"] { background: $bg2; border: none; }
QFrame[role="card"] { background: $bg1; border: 1px solid $line; border-radius: 7px; }
QFrame[role="card"][tone="warn"] { background: $warnbg; border-color: $warn; }
QFrame[role="card"][tone="fail"] { background: $failbg; border-color: $fail; }
QFrame[role="card"][tone="ok"] { background: $okbg; border-color: $okbg; }
QFrame[role="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="vrule"] { background: $line; border: none; max-width: 1px; min-width: 1px; }
QFrame[role="message"] { background: $failbg; border: none; border-bottom: 1px solid $fail; }
QFrame[role="message"][tone="warn"] { background: $warnbg; border-bottom-color: $warn; }
QFrame[role="message"][tone="ok"] { background: $okbg; border-bottom-color: $ok; }

QLabel { color: $t1; background: transparent; border: none; }
QLabel[role="title"] { font-size: 13px; font-weight: 600; }
QLabel[role="card-title"] { font-size: 15px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="label"] { color: $t2; }
QLabel[role="caption"] { color: $t2; font-size: 11px; }
QLabel[role="hint"] { color: $t3; font-size: 11px; }
QLabel[role="figure"] { font-size: 20px; font-weight: 600; }
QLabel[role="hero"] { font-size: 28px; font-weight: 600; }
QLabel[role="lead"] { color: $t2; font-size: 15px; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="fail"] { color: $fail; }
QLabel[tone="ok"] { color: $ok; }

QPushButton, QToolButton {
    background: $bg3; color: $t1; border: 1px solid transparent; border-radius: 5px;
    padding: 0 10px; min-height: 26px; font-weight: 500;
}
QToolButton { padding: 0 6px; }
QPushButton:hover, QToolButton:hover { background: $line; }
QPushButton:disabled, QToolButton:disabled { color: $line2; background: $bg2; }
QPushButton[tone="primary"], QToolButton[tone="primary"] {
    background: $acc; color: $onacc; font-weight: 600;
}
QPushButton[tone="primary"]:hover, QToolButton[tone="primary"]:hover { background: $acch; }
QPushButton[tone="primary"]:disabled { background: $bg3; color: $line2; }
QPushButton[tone="quiet"], QToolButton[tone="quiet"] { background: transparent; }
QPushButton[tone="quiet"]:hover, QToolButton[tone="quiet"]:hover { background: $bg3; }
QPushButton[tone="outline"], QToolButton[tone="outline"] { background: $bg1; border-color: $line2; }
QPushButton[tone="link"], QToolButton[tone="link"] {
    background: transparent; color: $acc; padding: 0 2px;
}
QPushButton[tone="link"]:hover, QToolButton[tone="link"]:hover { color: $acch; text-decoration: underline; }
QPushButton[size="small"], QToolButton[size="small"] { min-height: 22px; padding: 0 6px; }
QPushButton[size="bar"], QToolButton[size="bar"] { min-height: 30px; padding: 0 12px; font-size: 13px; }
QPushButton[size="hero"] { min-height: 50px; padding: 0 36px; font-size: 17px; border-radius: 7px; }
QPushButton:focus, QToolButton:focus { border-color: $acc; }
QPushButton[tone="primary"]:focus { border: 2px solid $t1; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[popupMode="1"], QToolButton[popupMode="2"] { padding-right: 6px; }

QFrame[role="seg"] { background: $bg3; border-radius: 5px; border: none; }
QFrame[role="seg"] QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 5px; min-height: 24px;
    padding: 0 8px; color: $t2; font-weight: 500;
}
QFrame[role="seg"] QToolButton:hover { color: $t1; }
QFrame[role="seg"] QToolButton:checked {
    background: $bg1; color: $t1; border-color: $line; font-weight: 600;
}
QFrame[role="seg"] QToolButton:focus { border-color: $acc; }

QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {
    background: $bg3; color: $t1; border: 1px solid transparent; border-radius: 5px;
    padding: 0 8px; min-height: 24px; selection-background-color: $acc; selection-color: $onacc;
    font-weight: 500;
}
QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover { background: $line; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border-color: $acc; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled { color: $line2; }
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border-color: $fail; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url($icons/caret-down-$name.svg); width: 10px; height: 10px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; border: none; width: 16px; }
QSpinBox::down-button, QDoubleSpinBox::down-button {
    subcontrol-position: bottom right; border: none; width: 16px;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($icons/caret-up-$name.svg); width: 8px; height: 8px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
    image: url($icons/caret-down-$name.svg); width: 8px; height: 8px;
}
QComboBox QAbstractItemView, QMenu {
    background: $bg1; color: $t1; border: 1px solid $line2; border-radius: 0; padding: 4px; outline: 0;
    selection-background-color: $tint; selection-color: $t1;
}
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 6px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 3px; }
QMenu::item:selected { background: $tint; }
QMenu::item:disabled { color: $line2; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }

QCheckBox, QRadioButton { color: $t1; spacing: 6px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid $line2; background: $bg1; border-radius: 3px;
}
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $acc; border-color: $acc; image: url($icons/check-$name.svg); }
QRadioButton::indicator:checked { background: $bg1; border: 5px solid $acc; width: 6px; height: 6px; }
QCheckBox:focus, QRadioButton:focus { color: $acc; }

QSlider { min-height: 18px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $bg3; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $acc; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: $bg1; border: 1px solid $line2;
}
QSlider::handle:horizontal:focus { border: 2px solid $acc; width: 10px; height: 10px; }

QTabBar { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $t2; border: none; border-bottom: 2px solid transparent;
    padding: 0 14px; font-size: 13px; font-weight: 500;
}
QTabBar::tab:selected { color: $t1; font-weight: 600; border-bottom-color: $acc; }
QTabBar::tab:hover { color: $t1; }
QTabBar::tab:focus { color: $acc; }
QTabBar[role="dock"]::tab {
    border: none; border-radius: 5px; padding: 5px 10px; font-size: 12px; margin-right: 2px;
}
QTabBar[role="dock"]::tab:selected { background: $bg3; }

QScrollArea, QAbstractScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line2; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTableView {
    background: $bg1; color: $t1; gridline-color: $line; border: none; selection-background-color: $tint;
    selection-color: $t1; outline: 0;
}
QHeaderView::section {
    background: $bg1; color: $t2; border: none; padding: 4px 6px; font-size: 11px; font-weight: 400;
}
QListView { background: transparent; border: none; outline: 0; }
QProgressBar { background: $bg3; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $acc; border-radius: 2px; }
QSplitter::handle { background: $line; }
"""
)


def style_sheet(theme: Theme, icons: Path) -> str:
    """Return the whole style sheet for `theme`; `icons` holds the small SVG arrows it names."""
    return _TEMPLATE.substitute(theme.colours(), icons=icons.as_posix())
