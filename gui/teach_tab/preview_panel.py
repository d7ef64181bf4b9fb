"""The live preview: what the head says of a camera, a picture, a stream or a video, as it comes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gui.explain import explain
from gui.format import percent
from gui.teach_tab.class_bars import ClassBars, ClassShare
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_M_PX, GAP_S_PX, icon
from gui.vision_tab.opening import ask_files
from gui.vision_tab.source_bar import CameraMenu
from gui.vision_tab.stage.stage import Stage
from gui.vision_tab.state import SourceKind, VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import describe, label, tool_button
from gui.widgets.panel import Panel
from vision.teaching.taught import TaughtResult

PREFIX = "preview_"
_LEAST_STAGE_PX = 150
_SHAPE = 256 / 412
"""Height over width of the stage in the design."""


class _SourceMenu(CameraMenu):
    """Cameras and addresses, and files too."""

    def __init__(self, preview: VisionModel, parent: QWidget) -> None:
        super().__init__(preview, parent, PREFIX)
        self._preview, self._parent = preview, parent

    def fill(self) -> None:
        """Offer files before the cameras that there are now."""
        super().fill()
        cameras = self.actions()
        for name, text, kind in (
            ("picture", self.tr("Picture…"), SourceKind.IMAGE),
            ("video", self.tr("Video…"), SourceKind.VIDEO),
        ):
            action = QAction(text, self)
            action.setObjectName(f"{PREFIX}{name}")
            action.triggered.connect(
                lambda _checked=False, kind=kind: ask_files(self._parent, self._preview, kind)
            )
            self.insertAction(cameras[0], action)
        self.insertSeparator(cameras[0])


class PreviewPanel(Panel):
    """Show the picture, a bar a class, and where "not sure" begins.

    Attributes
    ----------
    stage, bars
        The picture; the probability of each class.
    """

    def __init__(self, model: TeachModel) -> None:
        super().__init__()
        self.setObjectName("teach_preview")
        self._model, self._preview = model, model.preview
        self._state = model.state
        self._title = label("title", "preview_title")
        explain(self._title, "probability", "threshold")
        self.freeze_button = tool_button("preview_freeze", size="small")
        self.source_button = tool_button("preview_source", "", "small")
        self.source_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.source_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.source_button.setIconSize(QSize(14, 14))
        self.source_menu = _SourceMenu(self._preview, self)
        self.source_button.setMenu(self.source_menu)
        self.stage = Stage(self._preview, PREFIX, is_small=True)
        self.bars = ClassBars("preview_bars")
        self._calibration = label("hint", "preview_calibration", wrap=True)
        self._lay_out()
        self.freeze_button.clicked.connect(
            lambda: self._preview.set_frozen(not self._preview.state.source.is_frozen)
        )
        self._preview.state_changed.connect(self._show_preview)
        self.retranslate()
        self._show_preview(self._preview.state)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP_S_PX)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.freeze_button)
        head.addWidget(self.source_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_M_PX)
        layout.addLayout(head)
        layout.addWidget(self.stage)
        layout.addWidget(self.bars)
        layout.addWidget(self._calibration)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the classes there are, and the threshold."""
        self._state = state
        self._show_bars()
        self._write_calibration()

    def _show_preview(self, state: VisionState) -> None:
        self.stage.show_state(state)
        self.freeze_button.setVisible(state.source.is_live or state.source.is_frozen)
        self._show_source()
        self._show_bars()

    def _show_bars(self) -> None:
        shown = self._preview.state.result
        result = shown.result if shown is not None else None
        classes = self._state.classes
        shares: list[float | None] = [None] * len(classes)
        # A class that came after the training has no probability yet.
        if isinstance(result, TaughtResult) and result.labels.names == self._state.trained_names:
            found = dict(zip(result.labels.names, result.probabilities.tolist(), strict=True))
            shares = [found.get(one.name) for one in classes]
        rows = tuple(
            ClassShare(one.name, one.colour, share)
            for one, share in zip(classes, shares, strict=True)
        )
        self.bars.show_shares(rows, self._state.threshold)

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(self.tr("Live preview"))
        self.bars.setAccessibleName(self.tr("Probability of each class"))
        self._show_source()
        self._write_calibration()
        self.restyle()

    def _show_source(self) -> None:
        source = self._preview.state.source
        shown = self._preview.state.result
        name = source.stream or (shown.name if shown is not None else "")
        text = name or self.tr("Choose")
        metrics = self.source_button.fontMetrics()
        self.source_button.setText(
            metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, 150) + " ▾"
        )
        tip = self.tr("A camera, a picture, a video or a network stream")
        describe(
            self.source_button, self.tr("Source of the preview: {name}").format(name=text), tip
        )
        frozen = source.is_frozen
        text = self.tr("Resume") if frozen else self.tr("Freeze")
        describe(self.freeze_button, text, self.tr("Hold the picture on show, or go on"))
        self.freeze_button.setIcon(icon("play-fill" if frozen else "snowflake", "t2"))

    def _write_calibration(self) -> None:
        state = self._state
        text = ""
        if state.threshold is not None:
            text = self.tr("Below {share} it says “not sure”.").format(
                share=percent(state.threshold, 0)
            )
        self._calibration.setText(text)
        self._calibration.setVisible(bool(text))

    def restyle(self) -> None:
        """Put on the theme in use."""
        self.source_button.setIcon(icon("video-camera", "t2"))
        self._show_source()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the shape of the stage."""
        super().resizeEvent(event)
        self.stage.setFixedHeight(max(_LEAST_STAGE_PX, round(_SHAPE * event.size().width())))
