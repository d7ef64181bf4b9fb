"""Prose: live numbers, formulas, and nothing that reaches the HTML unescaped."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from foundation.latex import formula_html
from model.data import build_dataset
from model.experiment import Experiment, GateData, LayerSpec, NetworkSpec, PlaneData
from model.lessons import Figures, Situation, live_value, situation_in_file, to_html
from model.lessons.live_numbers import is_placeholder, placeholders
from model.network import Network


@pytest.fixture(scope="module")
def situation() -> Situation:
    weights, biases = np.array([[2.5], [-1.25]]), np.array([-0.5])
    network = NetworkSpec(2, (LayerSpec(1, "sigmoid", weights=weights, biases=biases),))
    told = situation_in_file(Experiment(data=GateData("or"), network=network))
    return dataclasses.replace(told, row=3)


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("Loss {loss}.", None),
        ("Row {row} of {data}", "<p>Row 3 of or</p>"),
        ("{w:1.y1.x1}", '<p><span class="positive">2.5</span></p>'),
        ("{w:1.y1.x2}", '<p><span class="negative">−1.25</span></p>'),
        ("{b:1.y1}", '<p><span class="negative">−0.5</span></p>'),
        ("{z:1.y1}", '<p><span class="positive">2</span></p>'),
        ("{z:1.y1@1}", '<p><span class="negative">−0.5</span></p>'),
        ("{x:1} {x:2} {t:1}", "<p>1 0 1</p>"),
        ("{x:1@1}, {t:1@1}", "<p>0, 0</p>"),
        ("{e:2} {d:1.y2} {g:1.y1.x9} {e:1@9}", "<p>– – – –</p>"),
        ("{x:3} {z:1.y1@9} {w:1.h2.x1}", "<p>– – –</p>"),
        ("{published:one_unit.rate}", "<p>0.05</p>"),
        (r"\{loss\}", "<p>{loss}</p>"),
        ("4. adıma *gidin*.", "<p>4. adıma <em>gidin</em>.</p>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("to 1 0, 10 000 times", "<p>to 1\u00a00, 10\u00a0000 times</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("costs $5 and $6", "<p>costs $5 and $6</p>"),
        ("from 5 $ to 6 $", "<p>from 5 $ to 6 $</p>"),
        ("$ x_1 $ is one", "<p><i>x<sub>1</sub></i> is one</p>"),
        ("from $ x $ to $ y $", "<p>from <i>x</i> to <i>y</i></p>"),
        ("$x_1$ is *one*", "<p><i>x<sub>1</sub></i> is <em>one</em></p>"),
        (
            "$z = {w:1.y1.x1} x_1 + {w:1.y1.x2} x_2$",
            '<p><i>z\u00a0=\u00a0<span class="positive">2.5</span> x<sub>1</sub> '
            '<span class="negative">−\u00a01.25</span> x<sub>2</sub></i></p>',
        ),
        (r"$\text{loss}_{row}$", "<p><i>loss<sub>row</sub></i></p>"),
        ("$$ a $$", '<p class="formula"><i>a</i></p>'),
        (r"$a \lt b <i>$", "<p><i>a\u00a0&lt;\u00a0b\u00a0&lt;i&gt;</i></p>"),
    ],
)
def test_prose_as_html(markdown: str, wanted: str | None, situation: Situation) -> None:
    html = to_html(markdown, situation).strip()
    assert html == (wanted or f"<p>Loss {situation.loss:.4g}.</p>")


def test_numbers_words_formulas_and_pictures_are_set_as_the_window_wants(
    situation: Situation,
) -> None:
    html = to_html(
        "{w:1.y1.x1} {optimiser} $x$ ![m](m.png)",
        situation,
        number=lambda value: f"{value:.2f}".replace(".", ","),
        word=lambda code, value: f"<{code}={value}>",
        formula=lambda latex: f"[{latex}]",
        picture=lambda name: f"lesson/{name}",
    )
    assert ">2,50</span>" in html
    assert "&lt;optimiser=sgd&gt;" in html
    assert "[x]" in html
    assert 'src="lesson/m.png"' in html


def test_a_share_is_read_as_per_cent_and_r_squared_is_not(situation: Situation) -> None:
    assert to_html("{published:opencv.probabilities.beagle}", situation) == "<p>81.1%</p>\n"
    figures = Figures(0.5, 4, 2, 0)
    probability = {"probability": 0.944, "head_accuracy": 0.75, "head_baseline": 0.25}
    seen = dataclasses.replace(situation, seen=probability, train=figures)
    shown = "{probability} {accuracy}"
    assert to_html(shown, seen) == "<p>94.4% 50%</p>\n"
    assert to_html("{head_accuracy}, not {head_baseline}", seen) == "<p>75%, not 25%</p>\n"
    assert to_html(shown, seen, share=lambda s: f"%{100 * s:g}") == "<p>%94.4 %50</p>\n"
    curve = Experiment(data=PlaneData("regression_plane"))
    of_numbers = dataclasses.replace(seen, dataset=build_dataset(curve))
    assert to_html(shown, of_numbers) == "<p>94.4% 0.5</p>\n"


@pytest.mark.parametrize(("right", "verb"), [(0, "are"), (1, "is"), (2, "are")])
def test_one_row_is_and_several_are(situation: Situation, right: int, verb: str) -> None:
    seen = dataclasses.replace(situation, train=Figures(0.5, 4, right, 0))
    shown = to_html("{rows_right} of 4 rows are right, the others are not.", seen)
    assert shown == f"<p>{right} of 4 rows {verb} right, the others are not.</p>\n"


def test_a_turkish_ending_is_the_one_that_the_number_takes(situation: Situation) -> None:
    seen = dataclasses.replace(situation, train=Figures(0.5, 4, 3, 0))
    text = "4 satırın {rows_right}’i doğru, {rows_right}’inci."
    put_right = to_html(text, seen, ending=lambda value: {3: "ü"}[int(value)])
    assert put_right == "<p>4 satırın 3’ü doğru, 3’inci.</p>\n"
    assert to_html("{rows_right}’i", seen) == "<p>3’i</p>\n"
    none = dataclasses.replace(situation, train=Figures(0.0, 4, 0, 0))
    put_right = to_html("4 satırın {rows_right}’i doğru.", none, ending=lambda _: "ı")
    assert put_right == "<p>4 satırın hiçbiri doğru değil.</p>\n"
    unknown = dataclasses.replace(situation, train=None)
    assert to_html("{rows_right}’i doğru", unknown) == "<p>– doğru</p>\n"


@pytest.mark.parametrize(
    ("latex", "html"),
    [
        (r"\frac{1}{1 + e^{-z}}", "1 / (1 + e<sup>−z</sup>)"),
        (r"\frac{\partial L}{\partial w_1}", "∂L / ∂w<sub>1</sub>"),
        (r"\sqrt{x_1^2}", "√(x<sub>1</sub><sup>2</sup>)"),
        (r"\hat y = \sigma(z)", "ŷ\u00a0=\u00a0σ(z)"),
        (r"\hat{y}_i - \bar t", "ŷ<sub>i</sub> −\u00a0t̄"),
        (r"\unknown{a}", "unknowna"),
        (r"2 b \gt 0", "2 b\u00a0&gt;\u00a00"),
        ("{{{", ""),
    ],
)
def test_formulas(latex: str, html: str) -> None:
    assert formula_html(latex) == f"<i>{html}</i>"


def test_the_list_of_live_numbers_is_closed() -> None:
    assert all(map(is_placeholder, placeholders()))
    for other in (
        "los",
        "w:1.y1",
        "z:1.y1.x1",
        "w:0.h1.x1",
        "open",
        "weight",
        "x:",
        "x:a",
        "q:1",
        "e:0",
        "w:1.y1.x1@2",
        "d:1.y1.x1",
        "g:1.y1",
    ):
        assert not is_placeholder(other), other


def test_live_values_are_the_networks_own(situation: Situation) -> None:
    assert situation.network is not None
    assert situation.dataset is not None
    outputs = situation.network.forward(situation.dataset.table_x)
    for row in range(4):
        assert live_value(f"a:1.y1@{row + 1}", situation) == outputs[row, 0]
    # One sigmoid unit under cross-entropy: dL/dz is the error, dL/dw that times the input.
    error = outputs[2, 0] - 1.0
    for text, wanted in (
        ("e:1", error),
        ("d:1.y1", error),
        ("g:1.y1.x1", error * 1.0),
        ("g:1.y1.x2", error * 0.0),
        ("g:1.y1.b", error),
        ("g:1.y1.b@1", outputs[0, 0]),
    ):
        value = live_value(text, situation)
        assert isinstance(value, float)
        assert value == pytest.approx(wanted, rel=4 * np.finfo(np.float64).eps), text
    hidden = dataclasses.replace(
        situation, network=Network(NetworkSpec(2, (LayerSpec(2, "relu"),)))
    )
    assert live_value("a:1.h2", hidden) == 0.0
