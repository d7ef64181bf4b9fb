"""Labelled pictures as frozen values, and functions that return changed copies."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection as Hashes
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations, islice
from pathlib import Path
from typing import Final

from vision.errors import Fault, VisionError

HOLD_OUT: Final = 0.3
"""Default share of pictures held out for testing."""

IMBALANCE_WARNING: Final = 3.0
"""Ratio of class sizes from which the user is warned."""

MAX_CLASSES: Final = 256
MAX_PICTURES: Final = 40_000
MAX_PACKED_BYTES: Final = 2 * 1024 * 1024 * 1024
"""Maximum packed pictures of a collection, so that its project can be opened again."""

MAX_NEAR: Final = 12
"""Maximum number of pairs of similar names to report."""

MIN_PICTURES: Final = 2
"""Minimum pictures of a class: one to learn from and one to test with."""


@dataclass(frozen=True)
class Picture:
    """A sample, identified by its content: one file under two names is one picture.

    Attributes
    ----------
    sha256
        Hash of the encoded file, as hex digits.
    path
        Path of the file; None for a packed picture.
    packed
        Content of the encoded file (JPEG, PNG, ...) for camera frames and pasted pictures; None for
        a referenced file.
    burst
        Number shared by pictures of one recording; None for a single picture.
    name
        Name shown to the user: the file's name, or "webcam 3".
    size_bytes
        Size of the referenced file when its hash was computed; 0 if unknown.
    """

    sha256: str
    path: Path | None = None
    packed: bytes | None = None
    burst: int | None = None
    name: str = ""
    size_bytes: int = field(default=0, compare=False)


@dataclass(frozen=True)
class PictureClass:
    """A class with its samples.

    Attributes
    ----------
    key
        Stable identifier, unchanged when the class is renamed or moved.
    name
        Name, unique among the classes ignoring case.
    colour
        Index of the theme's class colour, which also sets the shape.
    pictures
        Pictures in the order in which they were added; no two have the same hash.
    is_left_out
        Whether it is excluded from training.
    """

    key: int
    name: str
    colour: int
    pictures: tuple[Picture, ...] = ()
    is_left_out: bool = False


@dataclass(frozen=True)
class Collection:
    """The classes and all their samples.

    Attributes
    ----------
    classes
        Classes in the user's order, which is the order of the head's outputs, including those
        excluded from training.
    hold_out
        Share of each class's pictures held out for testing, 0 to below 1.
    seed
        Seed of the split.
    """

    classes: tuple[PictureClass, ...] = ()
    hold_out: float = HOLD_OUT
    seed: int = 0

    def of(self, key: int) -> PictureClass:
        """Return the class with a key.

        Raises
        ------
        KeyError
            If there is none.
        """
        for one in self.classes:
            if one.key == key:
                return one
        raise KeyError(key)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes in order."""
        return tuple(one.name for one in self.classes)

    @property
    def count(self) -> int:
        """The number of samples in all classes."""
        return sum(len(one.pictures) for one in self.classes)

    @cached_property
    def included(self) -> Collection:
        """The collection without the classes excluded from training."""
        left = tuple(one for one in self.classes if not one.is_left_out)
        return self if len(left) == len(self.classes) else replace(self, classes=left)

    def pictures(self) -> dict[str, Picture]:
        """Return each distinct picture by its hash, in order."""
        found: dict[str, Picture] = {}
        for one in self.classes:
            for picture in one.pictures:
                found.setdefault(picture.sha256, picture)
        return found


@dataclass(frozen=True)
class AddResult:
    """The result of adding pictures to a class.

    Attributes
    ----------
    added, duplicates
        Number of added pictures, and number of duplicates that were skipped.
    in_other_classes
        Hash of each added picture that is also in another class, with that class's key.
    """

    collection: Collection
    added: int
    duplicates: int
    in_other_classes: tuple[tuple[str, int], ...]


def with_class(collection: Collection, name: str, pictures: tuple[Picture, ...] = ()) -> Collection:
    """Add a class at the end, in the first free colour.

    Raises
    ------
    VisionError
        class_name_empty, class_name_taken; as `require_room`.
    """
    name = _checked_name(collection, name)
    key = 1 + max((one.key for one in collection.classes), default=-1)
    used = {one.colour for one in collection.classes}
    colour = next(index for index in range(len(used) + 1) if index not in used)
    made = PictureClass(key, name, colour)
    wider = replace(collection, classes=(*collection.classes, made))
    require_room(wider)
    return with_pictures(wider, key, pictures).collection if pictures else wider


def without_class(collection: Collection, key: int) -> Collection:
    """Remove a class with its pictures."""
    collection.of(key)
    left = tuple(one for one in collection.classes if one.key != key)
    return replace(collection, classes=left)


def renamed(collection: Collection, key: int, name: str) -> Collection:
    """Rename a class.

    Raises
    ------
    VisionError
        class_name_empty, class_name_taken.
    """
    return _replace_class(
        collection, replace(collection.of(key), name=_checked_name(collection, name, key))
    )


def recoloured(collection: Collection, key: int, colour: int) -> Collection:
    """Change a class's colour in the theme, and thereby its shape."""
    return _replace_class(collection, replace(collection.of(key), colour=colour))


def set_excluded(collection: Collection, key: int, is_left_out: bool) -> Collection:
    """Exclude a class from training, or include it again."""
    return _replace_class(collection, replace(collection.of(key), is_left_out=is_left_out))


def reordered(collection: Collection, key: int, position: int) -> Collection:
    """Move a class to an index among the others; one out of range means the end."""
    moving = collection.of(key)
    others = [one for one in collection.classes if one.key != key]
    others.insert(max(0, position), moving)
    return replace(collection, classes=tuple(others))


def with_pictures(collection: Collection, key: int, pictures: Iterable[Picture]) -> AddResult:
    """Add pictures to a class; duplicates are skipped and counted.

    Raises
    ------
    VisionError
        As `require_room`.
    """
    home = collection.of(key)
    seen = {picture.sha256 for picture in home.pictures}
    new: list[Picture] = []
    already = 0
    for picture in pictures:
        if picture.sha256 in seen:
            already += 1
        else:
            seen.add(picture.sha256)
            new.append(picture)
    fresh = {picture.sha256 for picture in new}
    elsewhere = tuple(
        (picture.sha256, one.key)
        for one in collection.classes
        if one.key != key
        for picture in one.pictures
        if picture.sha256 in fresh
    )
    changed = _replace_class(collection, replace(home, pictures=home.pictures + tuple(new)))
    require_room(changed)
    return AddResult(changed, len(new), already, elsewhere)


def without_pictures(collection: Collection, key: int, hashes: Hashes[str]) -> Collection:
    """Remove pictures from a class, by hash."""
    home = collection.of(key)
    left = tuple(picture for picture in home.pictures if picture.sha256 not in hashes)
    return _replace_class(collection, replace(home, pictures=left))


def moved(collection: Collection, hashes: Hashes[str], from_key: int, to_key: int) -> Collection:
    """Move pictures to the end of another class, without duplicating those already there."""
    going = [one for one in collection.of(from_key).pictures if one.sha256 in hashes]
    if from_key == to_key:
        return collection
    left = without_pictures(collection, from_key, hashes)
    return with_pictures(left, to_key, going).collection


def in_several_classes(collection: Collection) -> dict[str, tuple[int, ...]]:
    """Return the hashes of pictures in more than one class, with the keys of these classes."""
    homes: dict[str, list[int]] = {}
    for one in collection.classes:
        for picture in one.pictures:
            homes.setdefault(picture.sha256, []).append(one.key)
    return {sha256: tuple(keys) for sha256, keys in homes.items() if len(keys) > 1}


def new_burst(collection: Collection) -> int:
    """Return an unused number for a burst."""
    used = (
        picture.burst
        for one in collection.classes
        for picture in one.pictures
        if picture.burst is not None
    )
    return 1 + max(used, default=0)


def require_teachable(collection: Collection) -> None:
    """Raise if the classes of a collection cannot be learned.

    Raises
    ------
    VisionError
        teach_few_classes, or teach_few_take_part if there would be enough with the excluded ones;
        teach_small_class for a class with fewer than `MIN_PICTURES` pictures;
        teach_same_pictures if two classes have exactly the same pictures.
    """
    classes = collection.included.classes
    if len(classes) < 2:
        total = len(collection.classes)
        if total < 2:
            raise VisionError(Fault.TEACH_FEW_CLASSES, count=total)
        raise VisionError(Fault.TEACH_FEW_TAKE_PART, count=len(classes), total=total)
    for one in classes:
        if len(one.pictures) < MIN_PICTURES:
            raise VisionError(
                Fault.TEACH_SMALL_CLASS,
                name=one.name,
                count=len(one.pictures),
                least=MIN_PICTURES,
            )
    sets: dict[frozenset[str], str] = {}
    for one in classes:
        hashes = frozenset(picture.sha256 for picture in one.pictures)
        if hashes in sets:
            raise VisionError(Fault.TEACH_SAME_PICTURES, first=sets[hashes], second=one.name)
        sets[hashes] = one.name


def require_room(collection: Collection) -> None:
    """Raise if a collection is too large for a project.

    Raises
    ------
    VisionError
        teach_too_many_classes, teach_too_many_pictures, teach_too_large.
    """
    if len(collection.classes) > MAX_CLASSES:
        raise VisionError(Fault.TEACH_TOO_MANY_CLASSES, limit=MAX_CLASSES)
    if collection.count > MAX_PICTURES:
        raise VisionError(Fault.TEACH_TOO_MANY_PICTURES, limit=MAX_PICTURES)
    packed = {
        picture.sha256: len(picture.packed)
        for one in collection.classes
        for picture in one.pictures
        if picture.packed is not None
    }
    require_bytes(sum(packed.values()), MAX_PACKED_BYTES)


def require_bytes(size: int, limit: int) -> None:
    """Raise if a part of a project is too large to be read again.

    Raises
    ------
    VisionError
        teach_too_large.
    """
    if size > limit:
        raise VisionError(
            Fault.TEACH_TOO_LARGE,
            megabytes=math.ceil(size / 1024**2),
            limit_megabytes=limit // 1024**2,
        )


def imbalance(collection: Collection) -> float:
    """Return the ratio of pictures in the largest class to the smallest non-empty one."""
    counts = [len(one.pictures) for one in collection.classes if one.pictures]
    return max(counts) / min(counts) if counts else 1.0


def near_names(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of names that differ by one typing error: "moutain" and "mountain".

    Notes
    -----
    One letter omitted, inserted or replaced, or two neighbours swapped, in names of four letters or
    more with the same digits: "class 12" and "class 21" are different names. At most `MAX_NEAR`
    pairs; if there are more, the names are probably intended.
    """
    near = (pair for pair in combinations(names, 2) if _is_near(*pair))
    return list(islice(near, MAX_NEAR))


def free_name(name: str, names: Iterable[str]) -> str:
    """Return a name that is not in `names`: "cat (2)" for "cat" if there is "Cat"."""
    return reserve_name(name, {one.casefold() for one in names})


def reserve_name(name: str, used: set[str]) -> str:
    """Return a name that is not in `used`, a set of casefolded names, and add it there."""
    free, number = name, 2
    while free.casefold() in used:
        free, number = f"{name} ({number})", number + 1
    used.add(free.casefold())
    return free


def sha256_of(data: bytes) -> str:
    """Return the hash that identifies a picture by its encoded file."""
    return hashlib.sha256(data).hexdigest()


def _is_near(first: str, second: str) -> bool:
    first, second = first.casefold(), second.casefold()
    if min(len(first), len(second)) < 4 or abs(len(first) - len(second)) > 1:
        return False
    if list(filter(str.isdigit, first)) != list(filter(str.isdigit, second)):
        return False
    return SequenceMatcher(None, first, second).ratio() > 1 - 1.1 / min(len(first), len(second))


def _checked_name(collection: Collection, name: str, own: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise VisionError(Fault.CLASS_NAME_EMPTY)
    for one in collection.classes:
        if one.key != own and one.name.casefold() == name.casefold():
            raise VisionError(Fault.CLASS_NAME_TAKEN, name=one.name)
    return name


def _replace_class(collection: Collection, changed: PictureClass) -> Collection:
    classes = tuple(changed if one.key == changed.key else one for one in collection.classes)
    return replace(collection, classes=classes)
