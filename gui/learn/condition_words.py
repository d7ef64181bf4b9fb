"""What a lesson or a challenge asks, and what there is, in the language in use."""

from __future__ import annotations

import re

import msgspec
from PySide6.QtCore import QLocale

from foundation.text import Text, localise, tr, tr_context
from gui.format import show_integer
from model.lessons.conditions import Checked

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
        "accuracy": tr("Right rows, share"),
        "activation": tr("Activation"),
        "activations": tr("Activations of hidden layers"),
        "baseline": tr("Baseline"),
        "batch_size": tr("Batch size"),
        "bias": tr_context("Conditions", "Bias"),
        "blob_scale": tr("Scale of the blob"),
        "classes": tr("Classes with images"),
        "curve_points": tr("Points of the learning curve"),
        "data": tr("Data"),
        "dropout": tr("Drop-out"),
        "epoch": tr("Epoch on show"),
        "epochs": tr("Epochs"),
        "epochs_back": tr("Epochs before the end"),
        "exports": tr("Files exported"),
        "features": tr("Derived inputs"),
        "findings": tr("Findings of the doctor"),
        "fresh": tr("First weights of the seed"),
        "head_accuracy": tr("Right held-out images, share"),
        "head_baseline": tr("Baseline of the held-out images"),
        "head_epochs": tr("Epochs of the head"),
        "head_mistakes": tr("Mistaken held-out images"),
        "head_units": tr("Hidden units of the head"),
        "held_out": tr("Held-out images"),
        "hidden_layers": tr("Hidden layers"),
        "hidden_units": tr("Hidden units"),
        "initialiser": tr("Initialiser"),
        "inputs": tr_context("Conditions", "Inputs"),
        "l1": tr("L1 penalty"),
        "l2": tr("L2 penalty"),
        "label": tr("Best label"),
        "label_drawn": tr("Label drawn on the image"),
        "learning_rate": tr("Learning rate"),
        "loss": tr("Loss"),
        "loss_function": tr("Loss function"),
        "lottery_seeds": tr("Random starts"),
        "lottery_solved": tr("Random starts that get there"),
        "model": tr("Model in Vision"),
        "noise": tr("Noise"),
        "open": tr("Open panels"),
        "optimiser": tr("Optimiser"),
        "parameters": tr("Weights and biases"),
        "part": tr("Part of the microscope"),
        "pictures": tr_context("Conditions", "Images"),
        "predicted": tr("Questions answered"),
        "preprocessing": tr("Changed preprocessing"),
        "preview": tr("Preview"),
        "probability": tr("Probability of the best label"),
        "recipe": tr("Recipe"),
        "row": tr("Chosen row"),
        "rows_right": tr("Right rows"),
        "running": tr("Training is running"),
        "scaling": tr("Scaling of the columns"),
        "seed": tr("Seed"),
        "shape": tr("Inputs and outputs"),
        "slope_at": tr("Slope taken at"),
        "source": tr("Source in Vision"),
        "steps": tr_context("Conditions", "Steps"),
        "stopped_by": tr("Stopped by"),
        "tab": tr("Tab in front"),
        "table": tr_context("Conditions", "Table"),
        "test_accuracy": tr("Right test rows, share"),
        "test_loss": tr("Test loss"),
        "test_share": tr("Share of test rows"),
        "threshold": tr('Threshold of "not sure"'),
        "top_k": tr("Labels listed"),
        "undecided": tr("Undecided rows"),
        "unit": tr("Chosen unit"),
        "units": tr("Units"),
        "weight": tr("Weight"),
        "women_survived": tr("Every woman survived, no man did"),
    }


def _said(text: str) -> str:
    """Return what the model says in English in the language in use."""
    if isinstance(text, Text):  # of an error
        return localise(text)
    words = {
        "at least": tr("at least"),
        "at most": tr("at most"),
        "more than": tr("more than"),
        "less than": tr("less than"),
        "undecided": tr("undecided"),
        "unknown": tr("unknown"),
        "inputs": tr_context("Conditions", "inputs"),
        "outputs": tr("outputs"),
        "and": tr("and"),
        "none": tr("none"),
        "not": tr("not"),
        "without": tr("without"),
        "layer": tr("layer"),
        "to rise": tr("to rise"),
        "to fall": tr("to fall"),
        "to change": tr("to change"),
        "yes": tr("yes"),
        "no": tr("no"),
        "done": tr("done"),
    }
    text = re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], text)
    text = _WHOLE.sub(lambda found: show_integer(int(found[0])), text)
    point = QLocale().decimalPoint()
    if point == ",":  # a comma after a decimal number reads as one more
        text = re.sub(r"(?<=\d)(\.\d+), ", r"\1; ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", point, text)
