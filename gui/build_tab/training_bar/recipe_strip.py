"""The line under the training bar about an article's recipe and its mistakes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from foundation.text import tr
from gui.build_tab.state import BuildState
from gui.format import percent, show_integer, show_number, significant
from gui.theme import GAP_L_PX, GAP_S_PX, INSET_PX, active
from gui.widgets.basic import as_html, describe, label, set_role
from gui.widgets.layouts import hbox
from gui.widgets.panel import Panel
from model.activations import derivative
from model.data.contradictions import contradiction
from model.experiment import FloatArray, TableData
from model.recipes import Recipe, Version, quadrant_answers
from model.recipes.articles import articles
from model.recipes.titanic import female_column, women_share

NEAR = 0.1
"""Both inputs of the quadrants point that the article's network gets wrong."""


class RecipeStrip(Panel):
    """Describes the article's recipe in force; hidden if there is none.

    It remains visible while slopes are evaluated at the wrong place.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__("recipe_strip", parent)
        self._state: BuildState | None = None
        self.text = label("caption", "recipe_text", wrap=True)
        self.source = as_html(label("caption", "recipe_source"))
        self.source.setOpenExternalLinks(True)
        self.source.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._row = hbox(
            (self.text, 1), self.source, on=self, gap=GAP_L_PX, margins=(INSET_PX, GAP_S_PX)
        )
        set_role(self, role="bar")
        self.hide()

    def show_state(self, state: BuildState) -> None:
        """Show the recipe; its figures are those of a network at rest."""
        if state.running:
            return
        old, self._state = self._state, state
        if old is None or not state.shows_the_same_as(old):
            self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        state = self._state
        if state is None:
            return
        recipe, version, said = state.recipe, state.version, ""
        if recipe is not None and version is not None and state.data.is_ready:
            said = _words(state, recipe, version)
        elif state.experiment.training.slope_at == "a":
            said = tr(
                "Slopes are taken at the activated value, f′(f(z)) for f′(z): a mistake of "
                "published code, made on purpose. It can be switched off under More."
            )
        self.text.setText(said)
        link = ""
        if recipe is not None:
            article, colour, name = recipe.article, active().acc, tr("The article")
            link = f'<a href="{article.url}" style="color:{colour}">{name}</a>'
            describe(self.source, tr("{title}, in the browser", title=article.title))
        self.source.setText(link)
        self.setVisible(bool(said))
        self._row.activate()  # its height is known at once, not an event after all is laid out

    restyle = retranslate


def _words(state: BuildState, recipe: Recipe, version: Version) -> str:
    words = {"one_unit": _one_unit, "quadrants": _quadrants, "titanic": _titanic}
    return " ".join(words[recipe.kind](state, recipe, version))


def _one_unit(state: BuildState, recipe: Recipe, version: Version) -> list[str]:
    rows, article = len(state.dataset.x_train), articles().one_unit
    rate = tr(
        "Rate {rate} of the sum over {rows} rows: {mean} of their mean.",
        rate=show_number(article.rate),
        rows=show_integer(rows),
        mean=show_number(recipe.published.training.learning_rate),
    )
    if version == "corrected":
        return [
            tr(
                "Corrected: slope s′(z), as the chain rule asks; first weights, rate and {n} full "
                "batches are the article’s.",
                n=show_integer(article.iterations),
            ),
            rate,
        ]
    least = float(derivative("sigmoid", np.ones((1, 1)))[0, 0])
    said = [
        tr(
            "As published: slope s′(s(z)) in place of s′(z); it never falls below {least}, however"
            " sure the unit is. So it steps further and its loss may end lower, but it is not the "
            "slope of the loss.",
            least=significant(least, 4),
        ),
        rate,
    ]
    if state.epoch:
        errors = state.network.forward(state.dataset.x_train) - state.dataset.y_train
        said.append(
            tr(
                "It prints the sum of the errors, {sum}, in which signs cancel; mean square "
                "{mean}.",
                sum=significant(float(errors.sum()), 2),
                mean=significant(float((errors**2).mean())),
            )
        )
    return said + _unlearnable_rows_texts(state)


def _unlearnable_rows_texts(state: BuildState) -> list[str]:
    """Describe the rows that this unit cannot get right, however long it trains."""
    data, said = state.dataset, []
    has_bias = state.experiment.network.layers[-1].use_bias
    if not has_bias and (data.x_train == 0.0).all(axis=1).any():
        said.append(
            tr(
                "Without a bias a row of zeros is answered by {half} for ever.",
                half=show_number(0.5),
            )
        )
    found = contradiction(data.x_train, data.y_train, data.task)
    if found is not None and isinstance(state.experiment.data, TableData):
        said.append(
            tr(
                "Row {second} contradicts row {first}; the article’s table has it begin with 1: "
                "mend it in the table.",
                first=found.first + 1,
                second=found.second + 1,
            )
        )
    return said


def _quadrants(state: BuildState, recipe: Recipe, version: Version) -> list[str]:
    near: FloatArray = np.array([[NEAR, NEAR]])
    value = -float(quadrant_answers(state.experiment, near)[0])  # 1 is here for other signs
    w = float(np.abs(state.network.weights[0]).max())
    text = tr(
        "Weights by hand as published, w = {w}. Near the axes it fails: at ({near}, {near}) the "
        "article’s output 2a − 1 is {value}, where 1 is wanted. Here 1 stands for other signs, so "
        "the last unit’s weights are turned round.",
    )
    if version == "corrected":
        text = tr(
            "The same by hand, ten times as steep, w = {w}: at ({near}, {near}) the article’s 2a "
            "− 1 is {value}. It still fails, only nearer to the axes.",
        )
    return [text.format(w=show_number(w), near=show_number(NEAR), value=significant(value, 2))]


def _titanic(state: BuildState, recipe: Recipe, version: Version) -> list[str]:
    data = state.experiment.data
    text = tr(
        "As published: slopes at the activated value, first weights divided by He’s factor, one "
        "pass, one row a step.",
    )
    if version == "corrected":
        text = tr(
            "Corrected: slopes at z, first weights times He’s factor, scaled inputs, {epochs} "
            "epochs; loss and split are the article’s.",
        )
    said = [text.format(epochs=show_integer(recipe.corrected.training.stop.epochs))]
    if isinstance(data, TableData) and version == "published":
        said.append(
            tr(
                "Its {people} rows are not ours to pass on: these are the public counts; open its "
                "file as your own CSV.",
                people=show_integer(articles().titanic.people),
            )
        )
    female = female_column(data, state.dataset)
    if female is not None:
        said.append(
            tr(
                "“Every woman survived” alone is right for {share} of the test rows.",
                share=percent(women_share(state.dataset, female)),
            )
        )
    return said
