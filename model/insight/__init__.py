"""Looking into a network: what it computes, what it cannot, what ails it, and every number."""

from model.data.contradictions import Contradiction, contradiction
from model.insight.doctor import Finding, examine
from model.insight.gates import GateReading, read_gates
from model.insight.gradient_check import GradientCheck, check_gradient
from model.insight.landscape import Landscape, run_landscape
from model.insight.linear import LinearClassifier, linear_classifier
from model.insight.rounding import Roundings, try_roundings
from model.insight.separability import Separability, separability
from model.insight.trace import BatchStep, Operation, Trace, trace
from model.insight.update import Update

__all__ = [
    "BatchStep",
    "Contradiction",
    "Finding",
    "GateReading",
    "GradientCheck",
    "Landscape",
    "LinearClassifier",
    "Operation",
    "Roundings",
    "Separability",
    "Trace",
    "Update",
    "check_gradient",
    "contradiction",
    "examine",
    "linear_classifier",
    "read_gates",
    "run_landscape",
    "separability",
    "trace",
    "try_roundings",
]
