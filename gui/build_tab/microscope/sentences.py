"""Sentences that explain the numbers of a step."""

from __future__ import annotations

import math

from foundation.text import tr, tr_plural
from gui.actions import STEP_NAMES
from gui.build_tab.microscope.step_view import (
    MAX_TERMS,
    StepView,
    figure,
    has_margin,
    short_figure,
)
from gui.build_tab.names import activation_names, initialiser_names, optimiser_names
from gui.format import percent, show_integer, show_number, with_power_of_ten
from model.insight.step.one_step import UnitStep
from model.insight.step.walk import Part
from model.losses import is_fused

_FLAT = 0.05
"""Slopes below this are called nearly flat."""

_MIN_SHARE = 0.001
"""The smallest share given as a number; smaller ones are described as less."""


def step_names() -> list[str]:
    """Return the names of the eight steps."""
    return [tr(str(name)) for name in STEP_NAMES]


def part_names() -> dict[Part, str]:
    """Return the name of each part of a step."""
    return {
        Part.INPUTS: tr("inputs"),
        Part.BIAS: tr("bias"),
        Part.WEIGHTS: tr("weights"),
        Part.SUM: tr("weighted sum"),
        Part.ACTIVATION: tr("activation"),
        Part.ERROR: tr("error"),
        Part.BLAME: tr("blame"),
        Part.UPDATE: tr("new weights"),
        Part.AGAIN: tr("once more"),
        Part.PREDICT: tr("prediction"),
    }


def weights_sentence(view: StepView) -> str:
    """Explain where the weights come from."""
    experiment = view.step.experiment
    if view.state.rounding_step is not None:
        return tr(
            "Rounded to multiples of {step}, to be looked at: not yet kept.",
            step=show_number(view.state.rounding_step, 4),
        )
    spec = experiment.training.initialiser
    name = initialiser_names()[spec.name]
    start = tr("Drawn at random from seed {seed} ({name})")
    if spec.name in ("zeros", "constant"):
        start = tr("All {value} at the start ({name})")
    value = 0.0 if spec.name == "zeros" else spec.scale
    seed = show_integer(experiment.seed)
    start = start.format(seed=seed, name=name, value=show_number(value, 4))
    epochs, done = view.state.epoch, experiment.progress
    steps = 0 if epochs or done is None else done.step
    said = [tr("{start}, unless typed, rounded or read from a file.", start=start)]
    if epochs:
        said.append(
            tr_plural(
                "The network has been trained for 1 epoch.",
                "The network has been trained for {n} epochs.",
                epochs,
                n=show_integer(epochs),
            )
        )
    elif steps:
        said.append(
            tr_plural(
                "The network has been trained for 1 step.",
                "The network has been trained for {n} steps.",
                steps,
                n=show_integer(steps),
            )
        )
    return " ".join(said)


def bias_sentence(view: StepView) -> str:
    """Explain the bias."""
    if view.unit.bias is None and view.is_scaled:
        return tr("This layer has no bias: with all scaled inputs 0, z is 0.")
    if view.unit.bias is None:
        return tr("This layer has no bias: with all inputs 0, z is 0.")
    text = tr("It is added whatever the row: with all inputs 0, z is {b}.")
    if view.is_scaled:
        text = tr("It is added whatever the row: with all scaled inputs 0, z is {b}.")
    return text.format(b=figure(view.unit.bias))


def slope_sentence(view: StepView) -> str:
    """Explain how much the activation passes on, forward and back."""
    unit = view.unit
    if unit.activation == "step" and view.step.refusal is not None:
        return tr(
            "A step is flat on both sides of 0: its slope is 0, and no gradient comes back.",
        )
    if unit.activation == "step":
        return tr(
            "A step is flat on both sides of 0: its slope is 0, and no gradient comes back. The "
            "perceptron rule, which trains it, asks for no slope.",
        )
    if math.isnan(unit.a) and math.isfinite(unit.z):
        return tr(
            "Another z of this layer is no finite number, and softmax, which shares 1 out among "
            "all, makes no number of that: a is NaN.",
        )
    if math.isnan(unit.a):
        return tr("z is {z}, and no number comes of that: a is NaN.", z=figure(unit.z))
    if unit.activation == "softmax":
        return tr("Softmax shares 1 out among the outputs; this one gets {a}.", a=figure(unit.a))
    if view.is_output and is_fused(view.step.experiment.training.loss, unit.activation):
        text = tr(
            "The slope at z is {slope}. Cross-entropy cancels it: the whole error goes back.",
        )
        if view.step.is_dont_care(unit.at):
            text = tr(
                "The slope at z is {slope}. On this row any answer will do: nothing comes back.",
            )
        return text.format(slope=short_figure(unit.slope))
    if unit.activation in ("identity", "relu", "leaky_relu"):
        return _straight_sentence(view)
    return _curved_sentence(view)


def _straight_sentence(view: StepView) -> str:
    """Explain how much a piecewise linear activation passes on."""
    unit = view.unit
    text = tr("z goes on as it is, and the whole gradient comes back.")
    if unit.activation == "relu":
        text = tr("z is positive, so ReLU lets it through. It also lets the gradient back.")
        if unit.z <= 0.0:
            text = _no_slope_text(unit)
    elif unit.activation == "leaky_relu" and unit.z <= 0.0:
        text = tr(
            "z is {z}: a hundredth of it goes on, and a hundredth of the gradient comes back.",
        )
    return text.format(z=figure(unit.z))


def _no_slope_text(unit: UnitStep) -> str:
    """Explain that the activation has no slope at the unit's z."""
    if unit.activation == "relu" and unit.z == 0.0:
        return tr("z is 0, at ReLU's corner, whose slope counts as 0: nothing comes back.")
    return tr(
        "z is {z}, {name} is flat there: nothing comes back.",
        z=figure(unit.z),
        name=activation_names()[unit.activation],
    )


def _curved_sentence(view: StepView) -> str:
    """Explain how much of the gradient a curve's slope passes."""
    unit = view.unit
    text = tr("The slope at z is {slope}: {share} of the gradient comes back.")
    if view.step.experiment.training.slope_at == "a":
        text = tr(
            "By the mistake of published code the slope is taken at a, {a}, and not at z: {share} "
            "of the gradient comes back.",
        )
    elif unit.slope == 0.0:
        return _no_slope_text(unit)
    elif abs(unit.slope) < _FLAT:
        text = tr("z is {z}, where {name} is nearly flat: {share} comes back.")
    share = percent(unit.slope, 1 if abs(unit.slope) < 0.1 else 0)
    if 0.0 < abs(unit.slope) < _MIN_SHARE:
        share = tr("less than {share}", share=percent(_MIN_SHARE, 1))
    return text.format(
        z=figure(unit.z),
        a=figure(unit.a),
        name=activation_names()[unit.activation],
        slope=short_figure(unit.slope),
        share=share,
    )


def blame_sentence(view: StepView) -> str:
    """Explain the size of the backpropagated gradient."""
    unit = view.unit
    training = view.step.experiment.training
    if not view.step.counts and math.isfinite(unit.blame):
        return tr(
            "This row has no target (don't care): any answer is right, nothing is lost, and "
            "nothing comes back.",
        )
    if view.step.is_dont_care(unit.at) and math.isfinite(unit.blame):
        return _no_target_sentence(view)
    if not math.isfinite(unit.blame):
        name = view.rule or "∂L/∂z"
        return tr(
            "{name} is {value}, no finite number: no step comes of it.",
            name=name,
            value=figure(unit.blame),
        )
    if view.is_output and is_fused(training.loss, unit.activation):
        return tr(
            "{name} and cross-entropy are taken as one: ∂L/∂z is the answer less the target.",
            name=activation_names()[unit.activation],
        )
    if view.is_output and unit.activation == "softmax":
        return tr("Each softmax output depends on every z, so ∂L/∂z gathers all of them.")
    if view.rule:
        return _rule_sentence(view)
    if unit.dl_da == 0.0:
        return _no_change_sentence(view)
    return _gradient_sentence(view)


def _no_target_sentence(view: StepView) -> str:
    """Explain that this output has no target on this row, although others do."""
    text = tr(
        "{name} has no target on this row (don't care): any answer of it is right, it adds "
        "nothing to the loss, and nothing comes back.",
    )
    if view.unit.blame != 0.0:
        text = tr(
            "{name} has no target on this row (don't care). What comes back is from the outputs "
            "that have one: softmax shares 1 out among all.",
        )
    return text.format(name=view.name)


def _rule_sentence(view: StepView) -> str:
    """Explain the perceptron rule, which replaces the chain rule."""
    if view.unit.blame == 0.0:
        return tr(
            "The answer is right: the error a − t is 0, and the perceptron rule leaves the "
            "weights as they are.",
        )
    return tr(
        "A step's slope is 0, so the chain rule brings nothing back. The perceptron rule takes "
        "the error itself, the answer less the target, times the input.",
    )


def _no_change_sentence(view: StepView) -> str:
    """Explain why the loss does not change with a unit's activation."""
    unit, step = view.unit, view.step
    if unit.parts is not None:
        weights, blames = unit.parts
        if not blames.any():
            return tr("∂L/∂a is 0: what comes after has nothing to send back.")
        if not weights.any():
            return tr(
                "∂L/∂a is 0: the weights out of {name} are 0, so nothing comes back through them.",
                name=view.name,
            )
        if not (weights * blames).any():
            return tr(
                "∂L/∂a is 0: where the weight is not 0, what comes after has nothing to send back.",
            )
        return tr("∂L/∂a is 0: what the units after it send back cancels out.")
    if step.outputs[unit.at.unit] == step.target[unit.at.unit]:
        return tr("The answer is the target itself: there is no error to send back.")
    if step.experiment.training.loss in ("hinge", "perceptron"):
        return tr(
            "The answer lies on the right side, far enough to cost nothing: there is nothing to "
            "send back.",
        )
    return tr(
        "∂L/∂a is 0: a slightly larger or smaller answer changes no loss, so there is nothing to "
        "send back.",
    )


def _gradient_sentence(view: StepView) -> str:
    """Explain the explained weight's gradient, or why it is missing."""
    unit, row = view.unit, view.explained
    if row < 0:
        return ""
    if unit.slope == 0.0:
        return _no_slope_text(unit)
    gradient, (old, _, new) = unit.gradient(row), unit.value(row)
    if not math.isfinite(gradient):
        return tr(
            "{name} is {value}, no finite number: no step comes of it.",
            name=view.gradient_name(row),
            value=figure(gradient),
        )
    text = ""
    if row < view.inputs and float(unit.x[row]) == 0.0:
        text = tr("{x} is 0 on this row: {w} had no part in the answer.")
    elif view.step.experiment.training.slope_at == "a":
        text = ""  # a slope taken at the wrong place does not say where the loss goes
    elif gradient != 0.0 and _is_at_corner(view):
        text = tr(
            "An answer lies at the loss's corner, where the slope of the side counts that costs "
            "something.",
        )
        if view.step.loss == 0.0:
            text = tr(
                "The loss on this row is 0 and cannot fall: an answer lies at its corner, where "
                "the slope of the side counts that costs something.",
            )
    elif gradient > 0.0:
        text = tr("More {w} would raise the loss on this row.")
    elif gradient < 0.0:
        text = tr("More {w} would lower the loss on this row.")
    text = text.format(x=view.input_name(row), w=view.weight_name(row))
    return (
        text if view.step.batch is not None else f"{text} {_weight_change_text(old, new)}".strip()
    )


def _is_at_corner(view: StepView) -> bool:
    """Return whether the output is exactly at the required margin."""
    step, at = view.step, view.unit.at
    if not has_margin(step):
        return False
    wanted = 1.0 if step.experiment.training.loss == "hinge" else 0.0
    corners = (2.0 * step.target - 1.0) * step.outputs == wanted
    corners &= step.mask != 0.0
    return bool(corners[at.unit] if view.is_output else corners.any())


def _weight_change_text(old: float, new: float) -> str:
    """Describe the step's effect on a weight."""
    if not math.isfinite(new):
        return tr("The step takes it beyond all numbers.")
    if new < old:
        return tr("The step makes it smaller.")
    if new > old:
        return tr("The step makes it larger.")
    return tr("It stays as it is.")


def update_sentence(view: StepView) -> str:
    """Name what else determines the new weights besides rate and gradient; empty if nothing."""
    training = view.step.experiment.training
    said = []
    optimiser = training.optimiser
    if optimiser.kind.averages:
        said.append(
            tr(
                "{name} makes Δw of this gradient and of its memory of earlier ones.",
                name=optimiser_names()[optimiser.name],
            )
        )
        snapshot = view.state.snapshot
        if view.state.running and snapshot is not None and snapshot.progress is None:
            said.append(tr("Its memory is too large to be shown while training runs: pause."))
    if (training.l1 or training.l2) and view.step.batch is None:
        said.append(tr("In training the penalty pulls weights to 0 as well."))
    elif training.l1 or training.l2:
        said.append(tr("The penalty pulls weights to 0 as well."))
    if training.clip_norm:
        said.append(
            tr(
                "A gradient longer than {n} is shortened to it.",
                n=show_number(training.clip_norm, 4),
            )
        )
    if view.unit.pinned:
        said.append(tr("A pinned weight stays as it is."))
    return " ".join(said)


def batch_sentence(view: StepView) -> str:
    """Describe the rows of the trainer's step, and the unit's dropout in them."""
    batch = view.step.batch
    if batch is None:
        return ""
    rows = view.state.rows_of(batch.rows[:MAX_TERMS])
    names = ", ".join(show_integer(row + 1) for row in rows)
    whole = len(view.dataset.x_train)
    text = tr("Mean over {n} of {whole} rows: {rows}.")
    if len(batch.rows) > MAX_TERMS:
        text = tr("Mean over {n} of {whole} rows: {rows} and others.")
    if len(batch.rows) == 1:
        text = tr("The batch is row {rows} alone, so its mean is that row's.")
    elif len(batch.rows) == whole:
        text = tr("Mean over all {n} rows.")
    n = show_integer(len(batch.rows))
    said = [text.format(n=n, whole=show_integer(whole), rows=names)]
    kept = view.step.kept(view.unit.at)
    if kept is not None:
        factors = " ".join(short_figure(float(factor)) for factor in kept[:MAX_TERMS])
        factors += " …" if len(kept) > MAX_TERMS else ""
        said.append(
            tr_plural(
                "Drop-out multiplies {name} by {factors} in it.",
                "Drop-out multiplies {name} by {factors} in them.",
                len(kept),
                name=view.name,
                factors=factors,
            )
        )
    return " ".join(said)


def check_sentence(view: StepView) -> str:
    """Compare the explained gradient with the numeric one."""
    check = view.check
    if check is None:
        return ""
    if view.rule and check.numeric != 0.0:
        return tr(
            "z lies at the step's jump, where there is no slope to measure. The rule follows none.",
        )
    if view.rule:
        return tr("The rule follows no slope: the numeric gradient is 0.")
    if not math.isfinite(check.analytic) or not math.isfinite(check.numeric):
        return tr("Beyond all numbers there is nothing to compare.")
    text = tr("numeric {numeric} · gap {gap}")
    gap = abs(check.analytic - check.numeric)
    if not check.passed:
        text = tr("numeric {numeric} · gap {gap}: not the derivative here")
    return text.format(numeric=_six(check.numeric), gap=power_of_ten_text(gap))


def _six(value: float) -> str:
    return figure(value) if abs(value) < 0.0005 else with_power_of_ten(show_number(value, 6))


def power_of_ten_text(value: float) -> str:
    """Format a small number as in print: 8×10⁻¹¹."""
    if value == 0 or not math.isfinite(value):
        return show_number(value, 1)
    return with_power_of_ten(f"{value:.0e}")


def loss_change_sentence(view: StepView) -> str:
    """Describe the step's effect on the row's loss."""
    step = view.step
    training = step.experiment.training
    if not step.counts:
        return tr("Without a target the row has no loss, before or after.")
    if not math.isfinite(step.loss_after):
        return tr(
            "With the new weights the loss on this row is no finite number: nothing can be learned "
            "from there.",
        )
    is_alone = step.batch is None or _is_batch_of(view)
    goes_by_rows = is_alone and (training.batch_size == 1 or len(view.dataset.x_train) == 1)
    if step.loss_after < step.loss and not goes_by_rows:
        return tr("With the new weights the loss on this row is lower.")
    if step.loss_after < step.loss:
        return tr(
            "With the new weights the loss on this row is lower. So it goes, row by row.",
        )
    if step.loss_after == step.loss:
        return tr("The loss on this row stays as it is.")
    if math.isnan(step.loss):
        return tr("With the new weights the loss on this row is a number again.")
    if not is_alone:
        return tr(
            "The loss on this row is higher after this step, which follows the mean over its batch "
            "and not this row.",
        )
    optimiser = training.optimiser
    is_plain = not (optimiser.kind.averages or optimiser.follows_rule) and training.slope_at == "z"
    if not is_plain or step.batch is not None:
        return tr("The loss on this row is higher after this step.")
    return tr(
        "The loss on this row is higher: the step went past the lowest point. Try a lower rate.",
    )


def _is_batch_of(view: StepView) -> bool:
    """Return whether the step's batch consists only of the row shown."""
    batch = view.step.batch
    return batch is not None and view.state.rows_of(batch.rows) == (view.row,)


def unit_words(unit: UnitStep) -> str:
    """Return a unit's activation for a heading."""
    return activation_names()[unit.activation]
