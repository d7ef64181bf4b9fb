"""Which pictures are kept back to test with."""

from __future__ import annotations

import hashlib

from vision.teaching.collection import Collection


def split(collection: Collection) -> frozenset[str]:
    """Choose the pictures that are kept back, of each class its share.

    Returns
    -------
    The hashes of the pictures that are held out.

    Notes
    -----
    A burst goes to one side as a whole, and so does a picture that is in it or in two classes: else
    the test would ask for what was learned by heart. Groups are ordered by a hash of the seed and
    their first picture, so that more pictures move few of those that were there to the other side.
    Of a class with a single group nothing is held out; `untested` names those.
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
        wanted = max(1, round(len(one.pictures) * collection.hold_out))
        count = sum(len(members[group]) for group in members if group in held)
        free = sorted(
            (group for group in members if group not in held and group not in trained),
            key=lambda group: _place(collection.seed, group),
        )
        has_training = any(group in trained for group in members)
        chosen: list[str] = []
        for group in free:
            is_last = not has_training and len(chosen) + 1 == len(free)
            if count < wanted and count + len(members[group]) / 2 <= wanted and not is_last:
                chosen.append(group)
                count += len(members[group])
        if not count and len(free) + has_training > 1:
            chosen.append(min(free, key=lambda group: len(members[group])))
        held.update(chosen)
        trained.update(group for group in free if group not in chosen)
    return frozenset(sha256 for sha256, group in group_of.items() if group in held)


def untested(collection: Collection) -> tuple[int, ...]:
    """Return the keys of the classes with pictures none of which is held out.

    Their pictures were recorded in one go, say; another recording lets them be tested.
    """
    held = split(collection)
    return tuple(
        one.key
        for one in collection.classes
        if one.pictures and not any(picture.sha256 in held for picture in one.pictures)
    )


def _groups(collection: Collection) -> dict[str, str]:
    """Return for each picture's hash that of the first of its group, linked by bursts."""
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


def _place(seed: int, group: str) -> bytes:
    return hashlib.sha256(f"{seed}:{group}".encode()).digest()
