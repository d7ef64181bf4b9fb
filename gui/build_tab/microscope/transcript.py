"""A unit's step as text or LaTeX for pasting."""

from __future__ import annotations

from foundation.text import tr
from gui.build_tab.microscope.formulas import (
    activation_formula,
    answer_change,
    back_formula,
    error_formula,
    formula,
    general_sum,
    live_sum,
    loss_change,
    term_lines,
    update_formula,
)
from gui.build_tab.microscope.row_chooser import row_name
from gui.build_tab.microscope.sentences import batch_sentence
from gui.build_tab.microscope.step_view import (
    StepView,
    difference,
    errors_of,
    figure,
    largest,
    number,
)
from gui.format import show_integer
from gui.widgets.formula import Formula, Word, latex, plain


def as_text(view: StepView) -> str:
    """Return a heading and a line for each formula."""
    lines = [view.name, *_step_heading(view)]
    for title, formulas in _parts(view):
        lines += ["", title, *(f"  {plain(formula)}" for formula in formulas)]
    return "\n".join(lines) + "\n"


def as_latex(view: StepView) -> str:
    r"""Return each formula in an ``aligned`` block after a comment with its heading."""
    lines = [f"% {line}" for line in (view.name, *_step_heading(view))]
    for title, formulas in _parts(view):
        lines += [f"% {title}", r"\["]
        if len(formulas) > 1:
            lines.append(r"\begin{gathered}")
        lines.append(" \\\\\n".join(f"  {latex(formula)}" for formula in formulas))
        if len(formulas) > 1:
            lines.append(r"\end{gathered}")
        lines.append(r"\]")
    return "\n".join(lines) + "\n"


def _step_heading(view: StepView) -> list[str]:
    """Return a text naming row, epoch and kind of step."""
    state = view.state
    epoch = tr("epoch {n}", n=show_integer(state.epoch))
    alone = tr("This row alone, batch of 1")
    return [f"{row_name(state, view.row)} · {epoch}", batch_sentence(view) or alone]


def _parts(view: StepView) -> list[tuple[str, list[Formula]]]:
    step = view.step
    outputs = largest(errors_of(step))
    errors = [error_formula(view, output) for output in outputs]
    answers = [answer_change(view, output) for output in outputs]
    forward: list[tuple[str, list[Formula]]] = [
        (
            tr("Weighted sum"),
            [general_sum(view), (Word("z "), *live_sum(view))],
        ),
        (tr("Activation"), [activation_formula(view)]),
        (tr("Error"), errors),
    ]
    if step.refusal is not None:
        return forward
    backward = [back_formula(view)] if view.unit.parts is not None else []
    return [
        *forward,
        (tr("Blame"), [*backward, *_gradients(view)]),
        (
            tr("Update"),
            [update_formula(view), *term_lines(view), *_updates(view)],
        ),
        (
            tr("After the step"),
            [*([loss_change(view)] if step.counts else []), *answers],
        ),
    ]


def _gradients(view: StepView) -> list[Formula]:
    unit = view.unit
    lines = [formula(f"{view.rule or '∂L/∂z'} = {{}}", number(unit.blame))]
    for row in view.changes:
        factor = 1.0 if row == view.inputs else float(unit.x[row])
        factors = [number(value, is_factor=True) for value in (unit.blame, factor)]
        gradient = number(unit.gradient(row))
        lines.append(formula(f"{view.gradient_name(row)} = {{}}·{{}} = {{}}", *factors, gradient))
    return lines


def _updates(view: StepView) -> list[Formula]:
    lines: list[Formula] = []
    for row in view.changes:
        old, _, new = view.unit.value(row)
        apart = difference(old, new)
        change = f"+ {figure(apart)}" if new >= old else f"− {figure(-apart)}"
        name = view.weight_name(row)
        lines.append(formula(f"{name} ← {{}} {change} = {{}}", number(old), number(new)))
    return lines
