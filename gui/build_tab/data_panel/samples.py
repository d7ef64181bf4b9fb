"""Rows of data other than truth tables: class counts, pictures, mistakes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from foundation.text import tr, tr_plural
from gui.build_tab.build_model import BuildModel
from gui.build_tab.data_panel.row_list import RowList, SampleGrid, picture_side
from gui.build_tab.names import named_values, omissions_text, readable
from gui.build_tab.state import BuildState
from gui.explain import explain
from gui.format import show_integer
from gui.theme import CAPTION_PX, GAP_S_PX, INSET_PX, active, font
from gui.widgets.basic import as_html, label, push_button, rule
from gui.widgets.fields import ChoiceCombo
from gui.widgets.layouts import hbox, vbox
from gui.widgets.painting import AT_RIGHT, with_alpha, write_elided
from gui.widgets.panel import Panel
from gui.widgets.texts import worded
from model.data import Dataset
from model.insight.answers import class_names
from model.metrics import decide, decision_threshold
from model.recipes.titanic import are_counts, people_by_class_and_sex

MAX_MISTAKES = 200
MIN_NAME_PX, MAX_NAME_PX = 62, 104
SCALINGS = ("none", "standard", "min_max")


class ClassCounts(QWidget):
    """Bars with the training rows (solid) and test rows (pale) of each class.

    At most ten classes are drawn.
    """

    BAR_PX = 18

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("class_counts")
        self._rows: list[tuple[str, int, int]] = []

    def show_dataset(self, dataset: Dataset) -> None:
        """Count the training and test rows of each class."""
        names = dataset.class_names
        if not names or dataset.task == "multilabel":
            self._rows = []
        else:
            counts = (each.tolist() for each in dataset.class_counts)
            self._rows = list(zip(names, *counts, strict=True))
        shown = self._rows[:10]
        self.setFixedHeight(self.BAR_PX * len(shown))
        self.setAccessibleDescription("; ".join(f"{n}: {a} + {b}" for n, a, b in self._rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and counts."""
        theme = active()
        painter = QPainter(self)
        painter.setFont(font(CAPTION_PX))
        metrics = painter.fontMetrics()
        most = max((a + b for _, a, b in self._rows), default=1) or 1
        widest = max((metrics.horizontalAdvance(name) for name, _, _ in self._rows), default=0)
        name_px, figure_px = min(max(widest + 8, MIN_NAME_PX), MAX_NAME_PX), 44
        room = self.width() - name_px - figure_px - 8
        for index, (name, train, test) in enumerate(self._rows[:10]):
            top = index * self.BAR_PX
            painter.setPen(QColor(theme.t2))
            write_elided(painter, QRectF(0, top, name_px - 4, self.BAR_PX), name)
            colour = QColor(theme.classes[index % len(theme.classes)])
            bar = QRectF(name_px, top + 6, room * train / most, 6)
            painter.fillRect(bar, colour)
            # Pale, with an outline that shows how far it goes.
            rest = QRectF(bar.right(), top + 6, room * test / most, 6)
            painter.setPen(QPen(colour, 1))
            painter.setBrush(with_alpha(colour, 0.4))
            if test:
                painter.drawRect(rest.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(QColor(theme.t1))
            painter.drawText(
                QRectF(self.width() - figure_px, top, figure_px, self.BAR_PX),
                AT_RIGHT,
                show_integer(train + test),
            )


class Samples(Panel):
    """The lower part of the data panel for plane sets and tables."""

    def __init__(self, model: BuildModel) -> None:
        super().__init__()
        self._model = model
        self.scaling = worded(
            ChoiceCombo("table_scaling", SCALINGS),
            accessible_name="Scaling",
            tip="How the columns are scaled",
        )
        self._scaling_caption = explain(label("label", text="Scaling"), "scaling")
        self._title = label("title")
        self._note = label("caption", text="target → guess")
        self.counts = worded(ClassCounts(), accessible_name="Rows of each class")
        self.grid = worded(
            SampleGrid(model),
            accessible_name="Samples",
            tip="Click one to see its values everywhere",
        )
        self.mistakes = worded(
            RowList("mistake_list", model),
            accessible_name="Wrong rows",
            tip="Choose one to see its values everywhere",
        )
        self.mistakes.hide()
        self._wrong: np.ndarray | None = None
        self._state: BuildState | None = None
        self.show_all = push_button(
            "all_rows",
            tone="link",
            size="small",
            do=lambda: model.show_mistakes(False),
            text="Show all",
            accessible_name="Show all rows again",
        )
        self.show_all.hide()
        self._facts = label("hint", "data_facts", wrap=True)
        self.people = worded(
            as_html(label("caption", "people_table")),
            accessible_name="How many survived, by class and sex",
        )
        self.people.hide()
        inner = vbox(
            hbox((self._title, 1), self._note, self.show_all),
            self.grid,
            self.mistakes,
            self.counts,
            self._facts,
            self.people,
            gap=GAP_S_PX,
            margins=(INSET_PX, GAP_S_PX),
        )
        inner.addLayout(hbox(self._scaling_caption, (self.scaling, 1)))
        inner.addStretch(1)
        self.column = vbox(rule(), (inner, 1), on=self, gap=0, margins=0)
        self.scaling.chosen.connect(self._on_scaling_chosen)
        self.retranslate()

    def _on_scaling_chosen(self, scaling: Literal["none", "standard", "min_max"]) -> None:
        data = None if self._state is None else self._state.experiment.data
        if data is not None:
            self._model.edit_data(data.with_scaling(scaling), tr("Scaling"))

    def show_state(self, state: BuildState) -> bool:
        """Show the data and, for pictures, the network's answers.

        Returns
        -------
        bool
            Whether the list has switched between all rows and mistakes only.
        """
        old, self._state = self._state, state
        before, self._wrong = self._wrong, self._rows_to_list(state)
        data = state.experiment.data
        if old is None or (
            data is not old.experiment.data
            or state.dataset is not old.dataset
            or state.refusals != old.refusals
            or not _are_same(before, self._wrong)
        ):
            self.counts.show_dataset(state.dataset)
            scaling = data.scaling_choice
            for part in (self.scaling, self._scaling_caption):
                part.setVisible(scaling is not None)
            if scaling is not None:
                self.scaling.show_key(scaling)
            self._choose_view()
        self._show_rows()
        return (before is None) != (self._wrong is None)

    def _rows_to_list(self, state: BuildState) -> np.ndarray | None:
        """Return the wrong rows if only these are listed, ``None`` for all rows.

        While they are unknown, as during a run, the last known ones are returned.
        """
        if not state.selection.mistakes:
            return None
        wrong = state.mistakes
        if wrong is None:
            return self._wrong
        return wrong if len(wrong) else None

    @property
    def _is_pictures(self) -> bool:
        state = self._state
        if state is None or state.dataset.task != "multiclass":
            return False
        return picture_side(state.dataset.inputs) > 0

    def _choose_view(self) -> None:
        """Show pictures, wrong rows or class counts."""
        self.grid.setVisible(self._is_pictures)
        self.mistakes.setVisible(not self._is_pictures and self._wrong is not None)
        self.counts.setVisible(not self._is_pictures and self._wrong is None)
        self.show_all.setVisible(self._wrong is not None)
        self.retranslate()

    def _show_rows(self) -> None:
        state = self._state
        assert state is not None
        if self._is_pictures:
            all_rows = np.arange(len(state.dataset.x_train))
            self.grid.show_state(state, all_rows if self._wrong is None else self._wrong)
        elif self._wrong is not None:
            rows = self._wrong[:MAX_MISTAKES].tolist()
            self.mistakes.show_rows(rows, self._describe_mistakes(state, rows), state.row)

    def _describe_mistakes(self, state: BuildState, rows: list[int]) -> list[str]:
        """Describe wrong rows: number, target, answer and values."""
        task = state.dataset.task
        x, y = state.rows_at(rows)
        threshold = decision_threshold(state.experiment)
        answers = decide(state.network.forward(x), task, threshold)
        truths = decide(y, task)
        # An answer of -1 is undecided, the last of these.
        names = (*class_names(state.dataset), tr("undecided"))
        text = tr("Row {n}: {truth} → {answer}")
        return [
            text.format(
                n=show_integer(state.row_number(row)[0]),
                truth=" ".join(names[int(k)] for k in np.atleast_1d(truth)),
                answer=" ".join(names[int(k)] for k in np.atleast_1d(answer)),
            )
            + f"\n{named_values(state.dataset, columns)}"
            for row, truth, answer, columns in zip(
                rows, truths, answers, state.columns_at(rows), strict=True
            )
        ]

    def retranslate(self) -> None:
        """Set every text in the current language."""
        dataset, wrong = None if self._state is None else self._state.dataset, self._wrong
        title = tr("Samples") if self._is_pictures else tr("Rows")
        self._title.setText(title if wrong is None else self._mistakes_title(len(wrong)))
        self._note.setVisible(self._is_pictures and wrong is None)
        self.scaling.write([tr("None"), tr("Mean 0, deviation 1"), tr("0 to 1")])
        if dataset is not None:
            number = len(dataset.x_train) + len(dataset.x_test)
            columns = dataset.columns
            facts = tr(
                "{rows}, {inputs}: {names}",
                rows=tr_plural("1 row", "{n} rows", number, n=show_integer(number)),
                inputs=tr_plural("1 input", "{n} inputs", columns.inputs, n=columns.inputs),
                names=", ".join(map(readable, columns.feature_names[:6]))
                + ("…" if columns.inputs > 6 else ""),
            )
            left_out = omissions_text(dataset.left_out)
            self._facts.setText(f"{facts}\n{left_out}" if left_out else facts)
            self._show_people(dataset)
        self.restyle()

    def _show_people(self, dataset: Dataset) -> None:
        """Show how many of the Titanic's passengers survived, by class and sex."""
        data = None if self._state is None else self._state.experiment.data
        is_shown = data is not None and are_counts(data) and self._wrong is None
        self.people.setVisible(is_shown)
        if not is_shown:
            return
        counted = people_by_class_and_sex(dataset)
        cells = [
            f'<td align="right">{show_integer(each.survived)} / {show_integer(each.people)}</td>'
            for each in counted
        ]
        heading, classes = tr("survived of"), tr("class {n}")
        names = [classes.format(n=each.cabin) for each in counted[:3]]
        head = "".join(f'<td align="right">{name}</td>' for name in names)
        lines = [f"<td>{heading}</td>{head}"]
        for name, row in ((tr("women"), cells[:3]), (tr("men"), cells[3:])):
            lines.append(f"<td>{name}</td>{''.join(row)}")
        rows = "".join(f"<tr>{line}</tr>" for line in lines)
        self.people.setText(f'<table width="100%" cellspacing="0" cellpadding="1">{rows}</table>')

    def _mistakes_title(self, number: int) -> str:
        n = show_integer(number)
        if self._state is not None and len(self._state.dataset.x_test) > 0:
            return tr_plural("1 wrong test row", "{n} wrong test rows", number, n=n)
        return tr_plural("1 wrong row", "{n} wrong rows", number, n=n)

    def restyle(self) -> None:
        """Apply the current theme."""
        if self._state is not None:
            self._show_rows()


def _are_same(some: np.ndarray | None, others: np.ndarray | None) -> bool:
    if some is None or others is None:
        return some is others
    return np.array_equal(some, others)
