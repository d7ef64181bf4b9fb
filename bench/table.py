"""The rows of a bench run as a plain text table."""

from collections.abc import Sequence

from bench.harness import Row, figure

_HEADINGS = ("measurement", "ours", "peer", "unit", "ratio", "goal", "", "peer is")
_IS_NUMBER = (False, True, True, False, True, True, False, False)


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "met" if row.met else "MISSED"
    return (
        row.name,
        figure(row.ours),
        figure(row.peer),
        row.unit,
        figure(row.ratio),
        row.goal,
        verdict,
        row.peer_name or "",
    )


def table(rows: Sequence[Row]) -> str:
    """Lay out rows in columns, numbers to the right."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, _IS_NUMBER, strict=True)
        ).rstrip()
        for line in lines
    )
