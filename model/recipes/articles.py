"""The articles' titles, addresses, and the numbers that their recipes start from.

They stand in ``assets/articles/articles.json`` and nowhere else.
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
        What it is called, and where it can be read; the address stands in HTML as it is.
    """

    title: str
    url: str


class OneUnitArticle(Article, frozen=True):
    """The article that trains a single unit.

    Attributes
    ----------
    rate
        Of the sum over rows.
    iterations
        Full batches.
    bias, weights
        What it starts from; the weights by the number of inputs.
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
        Rows of its table, which is not ours to pass on.
    test_fraction
        Share of them kept back.
    hidden
        Units of the hidden layers of its networks.
    """

    people: int
    test_fraction: float
    hidden: tuple[tuple[int, ...], ...]


class OpenCvArticle(Article, frozen=True):
    """The article that classifies pictures with OpenCV.

    Attributes
    ----------
    side
        Of the square tensor, in pixels.
    mean
        Taken from each channel, BGR, on the scale 0-255.
    top
        How many labels it prints.
    ms
        ``"least"`` and ``"most"`` that a forward pass took on its author's processor.
    probabilities
        Of the best label of each of its pictures; the red wine, right and with red and blue
        swapped, is from its readers' comments.
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
        Code ``recipe.articles`` where the file is missing or damaged.
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
    """Return a number printed in an article, ``None`` if there is none of that name.

    Parameters
    ----------
    path
        The way to it with points between, as in ``"one_unit.rate"``.

    Raises
    ------
    ModelError
        As :func:`articles`.
    """
    value: object = msgspec.to_builtins(articles())
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return float(value) if isinstance(value, int | float) else None
