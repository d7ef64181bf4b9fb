"""A form that pops up under a button: captions on the left, controls on the right."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.theme import GAP_M_PX, INSET_PX
from gui.widgets.basic import scroll_area, set_role
from gui.widgets.fields import FORM_FIELD_PX, caption_of
from gui.widgets.layouts import vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import LazyText

ROW_GAP_PX = 4
_MIN_PX = 120


class PopupForm(Panel):
    """A form for settings that have no place in the toolbar.

    Attributes
    ----------
    grid
        Layout with captions in the first column and controls in the second.
    captions
        Captions by the name passed to `add_row`.
    """

    def __init__(self, object_name: str, parent: QWidget) -> None:
        super().__init__(object_name, parent, Qt.WindowType.Popup)
        self.captions: dict[str, QLabel] = {}
        self._content = QWidget()
        vbox(scroll_area(self._content), on=self, margins=1)
        self.grid = QGridLayout(self._content)
        self.grid.setContentsMargins(INSET_PX, INSET_PX, INSET_PX, INSET_PX)
        self.grid.setHorizontalSpacing(GAP_M_PX)
        self.grid.setVerticalSpacing(ROW_GAP_PX)
        set_role(self, role="card")

    def add_title(self, title: QLabel) -> None:
        """Append a heading."""
        title.setContentsMargins(0, GAP_M_PX, 0, 0)
        self.grid.addWidget(title, self.grid.rowCount(), 0, 1, 2)

    def add_row(
        self,
        name: str,
        control: QWidget,
        term: str = "",
        caption: LazyText = "",
        tip: LazyText = "",
    ) -> None:
        """Append a control with a caption; `term` is its glossary term."""
        self.captions[name] = caption_of(control, "label", term, caption, tip)
        control.setFixedWidth(FORM_FIELD_PX)
        row = self.grid.rowCount()
        self.grid.addWidget(self.captions[name], row, 0)
        self.grid.addWidget(control, row, 1)

    def add_wide(self, control: QWidget) -> None:
        """Append a control without a caption."""
        self.grid.addWidget(control, self.grid.rowCount(), 0, 1, 2)

    def open_under(self, button: QWidget, first: QWidget) -> None:
        """Show the form under `button`, inside the screen, with the focus on `first`."""
        self.move(button.mapToGlobal(button.rect().bottomLeft()) + QPoint(0, 4))
        self.fit()
        self.show()
        first.setFocus()

    def fit(self) -> None:
        """Fit the size to the content, inside the screen."""
        screen, wanted = self.screen().availableGeometry(), self._content.sizeHint()
        self.setMinimumWidth(wanted.width() + 24)
        height = min(wanted.height() + 4, screen.bottom() - self.y() - 8)
        self.resize(self.minimumWidth(), max(height, min(200, wanted.height() + 4), _MIN_PX))
        self.move(min(self.x(), screen.right() - self.width() - 8), self.y())
