"""What the preflight of a model found, as sentences in the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.sentences import sentence_of, translated
from gui.vision.compute_text import compute_names
from vision.engine import ComputeChoice
from vision.preflight import Check, Finding

__all__ = ["finding_text"]


def finding_text(finding: Finding) -> str:
    """Return a finding as one line."""
    if finding.error is not None:
        return sentence_of(finding.error)
    template = _templates().get(finding.check)
    if template is None:
        return finding.sentence()
    values = {
        name: translated(value) if isinstance(value, str) else value
        for name, value in finding.values.items()
    }
    if finding.check in (Check.ENGINE, Check.ENGINE_FALLBACK):
        values["engine"] = compute_names()[ComputeChoice(str(finding.values["engine"]))]
    return template.format(**values)


def _templates() -> dict[Check, str]:
    translate = QCoreApplication.translate
    return {
        Check.FILE: translate("Preflight", "It is an {format} file of {megabytes} MB{opset}."),
        Check.OPERATORS_MISSING: translate(
            "Preflight", "OpenCV lacks these operators: {operators}."
        ),
        Check.OUTPUT_SHAPE_MISSING: translate(
            "Preflight",
            "The output {names} has no shape in the file; OpenCV's new engine wants one.",
        ),
        Check.INPUT: translate("Preflight", "It takes {shape}."),
        Check.INPUT_NOT_PICTURE: translate("Preflight", "It takes {shape}, which is no picture."),
        Check.ENGINE: translate("Preflight", "It runs on {engine}."),
        Check.ENGINE_FALLBACK: translate(
            "Preflight", "It runs on {engine}, because the new engine cannot: {reason}."
        ),
        Check.RUNS: translate("Preflight", "It gives {outputs} scores in {forward_ms} ms."),
        Check.LABELS: translate("Preflight", "There is a label for each of the {outputs} scores."),
        Check.LABELS_NUMBERED: translate(
            "Preflight", "There are no labels; the {outputs} classes are numbered."
        ),
        Check.SOFTMAX_INSIDE: translate("Preflight", "The scores are probabilities already."),
        Check.SOFTMAX_APPLIED: translate(
            "Preflight", "The scores are logits; softmax is applied to them."
        ),
        Check.PREPROCESSING_KNOWN: translate(
            "Preflight", "Its description says how to prepare pictures: {settings}."
        ),
        Check.PREPROCESSING_GUESSED: translate(
            "Preflight",
            # Which settings, the X-ray shows.
            "How to prepare pictures is a guess. Check it in the blob X-ray.",
        ),
    }
