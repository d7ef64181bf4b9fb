"""Weights set by hand can be locked."""

from model.edits import network as edits
from model.experiment import Experiment
from model.initialisers import fresh, initialise
from model.lessons import broken_locks


def test_locked_weights_cannot_be_set_by_hand() -> None:
    old = initialise(Experiment())
    assert broken_locks(["weights"], old, edits.with_weight(old, 0, 0, 0, 3.0)) == ("weights",)
    assert broken_locks(["units"], old, edits.with_weight(old, 0, 0, 0, 3.0)) == ()


def test_locked_weights_may_be_drawn_anew() -> None:
    old = initialise(Experiment())
    assert broken_locks(["weights"], old, edits.with_seed(old, 5)) == ()
    assert broken_locks(["weights"], old, fresh(old)) == ()
    assert broken_locks(["weights"], old, edits.with_units(old, 0, 5)) == ()
