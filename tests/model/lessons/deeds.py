"""What is done in each lesson: the one table of deeds that tests tick its tasks by."""

from __future__ import annotations

from collections.abc import Callable

from model.experiment import InitialiserSpec, PlaneData, TableData
from tests.model.lessons.hands import Hands

Deed = Callable[[Hands], object]


def at(part: str, row: int | None = None) -> Deed:
    def deed(hands: Hands) -> None:
        hands.open_microscope(part)
        hands.choose_row(row or hands.row)

    return deed


def nothing(hands: Hands) -> None:
    pass


def saturated(hands: Hands) -> None:
    hands.type_weights({"1.y1.b": 20.0})
    hands.train(120)


def with_squares(hands: Hands) -> None:
    hands.toggle_feature("x1^2")
    hands.toggle_feature("x2^2")


def until_two_units_do_it(hands: Hands) -> None:
    """Make new starts as the hint says: from some seeds two units get stuck."""
    for seed in range(10):
        hands.new_start(seed)
        hands.train(2000)
        train = hands.situation().train
        assert train is not None
        if train.right == 4:
            return


OR_OF_TWO = {"1.h1.x1": 10, "1.h1.x2": 10, "1.h1.b": -5}
NAND_OF_TWO = {"1.h2.x1": -10, "1.h2.x2": -10, "1.h2.b": 15}
PRODUCT_BY_HAND = {"1.y1.x1": 1, "1.y1.x2": 1, "1.y1.x3": -2, "1.y1.b": -0.5}
AND_OF_BOTH = {"2.y1.h1": 10, "2.y1.h2": 10, "2.y1.b": -15}


def and_by_hand(hands: Hands) -> None:
    hands.type_weights({"1.y1.x1": 10, "1.y1.x2": 10, "1.y1.b": -15})


def two_hidden_units(hands: Hands) -> None:
    hands.choose_gate("xor")
    hands.add_layer()
    hands.choose_units(2)
    hands.choose_activation("sigmoid")


def four_and_four(hands: Hands) -> None:
    two_hidden_units(hands)
    hands.choose_data(PlaneData("quadrants"))
    hands.choose_units(4)
    hands.add_layer(1)


def mended(hands: Hands) -> None:
    hands.choose_recipe("corrected")
    hands.train(10_000)
    hands.type_input(row=6, column=1, value=1.0)


def scaled(hands: Hands) -> None:
    hands.scale_table("standard")
    hands.reset()
    hands.train(500)


def calm(hands: Hands) -> None:
    hands.change_training(learning_rate=1.0)
    hands.reset()


def all_dead(hands: Hands) -> None:
    calm(hands)
    hands.choose_initialiser(InitialiserSpec("he", bias=-5.0))


def all_equal(hands: Hands) -> None:
    calm(hands)
    hands.choose_initialiser(InitialiserSpec("constant"))


def taught(hands: Hands) -> None:
    hands.teach.import_folder()
    hands.teach.train(30)


def coffee(hands: Hands) -> None:
    hands.vision.open("picture", "coffee.png")


# By lesson and task: what is done before the step is opened, the nearest miss, the right deed.
DEEDS: dict[str, dict[str, tuple[Deed, Deed, Deed]]] = {
    "eight_steps": {
        "inputs.choose_row": (nothing, lambda h: h.choose_row(4), lambda h: h.choose_row(3)),
        "inputs.open_microscope": (
            nothing,
            lambda h: h.choose_unit("1.y1"),
            lambda h: h.open_microscope(),
        ),
        "bias.see_bias": (nothing, at("inputs"), at("bias")),
        "weights.see_weights": (at("bias"), at("bias"), at("weights")),
        "weights.draw_again": (nothing, lambda h: h.reset(), lambda h: h.new_start(1)),
        "forward.see_sum": (nothing, at("weights"), at("sum")),
        "forward.see_activation": (nothing, at("sum"), at("activation")),
        "error.see_error": (nothing, at("error", 4), at("error", 3)),
        "change.see_update": (nothing, at("blame"), at("update")),
        "change.one_step": (at("blame"), at("update"), lambda h: h.step()),
        "again.train": (
            lambda h: h.step(),
            lambda h: h.train_until_right(4),
            lambda h: h.train(2000),
        ),
        "predict.see_prediction": (at("update"), at("predict", 3), at("predict", 1)),
    },
    "perceptron": {
        "threshold.choose_unit": (
            nothing,
            lambda h: h.choose_unit("x1"),
            lambda h: h.choose_unit("1.y1"),
        ),
        "threshold.choose_row": (nothing, lambda h: h.choose_row(2), lambda h: h.choose_row(4)),
        "rule.one_epoch": (nothing, lambda h: h.step(), lambda h: h.step(3)),
        "and.train": (nothing, lambda h: h.train_until_right(3), lambda h: h.train(2000)),
        "xor.choose_xor": (
            nothing,
            lambda h: h.choose_gate("or"),
            lambda h: h.choose_gate("xor"),
        ),
        "xor.reset": (
            lambda h: h.train(2000),
            lambda h: h.choose_gate("xor"),
            lambda h: h.reset(),
        ),
        "xor.train": (
            lambda h: (h.train(2000), h.choose_gate("xor")),
            lambda h: (h.reset(), h.train(40)),
            lambda h: h.train(50),
        ),
        "cycle.go_back": (
            lambda h: (h.choose_gate("xor"), h.train(60)),
            nothing,
            lambda h: h.go_to_epoch(4),
        ),
        "cycle.same_again": (
            lambda h: (h.choose_gate("xor"), h.train(60)),
            lambda h: h.go_to_epoch(10),
            lambda h: h.go_to_epoch(11),
        ),
    },
    "sigmoid": {
        "squeeze.see_activation": (nothing, at("sum", 4), at("activation", 4)),
        "squeeze.large_weight": (
            nothing,
            lambda h: h.type_weights({"1.y1.x1": 1.0}),
            lambda h: h.type_weights({"1.y1.x1": 10.0}),
        ),
        "slope.see_blame": (nothing, at("error"), at("blame")),
        "saturated.large_bias": (
            lambda h: h.type_weights({"1.y1.x1": 10.0}),
            lambda h: h.type_weights({"1.y1.b": 20.0}),
            lambda h: (h.reset(), h.type_weights({"1.y1.b": 20.0})),
        ),
        "saturated.train": (
            lambda h: h.type_weights({"1.y1.b": 20.0}),
            lambda h: h.train(90),
            lambda h: h.train(100),
        ),
        "cross_entropy.choose_loss": (
            saturated,
            lambda h: h.choose_loss("absolute"),
            lambda h: h.choose_loss("binary_cross_entropy"),
        ),
        "cross_entropy.train": (
            lambda h: (saturated(h), h.choose_loss("binary_cross_entropy")),
            lambda h: h.train_until_right(3),
            lambda h: h.train(20_000),
        ),
    },
    "bias": {
        "with.train": (nothing, lambda h: h.train(900), lambda h: h.train(10_000)),
        "with.choose_row": (nothing, lambda h: h.choose_row(2), lambda h: h.choose_row(1)),
        "without.off": (
            nothing,
            lambda h: h.type_weights({"1.y1.b": 0.0}),
            lambda h: h.switch_bias(on=False),
        ),
        "without.train": (
            lambda h: h.switch_bias(on=False),
            lambda h: h.train(900),
            lambda h: h.train(10_000),
        ),
        "origin.see_sum": (lambda h: h.switch_bias(on=False), at("sum", 2), at("sum", 1)),
        "origin.large_weights": (
            lambda h: h.switch_bias(on=False),
            lambda h: (h.choose_row(4), h.type_weights({"1.y1.x1": 20.0, "1.y1.x2": 20.0})),
            lambda h: h.choose_row(1),
        ),
        "back.on": (
            lambda h: h.switch_bias(on=False),
            nothing,
            lambda h: h.switch_bias(on=True),
        ),
        "back.train": (
            lambda h: (h.switch_bias(on=False), h.train(2000)),
            lambda h: (h.switch_bias(on=True), h.reset()),
            lambda h: h.train(10_000),
        ),
    },
    "parabola": {
        "line.train": (
            nothing,
            lambda h: h.train(90),
            lambda h: h.train(100),
        ),
        "product.add": (
            nothing,
            lambda h: (h.toggle_feature("x1^2"), h.toggle_feature("x1*x2")),
            lambda h: h.toggle_feature("x1^2"),
        ),
        "product.train": (
            lambda h: h.toggle_feature("x1*x2"),
            lambda h: h.type_weights(PRODUCT_BY_HAND),
            lambda h: h.train(5000),
        ),
        "by_hand.reset": (
            lambda h: (h.toggle_feature("x1*x2"), h.train(100)),
            nothing,
            lambda h: h.reset(),
        ),
        "by_hand.type": (
            lambda h: h.toggle_feature("x1*x2"),
            lambda h: h.type_weights({"1.y1.x1": 1, "1.y1.x2": 1, "1.y1.x3": -2, "1.y1.b": 0}),
            lambda h: h.type_weights({"1.y1.b": -0.5}),
        ),
        "squares.choose": (
            lambda h: h.toggle_feature("x1*x2"),
            lambda h: (h.toggle_feature("x1^2"), h.toggle_feature("x2^2")),
            lambda h: h.toggle_feature("x1*x2"),
        ),
        "squares.train": (
            with_squares,
            lambda h: h.train(190),
            lambda h: h.train(200),
        ),
        "circle.choose": (
            with_squares,
            lambda h: h.choose_data(PlaneData("quadrants")),
            lambda h: h.choose_data(PlaneData("circle")),
        ),
        "circle.train": (
            lambda h: h.choose_data(PlaneData("circle")),
            lambda h: h.train(300),
            lambda h: (with_squares(h), h.train(400)),
        ),
    },
    "hidden_layer": {
        "fold.train": (nothing, lambda h: h.train_until_right(3), lambda h: h.train(2000)),
        "fold.open_space": (
            nothing,
            lambda h: h.open_panel("weights"),
            lambda h: h.open_panel("hidden_space"),
        ),
        "fold.go_back": (
            lambda h: h.train(2000),
            lambda h: h.go_to_epoch(h.trainer.epoch - 1),
            lambda h: h.go_to_epoch(0),
        ),
        "unit.choose": (
            nothing,
            lambda h: h.choose_unit("2.y1"),
            lambda h: h.choose_unit("1.h3"),
        ),
        "unit.rows": (nothing, lambda h: h.choose_row(3), lambda h: h.choose_row(4)),
        "two.remove": (
            lambda h: h.train(2000),
            lambda h: h.choose_units(3),
            lambda h: h.choose_units(2),
        ),
        "two.train": (
            lambda h: (h.choose_units(2), h.reset()),
            lambda h: h.train(20),
            until_two_units_do_it,
        ),
        "one.remove": (
            lambda h: h.choose_units(2),
            nothing,
            lambda h: h.choose_units(1),
        ),
        "one.reset": (
            lambda h: (h.train(50), h.choose_units(1)),
            nothing,
            lambda h: h.reset(),
        ),
        "one.train": (
            lambda h: (h.choose_units(1), h.reset()),
            lambda h: h.train(300),
            lambda h: h.train(500),
        ),
    },
    "forward_backward": {
        "forward.row": (nothing, lambda h: h.choose_row(3), lambda h: h.choose_row(2)),
        "forward.hidden": (
            nothing,
            lambda h: h.open_microscope("sum", "1.h1"),
            lambda h: h.open_microscope("activation", "1.h1"),
        ),
        "forward.output": (
            nothing,
            lambda h: h.open_microscope("activation", "1.h2"),
            lambda h: h.open_microscope("activation", "2.y1"),
        ),
        "backward.error": (nothing, at("error", 3), at("error", 2)),
        "backward.output": (
            nothing,
            lambda h: h.open_microscope("error", "2.y1"),
            lambda h: h.open_microscope("blame", "2.y1"),
        ),
        "backward.hidden": (
            nothing,
            lambda h: h.open_microscope("update", "2.y1"),
            lambda h: h.open_microscope("blame", "1.h1"),
        ),
        "update.update": (
            nothing,
            lambda h: h.open_microscope("blame", "1.h1"),
            lambda h: h.open_microscope("update", "1.h1"),
        ),
        "again.step": (nothing, nothing, lambda h: h.step()),
        "again.train": (
            lambda h: h.step(),
            lambda h: h.step(10),
            lambda h: h.train(5000),
        ),
        "again.predict": (
            lambda h: h.train(5000),
            at("predict", 3),
            at("predict", 2),
        ),
    },
    "gates_by_hand": {
        "and.type": (
            nothing,
            lambda h: h.type_weights({"1.y1.x1": 10, "1.y1.x2": 10, "1.y1.b": -5}),
            lambda h: h.type_weights({"1.y1.b": -15}),
        ),
        "or.choose": (nothing, lambda h: h.choose_gate("xor"), lambda h: h.choose_gate("or")),
        "or.bias": (
            lambda h: (and_by_hand(h), h.choose_gate("or")),
            lambda h: h.type_weights({"1.y1.x1": 20, "1.y1.x2": 20}),
            lambda h: h.type_weights({"1.y1.x1": 10, "1.y1.x2": 10, "1.y1.b": -5}),
        ),
        "or.nand": (
            and_by_hand,
            lambda h: h.choose_gate("nand"),
            lambda h: h.type_weights({"1.y1.x1": -10, "1.y1.x2": -10, "1.y1.b": 15}),
        ),
        "xor.choose": (nothing, lambda h: h.choose_gate("xnor"), lambda h: h.choose_gate("xor")),
        "xor.layer": (
            lambda h: (and_by_hand(h), h.choose_gate("xor")),
            lambda h: (h.add_layer(), h.choose_units(2)),
            lambda h: h.choose_activation("sigmoid"),
        ),
        "xor.type": (
            two_hidden_units,
            lambda h: h.type_weights(OR_OF_TWO | NAND_OF_TWO | AND_OF_BOTH | {"1.h1.x1": 12}),
            lambda h: h.type_weights({"1.h1.x1": 10}),
        ),
        "seldom.choose": (
            two_hidden_units,
            lambda h: h.choose_data(PlaneData("circle")),
            lambda h: h.choose_data(PlaneData("quadrants")),
        ),
        "seldom.lottery": (
            lambda h: (two_hidden_units(h), h.choose_data(PlaneData("quadrants"))),
            lambda h: h.draw_lottery(2),
            lambda h: h.draw_lottery(20),
        ),
        "wider.units": (
            lambda h: (two_hidden_units(h), h.choose_data(PlaneData("quadrants"))),
            lambda h: h.choose_units(4),
            lambda h: h.add_layer(1),
        ),
        "wider.lottery": (four_and_four, nothing, lambda h: h.draw_lottery(20)),
        "article.published": (four_and_four, nothing, lambda h: h.choose_recipe("published")),
        "article.steeper": (
            lambda h: (four_and_four(h), h.choose_recipe("published")),
            nothing,
            lambda h: h.choose_recipe("corrected"),
        ),
    },
    "as_published": {
        "published.train": (nothing, lambda h: h.train(5000), lambda h: h.train(10_000)),
        "published.row": (nothing, lambda h: h.choose_row(3), lambda h: h.choose_row(6)),
        "corrected.choose": (
            lambda h: h.train(10_000),
            nothing,
            lambda h: h.choose_recipe("corrected"),
        ),
        "corrected.train": (
            lambda h: h.choose_recipe("corrected"),
            lambda h: h.train(5000),
            lambda h: h.train(10_000),
        ),
        "contradiction.see": (
            lambda h: h.choose_row(6),
            nothing,
            lambda h: h.choose_row(3),
        ),
        "contradiction.mend": (
            lambda h: h.choose_recipe("corrected"),
            lambda h: h.type_input(row=5, column=2, value=0.0),
            lambda h: h.type_input(row=6, column=1, value=1.0),
        ),
        "mended.train": (
            mended,
            lambda h: h.choose_recipe("corrected"),
            lambda h: h.train(10_000),
        ),
        "mended.try_values": (
            lambda h: (mended(h), h.choose_recipe("corrected"), h.train(10_000)),
            lambda h: h.choose_row(8),
            lambda h: h.open_panel("try_values"),
        ),
        "sum.choose": (
            nothing,
            lambda h: (h.choose_gate("xor"), h.choose_recipe("corrected")),
            lambda h: h.choose_recipe("published"),
        ),
        "sum.train": (
            lambda h: (h.choose_gate("xor"), h.choose_recipe("published")),
            lambda h: h.train(5000),
            lambda h: h.train(10_000),
        ),
    },
    "titanic": {
        "one_unit.train": (nothing, lambda h: h.train(20), lambda h: h.train(60)),
        "one_unit.mistakes": (
            lambda h: h.train(60),
            lambda h: h.open_panel("decision_map"),
            lambda h: h.open_panel("mistakes"),
        ),
        "layers.first": (
            lambda h: h.train(60),
            lambda h: h.add_layer(),
            lambda h: h.train(60),
        ),
        "layers.second": (
            lambda h: (h.add_layer(), h.train(60)),
            lambda h: h.add_layer(1),
            lambda h: h.train(60),
        ),
        "published.train": (
            nothing,
            lambda h: h.choose_recipe("published"),
            lambda h: h.train(1),
        ),
        "published.again": (
            lambda h: (h.choose_recipe("published"), h.train(1)),
            lambda h: h.new_start(1),
            lambda h: h.choose_recipe("published"),
        ),
        "published.other_seed": (
            nothing,
            lambda h: (h.choose_recipe("published"), h.new_start(1)),
            lambda h: h.train(1),
        ),
        "hand_in.corrected": (
            lambda h: (h.choose_recipe("published"), h.train(1)),
            nothing,
            lambda h: (h.choose_recipe("corrected"), h.train(60)),
        ),
        "hand_in.export": (
            lambda h: (h.choose_recipe("corrected"), h.train(60)),
            lambda h: h.export("numpy"),
            lambda h: h.exports.add("csv"),
        ),
    },
    "own_table": {
        "unscaled.train": (nothing, nothing, lambda h: h.train(500)),
        "scaled.choose": (
            lambda h: h.train(500),
            lambda h: h.reset(),
            lambda h: h.scale_table("standard"),
        ),
        "scaled.reset": (
            lambda h: (h.train(500), h.scale_table("standard")),
            nothing,
            lambda h: h.reset(),
        ),
        "scaled.train": (
            lambda h: (h.train(500), h.scale_table("standard"), h.reset()),
            nothing,
            lambda h: h.train(500),
        ),
        "curve.train": (scaled, lambda h: h.add_layer(), lambda h: h.train(500)),
        "curve.try_values": (
            lambda h: (scaled(h), h.add_layer(), h.train(500)),
            lambda h: h.open_panel("fit_plot"),
            lambda h: h.open_panel("try_values"),
        ),
        "own.choose": (
            nothing,
            lambda h: h.choose_data(TableData("iris")),
            lambda h: h.open_own_table(),
        ),
        "own.train": (
            lambda h: h.open_own_table(),
            nothing,
            lambda h: h.train(20),
        ),
    },
    "doctor": {
        "too_high.train": (nothing, lambda h: h.train(30), lambda h: h.train(150)),
        "too_high.lower": (
            lambda h: h.train(100),
            lambda h: h.change_training(learning_rate=1.0),
            lambda h: h.reset(),
        ),
        "too_high.again": (
            lambda h: (h.train(100), calm(h)),
            lambda h: h.train(20),
            lambda h: h.train(100),
        ),
        "dead.bias": (
            calm,
            lambda h: h.choose_initialiser(InitialiserSpec("he", bias=5.0)),
            lambda h: h.choose_initialiser(InitialiserSpec("he", bias=-5.0)),
        ),
        "dead.train": (all_dead, lambda h: h.train(50), lambda h: h.train(150)),
        "dead.redraw": (
            lambda h: (all_dead(h), h.train(150)),
            lambda h: h.train(300),
            lambda h: (h.apply_remedy("dead_relu"), h.train(900)),
        ),
        "copies.equal": (
            calm,
            lambda h: h.choose_initialiser(InitialiserSpec("constant", bias=-5.0)),
            lambda h: h.choose_initialiser(InitialiserSpec("constant")),
        ),
        "copies.train": (all_equal, lambda h: h.train(50), lambda h: h.train(150)),
        "copies.random": (
            lambda h: (all_equal(h), h.train(150)),
            lambda h: h.reset(),
            lambda h: (h.apply_remedy("symmetric"), h.train(400)),
        ),
    },
    "to_opencv": {
        "train.train": (nothing, lambda h: h.train(20), lambda h: h.train(100)),
        "onnx.export": (
            lambda h: h.train(100),
            lambda h: h.open_panel("export"),
            lambda h: h.export("onnx"),
        ),
        "script.export": (
            lambda h: h.train(100),
            lambda h: h.export("onnx"),
            lambda h: h.export("numpy"),
        ),
    },
    "deep_learning_opencv": {
        "classify.open": (
            nothing,
            nothing,
            lambda h: h.vision.open("picture", "coffee.png"),
        ),
        "classify.ten": (
            coffee,
            lambda h: h.vision.choose(top_k=3),
            lambda h: h.vision.choose(top_k=10),
        ),
        "blob.swap": (
            coffee,
            lambda h: h.vision.prepare(crop=False),
            lambda h: h.vision.prepare(swap_rb=False),
        ),
        "blob.scale": (
            coffee,
            lambda h: h.vision.prepare(scale=2.0),
            lambda h: h.vision.prepare(scale=1.0),
        ),
        "blob.back": (
            lambda h: (coffee(h), h.vision.prepare(scale=1.0, swap_rb=False)),
            lambda h: h.vision.prepare(swap_rb=True),
            lambda h: h.vision.prepare(),
        ),
        "sure.threshold": (
            coffee,
            lambda h: h.vision.choose(threshold=0.5),
            lambda h: h.vision.choose(threshold=0.95),
        ),
        "sure.label": (
            coffee,
            lambda h: h.vision.choose(top_k=3),
            lambda h: h.vision.choose(label_drawn=False),
        ),
        "where.occlusion": (coffee, nothing, lambda h: h.open_panel("occlusion_map")),
        "many.folder": (
            coffee,
            lambda h: h.vision.open("picture", "chelsea.png"),
            lambda h: h.vision.open("folder", "coffee.png", "chelsea.png"),
        ),
    },
    "image_folders": {
        "folders.import": (nothing, nothing, lambda h: h.teach.import_folder()),
        "samples.look": (
            lambda h: h.teach.import_folder(),
            nothing,
            lambda h: h.open_panel("class_pictures"),
        ),
        "train.train": (
            lambda h: h.teach.import_folder(),
            lambda h: h.teach.train(5),
            lambda h: h.teach.train(30),
        ),
        "mistakes.open": (taught, nothing, lambda h: h.open_panel("held_out_picture")),
        "more_data.measure": (
            taught,
            lambda h: h.open_panel("learning_curve"),
            lambda h: h.teach.measure(),
        ),
        "deeper.hidden": (taught, lambda h: h.teach.train(25), lambda h: h.teach.train(30, (64,))),
        "try.show": (taught, nothing, lambda h: h.teach.show("coffee.png")),
    },
}
