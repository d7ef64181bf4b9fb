"""The mistakes on held-out images: a confusion matrix and a list."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage

from foundation.text import tr, tr_plural
from gui.explain import explain
from gui.format import percent, show_integer
from gui.plots.legend import ClassMark
from gui.teach_tab.confusion_grid import ConfusionGrid
from gui.teach_tab.evaluation import Evaluation, Prediction
from gui.teach_tab.move_menu import move_button
from gui.teach_tab.samples import paint_thumbnail
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_M_PX, GAP_S_PX, icon
from gui.widgets.basic import as_html, breakable, describe, label, push_button, strong, tool_button
from gui.widgets.layouts import hbox, vbox
from gui.widgets.painting import drawn_icon
from gui.widgets.panel import Panel
from gui.widgets.texts import worded

MAX_MISTAKES = 8
"""Maximum number of listed mistakes; the matrix opens the others."""

_PLACE = QRect(0, 0, 36, 36)
"""Rectangle of a thumbnail in its button."""

_SHOWN = attrgetter("evaluation", "collection", "held_out")


class _Class(NamedTuple):
    """A class's name and mark, current or from the head's training."""

    name: str
    kind: int


class MistakeRow(Panel):
    """A wrong answer: its image, the predicted class, and buttons."""

    def __init__(self, model: TeachModel, place: int, open_it: partial[None]) -> None:
        super().__init__(f"mistake_{place}")
        self._picture: tuple[int, list[str]] = (0, [])
        self.thumbnail = tool_button(f"mistake_{place}_open", size="thumbnail", do=open_it)
        self.thumbnail.setIconSize(_PLACE.size())
        self.thumbnail.setFixedSize(_PLACE.size() + QSize(2, 2))  # with its border
        self._marks = ClassMark(10), ClassMark(10)
        self._sentence = as_html(label(wrap=True))
        self._sure = label("label", f"mistake_{place}_sure")
        self.move_button = move_button(
            f"mistake_{place}_move", model, lambda: self._picture, "small"
        )
        self.remove_button = push_button(
            f"mistake_{place}_remove",
            size="small",
            icon=icon("trash", "t2"),
            do=lambda: model.remove_pictures(*self._picture),
        )
        sentence = hbox(*self._marks, (self._sentence, 1), gap=GAP_S_PX)
        hbox(
            self.thumbnail,
            (vbox(sentence, self._sure, gap=1), 1),
            self.move_button,
            self.remove_button,
            on=self,
            gap=GAP_M_PX,
            margins=(0, GAP_S_PX),
        )

    def show_mistake(
        self, mistake: Prediction, image: QImage | None, truth: _Class, guess: _Class
    ) -> None:
        """Show a wrong answer."""
        self._picture = mistake.truth, [mistake.sha256]
        draw = partial(paint_thumbnail, place=_PLACE, image=image)
        self.thumbnail.setIcon(drawn_icon(_PLACE.size(), draw))
        for mark, one in zip(self._marks, (truth, guess), strict=True):
            mark.show_class(one.kind)
        sentence = tr("{truth} taken for {guess}")
        names = (strong(html.escape(breakable(one.name, 12))) for one in (truth, guess))
        self._sentence.setText(sentence.format(**dict(zip(("truth", "guess"), names, strict=True))))
        sure = tr("{share} sure", share=percent(mistake.confidence, 0))
        self._sure.setText(sure)
        spoken = f"{sentence.format(truth=truth.name, guess=guess.name)}, {sure}"
        self.setAccessibleName(spoken)
        describe(self.thumbnail, tr("Open {what}", what=spoken), spoken)
        tip = tr("Move the image to the class that it belongs to")
        describe(self.move_button, tr("Move to: {what}", what=spoken), tip)
        tip = tr("Remove the image from its class; the file stays")
        describe(self.remove_button, tr("Remove: {what}", what=spoken), tip)


class ConfusionPanel(Panel):
    """The held-out images by true and predicted class."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_confusion_panel")
        self._model, self._state = model, TeachState()
        self._hint = label("hint", "confusion_hint", text="row: truth, column: guess")
        self.note = label("label", "confusion_none", wrap=True)
        self.grid = worded(
            ConfusionGrid(),
            accessible_name="Confusion matrix: row the truth, column the guess",
            tip="Click a cell to see its images; arrow keys and Enter do the same",
        )
        self.rows: list[MistakeRow] = []
        self._list = vbox(gap=0)
        self._more = label("hint", "mistakes_more", wrap=True)
        title = label("title", "confusion_title", text="Confusion on held-out images")
        explain(title, "confusion-matrix")
        parts = (title, self.grid, self._hint, self.note, self._list, self._more)
        vbox(*parts, on=self, gap=GAP_M_PX, margins=0)
        self.grid.cell_opened.connect(self._open_cell)
        model.thumbnails.made.connect(self._show)
        self.retranslate()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the mistakes of the current head."""
        before, self._state = self._state, state
        if _SHOWN(state) != _SHOWN(before):
            self._show()

    @property
    def _judged(self) -> Evaluation | None:
        """The head's evaluation; ``None`` if no image was held out."""
        judged = self._state.evaluation
        return judged if judged is not None and judged.held_out else None

    def _show(self) -> None:
        judged = self._judged
        mistakes = () if judged is None else judged.mistakes
        self.note.setText(self._note(judged))
        self.note.setVisible(not mistakes)
        for part in (self.grid, self._hint):
            part.setVisible(judged is not None)
        more = len(mistakes) - MAX_MISTAKES
        self._more.setVisible(more > 0)
        self._more.setText(
            tr_plural(
                "And 1 more: click a cell of the matrix to see it.",
                "And {n} more: click a cell of the matrix to see them.",
                more,
                n=show_integer(more),
            )
        )
        if judged is not None:
            self._show_mistakes(judged)
        for row in self.rows[len(mistakes) :]:
            row.hide()

    def _show_mistakes(self, judged: Evaluation) -> None:
        """Show the matrix, and the most confident mistakes."""
        known = self._state.collection.pictures()
        now = {one.key: _Class(one.name, one.colour) for one in self._state.collection.classes}
        then = map(_Class, judged.names, range(len(judged.names)))
        classes = {key: now.get(key, old) for key, old in zip(judged.keys, then, strict=True)}
        pictures = {}
        for place, one in reversed(list(enumerate(judged.mistakes))):
            assert one.guess is not None  # an undecided answer is no mistake
            picture = known.get(one.sha256)
            image = None if picture is None else self._model.thumbnails.image(picture)
            if image is not None:
                cell = judged.keys.index(one.truth), judged.keys.index(one.guess)
                pictures[cell] = image
            if place < MAX_MISTAKES:
                row = self._row(place)
                row.show_mistake(one, image, classes[one.truth], classes[one.guess])
                row.show()
        names, kinds = zip(*classes.values(), strict=True)
        self.grid.show_confusions(judged.confusion, names, kinds, pictures)

    def _row(self, place: int) -> MistakeRow:
        while len(self.rows) <= place:
            number = len(self.rows)
            row = MistakeRow(self._model, number, partial(self._open_mistake, number))
            self.rows.append(row)
            self._list.addWidget(row)
        return self.rows[place]

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._show()

    def _note(self, judged: Evaluation | None) -> str:
        """Explain why no mistakes are listed."""
        if judged is None and self._state.evaluation is None:
            return tr("Once the head is trained, its mistakes on held-out images stand here.")
        if judged is None:
            return tr("No image is held out, so there are none to be mistaken in.")
        if judged.undecided:
            return tr(
                "Undecided on {n} of {total} held-out images: several classes are equally "
                "probable there, so they look alike to the head.",
                n=show_integer(judged.undecided),
                total=show_integer(judged.held_out),
            )
        return tr("No held-out image is taken for another class.")

    # -- Actions -----------------------------------------------------------------------------------

    def _open_cell(self, row: int, column: int) -> None:
        judged = self._judged
        if judged is not None:
            guess = judged.keys[column] if column < len(judged.keys) else None
            self._open(judged.cell(judged.keys[row], guess), 0)

    def _open_mistake(self, place: int) -> None:
        judged = self._judged
        if judged is not None:
            self._open(judged.mistakes, place)

    def _open(self, found: Sequence[Prediction], place: int) -> None:
        from gui.teach_tab.picture_viewer import viewer_of

        pictures = [(one.truth, one.sha256) for one in found]
        viewer_of(self._model, self.window()).open_pictures(pictures, place)
