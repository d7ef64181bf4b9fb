"""The microscope's formulas and drawings as a screen reader says them."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.build_tab.microscope.drawings import ChainTiles, SumBars
from gui.build_tab.microscope.panel import Microscope
from gui.settings import choose_language
from gui.widgets.formula import FormulaLabel
from model.experiment import ACTIVATIONS, LOSSES, OPTIMISERS
from model.places import UnitAt
from tests.gui.build_tab.microscope.alone import Alone
from tests.gui.sayable import is_words


@pytest.fixture
def bench(alone: Alone) -> Alone:
    return alone


@pytest.mark.parametrize(
    ("code", "sum_of", "tiles"),
    [
        (
            "en",
            "z equals w 1 times x 1 plus w 2 times x 2 plus b",
            r"partial L by partial a equals [^;]+, the sum of u times partial L by partial z; "
            r"times partial a by partial z equals [^;]+; "
            r"times partial z by partial w 1 equals 1, x 1; "
            r"equals partial L by partial w 1 equals [^;]+, gradient",
        ),
        (
            "tr",
            "z eşittir w 1 çarpı x 1 artı w 2 çarpı x 2 artı b",
            r"kısmi L bölü kısmi a eşittir [^;]+, toplam u çarpı kısmi L bölü kısmi z; "
            r"çarpı kısmi a bölü kısmi z eşittir [^;]+; "
            r"çarpı kısmi z bölü kısmi w 1 eşittir 1, x 1; "
            r"eşittir kısmi L bölü kısmi w 1 eşittir [^;]+, gradyan",
        ),
    ],
)
def test_every_formula_of_the_microscope_is_words_alone(
    bench: Alone,
    scope: Microscope,
    qapp: QApplication,
    qtbot: QtBot,
    english: None,
    code: str,
    sum_of: str,
    tiles: str,
) -> None:
    """Of each activation, loss and optimiser, of hidden units and of outputs."""
    model = bench.model
    choose_language(qapp, code)
    chain = scope.findChild(ChainTiles)
    assert chain is not None
    qtbot.waitUntil(lambda: re.fullmatch(tiles, chain.accessibleName()) is not None)
    assert sum_of in names(scope)
    for loss in LOSSES:
        model.set_training(
            replace(model.document.experiment.training, loss=loss, l1=0.1, l2=0.1), "Loss"
        )
        for activation in ACTIVATIONS:
            model.set_activation(0, activation)
            model.set_activation(1, activation)
            for layer in (0, 1):
                model.open_microscope(UnitAt(layer, 0))
                assert [name for name in names(scope) if not is_words(name)] == []
    for name in OPTIMISERS:
        training = model.document.experiment.training
        model.set_training(
            replace(training, optimiser=replace(training.optimiser, name=name)), "Optimiser"
        )
        assert [each for each in names(scope) if not is_words(each)] == []


def test_a_loss_that_is_a_sentence_is_heard_as_one(bench: Alone, scope: Microscope) -> None:
    training = bench.model.document.experiment.training
    bench.model.set_activation(1, "step")
    bench.model.set_training(replace(training, loss="perceptron"), "Loss")
    bench.model.open_microscope(UnitAt(1, 0))
    assert any(
        name.startswith("Perceptron: 1 for each mistake of a step unit") for name in names(scope)
    )


def names(scope: Microscope) -> list[str]:
    """Return what is said of every formula and drawing that is shown."""
    kinds = (FormulaLabel, SumBars, ChainTiles)
    shown = [part for kind in kinds for part in scope.findChildren(kind)]
    return [part.accessibleName() for part in shown if part.isVisibleTo(scope)]
