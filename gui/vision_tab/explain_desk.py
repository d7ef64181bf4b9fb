"""Why the network said so: the occlusion map on the stage, and right settings against wrong."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from gui.error_texts import sentence_of
from gui.format import number, percent
from gui.vision_tab.presenter import Presenter
from gui.vision_tab.stage.images import PixelImage
from gui.vision_tab.stage.overlay import Explanation, contours_of
from gui.vision_tab.stage.stage import Stage
from gui.vision_tab.vision_worker import VisionController
from gui.vision_tab.xray_panel import XrayPanel
from vision.jobs import OcclusionView
from vision.occlusion import LEAST_DROP
from vision.session import PictureResult
from vision.xray import Comparison, Mistake

__all__ = ["ExplainDesk"]


class ExplainDesk(QObject):
    """Ask for maps and comparisons of what is on show, and show them.

    Attributes
    ----------
    is_on
        Whether the stage shows an occlusion map of every held picture.

    Signals
    -------
    said(Callable[[], str])
        What makes a sentence for the status bar, in the language in use.
    """

    said = Signal(object)

    def __init__(
        self,
        controller: VisionController,
        presenter: Presenter,
        stage: Stage,
        xray: XrayPanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._presenter = controller, presenter
        self._stage, self._xray = stage, xray
        self.is_on = False
        self._can_explain = False
        self._explained: PictureResult | None = None
        self._compared: PictureResult | None = None
        self.view: OcclusionView | None = None
        controller.explained.connect(self._on_explained)
        controller.compared.connect(self._on_compared)
        presenter.shown.connect(self._on_shown)
        xray.compare_requested.connect(self._on_compare_requested)

    def set_on(self, is_on: bool) -> None:
        """Show an occlusion map, or none."""
        self.is_on = is_on
        if is_on:
            self._on_shown()
        else:
            self._drop()

    def set_possible(self, possible: bool) -> None:
        """Tell whether what is on show stands still, so that it can be explained."""
        self._can_explain = possible
        self._xray.show_comparable(possible)
        self._on_shown()

    def retranslate(self) -> None:
        """Write the map's texts in the language in use."""
        if self.view is not None:
            self._stage.show_explanation(self._explanation(self.view))

    def _drop(self) -> None:
        self._controller.stop_aside()
        self._explained = self.view = None
        self._stage.show_explanation(None)

    def _on_shown(self) -> None:
        reading = self._presenter.reading
        if self._compared is not None and reading is not self._compared:
            self._compared = None
            self._xray.show_comparison([])
        if reading is self._explained and self._can_explain:
            return
        if self._explained is not None:
            self._drop()
        if self.is_on and self._can_explain and reading is not None:
            self._explained = reading
            self._controller.explain(reading)

    # -- Occlusion ---------------------------------------------------------------------------------

    def _on_explained(self, view: OcclusionView) -> None:
        # A map of the picture before may still have been on its way.
        if view.shown is not self._explained:
            return
        self.view = view
        self._stage.show_explanation(self._explanation(view))
        if view.map.finished:
            self.said.emit(partial(self._summary, view))

    def _summary(self, view: OcclusionView) -> str:
        return self.tr("Occlusion map ready. {passes} passes in {seconds} s.").format(
            passes=number(view.map.total), seconds=number(view.seconds, 1)
        )

    def _explanation(self, view: OcclusionView) -> Explanation:
        strongest = view.map.strongest()
        drop = strongest.drop if strongest is not None else 0.0
        points = number(100 * drop)
        if not view.map.finished:
            sentence = self.tr("Hiding one part after the other: {done} of {total}").format(
                done=number(view.map.done), total=number(view.map.total)
            )
        elif drop < LEAST_DROP:
            sentence = self.tr("Hiding any one part changes little")
        else:
            sentence = self.tr("Hiding the bright part costs up to {points} points").format(
                points=points
            )
        detail = self.tr("grey patch {patch} px, step {step} px, {passes} passes, {time} s").format(
            patch=number(view.patch_px),
            step=number(view.step_px),
            passes=number(view.map.done),
            time=number(view.seconds, 1),
        )
        low, high = "0", f"−{points}" if drop > 0 else "0"
        veil = PixelImage(view.veil, has_alpha=True)
        contours = contours_of(view.map.drops) if view.map.finished else ()
        return Explanation(veil, contours, sentence, detail, low, high)

    # -- Comparison --------------------------------------------------------------------------------

    def _on_compare_requested(self) -> None:
        reading = self._presenter.reading
        if reading is not None:
            self._compared = reading
            self._controller.compare(reading)

    def _on_compared(self, results: list[tuple[Mistake | None, Comparison]]) -> None:
        if self._compared is None:
            return
        self._xray.show_comparison(
            [(self._name(mistake), _said(found), mistake is None) for mistake, found in results]
        )

    def _name(self, mistake: Mistake | None) -> str:
        own = self._compared.model.preprocessing if self._compared is not None else None
        names = {
            None: self.tr("as the model wants it"),
            Mistake.SWAPPED_COLOURS: self.tr("red and blue swapped"),
            Mistake.NO_MEAN: self.tr("mean left in"),
            Mistake.NO_SCALE: self.tr("not scaled"),
            Mistake.OTHER_FIT: self.tr("squashed")
            if own is not None and own.crop
            else self.tr("cropped"),
        }
        return names[mistake]


def _said(found: Comparison) -> str:
    if found.error is not None:
        return sentence_of(found.error)
    return f"{found.best.label} {percent(found.best.probability)}" if found.best is not None else ""
