"""Rules of the repository that no test of the product holds; ``make lint`` runs this.

No tracked file names a package registry or a folder of somebody's machine; no PNG is large;
CONTRIBUTING.md and docs/map.md name files and symbols that are there; what is imported is declared
in pyproject.toml, and what is declared is imported; the locked requirements agree with it, and with
one another; no test reaches a private name of what it tests; text is shown as HTML only by the
files that own that.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
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

MOST_PNG_BYTES = 200_000
# Photographs that the program shows, and sheets of several windows with photographs.
LARGE_PNGS = {
    *(f"assets/images/{name}.png" for name in ("astronaut", "chelsea", "coffee")),
    *(f"docs/pictures/vision/{look}-1440x900.png"
      for look in ("en-dark", "en-light", "tr-dark", "tr-light")),
}  # fmt: skip

# Last, a script that another one uses.
OURS = {
    "main", "foundation", "glassnet", "model", "vision", "gui", "bench", "tests", "translate",
}  # fmt: skip
# What code may import beside what the program needs; the first that fits counts.
EXTRAS_OF = (
    ("tests/bench/", ("test", "bench")),
    ("tests/", ("test",)),
    (".ci/", ("test",)),
    ("bench/", ("bench",)),
    ("model/training/ensemble/cluster.py", ("dask",)),
    ("", ()),
)
# Run by hand to make a file that is tracked; each says at its top what it needs.
BY_HAND = (".ci/make_assets/", "tests/vision/pictures/make_pictures.py")
# Torch has an environment of its own, .venv-torch; gi is of Debian, for tests/e2e/at_spi; hatchling
# builds the wheel.
NOT_DECLARED = {"gi", "hatchling", "torch"}
# Commands and plug-ins, which nothing imports.
NOT_IMPORTED = {
    "import-linter", "mypy", "pytest-timeout", "pytest-xdist", "pytest-xvfb", "ruff", "scipy-stubs",
}  # fmt: skip

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

# Private by their look alone: the standard library's, and scikit-learn's fresh optimiser.
NOT_PRIVATE = {"_asdict", "_exit", "_fields", "_getframe", "_optimizer", "_replace"}


def tracked() -> list[str]:
    """Return the names of all tracked files that are there; none outside a checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def large_pngs(names: list[str]) -> Iterator[str]:
    """Find PNGs that make every clone larger; .ci/take_pictures.py writes small ones."""
    for name in names:
        size = (ROOT / name).stat().st_size
        if name.endswith(".png") and name not in LARGE_PNGS and size > MOST_PNG_BYTES:
            yield f"{name} has {size:,} bytes; a PNG has at most {MOST_PNG_BYTES:,}"


def names_of_places(names: list[str]) -> Iterator[str]:
    """Find registries and machines' folders in what is text."""
    for name in names:
        data = (ROOT / name).read_bytes()
        if b"\0" in data or name == Path(__file__).relative_to(ROOT).as_posix():
            continue
        text = data.decode("utf-8", errors="replace")
        yield from (f"{name} names {host}" for host in REGISTRY_HOSTS if host in text)
        yield from (f"{name} names {found.group()}" for found in MACHINE_PATH.finditer(text))


def lost_places(text: str, names: list[str]) -> Iterator[str]:
    """Find files that a guide names and nobody has, and symbols that their file does not define."""
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
    """Tell whether a module has a class, a function, a constant or an attribute of this name."""
    target = rf"(?:self\.|(?:\w+, )*){name}(?:, \w+)*(?: =|:)"
    return bool(re.search(rf"^ *(?:(?:class|def|type) {name}\b|{target})", source, re.MULTILINE))


def imported(name: str) -> set[str]:
    """Return the top-level names that a file imports or asks a place of, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / name).read_bytes(), filename=name)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "find_spec":
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return found - set(sys.stdlib_module_names) - OURS - NOT_DECLARED


def declared(extras: tuple[str, ...]) -> set[str]:
    """Return the packages that the program and some of the extras need."""
    texts = PROJECT["dependencies"] + [text for extra in extras for text in EXTRAS[extra]]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def imports_that_disagree(names: list[str]) -> Iterator[str]:
    """Find what is imported and not declared, and what is declared and not imported."""
    distributions = packages_distributions()
    alone = (("test",), ("bench",), ("dask",))
    unused = {extras: declared(extras) - declared(()) for extras in alone}
    unused[()] = declared(())
    for name in names:
        if not name.endswith(".py") or name.startswith(BY_HAND):
            continue
        extras = next(extras for place, extras in EXTRAS_OF if name.startswith(place))
        for module in imported(name):
            owners = {canonicalize_name(owner) for owner in distributions.get(module, [module])}
            if not owners & declared(extras):
                yield f"{name} imports {module}, which pyproject.toml does not declare"
            if extras in unused:
                unused[extras] -= owners
    for packages in unused.values():
        for package in sorted(packages - NOT_IMPORTED):
            yield f"pyproject.toml declares {package}, which nothing there imports"


def private_names_reached(names: list[str]) -> Iterator[str]:
    """Find where a test reads, sets or imports a name with a leading underscore not its own."""
    for name in names:
        if not name.startswith("tests/") or not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_bytes(), filename=name)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
                found = [node.attr]
            elif isinstance(node, ast.ImportFrom):
                found = [alias.name for alias in node.names]
            else:
                continue
            for each in found:
                if each.startswith("_") and not each.startswith("__") and each not in NOT_PRIVATE:
                    yield f"{name}:{node.lineno} reaches {each}, which is private"


def markup_outside_its_owners(names: list[str]) -> Iterator[str]:
    """Find where a file shows text as HTML that may hold names from another file."""
    for name in names:
        if not name.startswith("gui/") or not name.endswith(".py") or name in MARKUP_OWNERS:
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_bytes(), filename=name)):
            found = {node.attr} & MARKUP if isinstance(node, ast.Attribute) else set()
            made = [node.func] if isinstance(node, ast.Call) else getattr(node, "bases", [])
            found |= {each.id for each in made if isinstance(each, ast.Name)} & GUESSING
            for word in found:
                yield f"{name}:{node.lineno} uses {word}: show text by `label` or `as_html`"


def locked(name: str) -> dict[str, tuple[str, str]]:
    """Read one lock: package -> (version and marker as written, the text of its hashes)."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {
        canonicalize_name(line.partition("==")[0]): (
            line.partition(" --hash")[0].partition("==")[2].strip(),
            line.partition(" --hash")[2],
        )
        for line in lines
    }


def locks_that_disagree() -> Iterator[str]:
    """Find what is not locked, not hashed, or locked in two ways."""
    for name in (*LOCKS, ".ci/uv.txt", ".ci/build.txt"):
        text = (ROOT / name).read_text()
        if "://" in text or re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.M):
            yield f"{name} names an address"
        lock = locked(name)
        if not lock:
            yield f"{name} is empty"
        for package, (version, hashes) in lock.items():
            if not re.match(r"[0-9][\w.!+]*( ;.*)?$", version):
                yield f"{name} does not pin {package}"
            if not re.search(r"=sha256:[0-9a-f]{64}", hashes):
                yield f"{name} has no hash of {package}"
    for name, extra in LOCKS.items():
        lock = locked(name)
        for requirement in map(Requirement, PROJECT["dependencies"] + extra):
            package = canonicalize_name(requirement.name)
            version = lock.get(package, ("", ""))[0].partition(" ")[0]
            if not version or not requirement.specifier.contains(version, prereleases=True):
                yield f"{name} has {package} {version}; pyproject.toml wants {requirement}"
        for package, pinned in locked("requirements.txt").items():
            if lock.get(package) != pinned:  # one environment serves all three
                yield f"{name} has another {package} than requirements.txt; run `make lock`"


def main() -> int:
    """Print what breaks a rule; return the exit status."""
    names = tracked()
    faults = list(locks_that_disagree())
    if names:  # a checkout of this user's
        faults += imports_that_disagree(names)
        faults += private_names_reached(names)
        faults += markup_outside_its_owners(names)
        faults += [*names_of_places(names), *large_pngs(names)]
        for guide in GUIDES:
            lost = lost_places((ROOT / guide).read_text(), names)
            faults += [f"{guide} names {each}" for each in lost]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
