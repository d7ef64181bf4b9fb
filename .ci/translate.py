"""Collects every text of the program and compiles the translations: `make strings`.

New texts come into every assets/i18n/*/LC_MESSAGES/messages.po without a translation, and what no
one says any more leaves it. A text that is not translated yet is shown in English.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Set
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((ROOT / "assets" / "i18n").glob("*/LC_MESSAGES/messages.po"))
MAX_NAMED = 50  # untranslated texts of a language; if there are more, only their number is printed
SOURCES = ("main.py", "foundation", "gui", "model", "vision")

# What takes a text to translate, and which of its arguments that is.
CALLS = {
    "tr": (0,), "tr_plural": (0, 1), "tr_context": (1,), "mark": (0,),
    "Text": (0,), "WordedError": (0,), "LayerMismatchError": (0,), "TfliteError": (0,),
    "ModelError": (1,), "lesson_fault": (3,), "_Missing": (0,),
    "add_argument_group": (0,), "_stop": (2,),
}  # fmt: skip
KEYWORDS = {"help"}
# As gui/widgets/texts.py names what is written on a widget; "caption" is of a field.
WIDGET_KEYWORDS = KEYWORDS | {"text", "accessible_name", "tip", "title", "placeholder", "caption"}
ENUMS = ("Check", "Fault", "Reason")  # whose values are texts
ARGPARSE = (
    "usage: ", "%(heading)s:", "positional arguments", "options",
    "show this help message and exit", "show program's version number and exit",
    "argument %(argument_name)s: %(message)s", "the following arguments are required: %s",
    "unrecognized arguments: %s", "not allowed with argument %s",
    "ambiguous option: %(option)s could match %(matches)s", "ignored explicit argument %r",
    "expected one argument", "expected at most one argument", "expected at least one argument",
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
    "one of the arguments %s is required",
)  # fmt: skip


class Found(NamedTuple):
    """A text to translate: its singular, plural and context."""

    text: str
    plural: str = ""
    context: str = ""


def texts_of(source: str, by_keyword: Set[str] = KEYWORDS) -> Iterator[Found]:
    """Yield the translatable texts of a module, including those in keyword arguments."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func, args, keywords):
                name = ast.unparse(func).rpartition(".")[2]
                texts = [_words(args[at]) for at in CALLS.get(name, ()) if at < len(args)]
                if texts and all(texts):
                    context = _words(args[0]) if name == "tr_context" else ""
                    yield Found(texts[0], "".join(texts[1:]), context)
                yield from (
                    Found(text) for each in keywords if each.arg in by_keyword
                    if (text := _words(each.value))
                )  # fmt: skip
            case ast.Dict(keys, values):
                for key, value in zip(keys, values, strict=True):
                    if key and _words(key) == "help" and (text := _words(value)):
                        yield Found(text)
            case ast.ClassDef(name, _, _, body) if name in ENUMS:
                for line in body:
                    if isinstance(line, ast.Assign) and (text := _words(line.value)):
                        yield Found(text)
            case ast.Assign([ast.Name("QT_WORDS")], words):
                for context, texts in ast.literal_eval(words).items():
                    yield from (Found(text, context=context) for text in texts)


def _words(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def texts_of_data() -> Iterator[Found]:
    """Yield the texts of data files."""
    actions = json.loads((ROOT / "assets" / "actions.json").read_text(encoding="utf-8"))
    for entry in chain.from_iterable(actions.values()):
        text = "" if "turkish" in entry else entry["text"]
        texts = text, entry.get("group", ""), *entry.get("words", ())
        yield from map(Found, filter(None, texts))
    advice = json.loads((ROOT / "assets" / "doctor.json").read_text(encoding="utf-8"))
    for finding in advice.values():
        for texts in (finding, *finding.get("cases", {}).values()):
            yield from (Found(texts[key]) for key in ("title", "text", "remedy") if key in texts)
    conditions = json.loads((ROOT / "assets" / "conditions.json").read_text(encoding="utf-8"))
    spoken = json.loads((ROOT / "assets" / "spoken.json").read_text(encoding="utf-8"))
    for table in (*conditions.values(), *spoken.values()):
        yield from map(Found, table.values())
    models = ROOT / "assets" / "models"
    for entry in json.loads((models / "library.json").read_text(encoding="utf-8")):
        said = (entry["name"], entry["licence"])
        yield from (Found(words) for words in said if re.search(r"\b[a-z]{3,}\b", words))
    for file in sorted(models.glob("*_labels.txt")):
        for name in file.read_text(encoding="utf-8").splitlines():
            if re.search("[A-Za-z]", name):
                yield Found(name)


def modules() -> Iterator[Path]:
    """Yield every module that may contain texts."""
    for place in SOURCES:
        yield from sorted((ROOT / place).rglob("*.py")) or [ROOT / place]


def collect() -> Catalog:
    """Return every text of the program, untranslated."""
    template = Catalog()
    found = [*map(Found, ARGPARSE), *texts_of_data()]
    for path in modules():
        keywords = WIDGET_KEYWORDS if ROOT / "gui" in path.parents else KEYWORDS
        found += texts_of(path.read_text(encoding="utf-8"), keywords)
    for text, plural, context in found:
        template.add((text, plural) if plural else text, context=context or None)
    return template


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without a translation, which are shown in English."""
    rows = [(row.id, row.string) for row in catalogue if row.id]
    return [
        text[0] if isinstance(text, tuple) else text
        for text, found in rows
        if not all(found if isinstance(found, tuple) else (found,))
    ]


def notes_of_untranslated(path: Path, catalogue: Catalog) -> Iterator[str]:
    """Yield notes on the texts of a language that are still shown in English."""
    texts, code = untranslated(catalogue), path.parents[1].name
    if len(texts) > MAX_NAMED:
        yield f"{code}: {len(texts)} texts are not translated yet, so shown in English"
    else:
        yield from (f"{code}: not translated yet, so shown in English: {text!r}" for text in texts)


def read(path: Path) -> Catalog:
    """Return the translations into a language."""
    with path.open("rb") as file:
        return read_po(file)


def _correct_flags(message: Message) -> None:
    """Remove what Babel mistakes for formats: "% of", and fields such as "{n:some|none}"."""
    texts = f"{message.id} {message.string}"
    if not re.search(r"%\(\w+\)[sr]|%s|%r", texts):
        message.flags.discard("python-format")
    if ":" in "".join(re.findall("{.*?}", texts)):
        message.flags.discard("python-brace-format")


def main() -> int:
    """Update the translations; report how many are missing."""
    said = collect()
    for path in CATALOGUES:
        catalogue = read(path)
        catalogue.update(said, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        for message in catalogue:
            _correct_flags(message)
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, no_location=True, sort_output=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        for note in notes_of_untranslated(path, catalogue):
            print(note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
