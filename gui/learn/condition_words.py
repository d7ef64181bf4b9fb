"""What a lesson or a challenge asks, and what there is, in the language in use."""

from __future__ import annotations

import re

import msgspec
from PySide6.QtCore import QLocale

from foundation.text import Text, localise
from gui.format import show_integer, translate
from model.conditions import Checked

_WHOLE = re.compile(r"(?<![\w.])\d{4,15}(?![\w.])")
"""A whole number of so many digits that they are grouped."""


def condition_told(checked: Checked) -> Checked:
    """Return a condition with its code, what is wanted and what is found as a person reads them."""
    return msgspec.structs.replace(
        checked,
        code=condition_names().get(checked.code, checked.code),
        wanted=_said(checked.wanted),
        found=_said(checked.found),
    )


def condition_names() -> dict[str, str]:
    """Return what each condition asks about, by its code."""
    return {
        "accuracy": translate("Conditions", "Right rows, share"),
        "activation": translate("Conditions", "Activation"),
        "activations": translate("Conditions", "Activations of hidden layers"),
        "baseline": translate("Conditions", "Baseline"),
        "batch_size": translate("Conditions", "Batch size"),
        "bias": translate("Conditions", "Bias"),
        "blob_scale": translate("Conditions", "Scale of the blob"),
        "classes": translate("Conditions", "Classes with images"),
        "curve_points": translate("Conditions", "Points of the learning curve"),
        "data": translate("Conditions", "Data"),
        "dropout": translate("Conditions", "Drop-out"),
        "epoch": translate("Conditions", "Epoch on show"),
        "epochs": translate("Conditions", "Epochs"),
        "epochs_back": translate("Conditions", "Epochs before the end"),
        "exports": translate("Conditions", "Files exported"),
        "features": translate("Conditions", "Derived inputs"),
        "findings": translate("Conditions", "Findings of the doctor"),
        "fresh": translate("Conditions", "First weights of the seed"),
        "head_accuracy": translate("Conditions", "Right held-out images, share"),
        "head_baseline": translate("Conditions", "Baseline of the held-out images"),
        "head_epochs": translate("Conditions", "Epochs of the head"),
        "head_mistakes": translate("Conditions", "Mistaken held-out images"),
        "head_units": translate("Conditions", "Hidden units of the head"),
        "held_out": translate("Conditions", "Held-out images"),
        "hidden_layers": translate("Conditions", "Hidden layers"),
        "hidden_units": translate("Conditions", "Hidden units"),
        "initialiser": translate("Conditions", "Initialiser"),
        "inputs": translate("Conditions", "Inputs"),
        "l1": translate("Conditions", "L1 penalty"),
        "l2": translate("Conditions", "L2 penalty"),
        "label": translate("Conditions", "Best label"),
        "label_drawn": translate("Conditions", "Label drawn on the image"),
        "learning_rate": translate("Conditions", "Learning rate"),
        "loss": translate("Conditions", "Loss"),
        "loss_function": translate("Conditions", "Loss function"),
        "lottery_seeds": translate("Conditions", "Random starts"),
        "lottery_solved": translate("Conditions", "Random starts that get there"),
        "model": translate("Conditions", "Model in Vision"),
        "noise": translate("Conditions", "Noise"),
        "open": translate("Conditions", "Open panels"),
        "optimiser": translate("Conditions", "Optimiser"),
        "parameters": translate("Conditions", "Weights and biases"),
        "part": translate("Conditions", "Part of the microscope"),
        "pictures": translate("Conditions", "Images"),
        "predicted": translate("Conditions", "Questions answered"),
        "preprocessing": translate("Conditions", "Changed preprocessing"),
        "preview": translate("Conditions", "Preview"),
        "probability": translate("Conditions", "Probability of the best label"),
        "recipe": translate("Conditions", "Recipe"),
        "row": translate("Conditions", "Chosen row"),
        "rows_right": translate("Conditions", "Right rows"),
        "running": translate("Conditions", "Training is running"),
        "scaling": translate("Conditions", "Scaling of the columns"),
        "seed": translate("Conditions", "Seed"),
        "shape": translate("Conditions", "Inputs and outputs"),
        "slope_at": translate("Conditions", "Slope taken at"),
        "source": translate("Conditions", "Source in Vision"),
        "steps": translate("Conditions", "Steps"),
        "stopped_by": translate("Conditions", "Stopped by"),
        "tab": translate("Conditions", "Tab in front"),
        "table": translate("Conditions", "Table"),
        "test_accuracy": translate("Conditions", "Right test rows, share"),
        "test_loss": translate("Conditions", "Test loss"),
        "test_share": translate("Conditions", "Share of test rows"),
        "threshold": translate("Conditions", 'Threshold of "not sure"'),
        "top_k": translate("Conditions", "Labels listed"),
        "undecided": translate("Conditions", "Undecided rows"),
        "unit": translate("Conditions", "Chosen unit"),
        "units": translate("Conditions", "Units"),
        "weight": translate("Conditions", "Weight"),
        "women_survived": translate("Conditions", "Every woman survived, no man did"),
    }


def _said(text: str) -> str:
    """Return what the model says in English in the language in use."""
    if isinstance(text, Text):  # of an error
        return localise(text)
    words = {
        "at least": translate("Conditions", "at least"),
        "at most": translate("Conditions", "at most"),
        "more than": translate("Conditions", "more than"),
        "less than": translate("Conditions", "less than"),
        "undecided": translate("Conditions", "undecided"),
        "unknown": translate("Conditions", "unknown"),
        "inputs": translate("Conditions", "inputs"),
        "outputs": translate("Conditions", "outputs"),
        "and": translate("Conditions", "and"),
        "none": translate("Conditions", "none"),
        "not": translate("Conditions", "not"),
        "without": translate("Conditions", "without"),
        "layer": translate("Conditions", "layer"),
        "to rise": translate("Conditions", "to rise"),
        "to fall": translate("Conditions", "to fall"),
        "to change": translate("Conditions", "to change"),
        "yes": translate("Conditions", "yes"),
        "no": translate("Conditions", "no"),
        "done": translate("Conditions", "done"),
    }
    text = re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], text)
    text = _WHOLE.sub(lambda found: show_integer(int(found[0])), text)
    point = QLocale().decimalPoint()
    if point == ",":  # a comma after a decimal number reads as one more
        text = re.sub(r"(?<=\d)(\.\d+), ", r"\1; ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", point, text)
