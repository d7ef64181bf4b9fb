"""The report of a bench run: its table, its chart, and how far a row is from its goal."""

from pathlib import Path

from bench.chart import chart
from bench.harness import Row
from bench.report import grouped, markdown, recorded

ROOT = Path(__file__).parents[2]

FASTER = Row.beside("steps <a>", 200.0, 10.0, peer_name="Peer & 1", goal=">= 10", unit="1/s")
SLOWER = Row.beside("epoch", 0.5, 0.5, peer_name="Peer | 2", goal="<= 0.5", unit="s")
LATE = Row.alone("lateness " * 9, 16.0, goal="<= 4", unit="ms")
NONE = Row.alone("points lost", -0.1, goal="<= 0.5", unit="points")
ROWS = [LATE, FASTER, SLOWER, NONE]
MACHINES = {"make bench": "Processor 9, 2 cores", "make bench-long": "Processor 10"}


def test_table_has_a_line_for_every_row() -> None:
    lines = markdown(ROWS, MACHINES).splitlines()
    assert "- `make bench` ran on Processor 9, 2 cores." in lines
    assert "2 of 4 goals met." in lines
    assert "| steps <a> | 200 1/s | 10: Peer & 1 | 20 | >= 10 | met |" in lines
    assert "| epoch | 0.5 s | 0.5: Peer \\| 2 | 1 | <= 0.5 | **missed** |" in lines
    cells = [line.replace("\\|", "").count("|") for line in lines if line.startswith("|")]
    assert len(cells) == len(ROWS) + 4
    assert set(cells) == {7}


def test_the_documents_show_the_results_of_the_last_run() -> None:
    rows, machines = recorded()
    shown = (ROOT / "docs" / "speed-table.md").read_text(encoding="utf-8")
    assert shown == markdown(rows, machines), "run: python -m bench.report"
    picture = (ROOT / "docs" / "pictures" / "speed.svg").read_text(encoding="utf-8")
    assert picture == chart(grouped(rows)), "run: python -m bench.report"
