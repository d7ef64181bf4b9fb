"""Analyses of a network: its function, its limits, its problems and all its numbers."""

from model.data.contradictions import Contradiction, contradiction
from model.insight.doctor import Finding, examine
from model.insight.gates import read_gates
from model.insight.landscape import Landscape
from model.insight.separation.linear import LinearClassifier, linear_classifier
from model.insight.separation.separability import Separability, separability
from model.insight.step.gradient_check import GradientCheck, check_gradient
from model.insight.step.trace import trace

__all__ = [
    "Contradiction",
    "Finding",
    "GradientCheck",
    "Landscape",
    "LinearClassifier",
    "Separability",
    "check_gradient",
    "contradiction",
    "examine",
    "linear_classifier",
    "read_gates",
    "separability",
    "trace",
]
