"""Activations and layers in words, as the language in use writes numbers."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.settings import choose_language
from gui.vision_tab.inside.words import activation_formula, layer_title
from vision.look.inside.activations import Activation
from vision.look.inside.graph import Kind, Layer


def test_a_negative_number_behind_a_sign_stands_in_brackets() -> None:
    assert activation_formula(Activation("LeakyRelu", (0.1,)), -2.0) == "0.1 · (−2.000)"


@pytest.mark.parametrize(
    ("activation", "english", "turkish"),
    [
        (Activation("Relu"), "max(0, 7.952)", "max(0; 7,952)"),
        (Activation("Clip", (0.0, 6.0)), "min(max(0, 7.952), 6)", "min(max(0; 7,952); 6)"),
        (
            Activation("HardSigmoid", (0.167, 0.5)),
            "min(max(0, 0.167 · 7.952 + 0.5), 1)",
            "min(max(0; 0,167 · 7,952 + 0,5); 1)",
        ),
        (
            Activation("HardSwish"),
            "7.952 · min(max(0, 7.952 / 6 + 0.5), 1)",
            "7,952 · min(max(0; 7,952 / 6 + 0,5); 1)",
        ),
    ],
)
def test_a_comma_parts_no_numbers_that_have_a_decimal_comma(
    qapp: QApplication, activation: Activation, english: str, turkish: str
) -> None:
    choose_language(qapp, "en")
    assert activation_formula(activation, 7.952) == english
    choose_language(qapp, "tr")
    assert activation_formula(activation, 7.952) == turkish


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((1, 1, 22, 30), "1 map of 22 × 30"),
        ((1, 2, 22, 30), "2 maps of 22 × 30"),
        ((1, 1), "1 number"),
        ((1, 7), "7 numbers"),
    ],
)
def test_one_map_is_no_maps(qapp: QApplication, shape: tuple[int, ...], said: str) -> None:
    choose_language(qapp, "en")
    assert layer_title(Layer(Kind.JOIN, "Concat", 3, ("a",), "b", shape), (22, 30)).endswith(said)
