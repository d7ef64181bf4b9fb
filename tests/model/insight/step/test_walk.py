"""The walk through a step: every part of every unit once, forward, then back."""

from __future__ import annotations

import pytest

from model.experiment import LayerSpec, NetworkSpec
from model.insight.step.walk import Part, Place, place_after, place_before, terms_of
from model.places import INPUTS, UnitAt, WeightAt

XOR = NetworkSpec(2, (LayerSpec(3), LayerSpec(1, "sigmoid")))
DEEP = NetworkSpec(4, (LayerSpec(2), LayerSpec(3, use_bias=False), LayerSpec(2, "softmax")))


def whole_walk(network: NetworkSpec) -> list[Place]:
    walk = [Place(Part.INPUTS, UnitAt(0, 0))]
    while (place := place_after(walk[-1], network)) is not None:
        walk.append(place)
    return walk


def test_the_walk_goes_forward_unit_by_unit_and_then_back() -> None:
    places = whole_walk(XOR)
    sums = [at for part, at in places if part is Part.SUM]
    blames = [at for part, at in places if part is Part.BLAME]
    assert sums == [UnitAt(0, 0), UnitAt(0, 1), UnitAt(0, 2), UnitAt(1, 0)]
    assert blames == [UnitAt(1, 0), UnitAt(0, 0), UnitAt(0, 1), UnitAt(0, 2)]
    steps = [part.step for part, _ in places]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 9))


@pytest.mark.parametrize("network", [XOR, DEEP])
def test_the_way_back_is_the_way_there(network: NetworkSpec) -> None:
    walk = whole_walk(network)
    back = [walk[-1]]
    while (place := place_before(back[-1], network)) is not None:
        back.append(place)
    assert [place.part for place in reversed(back)] == [place.part for place in walk]
    in_turn = [p for p in walk if p.part in (Part.SUM, Part.ACTIVATION, Part.BLAME, Part.UPDATE)]
    again = [p for p in reversed(back) if p in in_turn]
    assert again == in_turn


def test_each_part_lights_what_it_is_about() -> None:
    at = UnitAt(0, 1)
    into = {WeightAt(0, 0, 1), WeightAt(0, 1, 1)}
    bias, out = WeightAt(0, 2, 1), WeightAt(1, 1, 0)

    def lit(part: Part, weight: WeightAt | None = None) -> frozenset[object]:
        return frozenset(terms_of(Place(part, at), XOR, weight))

    assert lit(Part.INPUTS) == {UnitAt(INPUTS, 0), UnitAt(INPUTS, 1)}
    assert lit(Part.BIAS) == {at, bias}
    assert lit(Part.WEIGHTS) == {at, *into}
    assert lit(Part.SUM) == {at, bias, *into}
    assert lit(Part.ACTIVATION) == {at}
    assert lit(Part.ERROR) == lit(Part.PREDICT) == {UnitAt(1, 0)}
    assert lit(Part.BLAME) == {at, out}
    assert lit(Part.UPDATE) == {at, bias, *into}
    chosen = WeightAt(0, 0, 1)
    assert lit(Part.UPDATE, chosen) == {at, chosen}
    assert lit(Part.BLAME, chosen) == {at, out, chosen}
