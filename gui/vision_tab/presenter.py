"""Show a reading on every panel of the tab."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QRectF, QSettings, Signal

from gui.format import percent
from gui.vision_tab.history_panel import HistoryEntry, HistoryModel, HistoryPanel
from gui.vision_tab.latency_panel import LatencyPanel, LatencyState
from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.stage.overlay import Badge
from gui.vision_tab.stage.stage import Stage
from gui.vision_tab.top_k_panel import TopKPanel
from gui.vision_tab.xray_panel import XrayPanel
from vision.display import thumbnail
from vision.session import PictureResult

__all__ = ["Presenter"]


class Presenter(QObject):
    """Keep the reading on show, and show it.

    Attributes
    ----------
    reading
        What the stage shows, or ``None``.
    history
        The entries of the strip.

    Signals
    -------
    shown()
        Another reading, or the same one judged by another threshold.
    """

    shown = Signal()

    def __init__(
        self,
        stage: Stage,
        top_k: TopKPanel,
        xray: XrayPanel,
        latency: LatencyPanel,
        strip: HistoryPanel,
        history: HistoryModel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.reading: PictureResult | None = None
        self.history = history
        self._stage, self._top_k, self._xray = stage, top_k, xray
        self._latency, self._strip = latency, strip
        self._live: LatencyState | None = None
        top_k.threshold_changed.connect(self._on_threshold_changed)
        stage.view.painted.connect(self._on_painted)

    @property
    def shows_tensor(self) -> bool:
        """Whether any of the X-ray is on the screen."""
        return not self._xray.visibleRegion().isEmpty()

    # -- Showing -----------------------------------------------------------------------------------

    def show_reading(self, reading: PictureResult, live: LatencyState | None = None) -> None:
        """Show a reading everywhere; `live` tells of the stream that draws its own frames."""
        self.reading = reading
        self._live = live
        if live is None:
            assert reading.pixels is not None  # only frames have none
            self._stage.show_image(PixelImage(reading.pixels))
        self._write_label()
        self._top_k.show_result(reading.result)
        self._xray.show_tensor(reading.tensor)
        model = reading.model
        self._xray.show_settings(reading.preprocessing, model.preprocessing, model.choice)
        self._show_times(reading)
        if reading.is_new:
            self.history.add(self._entry(reading))
            self._strip.show_current(0)
        self.shown.emit()

    def remember(self, instead: bool = False) -> None:
        """Put the reading on show into the history, because a person held or saved it.

        Parameters
        ----------
        instead
            Whether it takes the place of the newest entry.
        """
        if self.reading is None or self._live is None:
            return
        if instead and len(self.history):
            self.history.replace(0, self._entry(self.reading))
        else:
            self.history.add(self._entry(self.reading))
        self._strip.show_current(0)

    def clear(self) -> None:
        """Show nothing; the settings stay."""
        self.reading = None
        self._live = None
        self._top_k.show_result(None)
        self._xray.show_tensor(None)
        self._latency.show_state(None)
        self._strip.show_current(None)
        self.shown.emit()

    def restore(self, stored: QSettings) -> None:
        """Show the threshold and the number of labels that were in use the last time."""
        count = int(_number(stored, "vision/top_k", self._top_k.count))
        threshold = min(1.0, _number(stored, "vision/threshold", self._top_k.threshold))
        self._top_k.show_settings(count, threshold)
        self.history.set_threshold(self._top_k.threshold)

    def store(self, stored: QSettings) -> None:
        """Keep them for the next time."""
        stored.setValue("vision/top_k", self._top_k.count)
        stored.setValue("vision/threshold", self._top_k.threshold)

    def rewrite(self) -> None:
        """Write the texts on the stage anew, because the language changed."""
        if self.reading is not None:
            self._write_label()

    def _write_label(self) -> None:
        reading = self.reading
        if reading is None:
            return
        best = reading.result.best
        share = percent(best.probability)
        sure = reading.result.is_sure(self._top_k.threshold)
        badge = (
            Badge(best.label, share)
            if sure
            else Badge(self.tr("not sure"), f"{best.label} {share}", is_sure=False)
        )
        self._stage.show_reading(badge, QRectF(*reading.result.seen), self._seen_text(reading))

    def _seen_text(self, reading: PictureResult) -> str:
        settings = reading.preprocessing
        if not settings.crop:
            return self.tr("the network sees the whole picture, squashed")
        if settings.size_wh[0] == settings.size_wh[1]:
            return self.tr("the network sees this square")
        return self.tr("the network sees this part")

    def _show_times(self, reading: PictureResult) -> None:
        if self._live is not None:
            self._latency.show_state(self._live)
            return
        self._latency.show_state(LatencyState(reading.result.timings, use=reading.model.use))

    def _entry(self, reading: PictureResult) -> HistoryEntry:
        best = reading.result.best
        return HistoryEntry(
            name=reading.name,
            path=reading.path,
            picture=reading.picture if reading.path is None else None,
            thumbnail=PixelImage(
                thumbnail(reading.picture if reading.pixels is None else reading.pixels)
            ),
            label=best.label,
            probability=best.probability,
            model=reading.model.choice.name,
            forward_ms=reading.result.timings.forward_ms,
            when=datetime.now(),
        )

    # -- Following ---------------------------------------------------------------------------------

    def _on_threshold_changed(self, threshold: float) -> None:
        self.history.set_threshold(threshold)
        self._write_label()
        self.shown.emit()

    def _on_painted(self, paint_ms: float) -> None:
        """Add the time that painting the picture took to the time that converting it took."""
        if self.reading is None or self._live is not None:
            return
        timings = self.reading.result.timings
        shown = self.reading.result.with_timings(draw_ms=timings.draw_ms + paint_ms)
        self._latency.show_state(LatencyState(shown.timings, use=self.reading.model.use))


def _number(stored: QSettings, key: str, otherwise: float) -> float:
    """Return a stored number; what a person has written into the file may be none."""
    try:
        value = float(str(stored.value(key, otherwise)))
    except ValueError:
        return otherwise
    return value if 0 <= value <= 1000 else otherwise
