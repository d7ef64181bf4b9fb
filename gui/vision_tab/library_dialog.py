"""The model library: what can be downloaded, what is here, and how far a download is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.error_texts import translated
from gui.format import megabytes, number, percent
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX
from gui.widgets.basic import describe, label, push_button, set_role
from gui.widgets.panel import Dialog

__all__ = ["DownloadState", "LibraryDialog", "LibraryRow"]


_ACCURACY = re.compile(r"top-1 ([\d.]+) top-5 ([\d.]+)")


@dataclass(frozen=True)
class LibraryRow:
    """One model of the library.

    Attributes
    ----------
    key, name
        Stable name, and what a person reads.
    size
        Bytes of the whole model.
    licence, accuracy, source
        For people.
    is_here
        Whether it was fetched.
    partial
        Bytes that are there from a download that was cut off.
    """

    key: str
    name: str
    size: int
    licence: str
    accuracy: str
    source: str
    is_here: bool
    partial: int = 0


@dataclass(frozen=True)
class DownloadState:
    """How far the running download is.

    Attributes
    ----------
    key
        Which model.
    received, total
        Bytes.
    bytes_per_s
        Speed.
    """

    key: str
    received: int
    total: int
    bytes_per_s: float = 0.0


class _Card(QFrame):
    """One model with its buttons."""

    def __init__(self, row: LibraryRow) -> None:
        super().__init__()
        self.row = row
        self._name = label("strong")
        self._facts = label("caption", wrap=True)
        self.message = label("caption", f"library_{row.key}_message", wrap=True)
        self.message.hide()
        self.progress = QProgressBar()
        self.progress.setObjectName(f"library_{row.key}_progress")
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.download = push_button(f"library_{row.key}_download", "", "small")
        self.cancel = push_button(f"library_{row.key}_cancel", "", "small")
        self.use = push_button(f"library_{row.key}_use", "primary", "small")
        self.remove = push_button(f"library_{row.key}_remove", "quiet", "small")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for widget in (self._name, self._facts, self.message, self.progress):
            texts.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(GAP_M_PX)
        layout.addLayout(texts, 1)
        for button in (self.remove, self.download, self.cancel, self.use):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        set_role(self, role="card")
        self.show_row(row, is_loading=False, is_other_loading=False)

    def show_row(self, row: LibraryRow, is_loading: bool, is_other_loading: bool) -> None:
        """Show what is here of the model, and the buttons that make sense."""
        self.row = row
        self.download.setVisible(not row.is_here and not is_loading)
        self.download.setEnabled(not is_other_loading)
        self.cancel.setVisible(is_loading)
        self.use.setVisible(row.is_here)
        self.remove.setVisible(row.is_here or (row.partial > 0 and not is_loading))
        self.progress.setVisible(is_loading)
        self.retranslate()

    def show_progress(self, state: DownloadState) -> None:
        """Show how far the download is."""
        self.progress.setRange(0, max(1, state.total // 1024))
        self.progress.setValue(state.received // 1024)
        text = self.tr("{received} of {total}").format(
            received=megabytes(state.received), total=megabytes(state.total)
        )
        if state.bytes_per_s > 0:
            speed = number(state.bytes_per_s / 1e6, 1)
            text += ", " + self.tr("{speed} MB a second").format(speed=speed)
        self.show_message(text)

    def show_message(self, text: str, tone: str = "") -> None:
        """Write a line under the facts."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
        set_role(self.message, tone=tone)

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        row = self.row
        name = translated(row.name)
        self._name.setText(name)
        facts = [
            megabytes(row.size),
            self._accuracy(row.accuracy),
            translated(row.licence),
            self._source(row.source),
        ]
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        go_on = row.partial > 0 and not row.is_here
        self.download.setText(self.tr("Go on downloading") if go_on else self.tr("Download"))
        self.cancel.setText(self.tr("Cancel"))
        self.use.setText(self.tr("Use"))
        self.remove.setText(self.tr("Remove"))
        named = (
            (self.download, self.tr("Download {name}")),
            (self.cancel, self.tr("Stop downloading {name}; what has come is kept")),
            (self.use, self.tr("Use {name}")),
            (self.remove, self.tr("Remove {name} from this computer")),
        )
        for button, text in named:
            describe(button, text.format(name=name))
        self.progress.setAccessibleName(self.tr("Progress of {name}").format(name=name))

    def _accuracy(self, said: str) -> str:
        """Return how often the right label is the first, and one of five, as the manifest says."""
        shares = _ACCURACY.fullmatch(said)
        if shares is None:
            return said
        first, fifth = (percent(float(share) / 100) for share in shares.groups())
        return self.tr("right label first {first}, among five {fifth}").format(
            first=first, fifth=fifth
        )

    def _source(self, said: str) -> str:
        """Return which version of which collection it is."""
        collection, is_version, version = said.partition(" at ")
        if not is_version:
            return said
        return self.tr("{collection}, version {version}").format(
            collection=collection, version=version
        )


class LibraryDialog(Dialog):
    """Show the library; nothing is fetched without a click.

    Signals
    -------
    download_requested(str), use_requested(str), remove_requested(str)
        Key of a model.
    cancel_requested()
        Stop the running download.
    """

    download_requested = Signal(str)
    use_requested = Signal(str)
    remove_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("library_dialog")
        self.resize(640, 560)
        self._cards: dict[str, _Card] = {}
        self._intro = label("label", "library_intro", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(GAP_M_PX)
        inner = QWidget()
        inner.setLayout(self._list)
        self._list.setContentsMargins(0, 0, GAP_S_PX, 0)
        area = QScrollArea()
        area.setObjectName("library_list")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.close_button = push_button("library_close")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(GAP_L_PX)
        layout.addWidget(self._intro)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        self.close_button.clicked.connect(self.close)
        self.retranslate()

    def show_rows(self, rows: list[LibraryRow], loading: str = "") -> None:
        """Show the models; `loading` is the key of the one that is being fetched."""
        for row in rows:
            card = self._cards.get(row.key) or self._add(row)
            card.show_row(row, row.key == loading, bool(loading) and row.key != loading)

    def show_progress(self, state: DownloadState) -> None:
        """Show how far the running download is."""
        self._cards[state.key].show_progress(state)

    def show_message(self, key: str, text: str, tone: str = "") -> None:
        """Write what came of a download beside its model."""
        self._cards[key].show_message(text, tone)

    def _add(self, row: LibraryRow) -> _Card:
        card = _Card(row)
        self._cards[row.key] = card
        self._list.addWidget(card)
        key = row.key
        card.download.clicked.connect(lambda: self.download_requested.emit(key))
        card.use.clicked.connect(lambda: self.use_requested.emit(key))
        card.remove.clicked.connect(lambda: self.remove_requested.emit(key))
        card.cancel.clicked.connect(self.cancel_requested)
        return card

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setWindowTitle(self.tr("Model library"))
        self._intro.setText(
            self.tr(
                "A click downloads a model over https, checks it, and keeps it for use offline. "
                "Nothing else leaves or reaches this computer."
            )
        )
        self.close_button.setText(self.tr("Close"))
        describe(self.close_button, self.tr("Close the library"))
        for card in self._cards.values():
            card.retranslate()
