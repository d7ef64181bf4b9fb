"""The articles' titles, addresses, and the numbers that their recipes start from.

All of them are stored in ``assets/articles/articles.json`` only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from model.errors import ModelError

_FILE = Path(__file__).parents[2] / "assets" / "articles" / "articles.json"


class Article(msgspec.Struct, frozen=True):
    """An article.

    Attributes
    ----------
    title, url
        Title and web address; the address is inserted into HTML without escaping.
    """

    title: str
    url: str


class OneUnitArticle(Article, frozen=True):
    """The article that trains a single unit.

    Attributes
    ----------
    rate
        Learning rate for the sum over rows.
    iterations
        Number of full-batch steps.
    bias, weights
        Initial values; the weights by number of inputs.
    """

    rate: float
    iterations: int
    bias: float
    weights: dict[str, tuple[float, ...]]


class QuadrantsArticle(Article, frozen=True):
    """The article that sets weights by hand."""

    w: float


class TitanicArticle(Article, frozen=True):
    """The article about the Titanic.

    Attributes
    ----------
    people
        Number of rows of its table, which Glassnet may not redistribute.
    test_fraction
        Share of the rows held out for testing.
    hidden
        Units of the hidden layers of each of its networks.
    """

    people: int
    test_fraction: float
    hidden: tuple[tuple[int, ...], ...]


class OpenCvArticle(Article, frozen=True):
    """The article that classifies pictures with OpenCV.

    Attributes
    ----------
    side
        Side of the square tensor, in pixels.
    mean
        Value subtracted from each channel, BGR, 0 to 255.
    top
        Number of labels printed.
    ms
        ``"least"`` and ``"most"`` time of a forward pass on its author's processor, in
        milliseconds.
    probabilities
        Probability of the best label for each of its pictures; the values for red wine, as it
        is and with red and blue swapped, are from its readers' comments.
    """

    side: int
    mean: tuple[int, int, int]
    top: int
    ms: dict[str, float]
    probabilities: dict[str, float]


class Articles(msgspec.Struct, frozen=True):
    """All articles."""

    one_unit: OneUnitArticle
    quadrants: QuadrantsArticle
    titanic: TitanicArticle
    opencv: OpenCvArticle


@cache
def articles() -> Articles:
    """Return the contents of all articles.

    Raises
    ------
    ModelError
        Code ``recipe.articles`` if the file is missing or damaged.
    """
    try:
        return msgspec.json.decode(_FILE.read_bytes(), type=Articles)
    except (OSError, msgspec.MsgspecError) as fault:
        raise ModelError(
            "recipe.articles",
            "{file} cannot be read: {fault}. Install Glassnet again.",
            file=str(_FILE),
            fault=str(fault),
        ) from fault


def published(path: str) -> float | None:
    """Return a number printed in an article, ``None`` if there is no such number.

    Parameters
    ----------
    path
        Keys separated by points, as in ``"one_unit.rate"``.

    Raises
    ------
    ModelError
        As :func:`articles`.
    """
    value: object = msgspec.to_builtins(articles())
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return float(value) if isinstance(value, int | float) else None
