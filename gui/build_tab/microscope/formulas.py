"""The formulas of one step, with a unit's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from foundation.text import tr
from gui.build_tab.microscope.step_view import (
    StepView,
    difference,
    distinct_figures,
    figure,
    has_margin,
    loss_inputs,
    number,
    short_figure,
    signed,
)
from gui.format import factor, list_separator, show_integer, show_number, with_power_of_ten
from gui.widgets.formula import Formula, Fraction, Piece, Word
from model.activations import ACTIVATION_KINDS
from model.experiment import Activation, FloatArray
from model.losses import is_fused
from model.places import UnitAt

_QUIET = "t2"


def quiet(text: str) -> Word:
    """Return a word of a formula's general form."""
    return Word(text, token=_QUIET)


def formula(text: str, *parts: Piece) -> Formula:
    """Return a formula with a part for each "{}"; its general form ends at "|"."""
    general, _, live = text.rpartition("|")
    pieces: list[Piece] = []
    left = list(parts)
    for words, token in ((general, _QUIET), (live, "t1")):
        first, *others = words.split("{}")
        pieces += _split(first, token)
        for other in others:
            pieces += [left.pop(0), *_split(other, token)]
    return tuple(pieces)


def _split(text: str, token: str) -> list[Word]:
    """Return `text` divided into words between which a line may break."""
    return [Word(word, token=token) for word in re.split(r"(?= [=+] )", text) if word]


def added(terms: Iterable[Formula]) -> Formula:
    """Return the sum of terms."""
    first, *others = terms
    return (*first, *(piece for term in others for piece in (Word(" + "), *term)))


def omitted_terms_text(count: int) -> str:
    """Return how many terms are omitted."""
    return tr("{n} more", n=show_integer(count))


def _rest(products: FloatArray, shown: Sequence[int]) -> list[Formula]:
    """Return the sum of the omitted terms as a term, if there are any."""
    left = len(products) - len(shown)
    if not left:
        return []
    with np.errstate(all="ignore"):
        rest = float(np.delete(products, shown).sum())
    return [(number(rest, is_factor=True), quiet(f"  ({omitted_terms_text(left)})"))]


# -- Forward ---------------------------------------------------------------------------------------


def general_sum(view: StepView) -> Formula:
    """Return z as the sum of its terms, by name."""
    terms = [f"{view.weight_name(row)}·{view.input_name(row)}" for row in view.terms]
    if len(terms) < view.inputs:
        terms.append("…")
    if view.unit.bias is not None:
        terms.append("b")
    return formula(f"z = {' + '.join(terms)}|")


def live_sum(view: StepView) -> Formula:
    """Return z as the sum of its terms, in numbers."""
    unit = view.unit
    terms = [
        formula(
            f"{{}}·{factor(short_figure(float(unit.x[row])))}",
            number(float(unit.weights[row]), is_factor=True),
        )
        for row in view.terms
    ]
    terms += _rest(view.products, view.terms)
    if unit.bias is not None:
        terms.append((number(unit.bias, is_factor=True),))
    return (Word("= "), *added(terms), Word(" = "), number(unit.z, coloured=False))


def activation_formula(view: StepView) -> Formula:
    """Return a as a function of z, and with its numbers."""
    unit = view.unit
    z, a = number(unit.z, coloured=False), number(unit.a, coloured=False)
    general = _activation(unit.activation, quiet("z"), unit.z, _QUIET)
    live = _activation(unit.activation, z, unit.z, "t1")
    end = (Word(" = "), a)
    if unit.activation == "identity":
        return (quiet("a = z"), *end)
    if unit.activation == "step" and np.isnan(unit.z):
        return (quiet("a = "), *general)
    if unit.activation == "step":
        side = "> 0" if unit.z > 0.0 else "≤ 0"
        return formula(f"z = |{{}} {side}   ⇒   a = {{}}", z, *general)
    return (quiet("a = "), *general, Word(" = "), *live, *end)


def _activation(name: Activation, z: Word, value: float, token: str) -> tuple[Piece, ...]:
    """Return f(z) in the form valid on z's side of 0."""
    kind = ACTIVATION_KINDS[name]
    above, _, below = (kind.live or kind.text).replace("; ", list_separator()).partition(" | ")
    side = above if value > 0 or not below else below
    if "z" not in side:
        return (Word(side, weight=600),)
    side = re.sub(r"\d+\.\d+", lambda found: show_number(float(found[0]), 2), side)
    minus_z = f"−({z.text})" if value < 0 and z.text != "z" else f"−{z.text}"
    known = {
        "z": z,
        "[z]": Word(factor(z.text), token=token),
        "e^z": Word("e", sup=z.text, token=token),
        "e^−z": Word("e", sup=minus_z, token=token),
        "∑ e^z": Word("∑ e", sup="z", token=token),
    }

    def words(text: str) -> tuple[Word, ...]:
        parts = re.split(r"(∑ e\^z|e\^−?z|\[z\]|z)", re.sub(r"(?<=[a-z]) z", "(z)", text))
        return tuple(known.get(p) or Word(p, token=token) for p in parts if p)

    over, _, under = side.partition(" / ")
    return (Fraction(words(over), words(under.strip("()"))),) if under else words(over)


# -- Error -----------------------------------------------------------------------------------------


def no_target_text() -> str:
    """Return the remark that an output has no target."""
    return "   " + tr("no target: any answer will do")


def error_formula(view: StepView, unit: int) -> Formula:
    """Return an output's error, or its margin for a margin loss."""
    step, last = view.step, len(view.step.experiment.network.layers) - 1
    at = UnitAt(last, unit)
    name, answer, target = view.name_of(at), float(step.outputs[unit]), float(step.target[unit])
    if step.is_dont_care(at):
        return formula(f"{name} = {{}}{no_target_text()}|", _strong(figure(answer)))
    if has_margin(step):
        sign = 2.0 * target - 1.0
        product = f"{factor(short_figure(sign))}·{factor(short_figure(answer))}"
        return formula(f"s·{name} = |{product} = {{}}", _strong(signed(sign * answer)))
    read = float(loss_inputs(step)[unit])
    if not is_fused(step.experiment.training.loss, step.experiment.network.layers[-1].activation):
        functions = {"binary_cross_entropy": "σ", "categorical_cross_entropy": "softmax"}
        function = functions.get(step.experiment.training.loss, "")
        name = f"{function}({name})" if function else name
    numbers = f"{figure(read)} − {factor(short_figure(target))}"
    return formula(f"{name} − t = |{numbers} = {{}}", _strong(signed(read - target)))


def _strong(text: str) -> Word:
    return Word(text, weight=600)


# -- Backward --------------------------------------------------------------------------------------


def back_formula(view: StepView) -> Formula:
    """Return dL/da of a hidden unit as the sum over the units of the next layer."""
    unit = view.unit
    assert unit.parts is not None
    assert unit.dl_da is not None
    with np.errstate(all="ignore"):
        products = unit.parts[0] * unit.parts[1]
    sizes = np.nan_to_num(np.abs(products), nan=np.inf)
    shown = sorted(np.argsort(-sizes, kind="stable")[:3].tolist())
    terms = [
        formula("{}·{}", *(number(float(part[column]), is_factor=True) for part in unit.parts))
        for column in shown
    ]
    terms += _rest(products, shown)
    return (
        *formula("∂L/∂a = ∑ u·∂L/∂z| = "),
        *added(terms),
        Word(" = "),
        number(unit.dl_da),
    )


def update_formula(view: StepView) -> Formula:
    """Return the rule for the new weights."""
    training = view.step.experiment.training
    optimiser = training.optimiser.kind
    rule = "w ← w + Δw"
    if not optimiser.averages:
        is_penalised = view.step.batch is not None  # a row alone has no penalty
        penalty = " + λ₂·w" if training.l2 and is_penalised else ""
        penalty += " + λ₁·sgn w" if training.l1 and is_penalised else ""
        slope = (
            f"({view.gradient_symbol})"
            if view.rule and is_penalised and not penalty
            else view.gradient_symbol
        )
        rule = f"w ← w − η·({slope}{penalty})" if penalty else f"w ← w − η·{slope}"
    words = [rule, f"   η = {with_power_of_ten(show_number(view.step.rate, 4))}"]
    if optimiser.counts_steps:
        words.append(f"   k = {show_integer(view.step.update.number)}")
    if view.step.batch is not None and not view.rule:
        mean = tr("L\u0304: mean over the batch")
        words.append(f"   {mean}")
    return tuple(map(quiet, words))


def term_lines(view: StepView) -> list[Formula]:
    """Return the parts of the explained weight's change, each line with its numbers.

    Empty if the rule above the table is complete: rate times gradient.
    """
    row, training = view.explained, view.step.experiment.training
    if row < 0:
        return []
    terms, spec = view.step.terms(view.unit.at, row), training.optimiser
    if terms.get("pinned"):
        return [formula(f"{name} = |{{}}", _strong("0")) for name in (_G, "Δw")]
    k = view.step.update.number
    has_memory = any(code in terms for code in ("velocity", "mean", "square"))
    penalties = (("l2", "λ₂·w"), ("l1", "λ₁·sgn w")) if row < view.inputs else ()
    parts = [(code, name) for code, name in penalties if code in terms]
    lines = _gradient_lines(terms, parts, view.step_gradient_name(row), has_memory)
    g = terms.get("taken", terms["gradient"])
    if "velocity" in terms:
        pair = (spec.momentum, terms["velocity_before"]), (1.0, g)
        lines.append(_average("v", f"μ·v + {_G}", pair, terms["velocity"]))
    if "mean" in terms:
        pair = (spec.beta1, terms["mean_before"]), (1.0 - spec.beta1, g)
        lines.append(_average("m", f"β₁·m + (1 − β₁)·{_G}", pair, terms["mean"]))
        if "mean_corrected" in terms:
            after = terms["mean_corrected"]
            lines.append(_corrected("m", "β₁ᵏ", spec.beta1, k, terms["mean"], after))
    if "square" in terms:
        pair = (spec.beta2, terms["square_before"]), (1.0 - spec.beta2, g * g)
        letter = "v" if "mean" in terms else "s"
        square = _average(letter, f"β₂·{letter} + (1 − β₂)·{_G}²", pair, terms["square"])
        lines.append(square)
        if "square_corrected" in terms:
            after = terms["square_corrected"]
            lines.append(_corrected("v", "β₂ᵏ", spec.beta2, k, terms["square"], after))
    if lines:
        lines.append(_change_line(view))
    return lines


_G = "g"
"""Symbol of the gradient after penalties, pins and clipping."""


def _gradient_lines(
    terms: dict[str, float], parts: list[tuple[str, str]], name: str, has_memory: bool
) -> list[Formula]:
    """Return how the optimiser's gradient is computed, if it is not the plain one."""
    clip, gradient = terms.get("clip", 1.0), number(terms["gradient"], reckoned=True)
    if not parts and clip == 1.0:
        return [formula(f"{_G} = {name} = |{{}}", gradient)] if has_memory else []
    general = " + ".join([name, *(part for _, part in parts)])
    penalties = [number(terms[code], is_factor=True, reckoned=True) for code, _ in parts]
    live = added((each,) for each in (gradient, *penalties))
    if clip != 1.0:
        live = (Word("("), *live, Word(f")·{figure(clip)}"))
    taken = number(terms["taken"], reckoned=True)
    return [(quiet(f"{_G} = {general}"), Word(" = "), *live, Word(" = "), taken)]


def _average(
    letter: str, rule: str, pair: tuple[tuple[float, float], tuple[float, float]], result: float
) -> Formula:
    """Return a running average as its rule, with its numbers."""
    (share, before), (rest, new) = pair
    weight = "" if rest == 1.0 else f"{show_number(rest, 3)}·"
    return formula(
        f"{letter} ← {rule}| = {show_number(share, 4)}·{{}} + {weight}{{}} = {{}}",
        number(before, is_factor=True, reckoned=True),
        number(new, is_factor=True, reckoned=True),
        number(result, reckoned=True),
    )


def _corrected(
    letter: str, power: str, share: float, k: int, value: float, result: float
) -> Formula:
    """Return Adam's bias correction in step k, with its numbers."""
    return formula(
        f"{letter}\u0302 = {letter} / (1 − {power})| = {{}}{{}}) = {{}}",
        number(value, is_factor=True, reckoned=True),
        Word(f" / (1 − {show_number(share, 4)}", sup=show_integer(k)),
        number(result, reckoned=True),
    )


def _change_line(view: StepView) -> Formula:
    """Return the change of the weight by the optimiser's result."""
    old, _, new = view.unit.value(view.explained)
    rule = view.step.experiment.training.optimiser.kind.formula
    return formula(f"Δw = {rule}| = {{}}", number(difference(old, new), reckoned=True))


def loss_change(view: StepView) -> Formula:
    """Return the row's loss before and after the step."""
    before, after = distinct_figures(view.step.loss, view.step.loss_after)
    return formula("L = {} → {}|", _strong(before), _strong(after))


def answer_change(view: StepView, output: int) -> Formula:
    """Return an output before and after the step, and its target, if any."""
    step, at = view.step, UnitAt(len(view.step.experiment.network.layers) - 1, output)
    wanted = f"   t = {short_figure(float(step.target[output]))}"
    if step.is_dont_care(at):
        wanted = no_target_text()
    old, new = distinct_figures(float(step.outputs[output]), float(step.outputs_after[output]))
    return formula(f"{view.name_of(at)} = {{}} → {{}}{wanted}|", _strong(old), _strong(new))
