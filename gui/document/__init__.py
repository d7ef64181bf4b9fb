"""The document: one experiment, its file and its undo stack."""

from gui.document.experiment_document import ExperimentDocument

__all__ = ["ExperimentDocument"]
