"""Selects pictures held out for testing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set

from vision.teaching.collection import Collection


def split(collection: Collection) -> frozenset[str]:
    """Return the hashes of the held-out pictures, a share of each class.

    Notes
    -----
    A burst goes to one side as a whole, and so does a picture in several bursts or classes:
    otherwise the test would ask for what was learned by heart. Groups are decided in the order in
    which they were added, so that a group already used for training is not held out when more are
    added. The first is trained on; a later one of m pictures, with n before it of which h are held
    out, is held out with the probability (share (n + m) - h) / m, drawn by a hash of the seed and
    its first picture. If too few are held out then, the newest is too. In a class with a single
    group nothing is held out; `untested` returns those classes.
    """
    if collection.hold_out <= 0:
        return frozenset()
    group_of = _groups(collection)
    held: set[str] = set()
    trained: set[str] = set()
    for one in collection.classes:
        members: dict[str, list[str]] = {}
        for picture in one.pictures:
            members.setdefault(group_of[picture.sha256], []).append(picture.sha256)
        sizes = {group: len(pictures) for group, pictures in members.items()}
        chosen = _held_of_class(sizes, held, trained, collection.hold_out, collection.seed)
        held |= chosen
        trained |= sizes.keys() - held
    return frozenset(sha256 for sha256, group in group_of.items() if group in held)


def _held_of_class(
    sizes: Mapping[str, int], held: Set[str], trained: Set[str], share: float, seed: int
) -> set[str]:
    """Return the held-out groups of a class, given the decisions of other classes.

    `sizes` has the number of pictures of each group, in the order in which they were added.
    """
    chosen: set[str] = set()
    free: list[str] = []
    has_training = any(group in trained for group in sizes)
    before = count = 0
    for group, size in sizes.items():
        before += size
        if group in held:
            count += size
        elif group not in trained and not has_training:
            has_training = True
        elif group not in trained:
            free.append(group)
            missing = share * before - count
            has_room = count + size / 2 <= max(1, round(share * before))
            if has_room and _random_number(seed, group) < missing / size:
                chosen.add(group)
                count += size
    wanted = max(1, round(share * before))
    if free and free[-1] not in chosen and count + sizes[free[-1]] / 2 < wanted:
        chosen.add(free[-1])
        count += sizes[free[-1]]
    undecided = free or [group for group in sizes if group not in held and group not in trained]
    if not count and len(sizes) > 1 and undecided:
        chosen.add(min(reversed(undecided), key=lambda group: sizes[group]))
    return chosen


def untested(collection: Collection) -> tuple[int, ...]:
    """Return the keys of the classes with pictures but none held out.

    Their pictures may come from a single recording; another recording makes them testable.
    """
    held = split(collection)
    return tuple(
        one.key
        for one in collection.classes
        if one.pictures and not any(picture.sha256 in held for picture in one.pictures)
    )


def _groups(collection: Collection) -> dict[str, str]:
    """Return the first hash of each picture's group, by its hash; bursts link pictures."""
    parent: dict[str, str] = {}

    def root(sha256: str) -> str:
        while parent[sha256] != sha256:
            parent[sha256] = parent[parent[sha256]]
            sha256 = parent[sha256]
        return sha256

    first_of_burst: dict[int, str] = {}
    for one in collection.classes:
        for picture in one.pictures:
            parent.setdefault(picture.sha256, picture.sha256)
            if picture.burst is not None:
                first = first_of_burst.setdefault(picture.burst, picture.sha256)
                parent[root(picture.sha256)] = root(first)
    return {sha256: root(sha256) for sha256 in parent}


def _random_number(seed: int, group: str) -> float:
    """Return a deterministic number for a group, from 0 to below 1."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
