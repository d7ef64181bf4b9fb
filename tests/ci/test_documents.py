"""The documents that are made from the code and the data are the code's own."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest

from model.experiment import Experiment


@pytest.fixture(scope="module")
def documents(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("documents")


def test_the_pages_are_current(documents: ModuleType) -> None:
    lists = documents.lesson_lists()
    for name, made in (
        ("experiment-format.md", documents.format_page()),
        ("glossary.md", documents.glossary_page()),
        ("lesson.schema.json", documents.lesson_schema()),
    ):
        assert (documents.DOCS / name).read_text(encoding="utf-8") == made, "run: make documents"
    lessons = (documents.DOCS / "lessons.md").read_text(encoding="utf-8")
    assert lessons[lessons.index(documents.LISTS_BEGIN) :] == lists, "run: make documents"


def test_every_key_of_a_file_is_described(documents: ModuleType) -> None:
    page = documents.format_page()
    document = msgspec.to_builtins(Experiment())
    keys = set(document) | set(document["training"]) | set(document["network"]["layers"][0])
    for key in keys | set(document["training"]["optimiser"]) | set(document["training"]["stop"]):
        assert f"| `{key}` |" in page, key
    assert "|  |" not in page
