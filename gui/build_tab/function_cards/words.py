"""The cards' sentences about each activation and loss."""

from __future__ import annotations

from foundation.text import tr
from gui.format import show_fixed
from model.experiment import Activation, Loss
from model.losses import is_fused


def activation_words(name: Activation) -> str:
    """Describe an activation, its slope, and the consequences for learning."""
    words: dict[Activation, str] = {
        "identity": tr(
            "It hands z on as it is, so an output can be any number, as a regression needs. Its "
            "slope is 1 everywhere: all of the gradient comes back. In a hidden layer it adds "
            "nothing: layers of weighted sums alone amount to a single layer.",
        ),
        "step": tr(
            "It answers 1 where z is above 0, and 0 elsewhere: the perceptron’s threshold. Its "
            "slope is 0 on both sides of the jump, so no gradient comes back. Only the perceptron "
            "rule trains it: it asks for no slope and takes the error a − t itself for ∂L/∂z.",
        ),
        "sigmoid": tr(
            "It squeezes every z into 0 to 1: as z rises, e⁻ᶻ goes to 0 and a to 1; as z falls, "
            "e⁻ᶻ grows without bound and a goes to 0. Its slope a(1 − a) is {most} at most, where "
            "a is a half, and next to nothing at both ends. On the way back the slopes of the "
            "layers multiply: four of them come to {most}⁴ = {product} at most, so the first "
            "layers learn slowly unless the weights are large.",
        ),
        "tanh": tr(
            "It squeezes every z into −1 to 1, and 0 stays 0, so its answers are centred on 0: a "
            "sigmoid of twice the height and half the width, moved down by 1. Its slope is 1 at "
            "z = 0, four times a sigmoid’s; both ends are flat, and a unit out there hardly "
            "learns.",
        ),
        "relu": tr(
            "It lets what is positive through and stops the rest. Above 0 its slope is 1, which "
            "takes nothing off the gradient through any number of layers. Below 0 it is 0 (at 0 "
            "there is none; 0 is taken): a unit that lies there on every row gets no gradient. It "
            "is dead.",
        ),
        "leaky_relu": tr(
            "ReLU with a leak: below 0 a hundredth of z still comes through. Its slope is 1 above "
            "and {leak} below, nowhere 0: a unit below 0 gets a hundredth of the gradient, but it "
            "does not die.",
        ),
        "elu": tr(
            "Above 0 it hands z on; below it bends towards −1, so the mean of what it hands on "
            "lies nearer to 0 than ReLU’s. Below 0 its slope is eᶻ: a unit a little below still "
            "learns, one far below hardly.",
        ),
        "softplus": tr(
            "ReLU with a rounded corner: nearly 0 far below, nearly z far above, and ln 2 = "
            "{middle} at 0. Its slope is the sigmoid, between 0 and 1 and nowhere 0, so no unit "
            "dies.",
        ),
        "softmax": tr(
            "It shares 1 out among the outputs: all are positive and come to 1, as probabilities "
            "do. What counts is how far a z lies above the others, so the curve is drawn over "
            "just that, z less ln ∑ eᶻ of the others: it is a sigmoid. One output can only win "
            "what the others lose.",
        ),
    }
    return words[name].format(
        most=show_fixed(0.25, 2),
        product=show_fixed(0.25**4, 4),
        leak=show_fixed(0.01, 2),
        middle=show_fixed(0.693, 3),
    )


def loss_words(name: Loss, activation: Activation) -> str:
    """Describe a loss after an activation, its slope, and the consequences."""
    words: dict[Loss, str] = {
        "squared": tr(
            "An error twice as large costs four times as much, so a few rows far off count most. "
            "Its slope is the error itself: steps get smaller as answers come near. Behind a "
            "sigmoid it is multiplied by a(1 − a): a unit that is surely wrong hardly learns.",
        ),
        "absolute": tr(
            "An error costs its own size, so a row far off counts no more than its distance. Its "
            "slope is 1 or −1 however small the error: steps do not get smaller near the target.",
        ),
        "huber": tr(
            "Up to an error of 1 it is the squared loss, beyond that a straight line: gentle near "
            "the target, and calm about rows far off. Its slope stays between −1 and 1.",
        ),
        "binary_cross_entropy": tr(
            "It is minus the logarithm of the probability that the true answer was given: sure and "
            "right costs next to nothing, sure and wrong costs without bound. {sure} for what is "
            "true costs {cost}.",
        )
        + " "
        + _cross_entropy_slope(activation),
        "categorical_cross_entropy": tr(
            "It is minus the logarithm of the probability given to the right class. The other "
            "classes cost nothing themselves, but softmax makes them take from the right one. What "
            "goes back to every output is p − t. Ten classes all alike cost ln 10 = {ten}.",
        ),
        "hinge": tr(
            "It wants the answer on the right side of 0, and by 1 at least: s is 1 for class 1, −1 "
            "for class 0. Short of that it costs what is missing, beyond it nothing: rows that are "
            "safely right no longer pull at the weights.",
        ),
        "perceptron": tr(
            "With a step as the output it counts mistakes: 1 for a wrong row, 0 for a right one. "
            "With any other it is how far the answer lies on the wrong side of 0; s is 1 for "
            "class 1, −1 for class 0. Either way only rows that are not right change the weights.",
        ),
    }
    return words[name].format(
        sure=show_fixed(0.01, 2), cost=show_fixed(4.605, 2), ten=show_fixed(2.303, 2)
    )


def _cross_entropy_slope(activation: Activation) -> str:
    """Describe the gradient of a cross-entropy for a sigmoid, or for another output."""
    if is_fused("binary_cross_entropy", activation):
        return tr(
            "The slope of the sigmoid cancels: with p = σ(z), what goes back is p − t, also where "
            "the sigmoid is flat.",
        )
    return tr(
        "This output is no sigmoid: a itself is taken for z, with p = σ(a), and p − t goes back to "
        "a.",
    )
