"""Write the table and the chart in docs/ from bench/results.json.

``python -m bench.report`` makes both anew; ``make bench`` does so after a whole run.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.chart import chart
from bench.harness import Row, figure

__all__ = ["grouped", "markdown", "write_report"]

_ROOT = Path(__file__).parent.parent


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


def markdown(rows: Sequence[Row]) -> str:
    """Lay out rows as tables under their titles."""
    met = sum(row.met for row in rows)
    lines = [
        "# Speed: the table",
        "",
        "Made by `make bench` from `bench/results.json`; `python -m bench.report` makes it again.",
        "What the figures mean is in [speed.md](speed.md).",
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


def write_report(rows: Sequence[Row], docs: Path = _ROOT / "docs") -> list[Path]:
    """Write the table and the chart, and return their files."""
    table, picture = docs / "speed-table.md", docs / "pictures" / "speed.svg"
    table.write_text(markdown(rows), encoding="utf-8")
    picture.write_text(chart(grouped(rows)), encoding="utf-8")
    return [table, picture]


def main() -> int:
    """Make the report from the results of the last whole run."""
    results = Path(__file__).parent / "results.json"
    if not results.exists():
        print("bench/results.json is not there; `make bench` writes it", file=sys.stderr)
        return 1
    for path in write_report(msgspec.json.decode(results.read_bytes(), type=list[Row])):
        print(path.relative_to(_ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
