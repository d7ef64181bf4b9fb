"""The repository's rules that no test covers; ``make lint`` runs this.

No tracked file names a package registry or a folder of somebody's machine; CONTRIBUTING.md and
docs/map.md name files and symbols that are there; the locked requirements are those of
pyproject.toml; text is shown as HTML only by the files that own that.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.txt": [],
    "requirements-test.txt": EXTRAS["test"],
    "requirements-bench.txt": EXTRAS["bench"],
}
GUIDES = ("CONTRIBUTING.md", "docs/map.md")
# `folder/` or `file`, and the symbols after it: `file`: `Class.method`, `CONSTANT`.
PLACE = re.compile(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:md|py|toml))`(?::((?:,?\s+`[\w.]+`)+))?")

# Written in pieces, or this file would break its own rule.
REGISTRY_HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "deb." + "debian.org",
    "download." + "pytorch.org",
    "archive." + "ubuntu.com",
)
# /home/somebody is nobody's: an example may use it.
MACHINE_PATH = re.compile(
    r"(?<![\w.~/:-])/(?:root|work|home/(?!somebody\b)\w+|Users/(?!somebody\b)\w+|opt/\w+)\b"
)

# What reads a text as HTML or Markdown, and what is made to guess whether it is.
MARKUP = {
    "AutoText", "MarkdownText", "RichText", "appendHtml", "insertHtml", "setHtml", "setMarkdown",
}  # fmt: skip
GUESSING = {"QErrorMessage", "QLabel", "QTextBrowser", "QTextDocument", "QTextEdit"}
MARKUP_OWNERS = {
    "gui/widgets/basic.py": "the labels that all others are made by",
    "gui/widgets/html_tip.py": "tips of the glossary",
    "gui/widgets/inline_formula.py": "formulas in a label of HTML",
    "gui/shell/guide_dialog.py": "pages of the guide",
    "gui/learn/lesson_page.py": "choices of a lesson, whose HTML the lesson's reader makes",
    "gui/theme/icons.py": "a label of a picture",
    "gui/worksheet.py": "a lesson on paper",
}


def tracked() -> list[str]:
    """Return the names of all tracked files that exist; none outside a checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def names_of_places(names: list[str]) -> Iterator[str]:
    """Find registry hosts and machine folders in text files."""
    for name in names:
        data = (ROOT / name).read_bytes()
        if b"\0" in data or name == Path(__file__).relative_to(ROOT).as_posix():
            continue
        text = data.decode("utf-8", errors="replace")
        yield from (f"{name} names {host}" for host in REGISTRY_HOSTS if host in text)
        yield from (f"{name} names {found.group()}" for found in MACHINE_PATH.finditer(text))


def lost_places(text: str, names: list[str]) -> Iterator[str]:
    """Find files that a guide names but that do not exist, and symbols missing in their files."""
    for path, symbols in PLACE.findall(text):
        if path not in names:
            if symbols or not any(name.startswith(path.rstrip("/") + "/") for name in names):
                yield f"{path}, which is no file"
            continue
        source = (ROOT / path).read_text()
        for symbol in re.findall(r"[\w.]+", symbols):
            if not all(defines(source, part) for part in symbol.split(".")):
                yield f"{symbol}, which {path} does not define"


def defines(source: str, name: str) -> bool:
    """Return whether a module defines a class, function, constant or attribute of this name."""
    target = rf"(?:self\.|(?:\w+, )*){name}(?:, \w+)*(?: =|:)"
    return bool(re.search(rf"^ *(?:(?:class|def|type) {name}\b|{target})", source, re.MULTILINE))


def markup_outside_its_owners(names: list[str]) -> Iterator[str]:
    """Find code that shows HTML containing names from files."""
    for name in names:
        if not name.startswith("gui/") or not name.endswith(".py") or name in MARKUP_OWNERS:
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_bytes(), filename=name)):
            found = {node.attr} & MARKUP if isinstance(node, ast.Attribute) else set()
            made = [node.func] if isinstance(node, ast.Call) else getattr(node, "bases", [])
            found |= {each.id for each in made if isinstance(each, ast.Name)} & GUESSING
            for word in found:
                yield f"{name}:{node.lineno} uses {word}: show text by `label` or `as_html`"


def locks_that_disagree() -> Iterator[str]:
    """Find locks that name an address or lack a dependency of pyproject.toml."""
    for name in (*LOCKS, ".ci/uv.txt", ".ci/build.txt"):
        text = (ROOT / name).read_text()
        if "://" in text or re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.M):
            yield f"{name} names an address"
    for name, extra in LOCKS.items():
        locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.M))
        for requirement in map(Requirement, PROJECT["dependencies"] + extra):
            version = locked.get(canonicalize_name(requirement.name), "0")
            if not requirement.specifier.contains(version, prereleases=True):
                yield f"{name} lacks {requirement}; run `make lock`"


def main() -> int:
    """Print the violations; return the exit status."""
    names = tracked()
    faults = list(locks_that_disagree())
    if names:  # a checkout of this user's
        faults += markup_outside_its_owners(names)
        faults += names_of_places(names)
        for guide in GUIDES:
            lost = lost_places((ROOT / guide).read_text(), names)
            faults += [f"{guide} names {each}" for each in lost]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
