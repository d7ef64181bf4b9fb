"""The words of the built-in data (columns, classes, outputs) in the language in use."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

from gui.numbers import show_integer
from model.data import Dataset
from model.data.dataset import MOST_NAMED, LeftOut
from model.experiment import DataSpec, GateData, TableData, TruthTableData

__all__ = ["as_object", "in_words", "left_out_words", "readable", "word"]

_CONTEXT = "DataWords"
_UNITS = frozenset(("mm", "cm", "km", "mg", "kg", "ml", "ms", "hz", "px"))
_PIXEL = re.compile(r"r(\d+)c(\d+)")
_WORDS: tuple[object, ...] = (
    QT_TRANSLATE_NOOP("DataWords", "carry"),
    QT_TRANSLATE_NOOP("DataWords", "sum"),
    QT_TRANSLATE_NOOP("DataWords", "sepal length cm"),
    QT_TRANSLATE_NOOP("DataWords", "sepal width cm"),
    QT_TRANSLATE_NOOP("DataWords", "petal length cm"),
    QT_TRANSLATE_NOOP("DataWords", "petal width cm"),
    QT_TRANSLATE_NOOP("DataWords", "loss of smell"),
    QT_TRANSLATE_NOOP("DataWords", "weight loss"),
    QT_TRANSLATE_NOOP("DataWords", "runny nose"),
    QT_TRANSLATE_NOOP("DataWords", "body pain"),
    QT_TRANSLATE_NOOP("DataWords", "ill"),
    QT_TRANSLATE_NOOP("DataWords", "no"),
    QT_TRANSLATE_NOOP("DataWords", "yes"),
    QT_TRANSLATE_NOOP("DataWords", "class"),
    QT_TRANSLATE_NOOP("DataWords", "female"),
    QT_TRANSLATE_NOOP("DataWords", "died"),
    QT_TRANSLATE_NOOP("DataWords", "survived"),
)


def word(name: str) -> str:
    """Return a built-in name in the language in use; any other as it is."""
    if pixel := _PIXEL.fullmatch(name):
        text = QCoreApplication.translate("DataWords", "r{row}c{column}")
        return text.format(row=pixel[1], column=pixel[2])
    plain = name.replace("_", " ")
    said = QCoreApplication.translate(_CONTEXT, plain)
    return name if said == plain else said


def readable(name: str) -> str:
    """Return a column's name as a person writes it: "sepal_length_cm" as "sepal length (cm)"."""
    plain = name.replace("_", " ")
    quantity, _, unit = plain.rpartition(" ")
    return f"{quantity} ({unit})" if quantity and unit.lower() in _UNITS else plain


def as_object(name: str) -> str:
    """Return a name as what is solved or learned: Turkish adds an ending, "XOR'u"."""
    vowels = [letter for letter in name.lower() if letter in "aıoueiöü"]
    if QLocale().language() != QLocale.Language.Turkish or not vowels:
        return name
    last = "e" if name in ("AND", "NAND") else vowels[-1]  # said in English, as "end"
    ending = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "e": "i", "i": "i", "ö": "ü", "ü": "ü"}[last]
    return f"{name}’{'y' if name[-1].lower() in 'aıoueiöü' else ''}{ending}"


def in_words(dataset: Dataset, data: DataSpec) -> Dataset:
    """Return the data set with translated names; a person's own tables keep theirs.

    The rows are shared, not copied.
    """
    if not isinstance(data, GateData | TableData | TruthTableData):
        return dataset
    names = (dataset.feature_names, dataset.target_names, dataset.class_names)
    said = tuple(tuple(map(word, some)) for some in names)
    if said == names:
        return dataset  # the very same, so that nothing is computed again
    return replace(dataset, feature_names=said[0], target_names=said[1], class_names=said[2])


def left_out_words(left_out: LeftOut | None) -> str:
    """Say what of a table is not among the rows that are learned from; nothing where all is."""
    if left_out is None:
        return ""
    translate, said = QCoreApplication.translate, []
    if len(left_out.gaps):
        some = ", ".join(map(show_integer, left_out.gaps[:MOST_NAMED].tolist()))
        more = len(left_out.gaps) - MOST_NAMED
        if more > 0:
            text = translate("DataWords", "{some} and {n} more")
            some = text.format(some=some, n=show_integer(more))
        text = translate("DataWords", "{n} of {rows} rows left out for missing values: {some}.")
        n, rows = show_integer(len(left_out.gaps)), show_integer(left_out.rows)
        said.append(text.format(n=n, rows=rows, some=some))
    kinds = (
        (left_out.top, translate("DataWords", "{n} at the top")),
        (left_out.comments, translate("DataWords", "{n} with a comment")),
        (left_out.blank, translate("DataWords", "{n} blank")),
    )
    lines = ", ".join(text.format(n=show_integer(count)) for count, text in kinds if count)
    if lines:
        said.append(translate("DataWords", "Lines passed over: {lines}.").format(lines=lines))
    return " ".join(said)
