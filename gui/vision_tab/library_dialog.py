"""The model library: available and installed models, and downloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from foundation.text import mark, tr
from gui.error_texts import sentence_of, translated
from gui.explain import explain
from gui.format import megabytes, percent, show_fixed
from gui.theme import GAP_L_PX, GAP_M_PX, GAP_S_PX
from gui.vision_tab.state import DownloadPhase, LibraryRow, VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import label, named, push_button, scroll_area, set_role
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Dialog, Panel
from gui.widgets.texts import worded

if TYPE_CHECKING:
    from vision.models.download import DownloadProgress  # loads what downloads, which few do

_ACCURACY = re.compile(r"top-1 ([\d.]+) top-5 ([\d.]+)")


class _Card(Panel):
    """A model with its buttons."""

    def __init__(self, row: LibraryRow, model: VisionModel, use: Callable[[], object]) -> None:
        super().__init__()
        self._row = row
        self._is_other_loading = False
        registry, manifest = model.registry, row.manifest
        key = manifest.key

        def naming(text: str) -> Callable[[], str]:
            return lambda: tr(text, name=translated(manifest.name))

        self._facts = label("caption", wrap=True)
        self._message = label("caption", f"library_{key}_message", wrap=True)
        self._progress = worded(
            named(QProgressBar(), f"library_{key}_progress"),
            accessible_name=naming(mark("Progress of {name}")),
            tip="",
        )
        self._progress.setTextVisible(False)
        self._download = push_button(
            f"library_{key}_download",
            size="small",
            do=lambda: registry.download(key),
            accessible_name=naming(mark("Download {name}")),
        )
        self._cancel = push_button(
            f"library_{key}_cancel",
            size="small",
            do=lambda: registry.stop_download(),
            text="Cancel",
            accessible_name=naming(mark("Stop downloading {name}; what has come is kept")),
        )
        self._use = push_button(
            f"library_{key}_use",
            "primary",
            "small",
            do=lambda: use(),
            text="Use",
            accessible_name=naming(mark("Use {name}")),
        )
        self._remove = push_button(
            f"library_{key}_remove",
            "quiet",
            "small",
            do=lambda: registry.remove_download(key),
            text="Remove",
            accessible_name=naming(mark("Remove {name} from this computer")),
        )
        name = label("strong", text=lambda: translated(manifest.name))
        texts = vbox(name, self._facts, self._message, self._progress, gap=2)
        buttons = (self._remove, self._download, self._cancel, self._use)
        centred = ((button, 0, Qt.AlignmentFlag.AlignVCenter) for button in buttons)
        hbox((texts, 1), *centred, on=self, gap=GAP_M_PX, margins=(12, 8))
        set_role(self, role="card")
        self.retranslate()

    def show_row(self, row: LibraryRow, is_other_loading: bool) -> None:
        """Show the model's state, the download's progress, and the possible actions."""
        self._row, self._is_other_loading = row, is_other_loading
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        row, manifest = self._row, self._row.manifest
        facts = (
            megabytes(manifest.bytes),
            _accuracy(manifest.accuracy),
            translated(manifest.licence),
            _source(manifest.source),
        )
        self._facts.setText(" · ".join(filter(None, facts)))
        is_loading = row.download is not None and row.download.is_running
        is_cut_off = row.partial_bytes > 0 and not row.is_here
        self._download.setText(tr("Go on downloading") if is_cut_off else tr("Download"))
        self._download.setEnabled(not self._is_other_loading)
        self._show_buttons(
            {
                self._cancel: is_loading,
                self._use: row.is_here and not is_loading,
                self._download: not row.is_here and not is_loading,
                self._remove: (row.is_here or is_cut_off) and not is_loading,
            }
        )
        self._progress.setVisible(is_loading)
        progress = row.download.progress if row.download is not None else None
        if progress is not None:
            self._progress.setRange(0, max(1, progress.total_bytes // 1024))
            self._progress.setValue(progress.received_bytes // 1024)
        self._write_message()

    def _show_buttons(self, shown: dict[QPushButton, bool]) -> None:
        """Show some buttons, keeping the focus in the card.

        Otherwise Qt would move the focus from a disappearing button to another card or to the
        dialog's buttons, and scroll the list there.
        """
        focused = self.window().focusWidget()  # also while another window is in front
        had_focus = any(button is focused and not shown[button] for button in shown)
        for button in sorted(shown, key=shown.__getitem__, reverse=True):
            button.setVisible(shown[button])
            if had_focus and shown[button]:
                button.setFocus()
                had_focus = False

    def _write_message(self) -> None:
        """Write the progress or result of a download below the facts."""
        download = self._row.download
        text = tone = ""
        if download is not None and download.error is not None:
            text, tone = sentence_of(download.error), "fail"
        elif download is not None and download.progress is not None:
            text = _progress_text(download.progress)
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


def _progress_text(progress: DownloadProgress) -> str:
    text = tr(
        "{received} of {total}",
        received=megabytes(progress.received_bytes),
        total=megabytes(progress.total_bytes),
    )
    if progress.bytes_per_s > 0:
        speed = show_fixed(progress.bytes_per_s / 1e6, 1)
        text += ", " + tr("{speed} MB a second", speed=speed)
    return text


def _accuracy(text: str) -> str:
    """Return the manifest's top-1 and top-5 accuracy as text."""
    shares = _ACCURACY.fullmatch(text)
    if shares is None:
        return text
    first, fifth = (percent(float(share) / 100) for share in shares.groups())
    return tr("right label first {first}, among five {fifth}", first=first, fifth=fifth)


def _source(text: str) -> str:
    """Return the model's collection and version."""
    collection, is_version, version = text.partition(" at ")
    if not is_version:
        return text
    return tr("{collection}, version {version}", collection=collection, version=version)


class LibraryDialog(Dialog):
    """The model library; it downloads only what the user clicks."""

    def __init__(self, model: VisionModel, parent: QWidget) -> None:
        super().__init__("library_dialog", parent, title="Model library")
        self.resize(640, 560)
        self._model = model
        self._rows: tuple[LibraryRow, ...] = ()
        self._cards: dict[str, _Card] = {}
        intro = label(
            "label",
            "library_intro",
            wrap=True,
            text="A click downloads a model over https, checks it, and keeps it for use offline. "
            "Nothing else leaves or reaches this computer.",
        )
        explain(intro, "model", "vision-task")
        inner = QWidget()
        self._list = vbox(on=inner, gap=GAP_M_PX, margins=(0, 0, GAP_S_PX, 0))
        area = scroll_area(inner, "library_list")
        self.show_state(model.state)  # before the foot is made, so that Tab comes to it last
        close = push_button(
            "library_close", do=self.close, text="Close", accessible_name="Close the library"
        )
        foot = hbox(STRETCH, close)
        vbox(intro, (area, 1), foot, on=self, gap=GAP_L_PX, margins=(16, 16, 16, 12))

    def show_state(self, state: VisionState) -> None:
        """Show the models and the running download."""
        if state.library is self._rows:
            return
        self._rows = state.library
        running = [row for row in state.library if row.download and row.download.is_running]
        for row in state.library:
            key = row.manifest.key
            if key not in self._cards:
                self._cards[key] = _Card(row, self._model, partial(self._on_use_clicked, key))
                self._list.addWidget(self._cards[key])
            self._cards[key].show_row(row, bool(running) and row not in running)

    def _on_use_clicked(self, key: str) -> None:
        self._model.choose_model(f"library_{key}")
        self.close()
