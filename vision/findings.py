"""What the preflight finds about a model, in words; known without OpenCV."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from vision.errors import VisionError
from vision.reasons import filled


class Severity(StrEnum):
    """How much a finding matters; only FAIL keeps a model from being used."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    FAIL = "fail"


class Check(StrEnum):
    """Codes of what the preflight can say."""

    FILE = "file"
    OPERATORS_MISSING = "operators_missing"
    INPUT = "input"
    INPUT_NOT_PICTURE = "input_not_picture"
    ENGINE = "engine"
    ENGINE_FALLBACK = "engine_fallback"
    OTHER_NETWORK = "other_network"
    RECOGNISED = "recognised"
    RUNS = "runs"
    ONE_OF_OUTPUTS = "one_of_outputs"
    RUNS_BOXES = "runs_boxes"
    RUNS_MASK = "runs_mask"
    LABELS = "labels"
    LABELS_NUMBERED = "labels_numbered"
    SOFTMAX_INSIDE = "softmax_inside"
    SOFTMAX_APPLIED = "softmax_applied"
    PREPROCESSING_KNOWN = "preprocessing_known"
    PREPROCESSING_GUESSED = "preprocessing_guessed"
    FAULT = "fault"


_SENTENCES: Final[dict[Check, str]] = {
    Check.FILE: "It is an {format} file of {megabytes} MB{opset}.",
    Check.OPERATORS_MISSING: "OpenCV lacks these operators: {operators}.",
    Check.INPUT: "It takes {shape}.",
    Check.INPUT_NOT_PICTURE: (
        "It takes {shape}, which is no picture. Choose a model that takes one picture, as "
        "1 x 3 x 224 x 224 does."
    ),
    Check.ENGINE: "It runs on {engine}.",
    Check.ENGINE_FALLBACK: "It runs on {engine}, because the new engine cannot: {reason}.",
    Check.OTHER_NETWORK: (
        "It is {kind}: {reason}. Nothing here shows what it says. If it is something else, choose "
        "how its output is read."
    ),
    Check.RECOGNISED: "It is {kind}: {reason}.",
    Check.RUNS: "It gives {outputs} scores in {forward_ms} ms.",
    Check.ONE_OF_OUTPUTS: (
        "It has {count} outputs; the scores are read from {name}, the others are not shown."
    ),
    Check.RUNS_BOXES: "It gives {boxes} boxes in {forward_ms} ms.",
    Check.RUNS_MASK: "It gives a mask in {forward_ms} ms.",
    Check.LABELS: "There is a label for each of the {outputs} scores.",
    Check.LABELS_NUMBERED: "There are no labels; the {outputs} classes are numbered.",
    Check.SOFTMAX_INSIDE: "The scores are probabilities already.",
    Check.SOFTMAX_APPLIED: "The scores are logits; softmax is applied to them.",
    Check.PREPROCESSING_KNOWN: "Its description says how to prepare pictures: {settings}.",
    Check.PREPROCESSING_GUESSED: (
        "How to prepare pictures is a guess: {settings}. Check it in the blob X-ray."
    ),
}


class Finding(Struct, frozen=True):
    """One thing the preflight found.

    Attributes
    ----------
    check
        What it is about; the window translates by it.
    severity
        How much it matters.
    values
        What the sentence names.
    error
        For a FAULT, the error with its own code and values.
    """

    check: Check
    severity: Severity
    values: dict[str, str | int | float] = field(default_factory=dict)
    error: VisionError | None = None

    @property
    def template(self) -> str:
        """The English sentence with a ``{name}`` for each of `values`, to translate by."""
        return _SENTENCES[self.check]

    def sentence(self) -> str:
        """Return it as one English line."""
        if self.error is not None:
            return self.error.sentence()
        return self.template.format(**filled(self.values))


class ModelRefusedError(Exception):
    """A model that the preflight found unusable.

    Attributes
    ----------
    findings
        Everything that was found, failures and the rest.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        failures = [finding for finding in findings if finding.severity is Severity.FAIL]
        super().__init__(" ".join(finding.sentence() for finding in failures))
        self.findings = findings
