"""The mistakes on held-out images: the matrix that opens them, and the most confident ones."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from foundation.text import tr, tr_context, tr_plural
from gui.explain import explain
from gui.format import percent, show_integer
from gui.plots.legend import ClassMark
from gui.teach_tab.confusion_grid import ConfusionGrid, Confusions
from gui.teach_tab.evaluation import Evaluation, Prediction
from gui.teach_tab.move_menu import move_button
from gui.teach_tab.samples import paint_thumbnail
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_M_PX, GAP_S_PX, icon
from gui.widgets.basic import describe, label, push_button
from gui.widgets.focus_ring import is_ringed
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel
from vision.teaching.collection import Picture

if TYPE_CHECKING:
    from gui.teach_tab.picture_viewer import Shown

MOST_MISTAKES = 8
"""So many are listed; the matrix opens the others."""

_THUMB_PX = 36
_NARROW_PX, _LEAST_PX = 380, 240
_BESIDE_NAMES_PX, _LEAST_NAME_PX = 40, 24
_BESIDE_WORDS_PX = 40
"""Marks and gaps of a line that names two classes; the least room for a name; a button's icon."""


class ThumbnailButton(QAbstractButton):
    """A sample's thumbnail that can be pressed."""

    def __init__(self, model: TeachModel, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(_THUMB_PX, _THUMB_PX)
        self._model = model
        self._picture: Picture | None = None
        model.thumbnails.made.connect(self.update)

    def show_picture(self, picture: Picture | None) -> None:
        """Show a sample."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        image = None if self._picture is None else self._model.thumbnails.image(self._picture)
        place = QRect(0, 0, self.width(), self.height())
        paint_thumbnail(painter, place, image, is_chosen=is_ringed(self))


class _Between(QWidget):
    """Two classes in one sentence: the truth, and what it is taken for, in either order."""

    def __init__(self) -> None:
        super().__init__()
        self._names = ("", "")
        self._marks = ClassMark(10), ClassMark(10)
        self._truth, self._guess = label("strong"), label("strong")
        self._words = label("label"), label("label"), label("label")
        self._row = hbox(on=self, gap=GAP_S_PX, margins=0)

    def show_classes(self, kinds: tuple[int, int], names: tuple[str, str], sentence: str) -> None:
        """Name the two in a sentence with {truth} and {guess}."""
        for mark, kind in zip(self._marks, kinds, strict=True):
            mark.show_class(kind)
        before, first, between, _, after = re.split(r"\{(truth|guess)\}", sentence)
        pairs = [(self._marks[0], self._truth), (self._marks[1], self._guess)]
        if first == "guess":
            pairs.reverse()
        while self._row.takeAt(0) is not None:
            pass
        order = (self._words[0], *pairs[0], self._words[1], *pairs[1], self._words[2])
        for widget in order:
            self._row.addWidget(widget)
        self._row.addStretch(1)
        for words, text in zip(self._words, (before, between, after), strict=True):
            words.setText(text.strip())
            words.setVisible(bool(text.strip()))
        self._names = names
        self._fit()

    def whole_px(self, names: tuple[str, str], sentence: str) -> int:
        """Return how wide it would be with both names whole in a sentence."""
        words = self._words[0].fontMetrics().horizontalAdvance(re.sub(r"\{\w+\}", "", sentence))
        return words + sum(self._widths(names)) + _BESIDE_NAMES_PX

    def _widths(self, names: tuple[str, str]) -> list[int]:
        metrics = self._truth.fontMetrics()
        return [metrics.horizontalAdvance(name) + 2 for name in names]

    def _fit(self) -> None:
        """Write both names whole where there is room, else as much as there is room for."""
        words = sum(each.sizeHint().width() + GAP_S_PX for each in self._words if each.text())
        room = self.width() - words - _BESIDE_NAMES_PX
        metrics, mode = self._truth.fontMetrics(), Qt.TextElideMode.ElideRight
        widths = self._widths(self._names)
        half = max(_LEAST_NAME_PX, room // 2)
        for index, part in enumerate((self._truth, self._guess)):
            # What the other name leaves is this one's.
            own = max(half, room - min(widths[1 - index], half))
            part.setText(metrics.elidedText(self._names[index], mode, own))
            part.setToolTip(self._names[index])

    def minimumSizeHint(self) -> QSize:
        """Get by with little: the names give way."""
        return QSize(_BESIDE_NAMES_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the names anew."""
        super().resizeEvent(event)
        self._fit()


class MistakeRow(Panel):
    """One wrong answer: its picture, what it was taken for, and what can be done."""

    def __init__(self, model: TeachModel, place: int, open_it: partial[None]) -> None:
        super().__init__(f"mistake_{place}")
        self._shown: Prediction | None = None
        self._names = ("", "")
        self._kinds = (0, 0)
        self.thumbnail = ThumbnailButton(model, f"mistake_{place}_open")
        self._between = _Between()
        self._sure = label("label", f"mistake_{place}_sure")
        self.move_button = move_button(f"mistake_{place}_move", model, self._mistaken, "small")
        self.remove_button = push_button(
            f"mistake_{place}_remove", size="small", icon=icon("trash", "t2")
        )
        self.thumbnail.clicked.connect(open_it)
        self.remove_button.clicked.connect(lambda: model.remove_pictures(*self._mistaken()))
        hbox(
            self.thumbnail,
            (vbox(self._between, self._sure, gap=1), 1),
            self.move_button,
            self.remove_button,
            on=self,
            gap=GAP_M_PX,
            margins=(0, GAP_S_PX),
        )
        self.retranslate()

    def show_mistake(self, state: TeachState, mistake: Prediction) -> None:
        """Show a wrong answer."""
        self._shown = mistake
        classes = {one.key: one for one in state.collection.classes}
        pair = [classes[key] for key in (mistake.truth, mistake.guess) if key in classes]
        if len(pair) == 2:
            self._names = pair[0].name, pair[1].name
            self._kinds = pair[0].colour, pair[1].colour
        pictures = state.pictures_of(mistake.truth)
        found = next((one for one in pictures if one.sha256 == mistake.sha256), None)
        self.thumbnail.show_picture(found)
        self._write()

    def whole_px(self) -> int:
        """Return how wide it would be with both names whole and words on the buttons."""
        wanted = self._between.whole_px(self._names, tr("{truth} taken for {guess}"))
        metrics = self.move_button.fontMetrics()
        words = (tr_context("MistakeRow", "Move to"), tr("Remove"))
        buttons = sum(metrics.horizontalAdvance(text) + _BESIDE_WORDS_PX for text in words)
        return _THUMB_PX + wanted + buttons + 3 * GAP_M_PX

    def show_narrow(self, narrow: bool) -> None:
        """Take the words off the buttons where there is no room for them."""
        self.move_button.setText("" if narrow else tr_context("MistakeRow", "Move to"))
        self.remove_button.setText("" if narrow else tr("Remove"))
        self._write()

    def _write(self) -> None:
        if self._shown is None:
            return
        sentence = tr("{truth} taken for {guess}")
        is_narrow = not self.move_button.text()
        self._between.show_classes(
            self._kinds, self._names, "{truth}→{guess}" if is_narrow else sentence
        )
        sure = tr("{share} sure", share=percent(self._shown.confidence, 0))
        self._sure.setText(sure)
        truth, guess = self._names
        said = f"{sentence.format(truth=truth, guess=guess)}, {sure}"
        self.setAccessibleName(said)
        describe(self.thumbnail, tr("Open {what}", what=said), said)
        tip = tr("Move the image to the class that it belongs to")
        describe(self.move_button, tr("Move to: {what}", what=said), tip)
        tip = tr("Remove the image from its class; the file stays")
        describe(self.remove_button, tr("Remove: {what}", what=said), tip)

    def _mistaken(self) -> tuple[int, list[str]]:
        assert self._shown is not None  # a row without a picture is hidden
        return self._shown.truth, [self._shown.sha256]

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self.show_narrow(not self.move_button.text() and self._shown is not None)


class ConfusionPanel(Panel):
    """Show which held-out images are taken for which class."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("teach_confusion_panel")
        self._model, self._state = model, TeachState()
        self._pictures: dict[str, Picture] = {}
        self._title = label("title", "confusion_title")
        explain(self._title, "confusion-matrix")
        self._hint = label("hint", "confusion_hint")
        self.note = label("label", "confusion_none", wrap=True)
        self.grid = ConfusionGrid()
        self.rows: list[MistakeRow] = []
        self._list = vbox(gap=0)
        self._more = label("hint", "mistakes_more", wrap=True)
        head = hbox(self._title, STRETCH, self._hint, gap=GAP_M_PX)
        vbox(head, self.grid, self.note, self._list, self._more, on=self, gap=GAP_M_PX, margins=0)
        self.grid.cell_opened.connect(self._open_cell)
        model.thumbnails.made.connect(self._show_grid)
        self.retranslate()

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the mistakes of the head as it is now."""
        before, self._state = self._state, state
        if (
            state.evaluation is before.evaluation
            and state.collection is before.collection
            and state.held_out is before.held_out
        ):
            return
        if state.collection is not before.collection:
            self._pictures = state.collection.pictures()
        self._show_grid()
        self._show_mistakes()

    @property
    def _judged(self) -> Evaluation | None:
        """How good the head is, where it is known of any image."""
        judged = self._state.evaluation
        return judged if judged is not None and judged.held_out else None

    def _show_grid(self) -> None:
        judged = self._judged
        self.grid.setVisible(judged is not None)
        self.refit()
        self.note.setVisible(judged is None or not judged.mistakes)
        self._write_none()
        if judged is None:
            return
        classes = {one.key: one for one in self._state.collection.classes}
        names = tuple(
            classes[key].name if key in classes else name
            for key, name in zip(judged.keys, judged.names, strict=True)
        )
        kinds = tuple(
            classes[key].colour if key in classes else place
            for place, key in enumerate(judged.keys)
        )
        pictures = {}
        known = self._pictures
        places = {key: place for place, key in enumerate(judged.keys)}
        for one in reversed(judged.mistakes):
            picture = known.get(one.sha256)
            if picture is not None and one.guess is not None:
                image = self._model.thumbnails.image(picture)
                if image is not None:
                    pictures[places[one.truth], places[one.guess]] = image
        self.grid.show_confusions(Confusions(judged.confusion, names, kinds, pictures))

    def _show_mistakes(self) -> None:
        judged = self._judged
        mistakes = () if judged is None else judged.mistakes
        shown = mistakes[:MOST_MISTAKES]
        while len(self.rows) < len(shown):
            place = len(self.rows)
            row = MistakeRow(self._model, place, partial(self._open_mistake, place))
            self.rows.append(row)
            self._list.addWidget(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(shown))
            if place < len(shown):
                row.show_mistake(self._state, shown[place])
        self.refit()
        more = len(mistakes) - len(shown)
        self._more.setVisible(more > 0)
        self._more.setText(
            tr_plural(
                "And 1 more: click a cell of the matrix to see it.",
                "And {n} more: click a cell of the matrix to see them.",
                more,
                n=show_integer(more),
            )
        )

    # -- Words -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write every text in the language in use."""
        self._title.setText(tr("Confusion on held-out images"))
        self._hint.setText(tr("row: truth, column: guess"))
        describe(
            self.grid,
            tr("Confusion matrix: row the truth, column the guess"),
            tr("Click a cell to see its images; arrow keys and Enter do the same"),
        )
        self._show_grid()
        self._show_mistakes()

    def _write_none(self) -> None:
        judged = self._judged
        text = tr("Once the head is trained, its mistakes on held-out images stand here.")
        if judged is not None:
            text = tr("No held-out image is taken for another class.")
            undecided = judged.undecided
            if undecided:
                text = tr(
                    "Undecided on {n} of {total} held-out images: several classes are equally "
                    "probable there, so they look alike to the head.",
                    n=show_integer(undecided),
                    total=show_integer(judged.held_out),
                )
        elif self._state.evaluation is not None:
            text = tr("No image is held out, so there are none to be mistaken in.")
        self.note.setText(text)

    # -- Person ------------------------------------------------------------------------------------

    def _open_cell(self, row: int, column: int) -> None:
        judged = self._judged
        if judged is None:
            return
        guess = judged.keys[column] if column < len(judged.keys) else None
        found = judged.cell(judged.keys[row], guess)
        self._open([(one.truth, one.sha256) for one in found], 0)

    def _open_mistake(self, place: int) -> None:
        judged = self._judged
        if judged is not None:
            self._open([(one.truth, one.sha256) for one in judged.mistakes], place)

    def _open(self, pictures: list[Shown], place: int) -> None:
        from gui.teach_tab.picture_viewer import viewer_of

        if pictures:
            viewer_of(self._model, self.window()).open_pictures(pictures, place)

    def refit(self) -> None:
        """Take words off the buttons, and the hint away, where it is narrow."""
        is_narrow = self.width() < _NARROW_PX
        self._hint.setVisible(self._judged is not None and not is_narrow)
        shown = [row for row in self.rows if not row.isHidden()]
        widest = max((row.whole_px() for row in shown), default=0)
        for row in shown:
            row.show_narrow(is_narrow or widest > self.width())

    def minimumSizeHint(self) -> QSize:
        """Get by with little width: what has no room is left out."""
        return QSize(_LEAST_PX, super().minimumSizeHint().height())
