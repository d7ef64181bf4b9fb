"""The formulas of one step, with a unit's numbers."""

from __future__ import annotations

import re

import numpy as np

from foundation.text import tr
from gui.build_tab.microscope.step_view import (
    StepView,
    difference,
    figure,
    figures_apart,
    has_margin,
    number,
    read_of,
    short_figure,
    signed,
)
from gui.format import apart, factor, show_integer, show_number, with_power_of_ten
from gui.widgets.formula import Formula, Fraction, Piece, Word
from model.activations import ACTIVATION_KINDS
from model.experiment import Activation
from model.losses import is_fused
from model.places import UnitAt

_QUIET = "t2"


def quiet(text: str) -> Word:
    """Return a word of a formula's general form."""
    return Word(text, token=_QUIET)


def more_words(count: int) -> str:
    """Return how many terms are omitted."""
    return tr("{n} more", n=show_integer(count))


# -- Forward ---------------------------------------------------------------------------------------


def general_sum(view: StepView) -> Formula:
    """Return z as the sum of its terms, by name."""
    pieces: list[Word] = [quiet("z = ")]
    for place, row in enumerate(view.terms):
        text = f"{view.weight_name(row)}·{view.input_name(row)}"
        pieces.append(quiet(f"{' + ' if place else ''}{text}"))
    if len(view.terms) < view.inputs:
        pieces.append(quiet(" + …"))
    if view.unit.bias is not None:
        pieces.append(quiet(" + b"))
    return tuple(pieces)


def live_sum(view: StepView) -> Formula:
    """Return z as the sum of its terms, in numbers."""
    unit = view.unit
    pieces: list[Word] = [Word("= ")]
    for place, row in enumerate(view.terms):
        if place:
            pieces.append(Word(" + "))
        pieces.append(number(float(unit.weights[row]), is_factor=True))
        pieces.append(Word("·" + factor(short_figure(float(unit.x[row])))))
    left = view.inputs - len(view.terms)
    if left:
        pieces.append(Word(" + "))
        pieces.append(number(rest_of_sum(view), is_factor=True))
        pieces.append(quiet(f"  ({more_words(left)})"))
    if unit.bias is not None:
        pieces.append(Word(" + "))
        pieces.append(number(unit.bias, is_factor=True))
    return (*pieces, Word(" = "), number(unit.z, coloured=False))


def rest_of_sum(view: StepView) -> float:
    """Return the sum of the omitted terms."""
    with np.errstate(all="ignore"):
        products = view.unit.x * view.unit.weights
        kept = list(view.terms)
        return float(np.delete(products, kept).sum())


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
        side = Word(" > 0" if unit.z > 0.0 else " ≤ 0")
        return (quiet("z = "), z, side, Word("   ⇒   a = "), *general)
    return (quiet("a = "), *general, Word(" = "), *live, *end)


def _activation(name: Activation, z: Word, value: float, token: str) -> tuple[Piece, ...]:
    """Return f(z) as it is on z's side of 0."""
    kind = ACTIVATION_KINDS[name]
    above, _, below = (kind.live or kind.text).replace("; ", apart()).partition(" | ")
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


def any_answer_words() -> str:
    """Return the remark that an answer has no target."""
    return "   " + tr("no target: any answer will do")


def error_formula(view: StepView, unit: int) -> Formula:
    """Return an output's error, or its margin for a margin loss."""
    step, last = view.step, len(view.step.experiment.network.layers) - 1
    at = UnitAt(last, unit)
    name, answer, target = view.name_of(at), float(step.outputs[unit]), float(step.target[unit])
    if step.is_free(at):
        return (
            quiet(f"{name} = "),
            Word(figure(answer), weight=600),
            quiet(any_answer_words()),
        )
    if has_margin(step):
        sign = 2.0 * target - 1.0
        return (
            quiet(f"s·{name} = "),
            Word(f"{factor(short_figure(sign))}·{factor(short_figure(answer))}"),
            Word(" = "),
            Word(signed(sign * answer), weight=600),
        )
    read = float(read_of(step)[unit])
    if not is_fused(step.experiment.training.loss, step.experiment.network.layers[-1].activation):
        functions = {"binary_cross_entropy": "σ", "categorical_cross_entropy": "softmax"}
        function = functions.get(step.experiment.training.loss, "")
        name = f"{function}({name})" if function else name
    return (
        quiet(f"{name} − t = "),
        Word(f"{figure(read)} − {factor(short_figure(target))}"),
        Word(" = "),
        Word(signed(read - target), weight=600),
    )


# -- Backward --------------------------------------------------------------------------------------


def back_formula(view: StepView) -> Formula:
    """Return dL/da of a hidden unit as the sum over the units that read it."""
    unit = view.unit
    assert unit.parts is not None
    assert unit.dl_da is not None
    with np.errstate(all="ignore"):
        products = unit.parts[0] * unit.parts[1]
    sizes = np.abs(products)
    order = np.argsort(-np.nan_to_num(sizes, nan=np.inf), kind="stable")
    shown = sorted(order[:3].tolist())
    pieces: list[Word] = [quiet("∂L/∂a = ∑ u·∂L/∂z")]
    for place, column in enumerate(shown):
        pieces.append(Word(" + " if place else " = "))
        weight, blame = (float(part[column]) for part in unit.parts)
        pieces += [number(weight, is_factor=True), Word("·"), number(blame, is_factor=True)]
    left = unit.parts.shape[1] - len(shown)
    if left:
        with np.errstate(all="ignore"):
            rest = float(np.delete(products, shown).sum())
        pieces += [Word(" + "), number(rest, is_factor=True)]
        pieces.append(quiet(f"  ({more_words(left)})"))
    return (*pieces, Word(" = "), number(unit.dl_da))


def update_formula(view: StepView) -> Formula:
    """Return the rule for the new weights."""
    training = view.step.experiment.training
    rate = Word(f"   η = {figure_of_rate(view.step.rate)}", token=_QUIET)
    if not training.optimiser.kind.averages:
        is_penalised = view.step.batch is not None  # a row alone has no penalty
        penalty = " + λ₂·w" if training.l2 and is_penalised else ""
        penalty += " + λ₁·sgn w" if training.l1 and is_penalised else ""
        slope = f"({view.mover})" if view.rule and is_penalised and not penalty else view.mover
        text = f"w ← w − η·({slope}{penalty})" if penalty else f"w ← w − η·{slope}"
        return (quiet(text), rate, *_mean_words(view))
    if training.optimiser.kind.counts_steps:
        number_of_step = Word(f"   k = {show_integer(view.step.update.number)}", token=_QUIET)
        return (quiet("w ← w + Δw"), rate, number_of_step, *_mean_words(view))
    return (quiet("w ← w + Δw"), rate, *_mean_words(view))


def _mean_words(view: StepView) -> Formula:
    """Describe L̄ where it stands for the loss of a batch."""
    if view.step.batch is None or view.rule:
        return ()
    text = tr("L\u0304: mean over the batch")
    return (quiet(f"   {text}"),)


def term_lines(view: StepView) -> list[Formula]:
    """Return the parts of the explained weight's change, each line with its numbers.

    Nothing where the rule over the table says it all: the rate times the gradient.
    """
    row, training = view.explained, view.step.experiment.training
    if row < 0:
        return []
    terms, spec = view.step.terms(view.unit.at, row), training.optimiser
    if terms.get("pinned"):
        zero = Word("0", weight=600)
        return [(quiet(f"{_G} = "), zero), (quiet("Δw = "), zero)]
    k = view.step.update.number
    has_memory = any(code in terms for code in ("velocity", "mean", "square"))
    penalties = (("l2", "λ₂·w"), ("l1", "λ₁·sgn w")) if row < view.inputs else ()
    parts = [(code, name) for code, name in penalties if code in terms]
    lines = _gradient_lines(terms, parts, view.moving_name(row), has_memory)
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
"""What penalties, pins and clipping have left of the gradient."""


def _gradient_lines(
    terms: dict[str, float], parts: list[tuple[str, str]], name: str, has_memory: bool
) -> list[Formula]:
    """Return how the optimiser's gradient is computed, if it is not the plain one."""
    clip, gradient = terms.get("clip", 1.0), number(terms["gradient"], reckoned=True)
    if not parts and clip == 1.0:
        return [(quiet(f"{_G} = {name} = "), gradient)] if has_memory else []
    pieces: list[Piece] = [quiet(f"{_G} = {name}"), *(quiet(f" + {part}") for _, part in parts)]
    live: list[Piece] = [gradient]
    for code, _ in parts:
        live += [Word(" + "), number(terms[code], is_factor=True, reckoned=True)]
    if clip != 1.0:
        live = [Word("("), *live, Word(f")·{figure(clip)}")]
    end = (Word(" = "), number(terms["taken"], reckoned=True))
    return [(*pieces, Word(" = "), *live, *end)]


def _average(
    letter: str, rule: str, pair: tuple[tuple[float, float], tuple[float, float]], result: float
) -> Formula:
    """Return a running average as its rule, with its numbers."""
    (share, before), (rest, new) = pair
    live: list[Piece] = [
        Word(show_number(share, 4) + "·"),
        number(before, is_factor=True, reckoned=True),
    ]
    live.append(Word(" + "))
    if rest != 1.0:
        live.append(Word(show_number(rest, 3) + "·"))
    live.append(number(new, is_factor=True, reckoned=True))
    end = (Word(" = "), number(result, reckoned=True))
    return (quiet(f"{letter} ← {rule}"), Word(" = "), *live, *end)


def _corrected(
    letter: str, power: str, share: float, k: int, value: float, result: float
) -> Formula:
    """Return Adam's bias correction in step k, with its numbers."""
    return (
        quiet(f"{letter}\u0302 = {letter} / (1 − {power})"),
        Word(" = "),
        number(value, is_factor=True, reckoned=True),
        Word(f" / (1 − {show_number(share, 4)}", sup=show_integer(k)),
        Word(") = "),
        number(result, reckoned=True),
    )


def _change_line(view: StepView) -> Formula:
    """Return the change of the weight by the optimiser's result."""
    old, _, new = view.unit.value(view.explained)
    return (
        quiet(f"Δw = {view.step.experiment.training.optimiser.kind.formula}"),
        Word(" = "),
        number(difference(old, new), reckoned=True),
    )


def figure_of_rate(rate: float) -> str:
    """Return a learning rate as text with at most four significant digits."""
    return with_power_of_ten(show_number(rate, 4))


def loss_change(view: StepView) -> Formula:
    """Return the row's loss before and after the step."""
    before, after = figures_apart(view.step.loss, view.step.loss_after)
    return (quiet("L = "), Word(before, weight=600), quiet(" → "), Word(after, weight=600))


def answer_change(view: StepView, output: int) -> Formula:
    """Return an answer before and after the step, and its target, if any."""
    step, at = view.step, UnitAt(len(view.step.experiment.network.layers) - 1, output)
    wanted = f"   t = {short_figure(float(step.target[output]))}"
    if step.is_free(at):
        wanted = any_answer_words()
    old, new = figures_apart(float(step.outputs[output]), float(step.outputs_after[output]))
    return (
        quiet(f"{view.name_of(at)} = "),
        Word(old, weight=600),
        quiet(" → "),
        Word(new, weight=600),
        quiet(wanted),
    )
