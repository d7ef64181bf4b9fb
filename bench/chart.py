"""The rows of a bench run as a chart: how far each is within its goal, or short of it.

Plain SVG, written as text, which follows the reader's light or dark scheme.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from bench.harness import Row, figure

_WIDTH, _MARGIN = 960, 24
_LABELS = 440  # where the bars' field begins
_FIELD = 330  # its width; figures stand right of it
_ROW, _GROUP, _TOP, _FOOT = 36, 40, 92, 52
_OCTAVES = 2  # the field reaches from a quarter of the goal to four times better
_LONGEST = 56  # characters of a name on a line

_STYLE = """
text { font-family: system-ui, "Segoe UI", "Noto Sans", sans-serif; font-size: 13px }
text { fill: #1A1D24 }
.title { font-size: 17px; font-weight: 600 }
.group { font-size: 14px; font-weight: 600 }
.small { font-size: 11.5px; fill: #4E5665 }
.end { text-anchor: end }
.middle { text-anchor: middle }
.ground { fill: #FFFFFF; stroke: #DCDFE5 }
.grid { stroke: #E3E6EB }
.goal { stroke: #1A1D24; stroke-width: 1.5 }
.met { fill: #0B6E69 }
.missed { fill: #FFFFFF; stroke: #D55E00; stroke-width: 2 }
.short { fill: #A84700; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #E7EAEF }
  .small { fill: #AEB6C2 }
  .ground { fill: #1A1E24; stroke: #2D333C }
  .grid { stroke: #323945 }
  .goal { stroke: #E7EAEF }
  .met { fill: #4CC9B8 }
  .missed { fill: #1A1E24; stroke: #E69F00 }
  .short { fill: #EBAB22 }
}
"""


def headroom(row: Row) -> float:
    """Return how many times better than its goal a row is; below 1 it is missed.

    Notes
    -----
    ``bound / value`` where less is better, ``value / bound`` where more is; infinite where less is
    better and nothing, or less than nothing, was measured.
    """
    comparison, _, bound = row.goal.partition(" ")
    value = row.ours if row.ratio is None else row.ratio
    if comparison == ">=":
        return value / float(bound)
    return float(bound) / value if value > 0.0 else math.inf


def _x(times: float) -> float:
    """Return where so many times better lies on the field, cut off at its ends."""
    octaves = math.log2(times) if 0.0 < times < math.inf else math.copysign(_OCTAVES, times - 1.0)
    share = (min(max(octaves, -_OCTAVES), _OCTAVES) + _OCTAVES) / (2 * _OCTAVES)
    return _LABELS + share * _FIELD


def _text(x: float, y: float, content: str, kind: str = "") -> str:
    chosen = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{chosen}>{escape(content)}</text>'


def _line(x: float, top: float, bottom: float, kind: str) -> str:
    return f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" class="{kind}"/>'


def _two_lines(row: Row) -> tuple[str, str]:
    """Return what was measured, and beside what; a long name goes on in the second line."""
    first, *rest = textwrap.wrap(row.name, _LONGEST)
    beside = [f"beside {row.peer_name}"] if row.peer_name else []
    return first, textwrap.shorten(", ".join([*rest, *beside]), _LONGEST + 10, placeholder=" …")


def _row(row: Row, y: float) -> list[str]:
    """Draw one row: its name over what it is measured beside, its bar, its figure over its goal."""
    start, end = sorted((_x(1.0), _x(headroom(row))))
    value = row.ours if row.ratio is None else row.ratio
    unit = f" {row.unit}" if row.ratio is None else ""
    first, second = _two_lines(row)
    kind = "met" if row.met else "missed"
    right = _WIDTH - _MARGIN
    return [
        _text(_MARGIN, y + 14 if second else y + 21, first),
        _text(_MARGIN, y + 28, second, "small"),
        f'<rect x="{start:.1f}" y="{y + 9:.1f}" width="{max(end - start, 2.0):.1f}" height="14" '
        f'rx="2" class="{kind}"/>',
        _text(right, y + 14, f"{figure(value)}{unit}", "end" if row.met else "end short"),
        _text(
            right,
            y + 28,
            f"goal {row.goal.replace('<=', '≤').replace('>=', '≥')}"
            + (", met" if row.met else ", missed"),
            "small end",
        ),
    ]


def chart(rows_by_group: Mapping[str, Sequence[Row]]) -> str:
    """Draw rows as SVG.

    Parameters
    ----------
    rows_by_group
        Rows under the title that stands over them, in the order to be drawn.
    """
    count = sum(map(len, rows_by_group.values()))
    bottom = _TOP + count * _ROW + len(rows_by_group) * _GROUP
    height = bottom + _FOOT
    met = sum(row.met for rows in rows_by_group.values() for row in rows)
    body = [
        f'<rect x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="7" class="ground"/>',
        _text(_MARGIN, 36, "Speed beside its goals", "title"),
        _text(_MARGIN, 58, f"{met} of {count} met. Right of the line is better than the goal.",
              "small"),
    ]  # fmt: skip
    for octave in range(-_OCTAVES, _OCTAVES + 1):
        x = _x(2.0**octave)
        body.append(_line(x, _TOP - 6, bottom, "goal" if octave == 0 else "grid"))
        label = "goal" if octave == 0 else f"{2**octave}×" if octave > 0 else f"1/{2**-octave}"
        body += [_text(x, y, label, "small middle") for y in (_TOP - 12, bottom + 18)]
    y = float(_TOP)
    for title, rows in rows_by_group.items():
        body.append(_text(_MARGIN, y + 26, title, "group"))
        y += _GROUP
        for row in rows:
            body += _row(row, y)
            y += _ROW
    note = "A bar that reaches the edge may go on beyond; speed-table.md has every figure."
    body.append(_text(_MARGIN, height - 14, note, "small"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-label="Speed beside its goals">\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(body) + "\n</svg>\n"
    )
