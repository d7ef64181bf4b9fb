"""Conditions: a quantity of a situation and its required value.

A condition in a file is an object with the quantity's code and one or more relations::

    {"code": "rows_right", "at_least": 4}
    {"code": "units", "layer": 1, "is": 3}
    {"code": "open", "has": ["hidden_space"]}
    {"code": "epoch", "since_opening": "falls"}

`QUANTITIES` is the complete list. Conditions have no access to other parts of the program,
and nothing in them is ever executed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

import msgspec
import numpy as np

from model.data.sources import SOURCES, data_names
from model.errors import ModelError
from model.experiment import (
    ACTIVATIONS,
    INITIALISERS,
    LOSSES,
    OPTIMISERS,
    LayerSpec,
)
from model.experiment.training import SlopeAt
from model.initialisers import untrained
from model.lessons.json_text import invalid, line_of, nearest
from model.lessons.situation import PARTS, Panel, Situation, Tab, place_at, weight_at
from model.metrics import baseline
from model.network import Network
from model.recipes import VERSIONS, recipe_for
from model.recipes.titanic import are_counts, women_share
from model.training import Reason

Value = float | str | bool | frozenset[str]
Text = Annotated[str, msgspec.Meta(max_length=80)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=40)]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The required value of a quantity; if several relations are given, all must hold.

    Attributes
    ----------
    code
        Code of the quantity; `docs/lessons.md` lists them all.
    layer
        The layer for ``units``, ``activation``, ``bias`` and ``dropout``: 1 for the first one,
        -1 for the last.
    at
        The weight or bias for ``weight``, such as ``"1.h3.x1"`` or ``"2.y1.b"``.
    at_least, at_most, above, below
        Limits of a number.
    is_, not_
        Required or forbidden value: a number, a text, or true or false.
    any_of
        The texts allowed.
    has, lacks
        Names that must all, or must not, be among those found.
    only
        The only names allowed among those found.
    since_opening
        How a number or text must have changed since the step was opened.
    """

    code: str
    layer: Annotated[int, msgspec.Meta(ge=-100, le=100)] | None = None
    at: Text | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    is_: bool | float | Text | None = msgspec.field(default=None, name="is")
    not_: bool | float | Text | None = msgspec.field(default=None, name="not")
    any_of: Texts = ()
    has: Texts = ()
    lacks: Texts = ()
    only: Texts = ()
    since_opening: Literal["rises", "falls", "changes"] | None = None


class Checked(msgspec.Struct, frozen=True):
    """A checked condition.

    Attributes
    ----------
    code
        A stable name, by which ``gui`` translates.
    wanted, found
        Required and actual value, in English.
    met
        Whether the condition is met; ``None`` if unknown.
    """

    code: str
    wanted: str
    found: str
    met: bool | None


class Quantity(NamedTuple):
    """A quantity that conditions can refer to.

    Attributes
    ----------
    kind
        ``"number"``, ``"text"``, ``"switch"`` (true or false) or ``"names"`` (a set of texts).
    meaning
        Description for docs/lessons.md.
    of
        Reads the quantity from a situation; ``None`` if the situation has it under its code.
    choices
        All possible texts or names; empty if there is no such list.
    needs
        Further field that the condition must have, if any.
    """

    kind: Literal["number", "text", "switch", "names"]
    meaning: str
    of: Callable[[Situation, Condition], Value | None] | None = None
    choices: tuple[str, ...] = ()
    needs: Literal["", "layer", "at"] = ""


def _layer(situation: Situation, condition: Condition) -> LayerSpec | None:
    layers, number = situation.experiment.network.layers, condition.layer or 0
    index = number - 1 if number > 0 else len(layers) + number
    return layers[index] if number and 0 <= index < len(layers) else None


def _of_layer(name: str, missing: Value | None = None) -> Callable[[Situation, Condition], Any]:
    """Return a reader of a layer's attribute, with a default for a missing layer."""
    return lambda situation, condition: getattr(_layer(situation, condition), name, missing)


def _data(situation: Situation) -> str:
    data = situation.experiment.data
    name = getattr(data, "name", None)
    return str(name or type(data).__struct_config__.tag)


def _table(situation: Situation) -> str:
    data = situation.experiment.data
    return data.file_name if data.table_path else ""


def _baseline(situation: Situation) -> float | None:
    dataset = situation.dataset
    if dataset is None or not len(dataset.y_train):
        return None
    rows = dataset.y_test if len(dataset.y_test) else dataset.y_train
    return baseline(dataset.y_train, rows, dataset.task)


def _women_survived(situation: Situation) -> float | None:
    data, dataset = situation.experiment.data, situation.dataset
    return women_share(dataset) if are_counts(data) and dataset is not None else None


def _is_fresh(situation: Situation) -> bool | None:
    if situation.network is None:
        return None
    first = Network.of(untrained(situation.experiment))
    return np.array_equal(first.parameters.flat, situation.network.parameters.flat)


def _recipe(situation: Situation) -> str:
    dataset = situation.dataset
    rows = 0 if dataset is None else len(dataset.x_train) + len(dataset.x_test)
    recipe = recipe_for(situation.experiment, rows)
    return (recipe and recipe.start_of(situation.experiment)) or ""


def _attribute_reader(path: str) -> Callable[[Situation, Condition], Value | None]:
    """Return a reader of an attribute of the situation, of its parts where they are known."""

    def read(situation: Situation, condition: Condition) -> Any:
        value: Any = situation
        for name in path.split("."):
            value = None if value is None else getattr(value, name)
        return value

    return read


def _hidden(situation: Situation) -> Sequence[LayerSpec]:
    return situation.experiment.network.layers[:-1]


_OWN_DATA = sorted(source.own_name for source in SOURCES if source.own_name)
_DATA = (*data_names(), *_OWN_DATA)

QUANTITIES: dict[str, Quantity] = {
    # The experiment.
    "data": Quantity("text", "the data: a name such as xor, circle or iris, or the kind of one's "
                     f"own ({', '.join(_OWN_DATA)})", lambda s, c: _data(s), _DATA),
    "inputs": Quantity("number", "how many inputs the network has",
                       _attribute_reader("experiment.network.inputs")),
    "features": Quantity("names", "the derived inputs, such as x1*x2",
                         lambda s, c: frozenset(s.experiment.features)),
    "hidden_layers": Quantity("number", "how many hidden layers", lambda s, c: len(_hidden(s))),
    "hidden_units": Quantity("number", "how many hidden units in all",
                             lambda s, c: sum(layer.units for layer in _hidden(s))),
    "units": Quantity("number", "the units of a layer, 0 where there is no such layer",
                      _of_layer("units", missing=0), needs="layer"),
    "activation": Quantity("text", "the activation function of a layer",
                           _of_layer("activation"), ACTIVATIONS, "layer"),
    "activations": Quantity("names", "the activation functions of the hidden layers",
                            lambda s, c: frozenset(x.activation for x in _hidden(s)), ACTIVATIONS),
    "bias": Quantity("switch", "whether a layer has a bias", _of_layer("use_bias"),
                     needs="layer"),
    "dropout": Quantity("number", "the share of a layer's units that training drops",
                        _of_layer("dropout"), needs="layer"),
    "parameters": Quantity("number", "how many weights and biases",
                           lambda s, c: s.experiment.network.parameter_count()),
    "weight": Quantity("number", "a weight or a bias of the network shown",
                       lambda s, c: weight_at(s, c.at or ""), needs="at"),
    "loss_function": Quantity("text", "the loss that training lowers",
                              _attribute_reader("experiment.training.loss"), LOSSES),
    "optimiser": Quantity("text", "how a gradient becomes a change",
                          _attribute_reader("experiment.training.optimiser.name"), OPTIMISERS),
    "learning_rate": Quantity("number", "the learning rate",
                              _attribute_reader("experiment.training.learning_rate")),
    "batch_size": Quantity("number", "rows a step, 0 for all of them",
                           _attribute_reader("experiment.training.batch_size")),
    "initialiser": Quantity("text", "how the first weights are drawn",
                            _attribute_reader("experiment.training.initialiser.name"),
                            INITIALISERS),
    "l1": Quantity("number", "the L1 penalty", _attribute_reader("experiment.training.l1")),
    "l2": Quantity("number", "the L2 penalty", _attribute_reader("experiment.training.l2")),
    "seed": Quantity("number", "the seed", _attribute_reader("experiment.seed")),
    "fresh": Quantity("switch", "whether the weights are the first ones that the seed draws, as "
                      "after Reset", lambda s, c: _is_fresh(s)),
    "noise": Quantity("number", "the noise put on the inputs",
                      lambda s, c: float(s.experiment.data.setting("noise"))),
    "test_share": Quantity("number", "the share of rows kept back for testing",
                           _attribute_reader("experiment.split.test_fraction")),
    "table": Quantity("text", "the file name of one's own table; empty for other data",
                      lambda s, c: _table(s)),
    "scaling": Quantity("text", "how the columns of a table are scaled; empty for other data",
                        lambda s, c: str(getattr(s.experiment.data, "scaling", "")),
                        ("", "none", "standard", "min_max")),
    "slope_at": Quantity("text", "where slopes are taken on the way back: z, or a by mistake",
                         _attribute_reader("experiment.training.slope_at"), get_args(SlopeAt)),
    "recipe": Quantity("text", "which version of its article's recipe an untrained network is, "
                       "first weights included; empty for neither, and once it is trained",
                       lambda s, c: _recipe(s), ("", *VERSIONS)),
    # How good it is.
    "accuracy": Quantity("number", "the share of rows that are right (R squared of a regression): "
                         "of the truth table, else of the training rows",
                         _attribute_reader("train.accuracy")),
    "test_accuracy": Quantity("number", "the same of the test rows",
                              _attribute_reader("test.accuracy")),
    "rows_right": Quantity("number", "how many rows are right, counted as accuracy is",
                           _attribute_reader("train.right")),
    "baseline": Quantity("number", "what always answering the most common class gets right (the "
                         "mean, of a regression): of the test rows, else of the training rows",
                         lambda s, c: _baseline(s)),
    "women_survived": Quantity("number", "on the Titanic, what the rule \"every woman survived, no "
                               "man did\" gets right: of the test rows, else of all",
                               lambda s, c: _women_survived(s)),
    "undecided": Quantity("number", "how many rows are neither right nor wrong",
                          _attribute_reader("train.undecided")),
    "loss": Quantity("number", "the loss on the training rows"),
    "test_loss": Quantity("number", "the loss on the test rows"),
    # The run and the timeline.
    "epoch": Quantity("number", "the epoch shown"),
    "epochs": Quantity("number", "the epochs done in this run"),
    "epochs_back": Quantity(
        "number", "how many epochs before the end of the run the one shown lies",
        lambda s, c: None if s.epochs is None or s.epoch is None else s.epochs - s.epoch),
    "steps": Quantity("number", "the steps done in this run"),
    "running": Quantity("switch", "whether a training is under way"),
    "stopped_by": Quantity("text", "why the run ended", choices=("", *get_args(Reason))),
    # What the user looks at and has done.
    "row": Quantity("number", "the chosen row, counted from 1; 0 for none"),
    "unit": Quantity("text", "the chosen unit: x1, 1.h3, 2.y1; empty for none"),
    "part": Quantity("text", "the part of a training step that the microscope shows",
                     choices=("", *PARTS)),
    "open": Quantity("names", "the panels that are open", choices=get_args(Panel)),
    "tab": Quantity("text", "the tab in front", choices=get_args(Tab)),
    "exports": Quantity("names", "the kinds of file exported since the lesson was opened"),
    "predicted": Quantity("names", "the questions answered before training went on: step.question"),
    "findings": Quantity("names", "what the training doctor has found"),
    "lottery_seeds": Quantity("number", "how many random starts the lottery has drawn"),
    "lottery_solved": Quantity("number", "how many of them solve it"),
    # Teach and Vision.
    "classes": Quantity("number", "the classes in Teach that hold pictures"),
    "pictures": Quantity("number", "the pictures in Teach, or those shown in Vision"),
    "held_out": Quantity("number", "the pictures held out in Teach"),
    "head_accuracy": Quantity("number", "the share of held-out pictures that Teach gets right"),
    "head_baseline": Quantity("number", "the share of them that always naming the largest class "
                              "gets right"),
    "head_mistakes": Quantity("number", "how many of them are taken for another class"),
    "head_epochs": Quantity("number", "the epochs of the last training in Teach"),
    "head_units": Quantity("number", "the hidden units of the head that Teach has trained"),
    "curve_points": Quantity("number", "the points of the learning curve in Teach"),
    "preview": Quantity("text", "what the preview in Teach shows",
                        choices=("", "picture", "video", "camera")),
    "source": Quantity("text", "what Vision reads from",
                       choices=("", "picture", "folder", "video", "camera", "stream")),
    "model": Quantity("text", "the model that Vision uses"),
    "label": Quantity("text", "the most probable label in Vision, or in Teach's preview"),
    "probability": Quantity("number", "its probability, 0 to 1"),
    "threshold": Quantity("number", "below this probability, 0 to 1, the tab is not sure"),
    "top_k": Quantity("number", "how many labels Vision lists"),
    "label_drawn": Quantity("switch", "whether the label is drawn on the picture in Vision"),
    "preprocessing": Quantity("names", "the settings in which the preprocessing in Vision is other "
                              "than the model's own",
                              choices=("size_wh", "mean", "scale", "std", "swap_rb", "crop")),
    "blob_scale": Quantity("number", "what the preprocessing in Vision multiplies each value by"),
}  # fmt: skip
"""Every quantity by its code."""

_LIMITS = {
    "at_least": ("at least", ge),
    "at_most": ("at most", le),
    "above": ("more than", gt),
    "below": ("less than", lt),
}
_RELATIONS = {
    "number": {*_LIMITS, "is_", "not_", "since_opening"},
    "text": {"is_", "not_", "any_of", "since_opening"},
    "switch": {"is_"},
    "names": {"has", "lacks", "only"},
}
_KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "text": (str,),
    "switch": (bool,),
    "names": (str,),
}


def find_fault(condition: Condition) -> ModelError | None:
    """Return the error in a condition's definition, ``None`` if there is none.

    Notes
    -----
    The code must be in `QUANTITIES`; unknown ones are reported by the caller.
    """
    quantity, code = QUANTITIES[condition.code], condition.code
    relations = set().union(*_RELATIONS.values())
    given = {name for name in relations if getattr(condition, name) not in (None, ())}
    if not given:
        return ModelError(
            "condition.empty", "{condition} says nothing to compare with", condition=code
        )
    if wrong := given - _RELATIONS[quantity.kind]:
        known = ", ".join(sorted(name.rstrip("_") for name in _RELATIONS[quantity.kind]))
        return ModelError(
            "condition.relation",
            "{condition} is a {kind} and cannot be asked by {relation}, only {known}",
            condition=code,
            kind=quantity.kind,
            relation=min(wrong).rstrip("_"),
            known=known,
        )
    for name in ("layer", "at"):
        is_needed = quantity.needs == name
        is_given = getattr(condition, name) not in (None, 0)
        if is_needed and not is_given:
            return ModelError(
                "condition.needs", "{condition} needs {name}", condition=code, name=name
            )
        if is_given and not is_needed:
            return ModelError(
                "condition.needless", "{condition} takes no {name}", condition=code, name=name
            )
    at = None if condition.at is None else place_at(condition.at)
    if quantity.needs == "at" and (at is None or at.row is None):
        return ModelError(
            "condition.weight",
            "{place} is no weight; write 1.h3.x1, or 1.h3.b for a bias",
            place=condition.at,
        )
    return _value_error(condition, quantity)


def validate_condition(
    condition: Condition, content: bytes, path: Path, where: tuple[str | int, ...], kind: str
) -> None:
    """Raise if a condition is invalid.

    Parameters
    ----------
    content, path, where
        Content and path of its file, and its location there.
    kind
        ``"lesson"`` or ``"challenge"``: the first half of an error's code.

    Raises
    ------
    ModelError
        Codes ``<kind>.condition`` and ``<kind>.invalid``.
    """
    line = line_of(content, (*where, "code"))
    if condition.code not in QUANTITIES:
        raise ModelError(
            f"{kind}.condition",
            "{file}, line {line}: there is no condition {name}. The nearest is {near}; "
            "docs/lessons.md lists all.",
            file=str(path),
            line=line,
            name=condition.code[:60],
            near=nearest(condition.code, QUANTITIES),
        )
    if fault := find_fault(condition):
        raise invalid(path, line, fault, kind)


def _value_error(condition: Condition, quantity: Quantity) -> ModelError | None:
    """Return the error if the quantity can never have the required word or number."""
    single = [value for value in (condition.is_, condition.not_) if value is not None]
    for value in single:
        is_switch = isinstance(value, bool)
        is_of_kind = isinstance(value, _KINDS[quantity.kind])
        if not is_of_kind or is_switch != (quantity.kind == "switch"):
            return ModelError(
                "condition.kind",
                "{condition} is a {kind}, which {value} is not",
                condition=condition.code,
                kind=quantity.kind,
                value=value,
            )
    words = [value for value in single if isinstance(value, str)]
    words += [*condition.any_of, *condition.has, *condition.lacks, *condition.only]
    for word in words if quantity.choices else ():
        if word not in quantity.choices:
            return ModelError(
                "condition.never",
                "{condition} is never {word}; it can be {known}",
                condition=condition.code,
                word=word,
                known=", ".join(filter(None, quantity.choices)),
            )
    return None


def current_value(condition: Condition, situation: Situation) -> Value | None:
    """Return the value of a condition's quantity, ``None`` if unknown."""
    read = QUANTITIES[condition.code].of
    if read is not None:
        return read(situation, condition)
    found: Value | None = situation.value(condition.code)
    return found


def is_met(
    condition: Condition, situation: Situation, opening: Situation | None = None
) -> bool | None:
    """Return whether a condition holds, ``None`` if unknown.

    Parameters
    ----------
    opening
        The situation when the step was opened.
    """
    value = current_value(condition, situation)
    if value is None:
        return None
    if isinstance(value, frozenset):
        return (
            value.issuperset(condition.has)
            and value.isdisjoint(condition.lacks)
            and (not condition.only or value.issubset(condition.only))
        )
    if not _holds(condition, value):
        return False
    if condition.since_opening is None:
        return True
    before = None if opening is None else current_value(condition, opening)
    return None if before is None else _compares(condition.since_opening, before, value)


def _holds(condition: Condition, value: float | str | bool) -> bool:
    """Return whether all relations except `since_opening` hold."""
    if condition.is_ is not None and value != condition.is_:
        return False
    if condition.not_ is not None and value == condition.not_:
        return False
    if condition.any_of and value not in condition.any_of:
        return False
    if isinstance(value, str):
        return True
    return all(
        holds(value, limit)
        for name, (_, holds) in _LIMITS.items()
        if (limit := getattr(condition, name)) is not None
    )


def _compares(how: str, before: Value, now: Value) -> bool:
    if how == "changes" or isinstance(now, str | frozenset) or isinstance(before, str | frozenset):
        return now != before
    return now > before if how == "rises" else now < before


def check(condition: Condition, situation: Situation) -> Checked:
    """Check one condition, without comparing to an earlier situation."""
    return Checked(
        condition.code,
        wanted_text(condition),
        _found_text(condition, situation),
        is_met(condition, situation),
    )


def wanted_text(condition: Condition) -> str:
    """Describe in English what a condition requires."""
    parts = [
        f"{words} {limit:g}"
        for name, (words, _) in _LIMITS.items()
        if (limit := getattr(condition, name)) is not None
    ]
    if condition.is_ is not None:
        parts.append(_text(condition.is_))
    if condition.not_ is not None:
        parts.append(f"not {_text(condition.not_)}")
    if condition.any_of or condition.only:
        parts.append(", ".join(condition.any_of or condition.only))
    if condition.has:
        parts.append(", ".join(condition.has))
    if condition.lacks:
        parts.append(f"without {', '.join(condition.lacks)}")
    if condition.since_opening is not None:
        parts.append(f"to {condition.since_opening.removesuffix('s')}")
    which = f"layer {condition.layer}: " if condition.layer else ""
    return which + (f"{condition.at}: " if condition.at else "") + " and ".join(parts)


def _found_text(condition: Condition, situation: Situation) -> str:
    value = current_value(condition, situation)
    if value is None:
        return "unknown"
    text = _text(value)
    of = {"accuracy": situation.train, "test_accuracy": situation.test}.get(condition.code)
    return text if of is None or not of.undecided else f"{text}, {of.undecided} undecided"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, str):
        return value or "none"
    return str(value) if isinstance(value, int) else f"{value:.4g}"
