"""The list of models, and the card that says whether the chosen one can be used."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout

from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, icon
from gui.widgets.basic import describe, label, push_button, set_role, strong
from gui.widgets.panel import Panel

__all__ = ["ModelPanel", "ModelRow", "PreflightState"]


@dataclass(frozen=True)
class ModelRow:
    """One model of the list.

    Attributes
    ----------
    key
        Stable name of the row; part of its widgets' object names.
    name, origin
        "GoogLeNet", "tutorial".
    fact
        What stands at the right: its size, or its number of classes.
    action
        Text of a link in place of `fact`, e.g. "Locate files...".
    needs_files
        Whether choosing the row first has to ask for files.
    """

    key: str
    name: str
    origin: str = ""
    fact: str = ""
    action: str = ""
    needs_files: bool = False


@dataclass(frozen=True)
class PreflightState:
    """What the card says.

    Attributes
    ----------
    tone
        ``"ok"``, ``"warn"``, ``"fail"`` or ``""`` while it is being looked at.
    head, text
        "Preflight passed." and what follows it.
    details
        One line for every finding.
    """

    tone: str
    head: str
    text: str = ""
    details: tuple[str, ...] = ()


class _Row(QFrame):
    """A radio button with the model's origin, and a fact or a link at the right."""

    def __init__(self, row: ModelRow) -> None:
        super().__init__()
        self.row = row
        self.radio = QRadioButton(row.name)
        self.radio.setObjectName(f"model_{row.key}")
        self.origin = label("label")
        self.origin.setText(row.origin)
        self.link = push_button(f"model_{row.key}_action", "link", "small")
        self.link.setText(row.action)
        self.link.setVisible(bool(row.action))
        self.fact = label("label")
        self.fact.setText(row.fact)
        self.fact.setVisible(not row.action)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_M_PX)
        layout.addWidget(self.radio)
        layout.addWidget(self.origin)
        layout.addStretch(1)
        layout.addWidget(self.link)
        layout.addWidget(self.fact)
        self.setFixedHeight(26)
        describe(self.radio, f"{row.name}, {row.origin}" if row.origin else row.name)
        describe(self.link, f"{row.name}: {row.action}" if row.action else row.name)


class ModelPanel(Panel):
    """Let a person choose the model, and say what is known of it.

    Signals
    -------
    model_chosen(str)
        Key of a row whose files are there.
    files_requested(str)
        Key of a row that needs files, or whose link was clicked.
    library_requested()
        The link at the top.
    """

    model_chosen = Signal(str)
    files_requested = Signal(str)
    library_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("model_panel")
        self._rows: list[_Row] = []
        self._chosen = ""
        self._preflight: PreflightState | None = None
        self._title = label("title")
        self.library_button = push_button("model_library", "link", "small")
        self._group = QButtonGroup(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._make_card()
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.library_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INSET_PX + 2, INSET_PX - 2, INSET_PX + 2, INSET_PX)
        layout.setSpacing(GAP_S_PX)
        layout.addLayout(head)
        layout.addLayout(self._list)
        layout.addSpacing(GAP_S_PX)
        layout.addWidget(self.card)
        self.library_button.clicked.connect(self.library_requested)
        self.retranslate()

    def _make_card(self) -> None:
        self.card = QFrame()
        self.card.setObjectName("preflight_card")
        self._card_icon = QLabel()
        self.card_text = label("", "preflight_text", wrap=True)
        self.card_text.setTextFormat(Qt.TextFormat.RichText)
        row = QHBoxLayout(self.card)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(GAP_M_PX)
        row.addWidget(self._card_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.card_text, 1)
        self.card.hide()

    # -- Showing -----------------------------------------------------------------------------------

    def show_models(self, rows: list[ModelRow], chosen: str) -> None:
        """Show the models, of which `chosen` is in use."""
        self._chosen = chosen
        if [row.row for row in self._rows] != rows:
            self._rebuild(rows)
        for row in self._rows:
            is_chosen = row.row.key == chosen
            row.radio.setChecked(is_chosen)
            set_role(row.radio, role="chosen" if is_chosen else "")

    def show_preflight(self, state: PreflightState | None) -> None:
        """Show what is known of the chosen model."""
        self._preflight = state
        self.card.setVisible(state is not None)
        if state is None:
            return
        set_role(self.card, role="card", tone=state.tone)
        first = f"{strong(escape(state.head))} {escape(state.text)}".strip()
        lines = [first, *map(escape, state.details)]
        self.card_text.setText("<br>".join(lines))
        self._refresh_card()

    def _rebuild(self, rows: list[ModelRow]) -> None:
        for old in self._rows:
            self._group.removeButton(old.radio)
            self._list.removeWidget(old)
            # Not deleted at once: a click on its link may still be on the stack.
            old.setParent(None)
            old.deleteLater()
        self._rows = [_Row(row) for row in rows]
        for widget in self._rows:
            self._group.addButton(widget.radio)
            self._list.addWidget(widget)
            row = widget.row
            widget.radio.clicked.connect(lambda _=False, row=row: self._on_radio_clicked(row))
            widget.link.clicked.connect(lambda _=False, key=row.key: self.files_requested.emit(key))

    def _refresh_card(self) -> None:
        tone = self._preflight.tone if self._preflight is not None else ""
        name = {"ok": "check-circle", "warn": "warning", "fail": "x-circle"}.get(tone, "hourglass")
        self._card_icon.setPixmap(icon(name, tone or "t2").pixmap(15, 15))

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(self.tr("Model"))
        self.library_button.setText(self.tr("Model library..."))
        describe(self.library_button, self.tr("Models that can be downloaded"))

    # -- Person ------------------------------------------------------------------------------------

    def _on_radio_clicked(self, row: ModelRow) -> None:
        if row.needs_files:
            # Until there are files, the model in use stays chosen.
            self.show_models([widget.row for widget in self._rows], self._chosen)
            self.files_requested.emit(row.key)
        elif row.key != self._chosen:
            self.model_chosen.emit(row.key)

    def restyle(self) -> None:
        """Put on the theme in use."""
        self._refresh_card()
