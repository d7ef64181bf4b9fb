"""The model library: what can be downloaded, what is here, and how far a download is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QScrollArea, QWidget

from foundation.text import tr
from gui.error_texts import sentence_of, translated
from gui.explain import explain
from gui.format import megabytes, percent, show_fixed
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX
from gui.vision_tab.state import DownloadPhase, LibraryRow, VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import describe, label, named, push_button, set_role
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Dialog

if TYPE_CHECKING:
    from vision.models.download import DownloadProgress  # loads what downloads, which few do

_ACCURACY = re.compile(r"top-1 ([\d.]+) top-5 ([\d.]+)")


class _Card(QFrame):
    """One model with its buttons."""

    def __init__(self, row: LibraryRow, model: VisionModel) -> None:
        super().__init__()
        self._row = row
        key = row.manifest.key
        self._name = label("strong")
        self._facts = label("caption", wrap=True)
        self._message = label("caption", f"library_{key}_message", wrap=True)
        self._message.hide()
        self._progress = named(QProgressBar(), f"library_{key}_progress")
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._download = push_button(f"library_{key}_download", "", "small")
        self._cancel = push_button(f"library_{key}_cancel", "", "small")
        self.use = push_button(f"library_{key}_use", "primary", "small")
        self._remove = push_button(f"library_{key}_remove", "quiet", "small")
        texts = vbox(self._name, self._facts, self._message, self._progress, gap=2)
        buttons = (self._remove, self._download, self._cancel, self.use)
        centred = ((button, 0, Qt.AlignmentFlag.AlignVCenter) for button in buttons)
        hbox((texts, 1), *centred, on=self, gap=GAP_M_PX, margins=(12, 8))
        set_role(self, role="card")
        self._download.clicked.connect(lambda: model.registry.download(key))
        self._cancel.clicked.connect(model.registry.stop_download)
        self._remove.clicked.connect(lambda: model.registry.remove_download(key))
        self.show_row(row, is_other_loading=False)

    def show_row(self, row: LibraryRow, is_other_loading: bool) -> None:
        """Show what is here of the model, how far its download is, and what can be done."""
        self._row = row
        is_loading = row.download is not None and row.download.is_running
        self._download.setEnabled(not is_other_loading)
        self._show_buttons(
            {
                self._cancel: is_loading,
                self.use: row.is_here,
                self._download: not row.is_here and not is_loading,
                self._remove: row.is_here or (row.partial_bytes > 0 and not is_loading),
            }
        )
        self._progress.setVisible(is_loading)
        progress = row.download.progress if row.download is not None else None
        if progress is not None:
            self._progress.setRange(0, max(1, progress.total_bytes // 1024))
            self._progress.setValue(progress.received_bytes // 1024)
        self.retranslate()

    def _show_buttons(self, shown: dict[QPushButton, bool]) -> None:
        """Show some buttons; the keyboard stays in the card when the one that has it goes.

        Left to Qt it would go on to another card, or to the dialog's foot, and the list with it.
        """
        for button, is_shown in shown.items():
            if is_shown:
                button.show()
        if any(button.hasFocus() and not is_shown for button, is_shown in shown.items()):
            next(button for button, is_shown in shown.items() if is_shown).setFocus()
        for button, is_shown in shown.items():
            if not is_shown:
                button.hide()

    def _write_message(self) -> None:
        """Write what came of a download under the facts."""
        download = self._row.download
        text = tone = ""
        if download is not None and download.error is not None:
            text, tone = sentence_of(download.error), "fail"
        elif download is not None and download.progress is not None:
            text = self._said_of(download.progress)
        elif download is not None:
            text = {
                DownloadPhase.CONNECTING: tr("Connecting."),
                DownloadPhase.DONE: tr("Downloaded and checked."),
                DownloadPhase.STOPPED: tr("Stopped. What has come is kept."),
            }.get(download.phase, "")
            tone = "ok" if download.phase is DownloadPhase.DONE else ""
        self._message.setText(text)
        self._message.setVisible(bool(text))
        set_role(self._message, tone=tone)

    def _said_of(self, progress: DownloadProgress) -> str:
        text = tr(
            "{received} of {total}",
            received=megabytes(progress.received_bytes),
            total=megabytes(progress.total_bytes),
        )
        if progress.bytes_per_s > 0:
            speed = show_fixed(progress.bytes_per_s / 1e6, 1)
            text += ", " + tr("{speed} MB a second", speed=speed)
        return text

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        row, manifest = self._row, self._row.manifest
        name = translated(manifest.name)
        self._name.setText(name)
        facts = [
            megabytes(manifest.bytes),
            self._accuracy(manifest.accuracy),
            translated(manifest.licence),
            self._source(manifest.source),
        ]
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        go_on = row.partial_bytes > 0 and not row.is_here
        self._download.setText(tr("Go on downloading") if go_on else tr("Download"))
        self._cancel.setText(tr("Cancel"))
        self.use.setText(tr("Use"))
        self._remove.setText(tr("Remove"))
        named = (
            (self._download, tr("Download {name}")),
            (self._cancel, tr("Stop downloading {name}; what has come is kept")),
            (self.use, tr("Use {name}")),
            (self._remove, tr("Remove {name} from this computer")),
        )
        for button, text in named:
            describe(button, text.format(name=name))
        self._progress.setAccessibleName(tr("Progress of {name}", name=name))
        self._write_message()

    def _accuracy(self, said: str) -> str:
        """Return how often the right label is the first, and one of five, as the manifest says."""
        shares = _ACCURACY.fullmatch(said)
        if shares is None:
            return said
        first, fifth = (percent(float(share) / 100) for share in shares.groups())
        return tr("right label first {first}, among five {fifth}", first=first, fifth=fifth)

    def _source(self, said: str) -> str:
        """Return which version of which collection it is."""
        collection, is_version, version = said.partition(" at ")
        if not is_version:
            return said
        return tr("{collection}, version {version}", collection=collection, version=version)


class LibraryDialog(Dialog):
    """Show the library; nothing is fetched without a click."""

    def __init__(self, model: VisionModel, parent: QWidget) -> None:
        super().__init__("library_dialog", parent)
        self.resize(640, 560)
        self._model = model
        self._rows: tuple[LibraryRow, ...] = ()
        self._cards: dict[str, _Card] = {}
        self._intro = label("label", "library_intro", wrap=True)
        explain(self._intro, "model", "vision-task")
        inner = QWidget()
        self._list = vbox(on=inner, gap=GAP_M_PX, margins=(0, 0, GAP_S_PX, 0))
        area = named(QScrollArea(), "library_list")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons scroll along
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.close_button = push_button("library_close")
        foot = hbox(STRETCH, self.close_button)
        self.show_state(model.state)  # before the foot is laid, so that Tab comes to it last
        vbox(self._intro, (area, 1), foot, on=self, gap=GAP_L_PX, margins=(16, 16, 16, 12))
        self.close_button.clicked.connect(self.close)
        self.retranslate()

    def show_state(self, state: VisionState) -> None:
        """Show the models, and the download that runs."""
        if state.library is self._rows:
            return
        self._rows = state.library
        running = [row for row in state.library if row.download and row.download.is_running]
        for row in state.library:
            card = self._cards.get(row.manifest.key) or self._add(row)
            card.show_row(row, is_other_loading=bool(running) and row not in running)

    def _add(self, row: LibraryRow) -> _Card:
        card = _Card(row, self._model)
        self._cards[row.manifest.key] = card
        self._list.addWidget(card)
        card.use.clicked.connect(lambda: self._on_use_clicked(row.manifest.key))
        return card

    def _on_use_clicked(self, key: str) -> None:
        self._model.choose_model(f"library_{key}")
        self.close()

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.setWindowTitle(tr("Model library"))
        self._intro.setText(
            tr(
                "A click downloads a model over https, checks it, and keeps it for use offline. "
                "Nothing else leaves or reaches this computer."
            )
        )
        self.close_button.setText(tr("Close"))
        describe(self.close_button, tr("Close the library"))
        for card in self._cards.values():
            card.retranslate()
