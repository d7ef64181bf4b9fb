"""Every lesson is done at the real window as a learner does it, each nearest miss first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.vision_tab.state import TOP_CHOICES
from gui.window import GlassnetWindow
from model.places import UnitAt, WeightAt
from tests.e2e.learner import Learner
from tests.gui.vision_tab.conftest import CHELSEA, COFFEE
from tests.gui.vision_tab.media import write_folder
from tests.vision.teaching.drawn import drawn_folder

Deed = Callable[[Learner], object]

OUTPUT = UnitAt(0, 0)
W1, W2, BIAS = WeightAt(0, 0, 0), WeightAt(0, 1, 0), WeightAt(0, 2, 0)


def nothing(_: Learner) -> None:
    """Do nothing: the step opens with its nearest miss."""


def both_of(*deeds: Deed) -> Deed:
    """Do one thing after the other."""

    def deed(learner: Learner) -> None:
        for each in deeds:
            each(learner)

    return deed


def row(number: int) -> Deed:
    return lambda learner: learner.choose_row(number)


def weights(values: dict[WeightAt, str]) -> Deed:
    return lambda learner: learner.type_weights(values)


def press(name: str) -> Deed:
    return lambda learner: learner.use(name)


def step_of(number: int, parts_on: int = 0) -> Deed:
    return lambda learner: learner.look_at(number, parts_on)


def at_once(learner: Learner) -> None:
    learner.train_on()


def a_little(learner: Learner) -> None:
    learner.learn_epochs(3)


def switch_bias(learner: Learner) -> None:
    learner.choose_entry("layer_0_menu", "layer_0_bias")


def unit(at: UnitAt) -> Deed:
    return lambda learner: learner.choose_unit(at)


def steps(count: int) -> Deed:
    return lambda learner: [learner.use("step") for _ in range(count)]


def until_right(rows: int) -> Deed:
    return lambda learner: learner.step_until(rows)


def gate(name: str) -> Deed:
    return lambda learner: learner.choose_data("gate_tiles", f"gate:{name}")


def plane(name: str) -> Deed:
    return lambda learner: learner.choose_data("plane_tiles", f"plane:{name}")


def whole_epochs(epochs: int) -> Deed:
    return lambda learner: learner.learn_epochs(epochs)


def epoch(number: int) -> Deed:
    return lambda learner: learner.fill("epoch_box", str(number))


def back(epochs: int) -> Deed:
    return lambda learner: learner.fill("epoch_box", str(learner.tab.model.state.epoch - epochs))


def features(*names: str) -> Deed:
    return lambda learner: learner.tick_features(*names)


def view(key: str) -> Deed:
    return lambda learner: learner.show_view(key)


def on(learner: Learner) -> None:
    learner.look_on()


def until_two_units_do_it(learner: Learner) -> None:
    """Make new starts, as the hint says: from some seeds two units get stuck."""
    for _ in range(10):
        learner.train_on()
        if learner.right == 4:
            return
        learner.use("new_start")
    raise AssertionError("no start does it")


def to_units(count: int, layer: int = 0) -> Deed:
    return lambda learner: learner.fill(f"layer_{layer}_units", str(count))


def two_hidden_units(learner: Learner) -> None:
    learner.use("add_layer_0")
    learner.fill("layer_0_units", "2")
    learner.select("layer_0_activation", "tanh")


def lottery(seeds: int) -> Deed:
    return lambda learner: learner.draw_lottery(seeds)


def recipe(version: str) -> Deed:
    return lambda learner: learner.press_segment(f"recipe_{version}")


def cell(row: int, column: int, value: str) -> Deed:
    return lambda learner: learner.type_input(row, column, value)


def scale(learner: Learner) -> None:
    learner.show_data("table_scaling")
    learner.select("table_scaling", "standard")


def export(kind: str, name: str) -> Deed:
    return lambda learner: learner.export(kind, learner.folder / name)


def open_own_table(learner: Learner) -> None:
    """Drop a table on the window, or open it by its tile."""
    path = learner.folder / "marks.csv"
    rows = [f"{hours};{hours // 2};{'yes' if hours > 5 else 'no'}" for hours in range(12)]
    path.write_text("\n".join(["hours;coffees;passed", *rows]))
    learner.open_table(path)


def first_biases(learner: Learner, value: str) -> None:
    """Set the first biases in the form behind More."""
    learner.use("more")
    learner.wait(learner.find("more_panel").isVisible, "the form is open")
    learner.fill("initial_bias", value)
    learner.press("Escape")


def open_coffee(learner: Learner) -> None:
    learner.open_in_vision("source_image", COFFEE)


def open_chelsea(learner: Learner) -> None:
    learner.open_in_vision("source_image", CHELSEA)


def open_folder(learner: Learner) -> None:
    learner.open_in_vision("source_folder", write_folder(learner.folder / "two", count=2))


def top_k(count: int) -> Deed:
    return lambda learner: learner.select_at("top_k_count", TOP_CHOICES.index(count))


def switch(name: str) -> Deed:
    return lambda learner: learner.switch(name)


def fill(name: str, text: str) -> Deed:
    return lambda learner: learner.fill(name, text)


def threshold(percent: int) -> Deed:
    return lambda learner: learner.slide("threshold", percent)


def import_drawn(learner: Learner) -> None:
    learner.import_classes(drawn_folder(learner.folder / "drawn", 12, ("discs", "stars")))


def look_at(dialog: str, open_it: Deed, task: str) -> Deed:
    """Open a dialog, and leave it once the lesson has seen it."""

    def deed(learner: Learner) -> None:
        open_it(learner)
        learner.tick(task)
        learner.leave(dialog)

    return deed


def train_head(epochs: int) -> Deed:
    def deed(learner: Learner) -> None:
        learner.set_head("teach_epochs", str(epochs))
        learner.train_head()

    return deed


COURSE: dict[str, dict[str, tuple[Deed, Deed]]] = {
    "sigmoid": {
        "squeeze.see_activation": (
            both_of(row(4), lambda x: x.examine(OUTPUT), step_of(4)),
            lambda x: x.look_on(),
        ),
        "squeeze.large_weight": (weights({W1: "1"}), weights({W1: "10"})),
        "slope.see_blame": (step_of(5), step_of(6)),
        "saturated.large_bias": (
            weights({BIAS: "20"}),
            both_of(press("reset"), weights({BIAS: "20"})),
        ),
        "saturated.train": (a_little, at_once),
        "cross_entropy.choose_loss": (
            lambda x: x.select("loss", "absolute"),
            lambda x: x.select("loss", "binary_cross_entropy"),
        ),
        "cross_entropy.train": (nothing, at_once),
    },
    "bias": {
        "with.train": (a_little, at_once),
        "with.choose_row": (row(2), row(1)),
        "without.off": (weights({BIAS: "0"}), switch_bias),
        "without.train": (both_of(press("reset"), a_little), at_once),
        "origin.see_sum": (
            both_of(row(2), lambda x: x.examine(OUTPUT), step_of(4)),
            row(1),
        ),
        "origin.large_weights": (both_of(row(4), weights({W1: "20", W2: "20"})), row(1)),
        "back.on": (nothing, switch_bias),
        "back.train": (press("reset"), at_once),
    },
    "perceptron": {
        "threshold.choose_unit": (unit(UnitAt(-1, 0)), unit(OUTPUT)),
        "threshold.choose_row": (row(2), row(4)),
        "rule.one_epoch": (steps(1), steps(3)),
        "and.train": (until_right(3), at_once),
        "xor.choose_xor": (gate("or"), gate("xor")),
        "xor.reset": (nothing, press("reset")),
        "xor.train": (a_little, at_once),
        "cycle.go_back": (nothing, epoch(4)),
        "cycle.same_again": (epoch(10), epoch(11)),
    },
    "parabola": {
        "line.train": (a_little, at_once),
        "product.add": (features("square_0", "product_0_1"), features("square_0")),
        "product.train": (
            weights(
                {
                    W1: "1",
                    W2: "1",
                    WeightAt(0, 2, 0): "-2",
                    WeightAt(0, 3, 0): "-0.5",
                }
            ),
            at_once,
        ),
        "by_hand.reset": (nothing, press("reset")),
        "by_hand.type": (
            weights({W1: "1", W2: "1", WeightAt(0, 2, 0): "-2", WeightAt(0, 3, 0): "0"}),
            weights({WeightAt(0, 3, 0): "-0.5"}),
        ),
        "squares.choose": (features("square_0", "square_1"), features("product_0_1")),
        "squares.train": (both_of(press("reset"), a_little), at_once),
        "circle.choose": (plane("quadrants"), plane("circle")),
        "circle.train": (
            lambda x: (features("square_0", "square_1")(x), x.train_on(200)),
            lambda x: (features("square_0", "square_1")(x), x.train_on()),
        ),
    },
    "hidden_layer": {
        "fold.train": (until_right(3), at_once),
        "fold.open_space": (view("weights"), view("hidden")),
        "fold.go_back": (back(1), epoch(0)),
        "unit.choose": (unit(UnitAt(1, 0)), unit(UnitAt(0, 2))),
        "unit.rows": (row(3), row(4)),
        "two.remove": (press("layer_0_fewer"), press("layer_0_fewer")),
        "two.train": (both_of(press("reset"), a_little), until_two_units_do_it),
        "one.remove": (nothing, press("layer_0_fewer")),
        "one.reset": (nothing, press("reset")),
        "one.train": (a_little, at_once),
    },
    "forward_backward": {
        "forward.row": (row(3), row(2)),
        "forward.hidden": (
            both_of(lambda x: x.examine(UnitAt(0, 0)), step_of(4)),
            on,
        ),
        "forward.output": (both_of(on, on), both_of(on, on)),
        "backward.error": (both_of(row(3), on), row(2)),
        "backward.output": (nothing, on),
        "backward.hidden": (on, on),
        "update.update": (nothing, on),
        "again.step": (nothing, press("step")),
        "again.train": (steps(10), at_once),
        "again.predict": (both_of(row(3), step_of(8)), row(2)),
    },
    "gates_by_hand": {
        "and.type": (weights({W1: "10", W2: "10", BIAS: "-5"}), weights({BIAS: "-15"})),
        "or.choose": (gate("xor"), gate("or")),
        "or.bias": (
            weights({W1: "20", W2: "20"}),
            weights({W1: "10", W2: "10", BIAS: "-5"}),
        ),
        "or.nand": (gate("nand"), weights({W1: "-10", W2: "-10", BIAS: "15"})),
        "xor.choose": (gate("xnor"), gate("xor")),
        "xor.layer": (
            two_hidden_units,
            lambda x: x.select("layer_0_activation", "sigmoid"),
        ),
        "xor.type": (
            weights(
                {
                    WeightAt(0, 0, 0): "12",
                    WeightAt(0, 1, 0): "10",
                    WeightAt(0, 2, 0): "-5",
                    WeightAt(0, 0, 1): "-10",
                    WeightAt(0, 1, 1): "-10",
                    WeightAt(0, 2, 1): "15",
                    WeightAt(1, 0, 0): "10",
                    WeightAt(1, 1, 0): "10",
                    WeightAt(1, 2, 0): "-15",
                }
            ),
            weights({WeightAt(0, 0, 0): "10"}),
        ),
        "seldom.choose": (plane("circle"), plane("quadrants")),
        "seldom.lottery": (lottery(2), lottery(20)),
        "wider.units": (to_units(4), both_of(press("add_layer_1"), to_units(4, 1))),
        "wider.lottery": (nothing, lottery(20)),
        "article.published": (nothing, recipe("published")),
        "article.steeper": (nothing, recipe("corrected")),
    },
    "as_published": {
        "published.train": (a_little, at_once),
        "published.row": (row(3), row(6)),
        "corrected.choose": (nothing, recipe("corrected")),
        "corrected.train": (a_little, at_once),
        "contradiction.see": (nothing, row(3)),
        "contradiction.mend": (cell(5, 2, "0"), cell(6, 1, "1")),
        "mended.train": (recipe("corrected"), at_once),
        "mended.try_values": (row(8), press("probe_toggle")),
        "sum.choose": (both_of(gate("xor"), recipe("corrected")), recipe("published")),
        "sum.train": (a_little, at_once),
    },
    "titanic": {
        "one_unit.train": (a_little, at_once),
        "one_unit.mistakes": (nothing, press("mistakes_link_below")),
        "layers.first": (both_of(press("add_layer_0"), a_little), at_once),
        "layers.second": (both_of(press("add_layer_1"), a_little), at_once),
        "published.train": (recipe("published"), at_once),
        "published.again": (press("new_start"), recipe("published")),
        "published.other_seed": (nothing, at_once),
        "hand_in.corrected": (nothing, both_of(recipe("corrected"), at_once)),
        "hand_in.export": (export("numpy", "titanic.py"), export("csv", "titanic.csv")),
    },
    "own_table": {
        "unscaled.train": (nothing, at_once),
        "scaled.choose": (nothing, scale),
        "scaled.reset": (nothing, press("reset")),
        "scaled.train": (nothing, at_once),
        "curve.train": (press("add_layer_0"), at_once),
        "curve.try_values": (
            lambda x: x.press_segment("output_view_matrix"),
            press("probe_toggle"),
        ),
        "own.choose": (lambda x: x.choose_data("table_tiles", "table:iris"), open_own_table),
        "own.train": (nothing, at_once),
    },
    "doctor": {
        "too_high.train": (a_little, at_once),
        "too_high.lower": (fill("learning_rate", "1"), press("reset")),
        "too_high.again": (a_little, at_once),
        "dead.bias": (
            lambda x: (first_biases(x, "5"), x.use("reset")),
            lambda x: (first_biases(x, "-5"), x.use("reset")),
        ),
        "dead.train": (a_little, at_once),
        "dead.redraw": (at_once, both_of(press("finding_0_fix"), at_once)),
        "copies.equal": (
            lambda x: (
                x.select("initialiser", "constant"),
                first_biases(x, "-5"),
                x.use("reset"),
            ),
            lambda x: (first_biases(x, "0"), x.use("reset")),
        ),
        "copies.train": (a_little, at_once),
        "copies.random": (press("reset"), both_of(press("finding_0_fix"), at_once)),
    },
    "to_opencv": {
        "train.train": (a_little, at_once),
        "onnx.export": (lambda x: x.peek_at_exports("export"), export("onnx", "iris.onnx")),
        "script.export": (export("onnx", "again.onnx"), export("numpy", "iris.py")),
    },
    "deep_learning_opencv": {
        "classify.open": (nothing, open_coffee),
        "classify.ten": (top_k(3), top_k(10)),
        "blob.swap": (switch("xray_crop"), switch("xray_swap_rb")),
        "blob.scale": (fill("xray_scale", "2"), fill("xray_scale", "1")),
        "blob.back": (switch("xray_swap_rb"), press("xray_reset")),
        "sure.threshold": (threshold(50), threshold(95)),
        "sure.label": (top_k(3), switch("label_switch")),
        "where.occlusion": (nothing, switch("occlusion_switch")),
        "many.folder": (open_chelsea, open_folder),
    },
    "image_folders": {
        "folders.import": (nothing, import_drawn),
        "samples.look": (
            nothing,
            look_at("class_pictures_dialog", press("class_0_thumbnails"), "look"),
        ),
        "train.train": (train_head(5), train_head(30)),
        "mistakes.open": (nothing, look_at("picture_viewer", lambda x: x.open_cell(), "open")),
        "more_data.measure": (lambda x: x.show_curve(), press("teach_measure")),
        "deeper.hidden": (
            lambda x: x.set_head("teach_hidden", "64"),
            lambda x: x.train_head(),
        ),
        "try.show": (nothing, lambda x: x.show_to_head(COFFEE)),
    },
}
"""By lesson and task: its nearest miss, and the deed that is right."""


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("lesson", COURSE)
def test_a_lesson_is_done(
    known: None,
    qtbot: QtBot,
    window: GlassnetWindow,
    tmp_path: Path,
    lesson: str,
    language: str,
) -> None:
    learner = Learner(qtbot, window, tmp_path, by_keys=language == "tr")
    learner.open_lesson(lesson)
    learner.speak(language)
    steps = learner.progress.lesson.steps
    for step in steps:
        assert learner.progress.step is step
        for question in step.questions:
            learner.predict(question, question.answer or 1)
        for task in step.tasks:
            miss, deed = COURSE[lesson][f"{step.id}.{task.id}"]
            miss(learner)
            learner.miss(task.id)
            deed(learner)
            learner.tick(task.id)
        assert learner.progress.may_go_on
        if step is not steps[-1]:
            learner.go_on()
    tasks = str(len(learner.progress.record.tasks))
    learner.finish()
    learner.press("Ctrl+1")  # what was done is kept with the experiment
    said = learner.find(f"learn_{lesson}").accessibleName()
    assert re.findall(r"\d+", said)[-2:] == [tasks, tasks]
    (record,) = learner.save().learning
    assert str(len(record.tasks)) == tasks


def next_step(learner: Learner) -> None:
    learner.use("lesson_skip")


def leave_and_return(learner: Learner) -> None:
    """Leave the lesson by its button and open it again from the list."""
    lesson = learner.progress.lesson.id
    learner.use("lesson_leave")
    learner.wait(learner.find(f"learn_{lesson}").isVisible, "the list is open")
    learner.use(f"learn_{lesson}")
    learner.wait(learner.find("lesson_next").isVisible, "the lesson is open")


def put_away_and_fetch(learner: Learner) -> None:
    """Put the panel away and fetch it back: the lesson goes on."""
    learner.use("lesson_close")
    learner.wait(lambda: not learner.find("learn_panel").isVisible(), "it is put away")
    learner.press("Ctrl+L")
    learner.wait(learner.find("lesson_next").isVisible, "it is back")


def ticked(*tasks: str, epoch: int | None = None) -> Deed:
    """Wait until just these tasks of the step are ticked, at an epoch."""

    def look(learner: Learner) -> None:
        model, step = learner.tab.model, learner.progress.step
        learner.wait(
            lambda: (
                {t.id for t in step.tasks if learner.is_ticked(t.id)} == set(tasks)
                and epoch in (None, model.state.epoch)
            ),
            f"{tasks} are ticked",
        )
        assert learner.find("lesson_next").isEnabled() is learner.progress.may_go_on

    return look


def untold(question: str) -> Deed:
    """Look whether the answer to a question is still to come, and with it the way on."""

    def look(learner: Learner) -> None:
        assert not learner.find(f"question_{question}_answer").isVisible()
        assert not learner.find("lesson_next").isEnabled()

    return look


ASTRAY: dict[str, tuple[str, str, tuple[Deed, ...]]] = {
    "a panel is open before it is asked for": (
        "own_table", "scaled", (press("probe_toggle"), next_step, ticked("try_values")),
    ),
    "training at full speed": ("doctor", "too_high", (at_once, ticked("train", epoch=100))),
    "training before the prediction": ("doctor", "too_high", (at_once, untold("ten"))),
    "training on after the end": (
        "perceptron", "xor",
        (gate("xor"), press("reset"), at_once, at_once,
         ticked("choose_xor", "reset", "train", epoch=100)),
    ),
    "training without a reset": (
        "hidden_layer", "two",
        (at_once, next_step, press("layer_0_fewer"), press("layer_0_fewer"), press("layer_0_fewer"),
         at_once, ticked("remove"), press("reset"), ticked("remove", "reset"),
         at_once, ticked("remove", "reset", "train")),
    ),
    "a new start by its key": (
        "eight_steps", "weights", (unit(OUTPUT), lambda x: x.press("Ctrl+R"), ticked("draw_again")),
    ),
    "leaving in the middle": (
        "as_published", "published",
        (at_once, row(6), ticked("train", "row"), lambda x: x.go_on(), leave_and_return,
         ticked(epoch=10_000)),
    ),
    "putting the lesson away": (
        "as_published", "published",
        (at_once, ticked("train"), put_away_and_fetch, ticked("train")),
    ),
}  # fmt: skip
"""By what a learner does otherwise than asked: where, and what is done and seen."""


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("way", ASTRAY)
def test_who_goes_astray_is_not_stuck(
    known: None, qtbot: QtBot, window: GlassnetWindow, tmp_path: Path, way: str, language: str
) -> None:
    lesson, step, deeds = ASTRAY[way]
    learner = Learner(qtbot, window, tmp_path, by_keys=language == "tr")
    learner.open_lesson(lesson)
    learner.speak(language)
    while learner.progress.step.id != step:
        next_step(learner)
    for deed in deeds:
        deed(learner)
