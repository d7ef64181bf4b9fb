"""The list of models, and a card on the chosen one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from foundation.text import mark, tr, tr_context
from gui.error_texts import finding_text, sentence_of, translated
from gui.explain import explain
from gui.format import megabytes, show_integer
from gui.theme import GAP_M_PX, GAP_S_PX, INSET_PX, IconLabel
from gui.vision_tab.class_names import class_name
from gui.vision_tab.library_dialog import LibraryDialog
from gui.vision_tab.opening import ask_model
from gui.vision_tab.state import ModelRow, ModelsState, Origin, VisionState
from gui.vision_tab.vision_model import VisionModel
from gui.widgets.basic import (
    Segments,
    as_html,
    breakable,
    describe,
    label,
    named,
    push_button,
    set_role,
    strong,
)
from gui.widgets.fields import caption_of
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from vision.heads.kind import KINDS
from vision.jobs.session import ModelReport, Refusal
from vision.models.choice import ModelChoice
from vision.models.recognition import READINGS
from vision.networks.findings import ModelRefusedError, Severity
from vision.result import Task

TASKS = (Task.CLASSIFICATION, Task.DETECTION, Task.MASK)
INSIDE = len(TASKS)
"""Index of "Look inside" among the tasks; it is available for every model."""


def _rows_for(models: ModelsState) -> list[ModelRow]:
    """Return the models for the chosen task; own files suit every task."""
    rows = [row for row in models.rows if row.task is models.task]
    own = next((row for row in models.rows if row.origin is Origin.OWN), None)
    if own is not None and own not in rows:
        choice = ModelChoice(own.key, "")
        rows.append(ModelRow(choice, Origin.OWN, is_here=False, task=models.task))
    return rows


_NAME_PX = 160


class _Row(QFrame):
    """A radio button with the model's origin and a fact or link."""

    def __init__(self, row: ModelRow, choose: Callable[[], None], ask: Callable[[], None]) -> None:
        super().__init__()
        self.row = row
        self.radio = named(QRadioButton(), f"model_{row.key}")
        self.radio.clicked.connect(lambda: choose())
        self._origin, self._fact = label("label"), label("label")
        self._link = push_button(f"model_{row.key}_action", "link", "small", do=lambda: ask())
        left = hbox(self.radio, self._origin, gap=GAP_M_PX)
        hbox(left, STRETCH, self._link, self._fact, on=self, gap=GAP_M_PX, margins=0)
        self.setFixedHeight(26)
        self.write()

    def write(self) -> None:
        """Set the texts; an action replaces the fact."""
        name, origin, fact, action = _row_texts(self.row)
        middle = Qt.TextElideMode.ElideMiddle
        self.radio.setText(self.radio.fontMetrics().elidedText(name, middle, _NAME_PX))
        self._origin.setText(origin)
        self._link.setText(action)
        self._link.setVisible(bool(action))
        self._fact.setText(fact)
        self._fact.setVisible(not action)
        describe(self.radio, f"{name}, {origin}" if origin else name)
        describe(self._link, f"{name}: {action}" if action else name)


def _row_texts(row: ModelRow) -> tuple[str, str, str, str]:
    """Return a model's name, origin, fact, and possible action."""
    size = megabytes(row.size_bytes) if row.size_bytes else ""
    classes = tr("{count} classes", count=show_integer(row.classes))
    if row.origin is Origin.OWN and not row.is_here:
        kinds = {
            Task.CLASSIFICATION: tr("ONNX, Caffe, TFLite"),
            Task.DETECTION: tr("SSD, YOLO"),
            Task.MASK: tr("one mask"),
        }
        return tr("Own model…"), kinds[row.task], "", ""
    return {
        Origin.BUNDLED: (row.name, tr("bundled"), size, ""),
        Origin.TUTORIAL: (
            row.name,
            tr("tutorial"),
            size,
            "" if row.is_here else tr("Locate files…"),
        ),
        Origin.BUILD: (row.name, tr("from Build"), classes, ""),
        Origin.TEACH: (row.name, tr("from Teach"), classes, ""),
        Origin.LIBRARY: (class_name(row.name), tr_context("ModelPanel", "library"), size, ""),
        Origin.OWN: (row.name, tr("own model"), "", tr("Change…")),
    }[row.origin]


_GIVES_PX = 6
"""Pixels by which a task's button may shrink without cutting its text."""

_TASKS = {
    "task_classification": (mark("What is it?"), mark("Name what a picture shows")),
    "task_detection": (mark("Where is it?"), mark("Find objects, with a box round each")),
    "task_mask": (mark("Cut out"), mark("Separate people from the background")),
    "task_inside": (
        mark("Look inside"),
        mark("The network's maps, and any of its numbers recomputed"),
    ),
}
_TASK_TERMS = (
    ("vision-task", "label"),
    ("vision-task", "object"),
    ("vision-task", "mask"),
    ("features", "weighted-sum"),
)


class ModelPanel(Panel):
    """The list of models with facts about the chosen one."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__("model_panel")
        self._model = model
        self._state = VisionState()
        self._rows: list[_Row] = []
        self.library: LibraryDialog | None = None
        self.library_button = push_button(
            "model_library",
            "link",
            "small",
            do=self.open_library,
            text="Model library…",
            accessible_name="Models that can be downloaded",
        )
        self.tasks = Segments(_TASKS, do=self._on_task_clicked)
        self.tasks.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for place, terms in enumerate(_TASK_TERMS):
            button = self.tasks.button(place)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            set_role(button, extent="small")  # wide anyway, unless the words are long
            button.setMinimumWidth(40)  # they give way by some pixels before the column grows
            explain(button, *terms)
        self.read_box = named(QComboBox(), "model_read_as")
        self.read_box.addItems(READINGS)
        self.read_box.activated.connect(lambda place: model.read_own_as(READINGS[place]))
        self._read_name = caption_of(self.read_box, "label", caption="Read its output as")
        explain(self._read_name, "model", "anchor")
        worded(
            self.read_box,
            accessible_name="Read its output as",
            tip="How the model's output is read, where it is not recognised rightly",
        )
        self._group = QButtonGroup(self)
        self._models = QWidget()
        self._list = vbox(on=self._models, gap=0, margins=(0, 0, 0, GAP_S_PX))
        self.card = named(QFrame(), "preflight_card")
        self._card_icon = IconLabel(15)
        self.card_text = as_html(label("", "preflight_text", wrap=True))
        sign = (self._card_icon, 0, Qt.AlignmentFlag.AlignTop)
        hbox(sign, (self.card_text, 1), on=self.card, gap=GAP_M_PX, margins=(10, 6))
        self.card.hide()
        vbox(
            hbox(explain(label("title", text="Model"), "model"), STRETCH, self.library_button),
            self.tasks,
            self._models,
            self.card,
            hbox(self._read_name, STRETCH, self.read_box),
            on=self,
            gap=GAP_S_PX,
            margins=(INSET_PX + 2, INSET_PX - 2),
        )
        self.show_state(model.state)
        self.retranslate()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: VisionState) -> None:
        """Show the models, the one in use, and the report on it."""
        self._state = state
        rows = _rows_for(state.models)
        if rows != [widget.row for widget in self._rows]:
            self._rebuild(rows)
        self._mark_chosen()
        self.tasks.choose(INSIDE if state.is_inside else TASKS.index(state.models.task))
        # What is inside needs the room; a model that was refused is told of there too.
        self._models.setVisible(not state.is_inside)
        read_as = state.models.read_as
        for part in (self._read_name, self.read_box):
            part.setVisible(read_as is not None and not state.is_inside)
        if read_as is not None:
            self.read_box.setCurrentIndex(READINGS.index(read_as))
        self._show_card()
        if self.library is not None:
            self.library.show_state(state)

    def _mark_chosen(self) -> None:
        for row in self._rows:
            is_chosen = row.row.key == self._state.models.chosen
            row.radio.setChecked(is_chosen)
            set_role(row.radio, role="chosen" if is_chosen else "")

    def _show_card(self) -> None:
        models = self._state.models
        if models.refusal is not None:
            self._write_refusal(models.refusal)
        elif models.report is not None:
            self._write_report(models.report)
        elif self._state.is_busy:
            self._write_preflight("", tr("Looking at the model."))
        is_quiet = self._state.is_inside or not (models.report or self._state.is_busy)
        self.card.setVisible(models.refusal is not None or not is_quiet)

    def _write_preflight(self, tone: str, head: str, text: str = "", *details: str) -> None:
        """Write the card: tone, heading, and findings.

        The tone is ``"ok"``, ``"warn"``, ``"fail"`` or ``""``.
        """
        set_role(self.card, role="card", tone=tone)
        head, text, *rest = (escape(breakable(one)) for one in (head, text, *details))
        self.card_text.setText("<br>".join([f"{strong(head)} {text}".strip(), *rest]))
        tones = {"ok": "check-circle", "warn": "warning", "fail": "x-circle"}
        self._card_icon.show_icon(tones.get(tone, "hourglass"), tone or "t2")

    def open_library(self) -> None:
        """Open the library of downloadable models."""
        if self.library is None:
            self.library = LibraryDialog(self._model, self.window())
        self.library.show()
        self.library.raise_()

    def _rebuild(self, rows: list[ModelRow]) -> None:
        for old in self._rows:
            self._group.removeButton(old.radio)
            self._list.removeWidget(old)
            # Not deleted at once: a click on its link may still be on the stack.
            old.setParent(None)
            old.deleteLater()
        self._rows = [
            _Row(
                row,
                partial(self._on_radio_clicked, row),
                partial(ask_model, self, self._model, row.key),
            )
            for row in rows
        ]
        for widget in self._rows:
            self._group.addButton(widget.radio)
            self._list.addWidget(widget)

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.refit()
        for place, reading in enumerate(READINGS):
            is_kind = reading in KINDS
            name = translated(KINDS[reading].label) if is_kind else tr("recognised")
            self.read_box.setItemText(place, name)
        for widget in self._rows:
            widget.write()
        self._show_card()

    def refit(self) -> None:
        """Place the tasks in one row if there is room."""
        gives_px = _GIVES_PX * len(_TASKS)
        self.tasks.fit_width(self.contentsRect().width() - 2 * (INSET_PX + 2) + gives_px)

    def _write_report(self, report: ModelReport) -> None:
        # Letters are sides that may be of any length.
        shape = "×".join(
            str(side or letter) for side, letter in zip(report.input_shape, "1CHW", strict=False)
        )
        text = tr(
            "Loads, takes {shape}, gives {scores}.",
            shape=shape or _tensor_shape(report),
            scores=_scores(report),
        )
        notes = [
            finding_text(finding)
            for finding in report.findings
            if finding.severity in (Severity.NOTE, Severity.WARN)
        ]
        recognition = report.recognition
        if recognition is not None and recognition.task is not Task.CLASSIFICATION:
            found = tr(
                "It is {kind}: {reason}.",
                kind=translated(recognition.kind),
                reason=translated(recognition.reason),
            )
            text = f"{text} {found}"
        tone = "warn" if notes else "ok"
        self._write_preflight(tone, tr("Preflight passed."), text, *notes)

    def _write_refusal(self, refusal: Refusal) -> None:
        head = tr("“{model}” cannot be used.")
        stays = tr("“{model}” stays in use.", model=class_name(refusal.kept.name))
        if refusal.is_reading_refused:
            head = tr("“{model}” cannot be read in this way.")
            stays = tr("It is read as before.")
        head = head.format(model=class_name(refusal.choice.name))
        error = refusal.error
        if isinstance(error, ModelRefusedError):
            self._write_preflight("fail", head, "", *map(finding_text, error.failures), stays)
        else:
            self._write_preflight("fail", head, sentence_of(error), stays)

    # -- The user ----------------------------------------------------------------------------------

    def _on_task_clicked(self, place: int) -> None:
        if place == INSIDE:
            self._model.look_inside()
        else:
            self._model.choose_task(TASKS[place])

    def _on_radio_clicked(self, row: ModelRow) -> None:
        if not row.is_here:
            # Until there are files, the model in use stays chosen.
            self._mark_chosen()
            ask_model(self, self._model, row.key)
        elif row.key != self._state.models.chosen:
            self._model.choose_model(row.key)


def _tensor_shape(report: ModelReport) -> str:
    width, height = report.preprocessing.size_wh
    return f"1×{report.preprocessing.channels}×{height}×{width}"


def _scores(report: ModelReport) -> str:
    if report.task is Task.MASK:
        return tr("a mask")
    count = show_integer(report.classes)
    if report.task is Task.DETECTION and report.classes == 1:
        return tr("boxes of one name")
    if report.task is Task.DETECTION and report.classes:
        return tr("boxes of {count} names", count=count)
    if report.task is Task.DETECTION:
        return tr("boxes")
    if not report.classes:
        return tr("scores")
    if report.softmax_needed:
        return tr("{count} scores that softmax makes sum to 1", count=count)
    return tr("{count} scores from 0 to 1", count=count)
