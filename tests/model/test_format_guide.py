"""The description of the file format is the code's own."""

from __future__ import annotations

from pathlib import Path

import msgspec

from model.experiment import Experiment
from model.format_guide import guide

PAGE = Path(__file__).parents[2] / "docs" / "experiment-format.md"


def test_the_page_is_up_to_date() -> None:
    wanted = guide()
    assert PAGE.read_text(encoding="utf-8") == wanted, (
        "run: python -m model.format_guide > docs/experiment-format.md"
    )


def test_every_key_of_a_file_is_described() -> None:
    page = guide()
    document = msgspec.to_builtins(Experiment())
    keys = set(document) | set(document["training"]) | set(document["network"]["layers"][0])
    for key in keys | set(document["training"]["optimiser"]) | set(document["training"]["stop"]):
        assert f"| `{key}` |" in page, key
    assert "|  |" not in page
