"""Training: backprop kernels, optimisers, the trainer with its history, and populations."""

from model.training.history import History
from model.training.messages import (
    Message,
    SetSettings,
    SetSpeed,
    SetWeight,
)
from model.training.snapshot import Reason, RunResult, Snapshot
from model.training.trainer import Trainer, train

__all__ = [
    "History",
    "Message",
    "Reason",
    "RunResult",
    "SetSettings",
    "SetSpeed",
    "SetWeight",
    "Snapshot",
    "Trainer",
    "train",
]
