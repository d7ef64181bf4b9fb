"""Combo boxes and their widths."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip


def keyed_combo(object_name: str, keys: Sequence[str]) -> QComboBox:
    """Return a combo box whose items have language-independent keys as data."""
    combo = QComboBox()
    combo.setObjectName(object_name)
    for key in keys:
        combo.addItem(key, key)
    return combo


def combo_px(combo: QComboBox, text: str) -> int:
    """Return the width in pixels at which a combo box shows all of `text`."""
    option = QStyleOptionComboBox()
    option.initFrom(combo)
    option.editable = combo.isEditable()
    beside = option.rect.width() - _text_px(combo, option)
    return combo.fontMetrics().horizontalAdvance(text) + 1 + beside  # an advance is rounded


def _text_px(combo: QComboBox, option: QStyleOptionComboBox) -> int:
    field, kind = QStyle.SubControl.SC_ComboBoxEditField, QStyle.ComplexControl.CC_ComboBox
    return combo.style().subControlRect(kind, option, field, combo).width()


class ElidingCombo(QComboBox):
    """A combo box that may be narrower than its text.

    Long text is elided in the middle, since names mostly differ at the ends, and the tool tip
    begins with the full text.
    """

    _POPUP_MARGINS_PX = 32

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def fit_popup(self) -> None:
        """Make the popup as wide as its longest text."""
        texts = [self.itemText(index) for index in range(self.count())]
        widest = max(map(self.fontMetrics().horizontalAdvance, texts), default=0)
        self.view().setMinimumWidth(widest + self._POPUP_MARGINS_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the combo box with its text elided before the arrow.

        This is not done in ``initStyleOption``, which Qt also calls to compute sizes.
        """
        painter = QStylePainter(self)
        painter.setPen(self.palette().text().color())
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideMiddle, _text_px(self, option)
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        """Show the full text first in the tool tip if it is elided."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.currentText()
            if combo_px(self, text) > self.width():
                QToolTip.showText(event.globalPos(), f"{text}\n{self.toolTip()}".strip(), self)
                return True
        return super().event(event)
