"""Small faults put into the product, and which tests notice them: see README.md."""

from __future__ import annotations

import argparse
import ast
import copy
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

DRAWN = Path(__file__).parent / "before" / "mutants.json"
RENAMED = json.loads(DRAWN.with_name("renames.json").read_text(encoding="utf-8"))
SEED = 20
SHARES = {"gui": 120, "model": 45, "vision": 30, "glassnet": 2, "main.py": 3}
"""How many lines of each part of the product get a mutant."""
LIMIT_S, UNMUTATED_S, MAX_TESTS_S = 60, 30, 25.0
"""Of a mutant's tests; of the same tests without it; of their recorded times together."""
MAX_BYTES = 12 << 30

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NOT_RUN = {"annotation", "returns", "decorator_list", "type_params"}


@dataclass(frozen=True)
class Mutant:
    """A piece of a line, and what stands there in its place.

    Attributes
    ----------
    function
        The innermost function that it lies in.
    line, column, end_line, end_column
        Where the piece is; lines count from 1, columns from 0 in bytes.
    first, last
        Lines of the statement, without those of its body.
    source
        The line's text, which finds it in another tree.
    """

    file: str
    function: str
    line: int
    column: int
    end_line: int
    end_column: int
    first: int
    last: int
    original: str
    new: str
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it has in common with itself in another tree."""
        return self.function, self.source, self.original, self.new

    def apply(self, root: Path) -> bytes:
        """Put it into the file; return what was there before."""
        path = root / self.file
        before = path.read_bytes()
        lines = before.split(b"\n")
        head = lines[self.line - 1][: self.column]
        tail = lines[self.end_line - 1][self.end_column :]
        lines[self.line - 1 : self.end_line] = [head + self.new.encode() + tail]
        path.write_bytes(b"\n".join(lines))
        return before


# -- Drawing ---------------------------------------------------------------------------------------


def candidates(root: Path, file: str) -> Iterator[Mutant]:
    """Yield every mutant that the functions of a file may get."""
    source = (root / file).read_text(encoding="utf-8")
    lines = source.split("\n")

    def visit(node: ast.AST, function: str, statement: ast.stmt | None) -> Iterator[Mutant]:
        if isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.FunctionDef):
            function, statement = node.name, None
        elif isinstance(node, ast.stmt):
            statement = node
        if function and statement is not None and isinstance(node, ast.expr | ast.stmt):
            for new in mutations(node):
                original = ast.get_source_segment(source, node) or ""
                body = getattr(statement, "body", None)
                last = body[0].lineno - 1 if isinstance(body, list) else statement.end_lineno
                place = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
                text = " ".join(lines[node.lineno - 1].split())
                first = statement.lineno
                yield Mutant(
                    file, function, *place, first, max(first, last), original, new, text
                )  # fmt: skip
        for name, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if name not in NOT_RUN and isinstance(child, ast.AST):
                    yield from visit(child, function, statement)

    yield from visit(ast.parse(source), "", None)


def mutations(node: ast.AST) -> Iterator[str]:
    """Yield what may stand in the place of a node."""
    if isinstance(node, ast.Return):
        if node.value is not None and not isinstance(node.value, ast.Constant):
            yield "return None"
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield str(not node.value)
        elif isinstance(node.value, int | float):
            yield f"({node.value + 1})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        yield f"({ast.unparse(_with(node, op=SWAPS[type(node.op)]()))})"
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield f"({ast.unparse(_with(node, ops=[SWAPS[type(node.ops[0])]()]))})"
    elif isinstance(node, ast.IfExp):
        yield f"({ast.unparse(node.orelse)})"


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def product(root: Path, part: str = "") -> list[str]:
    """Return the Python files of the product, or of one part of it."""
    parts = [part] if part else list(SHARES)
    found = [path for p in parts for path in (root / p).rglob("*.py")]
    found += [root / p for p in parts if p.endswith(".py")]
    return sorted(path.relative_to(root).as_posix() for path in found)


def draw(root: Path) -> list[Mutant]:
    """Draw mutants, at most one a line."""
    chance, drawn = random.Random(SEED), []
    for part, count in SHARES.items():
        by_line: dict[tuple[str, int], list[Mutant]] = {}
        for file in product(root, part):
            for mutant in candidates(root, file):
                by_line.setdefault((file, mutant.line), []).append(mutant)
        lines = chance.sample(sorted(by_line), count)
        drawn += [chance.choice(by_line[line]) for line in lines]
    return drawn


def located(root: Path) -> dict[int, Mutant]:
    """Return by its number each drawn mutant whose line is still somewhere in a tree."""
    drawn = [Mutant(**row) for row in json.loads(DRAWN.read_text(encoding="utf-8"))]
    known_as = {name: mutant.key for mutant in drawn for name in _names_since(mutant.key)}
    there: dict[tuple[str, ...], list[Mutant]] = {}
    for file in product(root):
        for mutant in candidates(root, file):
            if mutant.key in known_as:
                there.setdefault(known_as[mutant.key], []).append(mutant)
    found = {}
    for number, mutant in enumerate(drawn):
        near = [
            (m.file != mutant.file, abs(m.line - mutant.line), abs(m.column - mutant.column), k)
            for k, m in enumerate(there.get(mutant.key, []))
        ]
        if near:
            found[number] = there[mutant.key][min(near)[-1]]
    return found


def _names_since(key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a mutant's key in the words of then, and in those that came in their place."""
    parts = [re.split(r"(\w+)", part) for part in key]
    words = sorted({word for part in parts for word in part} & RENAMED.keys())
    for chosen in itertools.islice(itertools.product(*([w, *RENAMED[w]] for w in words)), 5000):
        now = dict(zip(words, chosen, strict=True))
        yield tuple("".join(now.get(word, word) for word in part) for part in parts)


# -- Killing ---------------------------------------------------------------------------------------


def record_contexts(folder: Path, given: list[str]) -> int:
    """Run tests and write which of them run which mutant's line; return pytest's status."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("contexts-*.jsonl"):
        path.unlink()
    words = ["-q", "-n", "2", "-p", "tests.net.covering", "-p", "no:cacheprovider"]
    words += ["-m", "not slow and not thorough", "--ignore", "tests/e2e", "--ignore"]
    words += ["tests/installed", *given]
    environment = os.environ | {
        "GLASSNET_CONTEXTS": str(folder.resolve()),
        "PYTHONPATH": str(Path.cwd()),
    }
    return subprocess.run([sys.executable, "-m", "pytest", *words], env=environment).returncode


def covering(folder: Path) -> dict[int, list[tuple[float, str]]]:
    """Return the tests that run each mutant's line, with their seconds, the fastest first."""
    found: dict[int, set[tuple[float, str]]] = {}
    for path in folder.glob("contexts-*.jsonl"):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            for number in row["mutants"]:
                found.setdefault(number, set()).add((row["seconds"], row["test"]))
    return {number: sorted(tests) for number, tests in found.items()}


class Tree:
    """A copy of the last commit, in which mutants are made and tests are run."""

    writes = int(time.time())

    def __init__(self, folder: Path) -> None:
        self.root = folder
        with subprocess.Popen(["git", "archive", "HEAD"], stdout=subprocess.PIPE) as archive:
            subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
        self._passes: dict[str, bool] = {}

    def judge(self, mutant: Mutant, tests: list[str]) -> tuple[str, str]:
        """Return "killed", "survived" or "slow", and the test that failed."""
        tests = list(tests)
        while tests:
            before = mutant.apply(self.root)
            self._touch(mutant)
            failed = self._first_failure(tests, LIMIT_S)
            (self.root / mutant.file).write_bytes(before)
            self._touch(mutant)
            if failed == "":
                return "survived", ""
            if failed is None or failed not in tests:  # out of time, or not even begun
                why = "the time-out" if failed is None else "an error before any test"
                usual = self._first_failure(tests, UNMUTATED_S)
                return ("killed", why) if usual == "" else ("slow", "")
            if failed not in self._passes:
                self._passes[failed] = self._first_failure([failed], LIMIT_S) == ""
            if self._passes[failed]:
                return "killed", failed
            tests.remove(failed)  # it fails alone, mutant or not
        return "survived", ""

    def _touch(self, mutant: Mutant) -> None:
        """Give the file a time of its own, or Python would take what it has compiled before."""
        Tree.writes += 10
        os.utime(self.root / mutant.file, (Tree.writes, Tree.writes))

    def _first_failure(self, tests: list[str], limit_s: float) -> str | None:
        """Return the first test that fails, "" where none does, and ``None`` out of time."""
        arguments = self.root / "tests.txt"
        arguments.write_text("\n".join(tests), encoding="utf-8")
        report = self.root / "report.txt"
        words = ["nice", "prlimit", f"--as={MAX_BYTES}", sys.executable, "-m", "pytest"]
        words += ["-x", "-q", "-p", "no:cacheprovider", "-rfE", "--tb=no", f"@{arguments}"]
        with report.open("w", encoding="utf-8") as out:
            running = subprocess.Popen(
                words, cwd=self.root, stdout=out, stderr=out, start_new_session=True
            )
            try:
                status = running.wait(limit_s)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                return None
        if status == 0:
            return ""
        lines = report.read_text(encoding="utf-8", errors="replace").splitlines()
        ends = [line.split(" ", 1)[1] for line in lines if re.match(r"(FAILED|ERROR) ", line)]
        for end in ends:
            known = [test for test in tests if end == test or end.startswith(f"{test} - ")]
            if known:
                return max(known, key=len)
        return " ".join(ends or lines[-1:])


def kill(folder: Path, numbers: list[int]) -> None:
    """Judge the mutants that have not been judged yet; write each result when it is there."""
    path = folder / "killed.jsonl"
    done = set()
    if path.exists():
        done = {json.loads(line)["number"] for line in path.read_text().splitlines()}
    mutants, tests = located(Path.cwd()), covering(folder)
    lock = Lock()

    def write(row: dict[str, object]) -> None:
        with lock, path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        print(row, flush=True)

    def work(numbers: Iterator[int]) -> None:
        with tempfile.TemporaryDirectory() as copied:
            tree = Tree(Path(copied))
            while (number := take(numbers)) is not None:
                mutant, total, chosen = mutants[number], 0.0, []
                for seconds, test in tests.get(number, []):
                    total += seconds
                    if total > MAX_TESTS_S and chosen:
                        break
                    chosen.append(test)
                start = time.monotonic()
                result, by = tree.judge(mutant, chosen)
                write(
                    {
                        "number": number,
                        "result": result if chosen else "survived",
                        "by": by,
                        "tests": len(chosen),
                        "not_run": len(tests.get(number, [])) - len(chosen),
                        "seconds": round(time.monotonic() - start, 1),
                        "mutant": f"{mutant.file}:{mutant.line} {mutant.original} -> {mutant.new}",
                    }
                )

    def take(numbers: Iterator[int]) -> int | None:
        with lock:
            return next(numbers, None)

    left = iter(
        [number for number in numbers or mutants if number in mutants and number not in done]
    )
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work, left) for _ in range(2)]:
            future.result()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    counts = {r: sum(row["result"] == r for row in rows) for r in ("killed", "survived", "slow")}
    print(counts, f"of {len(mutants)} mutants whose lines are still there")


def main() -> int:
    """Draw mutants, record contexts, or kill."""
    parser = argparse.ArgumentParser(prog="python -m tests.net.mutants", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("draw", help="once, before anything is restructured")
    contexts = commands.add_parser("contexts", help="which tests run which mutant's line")
    contexts.add_argument("folder", type=Path)
    contexts.add_argument("pytest", nargs=argparse.REMAINDER, help="what pytest is given besides")
    killing = commands.add_parser("kill", help="run the tests on each mutant; goes on where it was")
    killing.add_argument("folder", type=Path, help="where the contexts are")
    killing.add_argument("--number", type=int, action="append", default=[], help="only this one")
    options = parser.parse_args()
    if options.command == "draw":
        rows = [asdict(mutant) for mutant in draw(Path.cwd())]
        DRAWN.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    if options.command == "contexts":
        return record_contexts(options.folder, options.pytest)
    kill(options.folder, options.number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
