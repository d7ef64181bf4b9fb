"""Live numbers in a lesson's prose: valid names, current values, and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import numpy as np

from model.backprop import loss_and_gradients
from model.experiment import FloatArray
from model.lessons.conditions import QUANTITIES, Condition, current_value
from model.lessons.situation import Situation, place_at, row_of, weight_at
from model.recipes.articles import published

Number = Callable[[float], str]
"""Formats a live number."""
Word = Callable[[str, str], str]
"""Formats a live text, given the code of its quantity and its value."""

_NUMBERS = tuple(
    code for code, quantity in QUANTITIES.items() if not quantity.needs and quantity.kind != "names"
)
_OF_ROW = re.compile(r"([a-z]):([\d.a-z]+)(?:@([1-9]\d{0,6}))?")
PUBLISHED = "published:"
_COLUMN = re.compile(r"[1-9]\d{0,6}")


def placeholders() -> tuple[str, ...]:
    """Return the live numbers' names, with an example of each kind of place."""
    places = ("w:1.h1.x1", "b:1.h1", "z:1.h1", "a:1.h1", "x:1", "t:1", "e:1", "d:1.h1", "g:1.h1.x1")
    return (*_NUMBERS, *places, "z:1.h1@2", f"{PUBLISHED}one_unit.rate")


def is_placeholder(text: str) -> bool:
    """Return whether a text in braces is a live number."""
    if text in _NUMBERS:
        return True
    if text.startswith(PUBLISHED):
        return published(text.removeprefix(PUBLISHED)) is not None
    found = _OF_ROW.fullmatch(text)
    if found is None:
        return False
    kind, place, row = found.groups()
    if kind in ("x", "t", "e"):
        return _COLUMN.fullmatch(place) is not None
    at = place_at(f"{place}.b" if kind == "b" else place)
    if at is None or (row and kind in ("w", "b")):
        return False
    return (at.row is None) == (kind in ("z", "a", "d")) and kind in ("w", "b", "z", "a", "d", "g")


def live_value(text: str, situation: Situation) -> float | str | None:
    """Return a placeholder's value, ``None`` if there is nothing to show.

    Parameters
    ----------
    text
        Content of the braces: a condition's code; ``w`` or ``b`` with the place of a weight or
        bias; for the chosen row, or another one after ``@``: ``x`` an input, ``t`` a target,
        ``e`` an output minus its target, ``z`` a weighted sum, ``a`` an activation, ``d``
        dL/dz, ``g`` dL/dw of the row alone; ``published:`` with the path of a number in
        `assets/articles/articles.json`.
    """
    if text in QUANTITIES:
        value = current_value(Condition(text), situation)
        return None if isinstance(value, frozenset) else value
    if text.startswith(PUBLISHED):
        return published(text.removeprefix(PUBLISHED))
    found = _OF_ROW.fullmatch(text)
    if found is None:
        return None
    kind, place, row = found.groups()
    if kind in ("w", "b"):
        weight = weight_at(situation, f"{place}.b" if kind == "b" else place)
        return None if weight is None else _without_round_off(weight, situation)
    chosen = row_of(situation, int(row) if row else None)
    if chosen is None:
        return None
    x, t = chosen
    try:
        if kind in ("x", "t"):
            return float((x if kind == "x" else t)[int(place) - 1])
        return _of_network(kind, place, situation, x, t)
    except IndexError:
        return None


_ROUND_OFF = 1e-12
"""Weights below this share of the largest are shown as 0.

Steps to 0 leave such remainders in sums.
"""


def _without_round_off(weight: float, situation: Situation) -> float:
    """Return a weight, or 0 if it is too small to change a displayed digit of a sum."""
    assert situation.network is not None
    largest = float(np.abs(situation.network.parameters.flat).max())
    return 0.0 if abs(weight) < _ROUND_OFF * largest else weight


def _of_network(
    kind: str, place: str, situation: Situation, x: FloatArray, t: FloatArray
) -> float | None:
    """Return a number that the network computes for a row.

    Raises
    ------
    IndexError
        If there is no such unit.
    """
    network = situation.network
    if network is None:
        return None
    if kind == "e":
        index = int(place) - 1
        return float(network.forward(x[None, :])[0, index] - t[index])
    at = place_at(place)
    if at is None:
        return None
    if kind in ("z", "a"):
        z, a = network.activations(x[None, :])[at.layer]
        return float((a if kind == "a" else z)[0, at.unit])
    training = situation.experiment.training
    _, gradients = loss_and_gradients(
        network.spec, x[None, :], t[None, :], training.loss, slope_at=training.slope_at
    )
    of = gradients[at.layer]
    if kind == "d" or at.row is None:
        return float(of.delta[0, at.unit])
    return float(of.biases[at.unit] if at.row < 0 else of.weights[at.row, at.unit])


_SHARES = (
    "probability",
    "threshold",
    "head_accuracy",
    "head_baseline",
    "test_share",
    "women_survived",
)
_SCORES = ("accuracy", "test_accuracy", "baseline")
"""Shares, except for a regression, where they are R squared."""


def _is_share(text: str, situation: Situation) -> bool:
    """Return whether a live number is a share, shown as a percentage."""
    if text in _SCORES:
        return situation.dataset is None or situation.dataset.task != "regression"
    return text in _SHARES or (text.startswith(PUBLISHED) and ".probabilities." in text)


def plain_word(code: str, value: str) -> str:
    """Return a live text unchanged."""
    return value


def plain_number(value: float) -> str:
    """Return a number with four significant digits and a true minus sign."""
    return f"{value:.4g}".replace("-", "−")


def plain_share(share: float) -> str:
    """Return a share as a percentage with three significant digits."""
    return f"{100 * share:.3g}%"


def live_html(
    text: str,
    situation: Situation,
    number: Number,
    share: Number,
    word: Word,
    unknown: str,
    plus: str,
) -> str:
    """Return a live number as HTML, with a class for its sign.

    Parameters
    ----------
    text
        As in :func:`live_value`.
    number, share, word, unknown
        Formatters of a number, of a share of 1 and of a text, and the text for an unknown
        value.
    plus
        The plus sign before the number, or an empty text; it becomes a minus if the number is
        negative.
    """
    value = live_value(text, situation)
    if value is None:
        return plus + unknown
    if isinstance(value, str | bool):
        # Not str() of a text: one of `vision` knows how to be said in another language.
        return plus + html.escape(word(text, value if isinstance(value, str) else str(value)))
    written = share if _is_share(text, situation) else number
    shown = html.escape(written(value))
    if value < 0.0 and plus:
        plus, shown = "", f"−\u00a0{html.escape(written(-value))}"
    if text.partition(":")[0] in ("w", "b", "z", "a", "d", "e", "g"):
        shown = f'<span class="{"negative" if value < 0.0 else "positive"}">{shown}</span>'
    return plus + shown
