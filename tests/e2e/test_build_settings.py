"""Every setting of training by mouse and by keys: the bar, the form behind More, the seed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QToolButton

from model.experiment import Experiment
from tests.e2e.builder import SOON_MS, Builder
from tests.e2e.ways import both

FORM: tuple[tuple[str, str, str, Callable[[Experiment], float]], ...] = (
    ("schedule_every", "40", "40", lambda e: e.training.schedule.every),
    ("schedule_factor", "0,25", "0.25", lambda e: e.training.schedule.factor),
    ("beta1", "0.85", "0.85", lambda e: e.training.optimiser.beta1),
    ("beta2", "0.95", "0.95", lambda e: e.training.optimiser.beta2),
    ("epsilon", "1e-6", "1e−6", lambda e: e.training.optimiser.epsilon),
    ("weight_decay", "0.02", "0.02", lambda e: e.training.optimiser.weight_decay),
    ("clip_norm", "5", "5", lambda e: e.training.clip_norm),
    ("initial_scale", "1.5", "1.5", lambda e: e.training.initialiser.scale),
    ("initial_bias", "0,1", "0.1", lambda e: e.training.initialiser.bias),
    ("stop_patience", "30", "30", lambda e: e.training.stop.patience),
    ("stop_seconds", "9", "9", lambda e: e.training.stop.seconds),
)
"""Name of the field, what is typed, what it shows then, and where the file holds it."""


@both
def test_every_setting_of_the_form_is_made(builder: Builder, by_keys: bool) -> None:
    builder.choose_by("optimiser", "AdamW", by_keys)
    builder.push("more", by_keys)
    builder.wait(builder.find("more_panel").isVisible, "the form is open", SOON_MS)
    builder.choose_by("schedule", "Steps", by_keys)
    for name, typed, shown, _ in FORM:
        builder.enter(name, typed, by_keyboard=by_keys)
        assert builder.text(name) == shown
    for name in ("shuffle", "single_precision"):
        before = builder.find(name, QCheckBox).isChecked()
        builder.push(name, by_keys)
        assert builder.find(name, QCheckBox).isChecked() is not before
    builder.press("Escape")
    builder.wait(lambda: not builder.find("more_panel").isVisible(), "it is closed", SOON_MS)
    saved = builder.save()
    assert saved.training.schedule.name == "step"
    assert (saved.training.shuffle, saved.training.dtype) == (False, "float32")
    for name, typed, _, held in FORM:
        assert held(saved) == float(typed.replace(",", ".")), name


@both
def test_an_optimisers_own_number_is_set(builder: Builder, by_keys: bool) -> None:
    builder.choose_by("optimiser", "Momentum", by_keys)
    builder.push("more", by_keys)
    builder.wait(builder.find("momentum").isVisible, "momentum is asked for", SOON_MS)
    assert not builder.find("beta1").isVisible()
    builder.enter("momentum", "0.8", by_keyboard=by_keys)
    assert builder.text("momentum") == "0.8"
    builder.press("Escape")
    assert builder.save().training.optimiser.momentum == 0.8


@both
def test_loss_and_initialiser_are_chosen(builder: Builder, by_keys: bool) -> None:
    before = builder.save().network.layers[0]
    builder.choose_by("initialiser", "He", by_keys)
    builder.choose_by("loss", "Squared", by_keys)
    saved = builder.save()
    assert (saved.training.initialiser.name, saved.training.loss) == ("he", "squared")
    assert saved.network.layers[0] != before, "an untrained network is drawn anew"
    assert [builder.cell(r, 3) for r in range(4)] == [f"{a:.3f}" for a in builder.answers(saved)]


@both
def test_a_seed_is_typed_and_the_next_one_drawn(builder: Builder, by_keys: bool) -> None:
    first = builder.save()
    builder.enter("seed", "12", by_keyboard=by_keys)
    builder.wait(lambda: builder.document.experiment.seed == 12, "another start", SOON_MS)
    typed = builder.save()
    assert typed.network != first.network
    builder.push("new_start", by_keys)
    builder.wait(lambda: builder.text("seed") == "13", "the next seed is shown", SOON_MS)
    drawn = builder.save()
    assert drawn.seed == 13
    assert drawn.network not in (first.network, typed.network)
    assert [builder.cell(r, 3) for r in range(4)] == [f"{a:.3f}" for a in builder.answers(drawn)]
    builder.enter("seed", "0", by_keyboard=by_keys)
    builder.wait(lambda: builder.document.experiment.seed == 0, "the first start", SOON_MS)
    assert builder.save().network == first.network, "the same seed, the same numbers"


@both
def test_the_speed_is_chosen_while_it_trains(builder: Builder, by_keys: bool) -> None:
    builder.choose_tile("plane_tiles", "plane:spiral")
    builder.push("train", by_keys)
    builder.wait(lambda: builder.text("status_state") == "Training", "it trains", SOON_MS)
    if by_keys:
        builder.reach("speed_10")
        builder.press("Left")
    else:
        builder.click("speed_1")
    builder.wait(builder.find("speed_1", QToolButton).isChecked, "1× is marked", SOON_MS)
    builder.wait(lambda: 0 < float(builder.figure("epochs/s")) <= 20, "it is slow", SOON_MS)
    builder.push("train", by_keys)
    builder.wait(lambda: builder.text("status_state") == "Paused", "it is paused", SOON_MS)
    saved = builder.save()
    assert saved.progress is not None
    assert saved.progress.epoch == builder.epoch


@both
def test_a_bias_is_switched_off_and_drop_out_chosen_in_the_layers_menu(
    builder: Builder, by_keys: bool
) -> None:
    if by_keys:
        builder.reach("layer_0_menu")
        builder.press_menu_entry("Bias")
    else:
        builder.pick("layer_0_menu", "layer_0_bias")
    builder.wait(
        lambda: builder.text("status_fact") == "13 parameters", "four numbers fewer", SOON_MS
    )
    if by_keys:
        builder.reach("layer_0_menu")
    else:
        builder.click("layer_0_menu")
        builder.press("Escape")
        builder.reach("layer_0_menu")
    builder.press_menu_entry("Drop-out", "20%")
    builder.wait(
        lambda: builder.document.experiment.network.layers[0].dropout == 0.2, "20%", SOON_MS
    )
    saved = builder.save().network.layers[0]
    assert (saved.use_bias, saved.dropout) == (False, 0.2)


@both
def test_a_number_of_units_that_cannot_be_is_put_back(builder: Builder, by_keys: bool) -> None:
    before = builder.save()
    for typed in ("0", "5000", "2,5", "many"):
        builder.enter("layer_0_units", typed, by_keyboard=by_keys)
        assert builder.text("layer_0_units") == "4"
    assert builder.save() == before


@both
def test_a_long_batch_is_shown_whole(builder: Builder, by_keys: bool) -> None:
    builder.enter("batch_size", "12000", by_keyboard=by_keys)
    edit = builder.find("batch_size_text", QLineEdit)
    assert edit.text() == "12\xa0000"
    builder.wait(
        lambda: QFontMetricsF(edit.font()).horizontalAdvance(edit.text()) <= edit.width(),
        "there is room for it",
        SOON_MS,
    )
    assert builder.find("batch_size", QComboBox).isVisible()
    assert builder.save().training.batch_size == 12000
