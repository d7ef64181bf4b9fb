"""The texts of Vision's title and status bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.format import milliseconds, number
from gui.vision_tab.live_desk import LiveDesk
from gui.vision_tab.presenter import Presenter
from gui.vision_tab.source_bar import SourceKind, SourceState
from gui.vision_tab.vision_worker import VisionController
from vision.pipeline import PipelineUpdate
from vision.session import PictureResult

__all__ = ["StatusDesk", "figures", "finding", "folder_summary", "invitation", "state"]


def state(is_frozen: bool, is_live: bool, is_waiting: bool, is_busy: bool) -> tuple[str, str]:
    """Return the state's text and the token of its dot."""
    translate = QCoreApplication.translate
    if is_frozen:
        return translate("VisionStatus", "Frozen"), "warn"
    if is_live and is_waiting:
        return translate("VisionStatus", "Waiting"), "warn"
    if is_live:
        return translate("VisionStatus", "Live"), "acc"
    if is_busy:
        return translate("VisionStatus", "Working"), "acc"
    return translate("VisionStatus", "Ready"), "acc"


def figures(reading: PictureResult | None, update: PipelineUpdate | None) -> list[tuple[str, str]]:
    """Return names and values; `update` is the stream's newest, ``None`` for a still image."""
    if reading is None:
        return []
    translate = QCoreApplication.translate
    forward = f"{milliseconds(reading.result.timings.forward_ms)} ms"
    result = [(translate("VisionStatus", "forward"), forward)]
    if update is not None and update.frame is not None:
        frame = (translate("VisionStatus", "frame"), number(update.frame.index))
        return [frame, (translate("VisionStatus", "fps"), number(update.rate_fps)), *result]
    height, width = reading.picture.shape[:2]
    return [(translate("VisionStatus", "image"), f"{width} × {height}"), *result]


def finding(reading: PictureResult, threshold: float) -> str:
    """Return what the network says of a picture; under `threshold` (0 to 1) it is not sure."""
    translate = QCoreApplication.translate
    sentence = (
        translate("VisionStatus", "{name} classified as {label}.")
        if reading.result.is_sure(threshold)
        else translate("VisionStatus", "{name}: not sure, perhaps {label}.")
    )
    return sentence.format(name=reading.name, label=reading.result.best.label)


def folder_summary(name: str, done: int, failed: int, is_whole: bool) -> str:
    """Return how a folder ended: `failed` of the `done` pictures could not be read."""
    translate = QCoreApplication.translate
    if not is_whole:
        sentence = translate("VisionStatus", "{name}: stopped after {count} pictures.")
        return sentence.format(name=name, count=number(done))
    sentence = (
        translate("VisionStatus", "{name}: {count} pictures classified, {failed} not readable.")
        if failed
        else translate("VisionStatus", "{name}: {count} pictures classified.")
    )
    return sentence.format(name=name, count=number(done - failed), failed=number(failed))


def invitation(kind: SourceKind) -> tuple[str, str]:
    """Return the empty stage's sentence and the text of its button."""
    translate = QCoreApplication.translate
    return {
        SourceKind.IMAGE: (
            translate("VisionStatus", "Drop a picture, a folder or a video here"),
            translate("VisionStatus", "Open image..."),
        ),
        SourceKind.FOLDER: (
            translate("VisionStatus", "Drop a folder of pictures here"),
            translate("VisionStatus", "Open folder..."),
        ),
        SourceKind.VIDEO: (
            translate("VisionStatus", "Drop a video here"),
            translate("VisionStatus", "Open video..."),
        ),
        SourceKind.CAMERA: (
            translate("VisionStatus", "Choose a camera"),
            translate("VisionStatus", "Open address..."),
        ),
    }[kind]


class StatusDesk(QObject):
    """Say what is on show, what it costs, and what just happened.

    Signals
    -------
    state_shown(str, str), figures_shown(list[tuple[str, str]]), sentence_shown(str)
        As in :class:`gui.tab.Tab`.
    title_changed()
        `title` is another one.
    """

    state_shown = Signal(str, str)
    figures_shown = Signal(list)
    sentence_shown = Signal(str)
    title_changed = Signal()

    def __init__(
        self, controller: VisionController, presenter: Presenter, live: LiveDesk, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._presenter, self._live = controller, presenter, live
        self._bar = SourceState()
        self._title = ""
        self._sentence: Callable[[], str] = str
        controller.busy_changed.connect(lambda _busy: self._publish_state())

    @property
    def title(self) -> str:
        """The name of the picture or stream on show."""
        if self._live.is_on:
            return self._live.title()
        reading = self._presenter.reading
        return reading.name if reading is not None else ""

    def say(self, sentence: Callable[[], str]) -> None:
        """Say what just happened; `sentence` makes the text in the language in use."""
        self._sentence = sentence
        self.sentence_shown.emit(sentence())

    def say_again(self) -> None:
        """Say it in the language in use."""
        self.say(self._sentence)

    def fall_silent(self) -> None:
        """Take back what was said, because something else is to be shown."""
        if self._sentence is not str:
            self.say(str)

    def follow_bar(self, bar: SourceState) -> None:
        """Show the state that the source bar shows."""
        self._bar = bar
        self._publish_state()

    def follow_picture(self) -> None:
        """Show figures and title of what the stage shows now."""
        self._publish_figures()
        if self.title != self._title:
            self._title = self.title
            self.title_changed.emit()

    def republish(self) -> None:
        """Say everything again but for the title."""
        self._publish_state()
        self._publish_figures()
        self.say_again()

    def _publish_state(self) -> None:
        bar = self._bar
        live = self._live.is_on and bar.is_live
        waiting = not bar.has_picture
        self.state_shown.emit(*state(bar.is_frozen, live, waiting, self._controller.is_busy))

    def _publish_figures(self) -> None:
        update = self._live.update if self._live.is_on else None
        self.figures_shown.emit(figures(self._presenter.reading, update))
