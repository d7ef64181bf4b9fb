"""A sweep is the lotteries of its cells, to the last bit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from model.defaults import default_experiment, swept_layer, swept_rates, swept_widths
from model.edits.network import same_sweep, with_rate_and_units, with_units
from model.experiment import Experiment, LayerSpec, NetworkSpec, StopSpec
from model.training.ensemble.lottery import Lottery, draw_lottery
from model.training.ensemble.sweep import Cell, Sweep, draw_sweep
from tests.model.refusals import refused


def xor(*hidden: int, epochs: int = 60, loss_below: float = 0.1) -> Experiment:
    base = default_experiment()
    layers = (*(LayerSpec(units, "tanh") for units in hidden), LayerSpec(1, "sigmoid"))
    stop = StopSpec(epochs=epochs, loss_below=loss_below)
    return replace(base, network=NetworkSpec(2, layers), training=replace(base.training, stop=stop))


def assert_same(cell: Cell, lottery: Lottery) -> None:
    """Fail unless a cell came to what a lottery came to, to the last bit."""
    assert cell.last_losses.tobytes() == lottery.last_losses.tobytes()
    assert cell.solved.tolist() == lottery.solved.tolist()
    assert cell.reasons == lottery.reasons


@pytest.mark.parametrize(
    ("experiment", "layer", "widths"),
    [(xor(3), 0, (2, 4)), (xor(3, 2), 1, (1, 3)), (xor(), -1, (0,))],
    ids=["one layer", "the second of two", "no hidden layer"],
)
def test_a_cell_is_the_lottery_of_its_rate_and_width(
    experiment: Experiment, layer: int, widths: tuple[int, ...]
) -> None:
    told: list[tuple[float, Sweep]] = []
    sweep = draw_sweep(
        experiment,
        range(130),  # more than a block
        rates=(0.3, 3.0),
        widths=widths,
        layer=layer,
        publish=lambda share, known: told.append((share, known)),
    )
    assert list(sweep.cells) == [(rate, width) for width in widths for rate in (0.3, 3.0)]
    for (rate, width), cell in sweep.cells.items():
        alone = with_rate_and_units(experiment, rate, layer, width)
        if layer >= 0:
            assert alone.network.layers[layer].units == width
        assert_same(cell, draw_lottery(alone, range(130)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len({tuple(cell.solved) for cell in sweep.cells.values()}) > 1 or layer < 0


def test_long_cells_in_processes_come_to_the_same() -> None:
    experiment = xor(2, epochs=6000)  # loss_below ends most of them long before
    sweep = draw_sweep(experiment, range(9), rates=(1.0, 5.0), widths=(2, 8), layer=0)
    for (rate, width), cell in sweep.cells.items():
        alone = with_rate_and_units(experiment, rate, 0, width)
        assert_same(cell, draw_lottery(alone, range(9)))


def test_after_a_stop_the_whole_cells_are_kept() -> None:
    known: list[int] = []
    sweep = draw_sweep(
        xor(2, epochs=400),
        range(20),
        rates=(0.1, 0.2),
        widths=(1, 2, 3, 4),
        layer=0,
        should_stop=lambda: bool(known) and known[-1] > 1,
        publish=lambda share, sweep: known.append(len(sweep.cells)),
    )
    assert 1 < len(sweep.cells) < 8
    assert all("stopped" not in cell.reasons for cell in sweep.cells.values())
    assert (
        draw_sweep(
            xor(2), range(1000), rates=(0.1,), widths=(1,), layer=0, should_stop=lambda: True
        ).cells
        == {}
    )


def test_what_is_proposed_lies_around_the_experiment() -> None:
    experiment = with_rate_and_units(xor(4, 32), 0.5, 0, 5)
    assert swept_rates(experiment) == (0.05, 0.17, 0.5, 1.5, 5.0)
    assert swept_widths(experiment, 0) == (1, 2, 3, 4, 5, 8)
    assert swept_widths(experiment, 1) == (8, 16, 32, 64)
    assert [swept_layer(experiment, chosen) for chosen in (-1, 0, 1, 2)] == [0, 0, 1, 0]
    assert swept_layer(xor(), 0) == -1
    assert swept_widths(xor(), -1) == (0,)


def test_a_sweep_is_of_another_network_by_all_but_its_rate_and_width() -> None:
    first = xor(4, 2)
    assert same_sweep(first, with_rate_and_units(first, 7.0, 1, 9), 1)
    assert not same_sweep(first, with_rate_and_units(first, 7.0, 1, 9), 0)
    assert not same_sweep(first, with_units(first, 0, 3), 1)
    assert not same_sweep(first, xor(4), 1)
    assert not same_sweep(first, xor(4, 2, epochs=61), 1)


@pytest.mark.parametrize(
    ("rates", "layer", "code"),
    [((), 0, "sweep.empty"), ((1.0,), -2, "experiment.range"), ((1.0,), 1, "experiment.range")],
)
def test_what_makes_no_sweep_is_refused(rates: tuple[float, ...], layer: int, code: str) -> None:
    with refused(code):
        draw_sweep(xor(2), range(3), rates=rates, widths=(2,), layer=layer)
