"""Write the table and the chart in docs/ from bench/results.json and bench/results-long.json.

``python -m bench.report`` makes both anew; both commands do so at their end.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench.chart import chart
from bench.harness import Row, figure

__all__ = ["RESULTS", "grouped", "markdown", "note_machine", "recorded", "write_report"]

_HERE = Path(__file__).parent
_ROOT = _HERE.parent
RESULTS = {
    "make bench": _HERE / "results.json",
    "make bench-long": _HERE / "results-long.json",
}
"""The rows that each command writes."""
_MACHINES = _HERE / "machines.json"


def grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return rows whose goal is a ratio, then those whose goal is a figure, under their titles."""
    groups = {
        "Beside a peer: the ratio": [row for row in rows if row.ratio is not None],
        "By themselves: the figure": [row for row in rows if row.ratio is None],
    }
    return {title: group for title, group in groups.items() if group}


def _cell(text: str) -> str:
    """Return text that does not break a table."""
    return text.replace("|", "\\|")


def markdown(rows: Sequence[Row], machines: Mapping[str, str]) -> str:
    """Lay out rows as tables under their titles, and say on what machine each command ran."""
    met = sum(row.met for row in rows)
    lines = [
        "# Speed: the table",
        "",
        "Made by `make bench` and `make bench-long`; `python -m bench.report` makes it again from",
        "their results in `bench/`. What the figures mean is in [speed.md](speed.md).",
        "",
        *(f"- `{command}` ran on {machine}." for command, machine in machines.items()),
        "",
        f"{met} of {len(rows)} goals met.",
        "",
        "![Each measurement beside its goal](pictures/speed.svg)",
    ]
    for title, group in grouped(rows).items():
        lines += [
            "",
            f"## {title}",
            "",
            "| what | ours | beside | ratio | goal | |",
            "|---|---:|---|---:|---|---|",
        ]
        for row in group:
            beside = f"{figure(row.peer)}: {_cell(row.peer_name)}" if row.peer_name else ""
            lines.append(
                f"| {_cell(row.name)} | {figure(row.ours)} {_cell(row.unit)} | {beside} "
                f"| {figure(row.ratio)} | {row.goal} | {'met' if row.met else '**missed**'} |"
            )
    return "\n".join(lines) + "\n"


def recorded(folder: Path = _HERE) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of the last runs, and on what machine each command made its own."""
    rows: list[Row] = []
    for path in RESULTS.values():
        if (folder / path.name).exists():
            rows += msgspec.json.decode((folder / path.name).read_bytes(), type=list[Row])
    machines = folder / _MACHINES.name
    if not machines.exists():
        return rows, {}
    return rows, msgspec.json.decode(machines.read_bytes(), type=dict[str, str])


def note_machine(command: str, machine: str, folder: Path = _HERE) -> None:
    """Write down on what machine a command's results were made."""
    machines = {**recorded(folder)[1], command: machine}
    text = msgspec.json.format(msgspec.json.encode(machines, order="deterministic"), indent=2)
    (folder / _MACHINES.name).write_bytes(text + b"\n")


def write_report(docs: Path = _ROOT / "docs", results: Path = _HERE) -> list[Path]:
    """Write the table and the chart of the last runs, and return their files."""
    rows, machines = recorded(results)
    table, picture = docs / "speed-table.md", docs / "pictures" / "speed.svg"
    table.write_text(markdown(rows, machines), encoding="utf-8")
    picture.write_text(chart(grouped(rows)), encoding="utf-8")
    return [table, picture]


def main() -> int:
    """Make the report from the results of the last whole runs."""
    if not RESULTS["make bench"].exists():
        print("bench/results.json is not there; `make bench` writes it", file=sys.stderr)
        return 1
    for path in write_report():
        print(path.relative_to(_ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
