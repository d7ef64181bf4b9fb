"""The bar's row of fields: which of them fold behind "More", and how wide the others are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from gui.theme import GAP_M_PX
from gui.widgets.fields import Field, share_room

__all__ = ["FieldRow"]

_USUAL_PX = {
    "rate": 78,
    "optimiser": 90,
    "loss": 126,
    "batch": 66,
    "regularisation": 86,
    "initialiser": 78,
}
"""Usual widths of the controls that share the bar's room; others keep their own."""
_FOLDED = ("regularisation", "initialiser")


class FieldRow:
    """Put a caption to each control, and fit all of them into a bar.

    Parameters
    ----------
    bar
        What the fields stand in; its layout takes them in :meth:`add_to`.
    form
        What takes the fields that fold.
    controls
        What stands under a caption, by name; among them all whose widths are given above.

    Attributes
    ----------
    is_folded
        Whether Regularisation and Initialiser are in the form, ``None`` before they are anywhere.
    """

    def __init__(self, bar: QWidget, form: QBoxLayout, controls: Mapping[str, QWidget]) -> None:
        self._bar, self._form = bar, form
        self._fields = {
            name: Field(control, _USUAL_PX.get(name, 0)) for name, control in controls.items()
        }
        self._foldable = QHBoxLayout()
        self._foldable.setSpacing(GAP_M_PX + 2)
        self.is_folded: bool | None = None

    def add_to(self, layout: QHBoxLayout, *names: str) -> None:
        """Put some of the fields into the bar, one after the other."""
        for name in names:
            layout.addWidget(self._fields[name])

    def add_foldable_to(self, layout: QHBoxLayout) -> None:
        """Put those that fold into the bar, as long as they are not folded."""
        layout.addLayout(self._foldable)

    def write(self, name: str, caption: str, tip: str) -> None:
        """Set a field's caption, its control's accessible name and its tool tip."""
        self._fields[name].write(caption, tip)

    def fold(self, is_folded: bool) -> bool:
        """Move Regularisation and Initialiser between bar and form; tell whether they moved."""
        if is_folded == self.is_folded:
            return False
        self.is_folded = is_folded
        for name in _FOLDED:
            field = self._fields[name]
            (self._form if is_folded else self._foldable).addWidget(field)
            field.show_beside(is_folded)
            # Qt shows what changed its parent only later; until then its room counts for nothing.
            field.show()
        layout = self._bar.layout()
        assert layout is not None
        layout.setSpacing(GAP_M_PX if is_folded else GAP_M_PX + 2)
        return True

    def fit(self) -> None:
        """Share the bar's room among the fields, so that texts are whole where it is enough."""
        layout = self._bar.layout()
        assert layout is not None
        shown = [name for name in _USUAL_PX if not (self.is_folded and name in _FOLDED)]
        fields = [self._fields[name] for name in shown]
        for field in fields:
            field.ensurePolished()
            field.updateGeometry()  # else the layout counts with what the field needed before
        layout.invalidate()
        layout.activate()
        others = layout.sizeHint().width() - sum(field.sizeHint().width() for field in fields)
        wishes = [self._fields[name].wish(_USUAL_PX[name]) for name in shown]
        widths = share_room(wishes, self._bar.width() - others)
        for field, width in zip(fields, widths, strict=True):
            field.control.setFixedWidth(width)
            field.updateGeometry()
        layout.invalidate()
        layout.activate()
