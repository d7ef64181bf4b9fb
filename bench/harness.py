"""What every measurement shares: a row of the table, and medians of two sides taken in turn."""

import math
import operator
import os
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

_COMPARISONS = {"<=": operator.le, ">=": operator.ge}
_FEWEST_ROUNDS = 3

SHARE = float(os.environ.get("BENCH_SHARE", 1))
"""How long measurements last beside their usual time: ``BENCH_SHARE=0.1`` for a quick look."""


def meets(goal: str, value: float) -> bool:
    """Tell whether a value meets a goal.

    Parameters
    ----------
    goal : str
        A comparison and a number: ``"<= 0.65"`` or ``">= 20"``.
    value : float
        What was measured, in the goal's unit. NaN meets no goal.

    Raises
    ------
    ValueError
        If the goal is not of that form.
    """
    comparison, _, bound = goal.partition(" ")
    if comparison not in _COMPARISONS:
        raise ValueError(f"a goal is '<= number' or '>= number', not {goal!r}")
    return bool(_COMPARISONS[comparison](value, float(bound)))


def figure(value: float | None) -> str:
    """Write a number with four significant digits, thousands apart; nothing for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table, and one object of ``bench/results.json``.

    Attributes
    ----------
    name : str
        What was measured, for a reader who has not seen the code.
    ours, peer : float, float or None
        Medians in `unit`. There is no peer where the goal is an absolute figure.
    peer_name : str or None
        The peer with its version.
    ratio : float or None
        ``ours / peer``.
    goal : str
        ``"<= number"`` or ``">= number"``, on the ratio; on `ours` where there is no peer.
    met : bool
        Whether the goal was met.
    unit : str
        The unit of `ours` and `peer`.
    """

    name: str
    ours: float
    peer: float | None
    peer_name: str | None
    ratio: float | None
    goal: str
    met: bool
    unit: str

    @classmethod
    def beside(
        cls, name: str, ours: float, peer: float, *, peer_name: str, goal: str, unit: str
    ) -> Self:
        """Make a row whose goal is on ``ours / peer``."""
        ratio = ours / peer
        return cls(
            name=name,
            ours=ours,
            peer=peer,
            peer_name=peer_name,
            ratio=ratio,
            goal=goal,
            met=meets(goal, ratio),
            unit=unit,
        )

    @classmethod
    def alone(cls, name: str, ours: float, *, goal: str, unit: str) -> Self:
        """Make a row whose goal is on our own figure."""
        return cls(
            name=name,
            ours=ours,
            peer=None,
            peer_name=None,
            ratio=None,
            goal=goal,
            met=meets(goal, ours),
            unit=unit,
        )


class Medians(NamedTuple):
    """The medians of two sides that were measured in turn, in the unit the sides return."""

    ours: float
    peer: float


def in_turn(
    ours: Callable[[], float],
    peer: Callable[[], float],
    rounds: int,
    limit_s: float = math.inf,
) -> Medians:
    """Measure two sides alternately and return the median of each.

    A busy or throttled machine changes over seconds, so both sides have to meet the same minutes.
    Each runs once unmeasured to warm up, and the side that goes first changes every round.

    Parameters
    ----------
    ours, peer : callable
        Runs one side once and returns its figure; see `seconds_of` for plain durations.
    rounds : int
        Measured runs of each side, at least 1.
    limit_s : float
        After so many seconds no further round begins, but for the first three: a slow machine
        measures fewer rounds, not longer ones.

    Returns
    -------
    Medians

    Raises
    ------
    ValueError
        If `rounds` is less than 1.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, not {rounds}")
    end_s = time.perf_counter() + limit_s * SHARE
    ours()
    peer()
    our_figures: list[float] = []
    peer_figures: list[float] = []
    for turn in range(rounds):
        if turn >= _FEWEST_ROUNDS and time.perf_counter() > end_s:
            break
        if turn % 2 == 0:
            our_figures.append(ours())
            peer_figures.append(peer())
        else:
            peer_figures.append(peer())
            our_figures.append(ours())
    return Medians(statistics.median(our_figures), statistics.median(peer_figures))


def seconds_of(work: Callable[[], object], repeats: int = 1) -> Callable[[], float]:
    """Return a callable that runs `work` and returns the seconds one run of it took.

    Parameters
    ----------
    work : callable
        What to time; its result is dropped.
    repeats : int
        Runs per figure, for work too short to time alone.
    """

    def run() -> float:
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        return (time.perf_counter() - start) / repeats

    return run


def resident_mb() -> float:
    """Return the memory this process holds, MB; the most it ever held where Linux's is not told."""
    told = Path("/proc/self/statm")
    if told.exists():
        return int(told.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
