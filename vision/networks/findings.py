"""The preflight's findings about a model as sentences, without OpenCV."""

from __future__ import annotations

from enum import Enum, StrEnum, unique
from typing import Final

from msgspec import Struct, field

from vision.errors import VisionError
from vision.reasons import fill_reasons


class Severity(StrEnum):
    """The severity of a finding; only FAIL prevents a model's use."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"


@unique
class Check(Enum):
    """The checks of the preflight, as sentence templates; `FAULT` uses that of its error."""

    FILE = "It is an {format} file of {megabytes} MB{opset}."
    OPERATORS_MISSING = "OpenCV lacks these operators: {operators}."
    INPUT = "It takes {shape}."
    INPUT_NOT_PICTURE = (
        "It takes {shape}, not a batch of one picture such as 1 x 3 x 224 x 224. Choose a model "
        "that takes one picture, or export it that way."
    )
    ENGINE = "It runs on {engine}."
    ENGINE_FALLBACK = "It runs on {engine}, because the new engine cannot: {reason}."
    OTHER_NETWORK = (
        "It is {kind}: {reason}. Nothing here shows what it says. If it is something else, choose "
        "how its output is read."
    )
    RECOGNISED = "It is {kind}: {reason}."
    RUNS = "It gives {outputs} scores in {forward_ms} ms."
    ONE_OF_OUTPUTS = (
        "It has {count} outputs; the scores are read from {name}, the others are not shown."
    )
    RUNS_BOXES = "It gives {boxes} boxes in {forward_ms} ms."
    RUNS_MASK = "It gives a mask in {forward_ms} ms."
    LABELS = "There is a label for each of the {outputs} scores."
    LABELS_NUMBERED = "There are no labels; the {outputs} classes are numbered."
    MAYBE_NO_CLASSES = (
        "There are no labels, and its {outputs} numbers are no probabilities. They are shown as "
        "those of numbered classes; if they are features or places, that means nothing."
    )
    LABELS_UNCOUNTED = "There are no labels; the classes are numbered."
    SOFTMAX_INSIDE = "The scores are probabilities already."
    SOFTMAX_APPLIED = "The scores are logits; softmax is applied to them."
    SOFTMAX_MISSING = (
        "Its description says that the scores are probabilities, but they do not lie between 0 "
        "and 1; softmax is applied to them."
    )
    SOFTMAX_TWICE = (
        "Its description asks for softmax, but the scores are probabilities already; it is not "
        "applied again."
    )
    PREPROCESSING_KNOWN = "Its description says how to prepare pictures: {settings}."
    PREPROCESSING_GUESSED = "How to prepare pictures is a guess. Check it in the blob X-ray."
    FAULT = ""


SOFTMAX_CHECKS: Final = frozenset(
    [
        Check.SOFTMAX_INSIDE,
        Check.SOFTMAX_APPLIED,
        Check.SOFTMAX_MISSING,
        Check.SOFTMAX_TWICE,
    ]
)
"""Checks about softmax; exactly one is reported for a classifier."""


class Finding(Struct, frozen=True):
    """A finding of the preflight.

    Attributes
    ----------
    check
        The check that it is about.
    values
        Values of the sentence's placeholders.
    error
        For a FAULT, the error, which has its own code and values.
    """

    check: Check
    severity: Severity
    values: dict[str, str | int | float] = field(default_factory=dict)
    error: VisionError | None = None

    @property
    def template(self) -> str:
        """The English sentence with ``{name}`` placeholders for `values`, to be translated."""
        return self.check.value

    def sentence(self) -> str:
        """Return the finding as one English line."""
        if self.error is not None:
            return self.error.sentence()
        return self.template.format(**fill_reasons(self.values))


class ModelRefusedError(Exception):
    """A model that the preflight found unusable.

    Attributes
    ----------
    failures
        Findings that prevent its use.
    """

    def __init__(self, failures: tuple[Finding, ...]) -> None:
        super().__init__(" ".join(finding.sentence() for finding in failures))
        self.failures = failures
