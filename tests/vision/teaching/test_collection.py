"""Classes and their pictures: every change makes another value, and says what it left out."""

from __future__ import annotations

import hashlib

import pytest

from tests.vision.refused import refused
from vision.errors import Fault, VisionError
from vision.teaching import collection as collection_module
from vision.teaching.collection import (
    MAX_CLASSES,
    MAX_NEAR,
    MAX_PICTURES,
    Collection,
    Picture,
    imbalance,
    in_several_classes,
    moved,
    near_names,
    new_burst,
    recoloured,
    renamed,
    reordered,
    require_teachable,
    set_excluded,
    with_class,
    with_pictures,
    without_class,
    without_pictures,
)


def picture(name: str, burst: int | None = None) -> Picture:
    return Picture(hashlib.sha256(name.encode()).hexdigest(), None, name.encode(), burst, name)


def pictures(*names: str) -> tuple[Picture, ...]:
    return tuple(map(picture, names))


@pytest.fixture
def both() -> Collection:
    cats = with_class(Collection(), "cats", pictures("a", "b", "c"))
    return with_class(cats, "dogs", pictures("d", "e"))


def test_classes_keep_their_key_whatever_is_done_to_them(both: Collection) -> None:
    changed = recoloured(reordered(renamed(both, 0, "  Tom  cats "), 0, 5), 0, 6)
    assert [(one.key, one.name, one.colour) for one in changed.classes] == [
        (1, "dogs", 1),
        (0, "Tom cats", 6),
    ]
    assert both.names == ("cats", "dogs")
    assert reordered(changed, 0, -3).names == ("Tom cats", "dogs")


def test_a_new_class_takes_the_first_colour_that_is_free(both: Collection) -> None:
    three = with_class(both, "birds")
    again = with_class(without_class(three, 1), "fish")
    assert [(one.key, one.colour) for one in again.classes] == [(0, 0), (2, 2), (3, 1)]


@pytest.mark.parametrize("name", ["", " \n ", "\t"])
def test_a_class_needs_a_name(both: Collection, name: str) -> None:
    with refused(Fault.CLASS_NAME_EMPTY):
        with_class(both, name)


def test_a_name_is_taken_whatever_the_case_of_its_letters(both: Collection) -> None:
    with refused(Fault.CLASS_NAME_TAKEN):
        renamed(both, 1, "CATS")
    assert renamed(both, 0, "Cats").names == ("Cats", "dogs")


def test_a_picture_is_in_a_class_once_and_told_of_in_another(both: Collection) -> None:
    added = with_pictures(both, 0, pictures("c", "d", "f", "f"))
    assert (added.added, added.duplicates) == (2, 2)
    assert added.in_other_classes == ((picture("d").sha256, 1),)
    assert [one.name for one in added.collection.of(0).pictures] == ["a", "b", "c", "d", "f"]
    assert in_several_classes(added.collection) == {picture("d").sha256: (0, 1)}


def test_pictures_move_to_the_end_of_another_class(both: Collection) -> None:
    hashes = {picture("a").sha256, picture("c").sha256}
    there = moved(both, hashes, 0, 1)
    assert [one.name for one in there.of(1).pictures] == ["d", "e", "a", "c"]
    assert [one.name for one in there.of(0).pictures] == ["b"]
    assert moved(both, hashes, 0, 0) == both
    assert without_pictures(there, 1, hashes).of(1) == both.of(1)


def test_a_burst_has_a_number_of_its_own(both: Collection) -> None:
    assert new_burst(both) == 1
    later = with_pictures(both, 0, [picture("x", burst=7)]).collection
    assert new_burst(later) == 8


def test_what_cannot_be_taught_is_told(both: Collection) -> None:
    require_teachable(both)
    cases = {
        Fault.TEACH_FEW_CLASSES: without_class(both, 1),
        Fault.TEACH_FEW_TAKE_PART: set_excluded(both, 1, True),
        Fault.TEACH_SMALL_CLASS: with_class(both, "birds", pictures("f")),
        Fault.TEACH_SAME_PICTURES: with_class(both, "birds", pictures("e", "d")),
    }
    for code, collection in cases.items():
        with refused(code):
            require_teachable(collection)
    with pytest.raises(VisionError, match="too few classes"):
        require_teachable(without_class(both, 1))
    with pytest.raises(VisionError, match="The class birds has too few pictures"):
        require_teachable(with_class(both, "birds"))
    require_teachable(set_excluded(with_class(both, "birds"), 2, True))


def test_imbalance_is_largest_by_smallest(both: Collection) -> None:
    assert imbalance(with_class(both, "nothing yet")) == 1.5
    assert imbalance(Collection()) == 1.0


def test_one_slip_of_the_pen_is_asked_about() -> None:
    names = ["mountain", "moutain", "sea", "tea", "Glacier", "glaicer", "class 1", "class 2"]
    assert near_names([*names, "forest", "forests"]) == [
        ("mountain", "moutain"),
        ("Glacier", "glaicer"),
        ("forest", "forests"),
    ]


def test_numbered_and_many_names_are_not_asked_about() -> None:
    assert near_names([f"k{number:03}" for number in range(300)]) == []
    assert len(near_names([f"shape{chr(97 + place)}" for place in range(26)])) == MAX_NEAR


def test_there_is_room_for_as_many_classes_as_a_project_can_hold() -> None:
    made = Collection()
    for number in range(MAX_CLASSES):
        made = with_class(made, f"k{number}")
    with refused(Fault.TEACH_TOO_MANY_CLASSES, str(MAX_CLASSES)):
        with_class(made, "one more")


def test_there_is_room_for_as_many_pictures_as_a_project_can_hold() -> None:
    made = with_class(Collection(), "many")
    pictures = [Picture(f"{number:064x}") for number in range(MAX_PICTURES + 1)]
    assert with_pictures(made, 0, pictures[:-1]).added == MAX_PICTURES
    with refused(Fault.TEACH_TOO_MANY_PICTURES):
        with_pictures(made, 0, pictures)


def test_packed_pictures_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection_module, "MAX_PACKED_BYTES", 10)
    made = with_class(Collection(), "packed")
    made = with_pictures(made, 0, [Picture("0" * 64, packed=bytes(10))]).collection
    with refused(Fault.TEACH_TOO_LARGE):
        with_pictures(made, 0, [Picture("1" * 64, packed=bytes(1))])
