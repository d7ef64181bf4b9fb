"""What is held out: each class's share, bursts and copies on one side, the same every time."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vision.teaching.collection import Collection, Picture, with_class, with_pictures
from vision.teaching.splitting import split, untested


def picture(number: int, burst: int | None = None) -> Picture:
    return Picture(hashlib.sha256(b"%d" % number).hexdigest(), None, b"", burst, str(number))


def collection(*bursts: list[int | None]) -> Collection:
    """Return a class for each list, with a picture for each burst in it."""
    made, number = Collection(), 0
    for place, some in enumerate(bursts):
        pictures = tuple(picture(number + k, burst) for k, burst in enumerate(some))
        made, number = with_class(made, f"class {place}", pictures), number + len(some)
    return made


def test_each_class_keeps_its_share_back() -> None:
    made = collection([None] * 100, [None] * 10, [None] * 2)
    held = split(made)
    counts = [sum(one.sha256 in held for one in each.pictures) for each in made.classes]
    assert counts == [30, 3, 1]
    assert split(replace(made, hold_out=0.0)) == frozenset()


def test_a_seed_draws_and_another_one_draws_others() -> None:
    made = collection([None] * 40, [None] * 40)
    assert split(made) == split(made)
    assert split(made) != split(replace(made, seed=1))


@given(
    st.lists(
        st.lists(st.none() | st.integers(0, 5), min_size=1, max_size=12), min_size=2, max_size=4
    ),
    st.floats(0.05, 0.9),
    st.integers(0, 9),
)
def test_bursts_stay_whole_and_each_class_learns_from_something(
    bursts: list[list[int | None]], hold_out: float, seed: int
) -> None:
    made = replace(collection(*bursts), hold_out=hold_out, seed=seed)
    held = split(made)
    sides: dict[int, set[bool]] = {}
    for one in made.classes:
        for each in one.pictures:
            if each.burst is not None:
                sides.setdefault(each.burst, set()).add(each.sha256 in held)
    assert all(len(side) == 1 for side in sides.values())


@given(st.lists(st.integers(1, 30), min_size=2, max_size=4), st.floats(0.05, 0.9))
def test_each_class_has_pictures_on_both_sides(sizes: list[int], hold_out: float) -> None:
    bursts: list[list[int | None]] = [[None] * size for size in sizes]
    made = replace(collection(*bursts), hold_out=hold_out)
    held = split(made)
    for one in made.classes:
        count = sum(each.sha256 in held for each in one.pictures)
        assert count < len(one.pictures)
        assert (count > 0) == (len(one.pictures) > 1)


def test_a_class_recorded_in_one_go_cannot_be_tested() -> None:
    made = collection([1] * 20, [None] * 20, [2] * 10 + [3] * 10)
    assert untested(made) == (0,)
    held = split(made)
    assert sum(each.sha256 in held for each in made.of(2).pictures) == 10


def test_a_picture_in_two_classes_is_on_one_side_in_both() -> None:
    made = with_pictures(collection([None] * 9, [None] * 9), 0, [picture(9), picture(10)])
    held = split(made.collection)
    learned = {
        one.sha256
        for each in made.collection.classes
        for one in each.pictures
        if one.sha256 not in held
    }
    assert not learned & held
    assert untested(made.collection) == ()


@given(
    st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=12),
    st.lists(st.none() | st.integers(4, 6), min_size=1, max_size=12),
    st.floats(0.05, 0.9),
    st.integers(0, 9),
)
def test_what_was_learned_from_is_not_held_out_when_more_pictures_come(
    before: list[int | None], after: list[int | None], hold_out: float, seed: int
) -> None:
    less = replace(collection(before, [None] * 9), hold_out=hold_out, seed=seed)
    more = with_pictures(less, 0, [picture(1000 + n, burst) for n, burst in enumerate(after)])
    learned = less.pictures().keys() - split(less)
    assert not split(more.collection) & learned
