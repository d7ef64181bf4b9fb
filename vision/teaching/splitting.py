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
    the test would ask for what was learned by heart. Groups are decided on in the order in which
    they came, so that one that has been learned from is not held out when more come. The first is
    learned from; a later one of m pictures, with n before it of which h are held out, is held out
    with the probability (share (n + m) - h) / m, drawn by a hash of the seed and its first picture.
    Where nothing would be held out it is a later group all the same. Of a class with a single group
    nothing is; `untested` names those.
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
        free = dict.fromkeys(
            group for group in members if group not in held and group not in trained
        )
        has_training = any(group in trained for group in members)
        before = count = 0
        for group, pictures in members.items():
            before += len(pictures)
            missing = collection.hold_out * before - count
            if group in free:
                is_held = has_training and _place(collection.seed, group) < missing / len(pictures)
                (held if is_held else trained).add(group)
                has_training = has_training or not is_held
            if group in held:
                count += len(pictures)
        if free and not count and len(members) > 1:
            chosen = min(
                list(free)[1:] or free,
                key=lambda group: (len(members[group]), _place(collection.seed, group)),
            )
            trained.discard(chosen)
            held.add(chosen)
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


def _place(seed: int, group: str) -> float:
    """Return a number from 0 to below 1, the same for the same group."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
